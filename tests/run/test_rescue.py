"""Rescue: which sessions are refused, and where one is at home."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path

import pytest

from supervisor.claude.ended import ended
from supervisor.claude.sessions import project_dir
from supervisor.run.living import announced, living_pid
from supervisor.run.rescue import Refused, home_of, refusal

from ..entries import SESSION, Transcript

NOW = 1_900_000_000.0
OTHER = "21112222-2222-4333-8444-555555555555"


def dead() -> Transcript:
    transcript = Transcript()
    transcript.user("Sort the ledger.")
    transcript.step("cat ledger", "Novak 7")
    transcript.error()
    return transcript


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path)}


def kept(transcript: Transcript, env: dict[str, str], age: float = 60.0) -> Path:
    path = transcript.write(project_dir(env, Path("/home/me/ledger")))
    os.utime(path, (NOW - age, NOW - age))
    return path


def refused(path: Path, env: dict[str, str], *, force: bool = False) -> tuple[str, int] | None:
    try:
        refusal(path, ended(path), env, NOW, force=force)
    except Refused as error:
        return str(error), error.code
    return None


def announce(env: dict[str, str], pid: int, session: str = SESSION, **told: object) -> None:
    folder = Path(env["HOME"]) / ".claude" / "sessions"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{pid}.json").write_text(json.dumps({"pid": pid, "sessionId": session, **told}))


def test_a_dead_session_is_rescued(env: dict[str, str]) -> None:
    assert refused(kept(dead(), env), env) is None


@pytest.mark.parametrize("force", [False, True])
def test_one_that_a_claude_still_runs_is_left_alone(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch, force: bool
) -> None:
    path = kept(dead(), env)
    announce(env, os.getpid())
    assert refused(path, env) is None  # a process, but no claude
    monkeypatch.setattr("supervisor.run.living.PROGRAM", "python")
    told = refused(path, env, force=force)
    assert told is not None and told[1] == 75 and f"pid {os.getpid()}" in told[0]
    announce(env, os.getpid(), OTHER)
    assert refused(path, env) is None


@pytest.mark.parametrize(("age", "code"), [(0.5, 75), (4.9, 75), (5.1, None), (-3.0, None)])
def test_one_that_was_just_written_to_may_still_live(
    env: dict[str, str], age: float, code: int | None
) -> None:
    told = refused(kept(dead(), env, age), env)
    assert (told[1] if told else None) == code


def test_one_that_ended_well_is_left_unless_it_is_forced(env: dict[str, str]) -> None:
    transcript = dead()
    transcript.user("Go on.")
    transcript.says("All is sorted.")
    path = kept(transcript, env)
    told = refused(path, env)
    assert told is not None and told[1] == 65
    assert "ended well" in told[0] and "All is sorted." in told[0] and "--force" in told[0]
    assert refused(path, env, force=True) is None


def test_what_is_the_users_own_affair_is_left_unless_it_is_forced(env: dict[str, str]) -> None:
    transcript = dead()
    transcript.error("Credit balance is too low")
    path = kept(transcript, env)
    told = refused(path, env)
    assert told is not None and told[1] == 65 and "Credit balance is too low" in told[0]
    assert refused(path, env, force=True) is None


def test_one_in_which_no_user_speaks_is_refused(env: dict[str, str]) -> None:
    transcript = Transcript()
    transcript.command("status")
    transcript.says("I look.", stop="tool_use")
    transcript.error()
    told = refused(kept(transcript, env), env, force=True)
    assert told is not None and told[1] == 65 and "no message of a user" in told[0]
    transcript.queued("Sort the ledger.")
    assert refused(kept(transcript, env), env, force=True) is None


def test_a_file_that_is_named_for_no_session_is_refused(env: dict[str, str]) -> None:
    path = kept(dead(), env)
    told = refused(path.rename(path.with_name("kept.jsonl")), env)
    assert told is not None and "no session's id" in told[0]


def test_a_session_is_at_home_where_claude_would_look(tmp_path: Path, env: dict[str, str]) -> None:
    transcript = dead()
    ledger = tmp_path / "ledger"
    for line in transcript.lines:
        line["cwd"] = str(ledger)
    transcript.lines[-1]["cwd"] = str(ledger / "annex")
    path = transcript.write(project_dir(env, ledger))
    with pytest.raises(Refused, match="does not exist any more"):
        home_of(path, env)
    ledger.mkdir()
    assert home_of(path, env) == ledger
    with pytest.raises(Refused, match="does not lie where claude would look"):
        home_of(transcript.write(tmp_path / "elsewhere"), env)


# --- Who lives


def test_what_announces_itself_is_read_with_care(env: dict[str, str]) -> None:
    assert list(announced(env)) == []
    announce(env, 7, startedAt=5_000)
    announce(env, 8, "../../secret")
    folder = Path(env["HOME"]) / ".claude" / "sessions"
    for name, words in {"x.json": "{}", "9.json": "[1", "10.json": "[]", "11.txt": "{}"}.items():
        (folder / name).write_text(words)
    assert list(announced(env)) == [(7, SESSION, 5.0)]


def test_a_number_that_belongs_to_another_by_now_is_no_claude(
    env: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file of a killed claude stays; its process started long before this one."""
    monkeypatch.setattr("supervisor.run.living.PROGRAM", "python")
    announce(env, os.getpid(), startedAt=int(time.time() * 1000))
    assert living_pid(env, SESSION) == os.getpid()
    assert living_pid(env, SESSION.upper()) == os.getpid()
    announce(env, os.getpid(), startedAt=1_000)
    assert living_pid(env, SESSION) is None
    announce(env, 2**22 + 1)
    assert living_pid(env, SESSION) is None
