"""Alone: two rescues of a session at once, and one after the other."""

from __future__ import annotations

from pathlib import Path

import pytest

from supervisor.journal.rescues import Busy
from supervisor.run.alone import alone

from ..entries import SESSION

NEW = "7c591111-2222-4333-8444-555555555555"


def test_the_second_at_once_is_kept_out_and_the_next_is_told(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    said: list[str] = []
    with alone(SESSION, env, said.append) as note:
        second = alone(SESSION, env, said.append)
        with pytest.raises(Busy, match=f"session {SESSION}: another ccsup"), second:
            raise AssertionError("two at once")
        note(NEW)
    assert said == []
    with alone(SESSION, env, said.append):
        pass
    [told] = said
    assert f"Already rescued as {NEW} on " in told and f"ccsup run --resume {NEW}" in told


def test_one_that_has_come_to_nothing_leaves_no_word(tmp_path: Path) -> None:
    env = {"XDG_STATE_HOME": str(tmp_path)}
    said: list[str] = []
    for _ in range(2):
        with pytest.raises(KeyError), alone(SESSION, env, said.append):
            raise KeyError
    assert said == []


def test_where_the_disk_takes_no_lock_it_goes_on_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "ccsup").write_text("no folder")
    said: list[str] = []
    with alone(SESSION, {"XDG_STATE_HOME": str(tmp_path)}, said.append) as note:
        note(NEW)
    assert len(said) == 1 and "a second rescue is not kept out" in said[0]
