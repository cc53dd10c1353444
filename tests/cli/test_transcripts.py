"""`ccsup inspect` and `ccsup compact`: old transcripts, for a person and for a program."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from supervisor.claude.sessions import project_dir
from supervisor.cli import ccsup
from supervisor.compaction.plan.budget import tokens
from supervisor.demo.bedrock import Refuse, Reply, Request, Say, StandIn
from supervisor.demo.bedrock import text as words
from supervisor.journal.rescues import RescueLock
from supervisor.journal.runs import state_home

from ..entries import SESSION, Transcript
from ..world import ROOT, environment

TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls."
NOTES = """## The task now
The ledger is sorted by date.

## Decisions
By date, for names repeat.

## Tried and failed
Sorting by names was tried and failed, for names repeat.

## Findings
Novak stands in the ledger.

## Where it stands
The sorting is under way.

## Next step
Go on with the step after the last one that is recorded.
"""


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A user's HOME with a project, which is the working directory."""
    before, cwd = dict(os.environ), Path.cwd()
    (tmp_path / "ledger").mkdir()
    os.chdir(tmp_path / "ledger")
    become(tmp_path, "http://127.0.0.1:9")
    yield tmp_path
    os.chdir(cwd)
    os.environ.clear()
    os.environ.update(before)


def become(home: Path, url: str) -> None:
    found = environment(home, url, None)
    os.environ.clear()
    os.environ.update(found)


def dead(steps: int = 3) -> Transcript:
    transcript = Transcript()
    transcript.user(TASK)
    for number in range(steps):
        transcript.says(f"Decision {number}: by date, for names repeat.", stop="tool_use")
        transcript.step(f"sort --key {number} ledger", f"Novak 7 {number}")
    transcript.error()
    return transcript


def kept(home: Path, transcript: Transcript | None = None) -> Path:
    return (transcript or dead()).write(project_dir(os.environ, Path.cwd()))


def run(*arguments: str, code: int = 0, columns: int = 80) -> Result:
    result = CliRunner().invoke(ccsup, arguments, env={"COLUMNS": str(columns), "LINES": "24"})
    assert result.exit_code == code, result.output
    return result


def shown(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run(*arguments).stdout)
    assert found["version"] == 1
    return found


# --- compact


def test_the_context_and_nothing_else_is_printed(home: Path) -> None:
    path = kept(home)
    found = run("compact", "--backend", "none")
    assert found.stderr == "" and found.stdout.startswith("This session goes on from")
    assert TASK in found.stdout and str(path) in found.stdout and "[ccsup]" not in found.stdout
    assert run("compact", "--backend", "none", SESSION[:4]).stdout == found.stdout
    assert run("compact", "--backend", "none", str(path)).stdout == found.stdout


def test_the_backend_may_stand_before_the_command_or_behind_it(home: Path) -> None:
    kept(home)
    assert shown("--backend", "none", "compact", "--json")["backend"] == "none"
    assert shown("--backend", "bedrock", "compact", "--backend", "none", "--json")["narrative"] == {
        "text": "",
        "told": "left out: the context is made by code alone",
    }


def test_a_backend_that_does_not_exist_is_refused(home: Path) -> None:
    kept(home)
    result = CliRunner().invoke(ccsup, ["compact", "--backend", "bedrok"])
    assert "backend wants one of auto, bedrock" in str(result.exception)


def test_the_models_notes_stand_in_the_context(home: Path) -> None:
    kept(home)
    with StandIn(lambda request: Say((words(NOTES),)), strict=True) as bedrock:
        become(home, bedrock.url)
        found = shown("compact", "--json")
    assert found["backend"] == "bedrock" and "claude" in found["model"]
    assert NOTES.split() == found["narrative"]["text"].split() and found["cost"] > 0
    assert set(found["usage"]) >= {"input_tokens", "output_tokens"} and "cost" not in found["usage"]
    assert "### Decisions\n\nBy date, for names repeat." in found["context"]
    assert found["ended"] == {
        "row": "out of memory",
        "evidence": 'last entry: "API Error: Out of memory"',
    }
    assert found["session"] == SESSION and found["tokens_after"] == tokens(found["context"])
    assert [part["name"] for part in found["parts"]][-1] == "newest"


