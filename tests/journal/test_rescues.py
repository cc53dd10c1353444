"""The lock of a rescue, and the note beside it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from supervisor.journal.rescues import Busy, Rescued, RescueLock

SESSION = "11111111-2222-4333-8444-555555555555"
NEW = "7c591111-2222-4333-8444-555555555555"


def test_a_second_one_is_kept_out_until_the_first_is_done(tmp_path: Path) -> None:
    first = RescueLock(tmp_path, SESSION)
    with pytest.raises(Busy):
        RescueLock(tmp_path, SESSION)
    RescueLock(tmp_path, NEW).release()  # another session's
    first.release()
    RescueLock(tmp_path, SESSION).release()


def test_the_lock_is_the_users_own_and_no_childs(tmp_path: Path) -> None:
    lock = RescueLock(tmp_path / "state", SESSION)
    path = tmp_path / "state" / "locks" / f"{SESSION}.lock"
    entries = [Path(f"/dev/fd/{name}") for name in os.listdir("/dev/fd")]
    held = [int(each.name) for each in entries if each.exists() and each.samefile(path)]
    assert held and not any(map(os.get_inheritable, held))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    lock.release()


def test_a_link_in_its_place_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "locks").mkdir()
    (tmp_path / "locks" / f"{SESSION}.lock").symlink_to(tmp_path / "other")
    with pytest.raises(OSError):
        RescueLock(tmp_path, SESSION)
    assert not (tmp_path / "other").exists()


def test_what_it_was_rescued_as_is_known_to_the_next(tmp_path: Path) -> None:
    lock = RescueLock(tmp_path, SESSION)
    assert lock.before is None
    lock.note(Rescued(NEW, 1_900_000_000.0))
    lock.release()
    assert RescueLock(tmp_path, SESSION).before == Rescued(NEW, 1_900_000_000.0)


@pytest.mark.parametrize(
    "words",
    ["", "[]", "{", '{"session": 1, "at": 1}', '{"session": "x"}', '{"session": "x", "at": 1e300}'],
)
def test_a_note_that_tells_nothing_is_none(tmp_path: Path, words: str) -> None:
    lock = RescueLock(tmp_path, SESSION)
    (tmp_path / "locks" / f"{SESSION}.json").write_text(words)
    assert lock.before is None
