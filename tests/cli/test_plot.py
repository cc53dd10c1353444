"""Plot: figures as signs."""

from __future__ import annotations

import pytest

from supervisor.cli.plot import ASCII, BLOCKS, marks, sparkline, stretches


def test_a_line_goes_from_nothing_to_the_largest() -> None:
    assert sparkline(range(8), 8) == BLOCKS
    assert sparkline(range(8), 8, plain=True) == ASCII and ASCII.isascii()


def test_a_line_is_no_wider_than_it_may_be_and_keeps_the_peaks() -> None:
    values = [0.0] * 1_000
    values[733] = 5.0
    line = sparkline(values, 10)
    assert len(line) == 10 and line.index(BLOCKS[-1]) == 7
    assert line.count(BLOCKS[0]) == 9


@pytest.mark.parametrize("values", [[], [0.0], [0.0, 0.0]])
def test_no_figures_are_no_fault(values: list[float]) -> None:
    assert sparkline(values, 10) == BLOCKS[0] * len(values)


def test_a_mark_stands_beneath_its_figure() -> None:
    assert marks([700], 1_000, 10) == " " * 7 + "^"
    assert marks([0, 2], 3, 10) == "^ ^"
    assert marks([], 3, 10) == ""


@pytest.mark.parametrize(("count", "width"), [(0, 5), (3, 5), (5, 5), (17, 5), (17, 0)])
def test_the_stretches_hold_every_figure_once(count: int, width: int) -> None:
    found = stretches(count, width)
    assert [at for stretch in found for at in stretch] == list(range(count))
    assert all(found) and len(found) <= max(1, width)
