"""Backward: the lines of a file from its end, at any size of its blocks."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.claude import backward

from ..generated import examples


def read(path: Path, end: int | None = None) -> list[tuple[int, bytes]]:
    return [(at, bytes(line)) for at, line in backward.lines(path, end)]


def expected(data: bytes, end: int | None = None) -> list[tuple[int, bytes]]:
    found, at = [], 0
    for line in data[:end].split(b"\n"):
        if line:
            found.append((at, line))
        at += len(line) + 1
    return found[::-1]


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks so small that every line lies across some of them."""
    monkeypatch.setattr(backward, "FIRST", 3)
    monkeypatch.setattr(backward, "BLOCK", 7)


LINES = st.lists(st.sampled_from([b"", b"a", b"bc", b"def", b"0123456789", b"\xc4\x9b" * 9]))


@examples(150)
@given(data=LINES.map(b"\n".join), first=st.integers(1, 9), block=st.integers(1, 9))
def test_every_line_comes_with_its_place_newest_first(data: bytes, first: int, block: int) -> None:
    with pytest.MonkeyPatch.context() as patch, TemporaryDirectory() as folder:
        patch.setattr(backward, "FIRST", first)
        patch.setattr(backward, "BLOCK", block)
        path = Path(folder) / "file"
        path.write_bytes(data)
        assert read(path) == expected(data)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("end", [0, 4, 9, 10])
def test_only_what_stands_before_the_end_is_given(tmp_path: Path, end: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"one\ntwo22\nthree\n")
    assert read(path, end) == expected(path.read_bytes(), end)


def test_a_file_without_a_line_has_none(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    assert read(path) == []
    path.write_bytes(b"\n\n")
    assert read(path) == []


@pytest.mark.usefixtures("small")
def test_of_a_line_that_is_too_long_to_be_held_the_head_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backward, "LONGEST", 20)
    path = tmp_path / "file"
    path.write_bytes(b"before\n" + b"h" * 10 + b"x" * 5_000 + b"\nbehind\n")
    (_, behind), (offset, line), (_, before) = read(path)
    assert (behind, before, offset) == (b"behind", b"before", 7)
    assert line.startswith(b"h" * 10 + b"x") and len(line) <= 20 + 2 * backward.BLOCK


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("behind", [b"", b'{"a":1}', b"\nbehind\n"])
def test_a_hole_of_nuls_is_next_to_nothing_and_hides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, behind: bytes
) -> None:
    monkeypatch.setattr(backward, "LONGEST", 200)
    path = tmp_path / "file"
    path.write_bytes(b"before\n" + bytes(700) + behind)
    found = read(path)
    assert found[-1] == (0, b"before")
    hole = next(line for at, line in found if at == 7)
    assert hole.startswith(b"\0") and len(hole) < 700 / backward.BLOCK + 3 * backward.BLOCK
    assert b"".join(line for _, line in found).endswith(b"before")
    assert hole.replace(b"\0", b"") == (b"" if behind.startswith(b"\n") else behind)


@pytest.mark.usefixtures("small")
def test_a_block_with_more_than_nuls_is_given_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"\0" * 10 + b"a" + b"\0" * 3 + b"b\n")
    assert read(path)[0][1].replace(b"\0", b"") == b"ab"
    path.write_bytes(b"a\0b\n")
    assert read(path) == [(0, b"a\0b")]


def test_a_file_that_is_gone_is_told(tmp_path: Path) -> None:
    with pytest.raises(OSError):
        read(tmp_path / "none")
