"""Follow: what was appended to a file since the last look."""

from __future__ import annotations

from pathlib import Path

from supervisor.claude.follow import CHUNK, Follower, size


def add(path: Path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_each_line_comes_once(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    assert follower.lines() == []  # not there yet
    add(path, b"one\ntwo\n")
    assert follower.lines() == [b"one", b"two"]
    assert follower.lines() == []
    add(path, b"three\n")
    assert follower.lines() == [b"three"]


def test_a_piece_of_a_line_waits_for_its_end(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    add(path, b"one\nt")
    assert follower.lines() == [b"one"]
    add(path, b"w")
    assert follower.lines() == []
    add(path, b"o\n")
    assert follower.lines() == [b"two"]


def test_the_last_look_takes_the_piece_too(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    add(path, b"one\ntw")
    assert follower.lines(final=True) == [b"one", b"tw"]
    assert follower.lines(final=True) == []


def test_the_last_look_finds_a_piece_read_before(tmp_path: Path) -> None:
    path = tmp_path / "log"
    follower = Follower(path)
    add(path, b"tw")
    assert follower.lines() == []
    path.unlink()
    assert follower.lines(final=True) == [b"tw"]


def test_what_stands_before_the_offset_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "log"
    add(path, b"old\n")
    follower = Follower(path, size(path))
    assert follower.lines() == []
    add(path, b"new\n")
    assert follower.lines() == [b"new"]


def test_a_file_cut_shorter_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "log"
    add(path, b"one\ntwo\nthr")
    follower = Follower(path)
    follower.lines()
    path.write_bytes(b"four\n")
    assert follower.lines() == [b"four"]


def test_a_file_put_in_its_place_is_read_from_its_start(tmp_path: Path) -> None:
    path, other = tmp_path / "log", tmp_path / "other"
    add(path, b"one\npiec")
    follower = Follower(path)
    follower.lines()
    other.write_bytes(b"a longer file than the first\n")
    other.rename(path)
    assert follower.lines() == [b"a longer file than the first"]


def test_a_line_longer_than_a_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    long = b"x" * (2 * CHUNK + 7)
    add(path, long + b"\nshort\n")
    assert Follower(path).lines() == [long, b"short"]


def test_a_folder_in_its_place_is_no_crash(tmp_path: Path) -> None:
    assert Follower(tmp_path).lines() == []


def test_the_size_of_nothing_is_nought(tmp_path: Path) -> None:
    (tmp_path / "log").write_bytes(b"12345")
    assert (size(tmp_path / "log"), size(tmp_path / "none"), size(None)) == (5, 0, 0)
