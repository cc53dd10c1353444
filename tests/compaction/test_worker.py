"""Worker: the process that compacts, started and spoken to as the supervisor does."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from supervisor.compaction.order import Order, Result
from supervisor.compaction.prompts import load
from supervisor.compaction.worker import command, order_line
from supervisor.demo.bedrock import Say, Silence, StandIn
from supervisor.demo.bedrock import text as words

from ..entries import Transcript
from ..world import environment

NEXT = "99999999-2222-4333-8444-555555555555"
TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls."
SENTENCE = "The ledger is sorted: Dvorak 12 before Novak 7."
NOTES = "\n\n".join(f"{heading}\n{SENTENCE}" for heading in load("summary", ()).headings)


def order(folder: Path, **changes: Any) -> Order:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.step("sort ledger", "Dvorak 12\nNovak 7")
    transcript.error()
    path = transcript.write(folder / "project")
    told = {"session": NEXT, "reason": "out of memory", "cwd": str(folder), **changes}
    return Order([str(path)], **told)


def work(
    order: Order,
    url: str,
    folder: Path,
    *prompts: Path,
    cwd: Path | None = None,
    env: Mapping[str, str | None] | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """The lines that a worker tells, and its exit status."""
    whole = {**environment(folder, url, None), **(env or {})}
    done = subprocess.run(
        command(),
        env={name: value for name, value in whole.items() if value is not None},
        cwd=cwd or folder,
        input=order_line(order, prompts),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.stderr == b"" or done.returncode
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def test_a_worker_tells_its_progress_and_at_last_its_result(tmp_path: Path) -> None:
    with StandIn(lambda request: Say((words(NOTES),))) as server:
        lines, code = work(order(tmp_path), server.url, tmp_path)
    assert code == 0
    kinds = [next(iter(line)) for line in lines]
    assert kinds[0] == "say" and kinds[-1] == "result" and set(kinds[1:-1]) == {"progress"}
    assert lines[-2] == {"progress": len(NOTES)}
    result = Result(**lines[-1]["result"])
    assert (result.session, result.way, result.narrative) == (NEXT, "REBUILT", NOTES)
    assert TASK in result.context
    written = (tmp_path / "project" / f"{NEXT}.jsonl").read_text().splitlines()
    assert json.loads(written[-1])["uuid"] == result.leaf
    assert len({json.loads(line)["uuid"] for line in written}) == len(written)


def test_a_worker_needs_no_model(tmp_path: Path) -> None:
    lines, code = work(order(tmp_path, with_model=False), "http://127.0.0.1:1", tmp_path)
    assert code == 0 and [next(iter(line)) for line in lines] == ["result"]
    assert lines[0]["result"]["session"] == NEXT


def test_a_worker_gives_up_on_a_silent_model_in_time(tmp_path: Path) -> None:
    with StandIn(lambda request: Silence(30)) as server:
        lines, _ = work(order(tmp_path, silence=0.5), server.url, tmp_path)
    assert "Bedrock was silent for 0.5 s" in lines[-1]["result"]["told"]


SIGNED = {"CLAUDE_CODE_SKIP_BEDROCK_AUTH": None, "AWS_EC2_METADATA_DISABLED": "true"}


@pytest.mark.parametrize(
    ("env", "reason"),
    [
        ({"AWS_ACCESS_KEY_ID": None, "AWS_SECRET_ACCESS_KEY": None}, "credentials"),
        ({"AWS_PROFILE": "no-such-profile"}, "no-such-profile"),
    ],
    ids=["no keys", "no profile"],
)
def test_missing_credentials_leave_the_context_to_code(
    tmp_path: Path, env: dict[str, str | None], reason: str
) -> None:
    """In a process of its own, for the SDK keeps the credentials that it has found."""
    with StandIn(lambda request: Say((words(NOTES),))) as server:
        lines, _ = work(order(tmp_path), server.url, tmp_path, env={**SIGNED, **env})
    result = Result(**lines[-1]["result"])
    assert server.requests == [] and result.session == NEXT and TASK in result.context
    assert reason in result.told


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    given = order(tmp_path, with_model=False)
    (tmp_path / "project" / f"{NEXT}.ccsup-partial").mkdir()
    lines, code = work(given, "", tmp_path)
    assert code == 0 and "ccsup-partial" in lines[-1]["failed"]


def test_a_template_that_cannot_be_used_is_passed_over(tmp_path: Path) -> None:
    """One that was broken in the middle of a run keeps nobody from the recovery."""
    (tmp_path / "continue.md").write_text("$raeson")
    lines, code = work(order(tmp_path, with_model=False), "", tmp_path, tmp_path)
    prompt = lines[-1]["result"]["prompt"]
    assert code == 0 and "raeson" not in prompt and "(out of memory)" in prompt


def test_the_masks_of_a_run_are_the_same_with_its_key(tmp_path: Path) -> None:
    secret = "glp" + "at-" + "AbCdEfGhIjKlMnOpQrSt"
    contexts = []
    for number, key in enumerate(["07" * 16, "07" * 16, "08" * 16]):
        given = order(tmp_path / str(number), with_model=False, key=key, said=[f"It is {secret}"])
        lines, _ = work(given, "", tmp_path)
        contexts.append(lines[-1]["result"]["context"].partition("It is ")[2].split()[0])
    assert secret not in str(contexts)
    assert contexts[0] == contexts[1] != contexts[2]


def test_a_template_of_the_users_own_is_used(tmp_path: Path) -> None:
    (tmp_path / "continue.md").write_text("Take heart after $reason.")
    given = order(tmp_path, with_model=False)
    lines, _ = work(given, "", tmp_path, tmp_path / "none", tmp_path)
    assert lines[-1]["result"]["prompt"] == "[ccsup] Take heart after out of memory."


def test_the_work_trees_state_is_told(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", "-b", "main", tmp_path], check=True, env=os.environ)
    lines, _ = work(order(tmp_path, with_model=False), "", tmp_path)
    assert "## No commits yet on main" in lines[-1]["result"]["context"]


def test_nothing_is_imported_from_the_working_directory(tmp_path: Path) -> None:
    project = tmp_path / "hostile"
    project.mkdir()
    for name in ("json", "secrets", "anthropic", "supervisor", "sitecustomize"):
        (project / f"{name}.py").write_text(f"open({str(tmp_path / 'owned')!r}, 'w')\n")
    with StandIn(lambda request: Say((words(NOTES),))) as server:
        lines, _ = work(order(tmp_path), server.url, tmp_path, cwd=project)
    assert lines[-1]["result"]["narrative"] == NOTES
    assert not (tmp_path / "owned").exists()
