"""Sessions: where the transcripts lie."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from supervisor.claude import sessions

from ..entries import SESSION


@pytest.mark.parametrize(
    ("cwd", "name"),
    [
        ("/home/me/x", "-home-me-x"),
        ("/home/a.b/c_d e", "-home-a-b-c-d-e"),
        ("/a/é", "-a--"),
        ("/a/e\u0301", "-a--"),  # the same letter in two signs is one after NFC
        ("/a/😀b", "-a---b"),  # measured: JavaScript counts two units
    ],
)
def test_the_projects_folder_is_named_for_its_path(cwd: str, name: str) -> None:
    assert sessions.slug(Path(cwd)) == name


def test_the_home_is_where_claude_code_looks(tmp_path: Path) -> None:
    assert sessions.config_dir({"HOME": "/home/u"}) == Path("/home/u/.claude")
    chosen = {"HOME": "/home/u", "CLAUDE_CONFIG_DIR": str(tmp_path)}
    assert sessions.config_dir(chosen) == tmp_path
    named = {**chosen, "CLAUDE_CODE_PROJECT_DIR_NAME": "one"}
    assert sessions.project_dir(named, Path("/w")) == tmp_path / "projects" / "one"


def test_a_long_path_is_found_by_what_it_begins_with(tmp_path: Path) -> None:
    env = {"CLAUDE_CONFIG_DIR": str(tmp_path)}
    cwd = Path("/" + "long/" * 60)
    there = tmp_path / "projects" / (sessions.slug(cwd)[:200] + "-1x2y3z")
    there.mkdir(parents=True)
    (tmp_path / "projects" / "-another").mkdir()
    assert sessions.project_dir(env, cwd) == there


def test_a_session_lies_in_its_own_project_or_where_it_is(tmp_path: Path) -> None:
    env, cwd = {"CLAUDE_CONFIG_DIR": str(tmp_path)}, Path("/w")
    expected = tmp_path / "projects" / "-w" / f"{SESSION}.jsonl"
    assert sessions.find(env, cwd, SESSION) == expected  # where it will be
    moved = tmp_path / "projects" / "-elsewhere" / f"{SESSION}.jsonl"
    moved.parent.mkdir(parents=True)
    moved.touch()
    assert sessions.find(env, cwd, SESSION) == moved
    expected.parent.mkdir()
    expected.touch()
    assert sessions.find(env, cwd, SESSION) == expected


def announce(home: Path, pid: int, words: str) -> None:
    (home / "sessions").mkdir(exist_ok=True)
    (home / "sessions" / f"{pid}.json").write_text(words)


def test_a_process_announces_its_session(tmp_path: Path) -> None:
    env = {"CLAUDE_CONFIG_DIR": str(tmp_path)}
    announce(tmp_path, 7, json.dumps({"pid": 7, "sessionId": SESSION}))
    assert sessions.of_process(env, 7) == SESSION
    assert sessions.of_process(env, 8) is None


@pytest.mark.parametrize(
    "told", ['{"sessionId": "1111', '{"sessionId": 3}', '{"sessionId": "../../x"}', "[]", ""]
)
def test_what_is_no_session_id_is_not_believed(tmp_path: Path, told: str) -> None:
    announce(tmp_path, 7, told)
    assert sessions.of_process({"CLAUDE_CONFIG_DIR": str(tmp_path)}, 7) is None


def test_the_newest_transcript_is_the_one_written_last(tmp_path: Path) -> None:
    for age, name in enumerate(("new.jsonl", "old.jsonl", "newer.txt")):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (1000 - age, 1000 - age))
    os.utime(tmp_path / "newer.txt", (2000, 2000))
    assert sessions.newest(tmp_path) == tmp_path / "new.jsonl"


def test_an_empty_or_missing_folder_has_no_newest(tmp_path: Path) -> None:
    assert sessions.newest(tmp_path) is None
    assert sessions.newest(tmp_path / "none") is None
