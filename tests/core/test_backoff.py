"""Waiting longer and longer, and never too long."""

from __future__ import annotations

import pytest

from supervisor.core.backoff import delay, probe_delay


@pytest.mark.parametrize(
    ("waits", "seconds"), [(0, 2), (1, 4), (2, 8), (3, 16), (4, 32), (5, 60), (6, 60), (9_999, 60)]
)
def test_a_delay_doubles_up_to_a_minute(waits: int, seconds: float) -> None:
    assert delay(waits, 0.0) == seconds


def test_chance_adds_up_to_a_quarter() -> None:
    assert delay(0, 0.5) == 2.25
    assert delay(0, 1.0) == 2.5
    assert delay(3, 1.0) == 20.0


@pytest.mark.parametrize("waits", range(20))
def test_chance_never_makes_it_longer_than_a_minute(waits: int) -> None:
    assert delay(waits, 0.0) <= delay(waits, 0.5) <= delay(waits, 1.0) <= 60.0


def test_probes_are_ten_minutes_apart_and_then_three_times_as_far_each() -> None:
    assert [probe_delay(number) for number in range(4)] == [600, 1_800, 5_400, 16_200]
    assert probe_delay(9_999) == probe_delay(16)


def test_four_probes_last_six_hours_and_a_dozen_more_than_twelve() -> None:
    assert sum(map(probe_delay, range(4))) > 6 * 3600
    assert sum(map(probe_delay, range(11))) > 12 * 3600
