"""Hooks: the plugin really writes down what it is told, and is read back."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from supervisor.claude.hooks import HookChannel, HookEvent, plugin_files

from ..entries import SESSION


def fire(log: Path, told: str, event: str = "StopFailure") -> subprocess.CompletedProcess[bytes]:
    """Run the hook as Claude Code does: by a shell, with the event on stdin."""
    files = plugin_files(log, session_start=True)
    hooks = json.loads(files["hooks/hooks.json"])["hooks"]
    command = hooks[event][0]["hooks"][0]["command"]
    return subprocess.run(
        ["/bin/sh", "-c", command], input=told.encode(), capture_output=True, check=False
    )


def test_what_a_hook_is_told_arrives(tmp_path: Path) -> None:
    log = tmp_path / "it's a log; $(touch owned) & `more`.jsonl"
    channel = HookChannel(log)
    assert list(channel.events()) == []
    told = {
        "session_id": SESSION,
        "transcript_path": "/h/t.jsonl",
        "hook_event_name": "StopFailure",
        "error": "unknown",
        "last_assistant_message": "API Error: Out of memory",
    }
    done = fire(log, json.dumps(told))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    fire(log, json.dumps({"hook_event_name": "SessionEnd", "reason": "other"}) + "\n")
    assert list(channel.events()) == [
        HookEvent(
            "StopFailure",
            SESSION,
            Path("/h/t.jsonl"),
            error="unknown",
            text="API Error: Out of memory",
        ),
        HookEvent("SessionEnd", None, None, reason="other"),
    ]
    assert list(channel.events()) == []
    assert [path.name for path in tmp_path.iterdir()] == [log.name]


def test_a_log_that_cannot_be_written_does_not_trouble_the_session(tmp_path: Path) -> None:
    done = fire(tmp_path / "no folder" / "log", "{}")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_no_hook_runs_at_a_tool_call_or_shows(tmp_path: Path) -> None:
    files = plugin_files(tmp_path, session_start=False)
    asked = set(json.loads(files["hooks/hooks.json"])["hooks"])
    assert asked == {"UserPromptSubmit", "StopFailure", "SessionEnd"}
    assert json.loads(files[".claude-plugin/plugin.json"])["name"] == "ccsup"


def test_the_sessions_start_is_asked_for_only_where_nobody_sees_it(tmp_path: Path) -> None:
    files = plugin_files(tmp_path, session_start=True)
    assert "SessionStart" in json.loads(files["hooks/hooks.json"])["hooks"]


@pytest.mark.parametrize(
    "line", ['{"hook_event_name": "Sess', "3", '{"hook_event_name": 3}', "{}", "", "[" * 100_000]
)
def test_a_line_that_is_no_event_is_passed_over(tmp_path: Path, line: str) -> None:
    log = tmp_path / "log"
    log.write_text(line + '\n{"hook_event_name": "SessionEnd"}\n')
    assert [event.name for event in HookChannel(log).events()] == ["SessionEnd"]


def test_a_field_of_another_kind_counts_as_not_told(tmp_path: Path) -> None:
    log = tmp_path / "log"
    told = {"hook_event_name": "UserPromptSubmit", "prompt": ["x"], "session_id": 1}
    log.write_text(json.dumps({**told, "transcript_path": ""}) + "\n")
    assert list(HookChannel(log).events()) == [HookEvent("UserPromptSubmit", None, None)]


def test_what_is_pinned_is_said_again_after_a_compaction_alone(tmp_path: Path) -> None:
    pins = tmp_path / "pins of a run.md"
    files = plugin_files(tmp_path / "log", pins, session_start=True)
    matchers = json.loads(files["hooks/hooks.json"])["hooks"]["SessionStart"]
    assert [matcher.get("matcher") for matcher in matchers] == [None, "compact"]
    command = matchers[1]["hooks"][0]["command"]
    said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert (said.stdout, said.stderr) == (b"", b""), "nothing was pinned yet"
    pins.write_text("Never touch legacy/.")
    said = subprocess.run(["/bin/sh", "-c", command], capture_output=True, check=True)
    assert said.stdout == b"Never touch legacy/."


def test_where_hooks_are_reported_it_is_said_again_and_nothing_listens(tmp_path: Path) -> None:
    log = tmp_path / "log"
    heard = plugin_files(log, tmp_path / "pins", session_start=True)
    files = plugin_files(log, tmp_path / "pins", session_start=False)
    hooks = [json.loads(each["hooks/hooks.json"])["hooks"] for each in (heard, files)]
    assert hooks[1]["SessionStart"] == hooks[0]["SessionStart"][1:]
    assert [matcher["matcher"] for matcher in hooks[1]["SessionStart"]] == ["compact"]
    assert str(log) not in json.dumps(hooks[1]["SessionStart"])


@pytest.mark.parametrize("session_start", [False, True])
def test_where_nothing_is_pinned_nothing_is_said_again(tmp_path: Path, session_start: bool) -> None:
    files = plugin_files(tmp_path / "log", session_start=session_start)
    assert "compact" not in files["hooks/hooks.json"]