@pytest.mark.parametrize("named", [(), ("--backend", "bedrock")])
def test_a_model_that_cannot_be_asked_is_no_failure(home: Path, named: tuple[str, ...]) -> None:
    kept(home)

    def refuse(request: Request) -> Reply:
        return Refuse(403, "not authorized to perform: bedrock:InvokeModel", "AccessDenied")

    with StandIn(refuse) as bedrock:
        become(home, bedrock.url)
        found = run("compact", *named)
    assert TASK in found.stdout and "ccsup" not in found.stdout.partition("\n")[0]
    assert found.stderr.startswith("ccsup: narrative none: ")
    assert "not authorized" in found.stderr and "by code alone" in found.stderr


@pytest.mark.parametrize(("given", "most"), [("1000", 1_000), ("2k", 2_000)])
def test_a_budget_is_held(home: Path, given: str, most: int) -> None:
    transcript = dead(300)
    transcript.step("cat ledger", "Novak and Dvorak " * 2_000)
    kept(home, transcript)
    found = shown("compact", "--backend", "none", "--json", "--budget", given)
    assert found["budget"] == most and found["tokens_after"] <= most * 1.05


@pytest.mark.parametrize("given", ["0", "499", "-5", "many", "80%", "1e9", "9" * 12])
def test_a_budget_that_makes_no_sense_is_refused(home: Path, given: str) -> None:
    kept(home)
    assert "Invalid value for '--budget'" in run("compact", "--budget", given, code=2).stderr


def test_a_file_takes_the_place_of_stdout(home: Path) -> None:
    kept(home)
    expected = run("compact", "--backend", "none").stdout
    found = run("compact", "--backend", "none", "-o", "context.md")
    assert found.stdout == "" and Path("context.md").read_text() == expected
    assert stat.S_IMODE(Path("context.md").stat().st_mode) == 0o600
    assert "cannot be written" in run("compact", "--backend", "none", "-o", "no/x", code=73).stderr


def test_the_transcript_is_never_written_over(home: Path) -> None:
    path = kept(home)
    before = path.read_bytes()
    Path("link.md").symlink_to(path)
    for output in (str(path), "link.md"):
        run("compact", "--backend", "none", "-o", output, code=73)
    assert path.read_bytes() == before


def test_unreadable_lines_are_told_of(home: Path) -> None:
    path = kept(home)
    path.write_bytes(path.read_bytes() + b'{"type":"assis')
    assert "1 unreadable transcript lines" in run("compact", "--backend", "none").stderr


def test_half_a_sign_is_no_fault(home: Path) -> None:
    transcript = dead()
    transcript.user("A lone \ud83d half")
    transcript.lines[-1]["message"]["content"] = "A lone HALF sign"
    path = kept(home, transcript)
    path.write_bytes(path.read_bytes().replace(b"HALF", b"\\ud83d"))
    assert "A lone" in run("compact", "--backend", "none").stdout
    shown("compact", "--backend", "none", "--json")


# --- inspect


def test_what_is_in_it_is_told(home: Path) -> None:
    transcript = dead()
    transcript.calls("Write", file_path="/home/me/ledger/a.py", content="x")
    transcript.result("ok")
    transcript.compaction("Notes.")
    transcript.says("On it goes.", stop="tool_use")
    transcript.error()
    path = kept(home, transcript)
    found = shown("inspect", "--json")
    assert found["session"] == SESSION
    assert found["transcripts"] == [{"path": str(path), "size": path.stat().st_size}]
    assert found["tool_calls"] == {"Bash": 3, "Write": 1} and found["user_messages"] == 1
    assert [each["path"] for each in found["files_changed"]] == ["/home/me/ledger/a.py"]
    assert [each["by"] for each in found["compactions"]] == ["claude"]
    assert found["began"] == "2026-11-22T10:00:00.000+00:00" and found["seconds"] > 0
    assert len(found["context"]["points"]) == found["answers"] and found["cost"] > 0
    assert set(found["context"]["points"][0]) == {"at", "tokens"}
    end = found["ending"]
    assert (end["row"], end["remedy"], end["pid"]) == ("out of memory", "compact", None)
    assert end["then"] == "compacted into a new session"
    assert found["compaction"]["parts"][0]["name"] == "words"


def test_a_person_is_told_the_same(home: Path) -> None:
    kept(home)
    page = run("inspect").stdout
    for told in (
        SESSION, "1 user message,", "Bash 3", "by list price", "Claude Code ran out of memory",
        'last entry: "API Error: Out of memory"', "compacted into a new session", "without a model",
    ):  # fmt: skip
        assert told in " ".join(page.split())


