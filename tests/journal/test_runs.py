"""Runs: what ccsup writes down is whole, in order, and nobody else's."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.journal.runs import RunFolder, state_home


@pytest.fixture
def open_umask() -> Iterator[None]:
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_state_lies_where_the_user_keeps_such_things() -> None:
    assert state_home({"XDG_STATE_HOME": "/s", "HOME": "/h"}) == Path("/s/ccsup")
    assert state_home({"HOME": "/h"}) == Path("/h/.local/state/ccsup")
    relative = {"XDG_STATE_HOME": "s", "HOME": "/h"}  # the specification: to be ignored
    assert state_home(relative) == Path("/h/.local/state/ccsup")


@pytest.mark.usefixtures("open_umask")
def test_folders_and_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path / "state" / "ccsup", "one")
    folder.append({"event": "Spawned"})
    folder.write("context.md", b"words")
    folder.write("plugin-1/hooks/hooks.json", b"{}")
    folder.close()
    found = {path: mode(path) for path in (tmp_path / "state" / "ccsup").rglob("*")}
    assert mode(tmp_path / "state" / "ccsup") == 0o700
    for path, bits in found.items():
        assert bits == (0o700 if path.is_dir() else 0o600), path
    assert len(found) == 7


def test_a_folder_that_was_open_is_closed_to_others(tmp_path: Path) -> None:
    (tmp_path / "runs").mkdir()
    tmp_path.chmod(0o755)
    (tmp_path / "runs").chmod(0o777)
    RunFolder(tmp_path, "one").close()
    assert mode(tmp_path) == mode(tmp_path / "runs") == 0o700


def test_the_journal_is_a_line_a_step_in_their_order(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "one")
    steps: list[dict[str, object]] = [{"text": "ě\n😀"}, {"half": "\ud83d"}, {"path": Path("/x")}]
    for number, step in enumerate(steps, 1):
        folder.append(step)
        lines = (folder.path / "journal.jsonl").read_bytes().splitlines()
        assert len(lines) == number  # there before the step is taken
    folder.close()
    assert json.loads(lines[0]) == steps[0]
    assert json.loads(lines[2]) == {"path": "/x"}


def test_an_older_journal_is_added_to(tmp_path: Path) -> None:
    for number in (1, 2):
        folder = RunFolder(tmp_path, "one")
        folder.append({"n": number})
        folder.close()
    lines = (folder.path / "journal.jsonl").read_text().splitlines()
    assert [json.loads(line)["n"] for line in lines] == [1, 2]


def test_a_file_is_replaced(tmp_path: Path) -> None:
    folder = RunFolder(tmp_path, "one")
    folder.write("context.md", b"a long text")
    path = folder.write("context.md", b"short")
    folder.close()
    assert path == tmp_path / "runs" / "one" / "context.md" and path.read_bytes() == b"short"


@pytest.mark.parametrize("name", ["journal.jsonl", "context.md"])
def test_a_link_is_not_followed(tmp_path: Path, name: str) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    run = tmp_path / "state" / "runs" / "one"
    run.mkdir(parents=True)
    (run / name).symlink_to(victim)
    if name == "journal.jsonl":
        with pytest.raises(OSError):
            RunFolder(tmp_path / "state", "one")
    else:
        folder = RunFolder(tmp_path / "state", "one")
        assert folder.write(name, b"words") is None and folder.trouble is not None
        folder.close()
    assert victim.read_text() == "precious"


def test_where_no_folder_can_be_made_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError):
        RunFolder(tmp_path / "file", "one")
