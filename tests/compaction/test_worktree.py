"""Worktree: what git tells of it, and that a hostile repository runs nothing."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from supervisor.compaction.worktree import state

ENV = {
    "PATH": os.environ["PATH"],
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_CONFIG_NOSYSTEM": "1",
    "LANG": "C.UTF-8",
}


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Jan", "-c", "user.email=jan@example.org")
    command = ["git", *identity, *arguments]
    subprocess.run(command, cwd=folder, env=ENV, check=True, capture_output=True)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    folder.mkdir()
    git(folder, "init", "--initial-branch=main")
    (folder / "ledger").write_text("one\n")
    (folder / "picture.bin").write_bytes(b"\0one")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "Begin")
    return folder


def test_a_clean_tree_tells_its_branch(tree: Path) -> None:
    assert state(tree, ENV) == "## main"


def test_changes_are_told_with_their_measure(tree: Path) -> None:
    (tree / "ledger").write_text("one\ntwo\n")
    (tree / "new").touch()
    (tree / "staged").write_text("x\n")
    git(tree, "add", "staged")
    told = state(tree, ENV).splitlines()
    assert told[0] == "## main"
    assert {" M ledger", "A  staged", "?? new"} <= set(told)
    assert told[-1] == " 2 files changed, 2 insertions(+)"


def test_a_tree_without_a_commit_is_told(tmp_path: Path) -> None:
    git(tmp_path, "init", "--initial-branch=main")
    (tmp_path / "new").touch()
    assert state(tmp_path, ENV) == "## No commits yet on main\n?? new"


def test_where_there_is_no_tree_or_no_git_nothing_is_told(tmp_path: Path) -> None:
    bounded = {**ENV, "GIT_CEILING_DIRECTORIES": str(tmp_path)}
    (tmp_path / "plain").mkdir()
    assert state(tmp_path / "plain", bounded) == ""
    assert state(tmp_path / "gone", bounded) == ""
    assert state(tmp_path, {**bounded, "PATH": str(tmp_path)}) == ""


def test_looking_does_not_touch_the_index(tree: Path) -> None:
    index = tree / ".git" / "index"
    os.utime(tree / "ledger", (1_000, 1_000))  # git would like to note that
    before = index.read_bytes()
    state(tree, ENV)
    assert index.read_bytes() == before


def trap(folder: Path) -> tuple[Path, Path]:
    """A program that leaves a mark when it is run, and the mark."""
    mark, program = folder / "it ran", folder / "trap"
    program.write_text(f'#!/bin/sh\ntouch "{mark}"\ncat\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    return program, mark


HOSTILE = [
    ("core.fsmonitor", "{}", ""),
    ("diff.external", "{}", ""),
    ("diff.evil.textconv", "{}", "* diff=evil\n"),
    ("diff.evil.command", "{}", "* diff=evil\n"),
    ("filter.evil.clean", "{}", "* filter=evil\n"),
    ("filter.evil.process", "{}", "* filter=evil\n"),
    ("core.pager", "{}", ""),
    ("core.sshCommand", "{}", ""),
    ("core.hooksPath", "hooks", ""),
]


@pytest.mark.parametrize(("key", "value", "attributes"), HOSTILE, ids=[each[0] for each in HOSTILE])
def test_nothing_that_a_hostile_repository_names_is_run(
    tree: Path, tmp_path: Path, key: str, value: str, attributes: str
) -> None:
    program, mark = trap(tmp_path)
    (tree / "hooks").mkdir()
    for name in ("post-index-change", "fsmonitor-watchman", "pre-commit"):
        (tree / "hooks" / name).symlink_to(program)
    git(tree, "config", key, value.format(program))
    (tree / ".git" / "info" / "attributes").write_text(attributes)
    (tree / "ledger").write_text("two\n")
    (tree / "picture.bin").write_bytes(b"\0two")
    told = state(tree, ENV)
    assert not mark.exists()
    assert " M ledger" in told


def test_the_trap_does_catch_an_unwary_git(tree: Path, tmp_path: Path) -> None:
    program, mark = trap(tmp_path)
    git(tree, "config", "core.fsmonitor", str(program))
    git(tree, "status")
    assert mark.exists()