@pytest.mark.parametrize("columns", [1, 40, 80, 1_000])
def test_a_page_is_as_wide_as_the_terminal(home: Path, columns: int) -> None:
    kept(home, dead(300))
    lines = run("inspect", columns=columns).stdout.splitlines()
    copied = [line for line in lines if line.startswith(("session", "transcript"))]
    assert max(len(line) for line in lines if line not in copied) <= max(40, min(100, columns))


def test_a_compaction_is_marked_beneath_the_line(home: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    for number in range(6):
        transcript.step("ls", "x")
        if number == 3:
            transcript.compaction("Notes.")
    kept(home, transcript)
    lines = run("inspect").stdout.splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("context"))
    assert len(lines[at]) == 12 + 6 and lines[at + 1] == " " * (12 + 4) + "^"
    assert "1 compaction" in lines[at + 2]


def test_a_transcript_cannot_steer_the_page(home: Path) -> None:
    transcript = dead()
    transcript.step("echo \x1b[31m\rred", "x" * 900)
    transcript.user("\x1b]0;title\x07")
    kept(home, transcript)
    page = run("inspect").stdout
    assert "]0;title" in page and not {"\x1b", "\x07", "\r"} & set(page)


def test_asking_nobody_needs_nobody(home: Path) -> None:
    """No claude, no network, no credentials: and nothing but the key of the masks is made."""
    kept(home)
    os.environ["PATH"] = "/nowhere"
    before = {path for path in home.rglob("*") if path.is_file()}
    run("inspect")
    run("compact", "--backend", "none")
    made = {path for path in home.rglob("*") if path.is_file()} - before
    assert {path.name for path in made} <= {"mask.key"}


# --- both


@pytest.mark.parametrize("command", ["inspect", "compact"])
@pytest.mark.parametrize(
    ("given", "code", "told"),
    [
        ((), 66, "no transcript of this project"),
        (("12",), 2, "at least the first 4 characters"),
        (("abcd",), 66, "begins so"),
        (("none.jsonl",), 66, "No such file"),
        (("/",), 66, "a folder"),
    ],
)
def test_what_is_no_transcript_is_refused(
    home: Path, command: str, given: tuple[str, ...], code: int, told: str
) -> None:
    found = run(command, *given, code=code)
    assert found.stdout == "" and found.stderr.startswith("ccsup: ") and told in found.stderr


@pytest.mark.parametrize("command", ["inspect", "compact", "rescue", "prompts try"])
def test_the_help_teaches_by_an_example(command: str) -> None:
    page = run(*command.split(), "--help").stdout
    assert f"ccsup {command} " in page and "xit code" in page


@pytest.mark.parametrize("command", ["inspect", "compact"])
def test_a_reader_that_goes_away_is_no_noise(home: Path, command: str) -> None:
    kept(home, dead(3_000))
    done = subprocess.run(
        f"{sys.executable} -m supervisor --backend none {command} --json | head -c 1",
        shell=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert (done.stdout, done.stderr) == (b"{", b"")


@pytest.mark.parametrize("odd", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_of_no_calendar_is_unknown(home: Path, odd: str) -> None:
    transcript = dead()
    for line in transcript.lines:
        line["timestamp"] = odd
    kept(home, transcript)
    assert shown("inspect", "--json")["ending"]["at"] is None
    assert "unknown" in run("inspect").stdout


@pytest.mark.parametrize("odd", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_an_end_of_the_calendar_is_shown(home: Path, odd: str) -> None:
    transcript = dead()
    for line in transcript.lines:
        line["timestamp"] = odd
    kept(home, transcript)
    assert f"{odd[3]}-" in run("inspect").stdout


def test_usage_beyond_all_measure_counts_nothing(home: Path) -> None:
    transcript = dead()
    for line in transcript.lines:
        line["message"]["usage"] = {"input_tokens": 10**400, "output_tokens": 10**400}
    kept(home, transcript)
    assert shown("inspect", "--json")["cost"] == 0


def test_a_second_rescue_at_once_is_refused(home: Path) -> None:
    path = kept(home)
    for line in (lines := [json.loads(each) for each in path.read_text().splitlines()]):
        line["cwd"] = str(Path.cwd())
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines))
    os.utime(path, (1.0, 1.0))
    lock = RescueLock(state_home(os.environ), SESSION)
    refused = run("--claude", "true", "rescue", "--backend", "none", SESSION, code=75)
    assert "another ccsup rescues it" in refused.stderr
    lock.release()
