"""The key of the masks: one for a user, nobody else's, and never a reason to fail."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from supervisor.journal.mask_key import LENGTH, NAME, mask_key


@pytest.fixture(params=[0, 0o077, 0o777])
def any_umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def test_it_is_made_once_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "state" / "ccsup"
    first = mask_key(home)
    assert len(first) == LENGTH == 32
    assert mask_key(home) == first
    assert os.listdir(home) == [NAME], "nothing half made is left"
    assert mask_key(tmp_path / "another") != first


@pytest.mark.usefixtures("any_umask")
def test_only_its_owner_can_read_it_whatever_the_umask(tmp_path: Path) -> None:
    key = mask_key(tmp_path)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600
    assert mask_key(tmp_path) == key


def test_of_many_makers_at_once_all_get_the_same(tmp_path: Path) -> None:
    for round_ in range(20):
        home = tmp_path / str(round_)
        home.mkdir()
        together = Barrier(8)

        def make(home: Path = home, together: Barrier = together) -> bytes:
            together.wait()
            return mask_key(home)

        with ThreadPoolExecutor(8) as pool:
            keys = {found.result() for found in [pool.submit(make) for _ in range(8)]}
        assert keys == {(home / NAME).read_bytes()}
        assert os.listdir(home) == [NAME]


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 33])
def test_a_damaged_one_is_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    (tmp_path / NAME).chmod(0o600)
    key = mask_key(tmp_path)
    assert len(key) == LENGTH and (tmp_path / NAME).read_bytes() == key == mask_key(tmp_path)


def test_one_that_others_could_read_is_no_secret_any_more(tmp_path: Path) -> None:
    (tmp_path / NAME).write_bytes(b"k" * LENGTH)
    (tmp_path / NAME).chmod(0o644)
    key = mask_key(tmp_path)
    assert key != b"k" * LENGTH
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_a_link_is_neither_followed_nor_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_bytes(b"v" * LENGTH)
    victim.chmod(0o600)
    home = tmp_path / "state"
    home.mkdir()
    (home / NAME).symlink_to(victim)
    key = mask_key(home)
    assert key != b"v" * LENGTH == victim.read_bytes()
    assert not (home / NAME).is_symlink() and mask_key(home) == key


def test_a_pipe_in_its_place_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / NAME, 0o600)
    assert mask_key(tmp_path) == mask_key(tmp_path)


@pytest.mark.parametrize("place", ["file", "folder"])
def test_where_it_cannot_be_kept_it_is_a_new_one_each_time(tmp_path: Path, place: str) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "folder" / NAME / "full").mkdir(parents=True)
    once, twice = mask_key(tmp_path / place), mask_key(tmp_path / place)
    assert len(once) == len(twice) == LENGTH and once != twice
    assert not list((tmp_path / "folder").glob(f"{NAME}.*"))
