"""Locate: a transcript by its path, by the beginning of a session's id, or the newest."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from supervisor.claude import backward
from supervisor.claude import locate as locating
from supervisor.claude.locate import NoTranscript, Unclear, homes, lineage, locate
from supervisor.claude.sessions import project_dir

from ..entries import SESSION, Transcript, line_of

OTHER = "11112222-2222-4333-8444-555555555555"


class Home:
    """A home with a project, which is where the user is."""

    def __init__(self, folder: Path) -> None:
        self.env = {"HOME": str(folder)}
        self.cwd = folder / "ledger"
        self.cwd.mkdir()
        self.project = project_dir(self.env, self.cwd)
        self.elsewhere = self.project.parent / "-elsewhere"

    def find(self, given: str | None = None) -> Path:
        return locate(given, self.env, self.cwd)

    def refused(self, given: str | None = None) -> str:
        with pytest.raises(NoTranscript) as caught:
            self.find(given)
        return str(caught.value)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def spoken(session: str = SESSION) -> Transcript:
    transcript = Transcript(session)
    transcript.user("Sort the ledger.")
    return transcript


def test_a_session_is_found_by_its_first_characters(home: Home) -> None:
    path = spoken().write(home.project)
    assert home.find(SESSION) == home.find(SESSION[:4]) == home.find(SESSION[:10]) == path
    assert home.find(SESSION.upper()) == path


def test_this_project_comes_before_all_others(home: Home) -> None:
    there = spoken(OTHER).write(home.elsewhere)
    assert home.find("1111") == there
    here = spoken().write(home.project)
    assert home.find("1111") == here and home.find(OTHER[:8]) == there


def test_a_beginning_of_several_is_refused_with_their_names(home: Home) -> None:
    for session in (SESSION, OTHER):
        spoken(session).write(home.project)
    with pytest.raises(Unclear) as caught:
        home.find("1111")
    assert "2 sessions begin so" in str(caught.value)
    assert SESSION in str(caught.value) and OTHER in str(caught.value)
    assert home.find(SESSION[:6]).stem == SESSION  # one character more tells


def test_three_characters_are_too_few(home: Home) -> None:
    spoken().write(home.project)
    with pytest.raises(Unclear, match="at least the first 4 characters"):
        home.find("111")


def test_the_newest_is_taken_where_none_is_named(home: Home) -> None:
    older, newer = (spoken(session).write(home.project) for session in (OTHER, SESSION))
    os.utime(older, (1, 1))
    os.utime(newer, (2, 2))
    assert home.find() == newer
    os.utime(older, (3, 3))
    assert home.find() == older


def test_a_project_without_a_transcript_says_where_it_looked(home: Home) -> None:
    assert str(home.project) in home.refused()


def test_a_file_is_found_by_its_path(home: Home) -> None:
    path = spoken().write(home.cwd / "kept")
    assert home.find(f"kept/{path.name}") == home.find(str(path)) == path
    plain = path.rename(home.cwd / "abcd")
    assert home.find("abcd") == plain  # the beginning of no session


@pytest.mark.parametrize(
    "given", ["../../secret", "1111/../../x", "....", "1111*", "[1]111", "1111\0", "%2e%2e11"]
)
def test_a_session_never_becomes_a_path_elsewhere(home: Home, given: str) -> None:
    """What is no beginning of an id is a path as the user sees it, or nothing."""
    spoken().write(home.project)
    outside = spoken().write(home.project.parent.parent)
    outside.rename(home.project.parent.parent / "secret.jsonl")
    with pytest.raises((NoTranscript, ValueError)):
        home.find(given)


def test_only_ids_among_the_names_of_a_folder_are_sessions(home: Home) -> None:
    path = spoken().write(home.project)
    path.rename(path.with_name("1111-notes.jsonl"))
    assert "no session below" in home.refused("1111")


def test_a_folder_is_refused(home: Home) -> None:
    assert "a folder; name a session file" in home.refused(str(home.cwd))


def test_an_empty_file_is_refused(home: Home) -> None:
    path = home.cwd / "empty.jsonl"
    path.touch()
    assert "empty; nothing has been said" in home.refused(str(path))
    assert "No such file" in home.refused("none.jsonl")


@pytest.mark.parametrize(
    "data", [b"# Notes\n\nwords\n", b"\0\xff\xfe", b'{"type":"summary"}\n', b"[1]"]
)
def test_a_file_that_is_no_transcript_is_refused(home: Home, data: bytes) -> None:
    path = home.cwd / "notes.jsonl"
    path.write_bytes(data)
    assert "no transcript of Claude Code" in home.refused(str(path))


def test_one_entry_among_rubbish_is_a_transcript(home: Home) -> None:
    path = home.cwd / "torn.jsonl"
    path.write_bytes(b"rubbish\n" + spoken().data() + b'{"type":"user","mess')
    assert home.find(str(path)) == path


@pytest.mark.parametrize("hole", [b"\0", b"\0\n", b"\n\0"])
def test_a_transcript_before_a_hole_is_one(
    home: Home, monkeypatch: pytest.MonkeyPatch, hole: bytes
) -> None:
    """The machine crashed: what was to be written last is NULs, more than is looked at."""
    monkeypatch.setattr(locating, "LOOKED_AT", 1_000)
    monkeypatch.setattr(backward, "FIRST", 64)
    monkeypatch.setattr(backward, "BLOCK", 64)
    path = spoken().write(home.cwd)
    path.write_bytes(path.read_bytes() + hole.replace(b"\0", bytes(5_000)))
    assert home.find(str(path)) == path


def test_an_entry_stands_near_the_end_or_the_file_is_no_transcript(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(locating, "LOOKED_AT", 1_000)
    path = spoken().write(home.cwd)
    path.write_bytes(path.read_bytes() + b"rubbish\n" * 500)
    assert "no transcript of Claude Code" in home.refused(str(path))


def test_a_subagents_transcript_is_told_for_what_it_is(home: Home) -> None:
    transcript = Transcript()
    transcript.sidechain("Look for the ledger.")
    path = transcript.write(home.cwd)
    assert "of a subagent" in home.refused(str(path))


def test_a_pipe_is_refused_and_not_waited_for(home: Home) -> None:
    os.mkfifo(home.cwd / "pipe.jsonl")
    assert "no regular file" in home.refused("pipe.jsonl")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read all")
def test_what_cannot_be_read_is_refused(home: Home) -> None:
    path = spoken().write(home.cwd)
    path.chmod(0)
    assert "Permission denied" in home.refused(str(path))


# --- Lineage


def rebuilt(session: str, origin: str, folder: Path) -> Path:
    transcript = spoken(session)
    for line in transcript.lines:
        line["ccsup"] = {"from": origin}
    return transcript.write(folder)


def test_a_rebuilt_session_names_those_it_goes_on_from(tmp_path: Path) -> None:
    names = [f"{SESSION[:-1]}{at}" for at in range(3)]
    first = spoken(names[0]).write(tmp_path)
    second, third = (
        rebuilt(name, origin, tmp_path) for name, origin in zip(names[1:], names, strict=False)
    )
    assert lineage(third) == (first, second, third)
    assert lineage(first) == (first,)
    second.unlink()
    assert lineage(third) == (third,)


@pytest.mark.parametrize("origin", [SESSION, "../../../etc/passwd", 7, None])
def test_a_line_that_leads_nowhere_ends(tmp_path: Path, origin: str) -> None:
    path = rebuilt(SESSION, origin, tmp_path)
    assert lineage(path) == (path,)


def test_the_folders_of_a_session_are_those_it_names_first_and_last(tmp_path: Path) -> None:
    transcript = spoken()
    transcript.says("I go elsewhere.")
    path = transcript.write(tmp_path)
    assert homes(path) == [Path("/home/me/ledger")]
    transcript.lines[-1]["cwd"] = "/home/me/annex"
    path = transcript.write(tmp_path)
    assert homes(path) == [Path("/home/me/ledger"), Path("/home/me/annex")]
    path.write_bytes(line_of({"type": "user", "uuid": "1", "cwd": "relative"}))
    assert homes(path) == []
