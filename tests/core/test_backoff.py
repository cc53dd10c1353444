"""Waiting longer and longer, and never too long; and how a time is told."""

from __future__ import annotations

import pytest

from supervisor.core.backoff import delay, duration, probe_delay


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


def test_probes_are_half_a_minute_apart_and_then_five_times_as_far_each() -> None:
    assert [probe_delay(number) for number in range(5)] == [30, 150, 750, 3_750, 18_750]
    assert probe_delay(9_999) == probe_delay(16)


def test_five_probes_last_six_hours_and_a_sixth_comes_after_twelve() -> None:
    assert 6 * 3600 < sum(map(probe_delay, range(5))) < 12 * 3600 < sum(map(probe_delay, range(6)))


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"),
        (2.34, "2.3 s"),
        (10, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (60, "1 min"),
        (250, "4 min 10 s"),
        (3_599, "59 min 59 s"),
        (3_600, "1 h"),
        (3_660, "1 h 1 min"),
        (11_100, "3 h 5 min"),
        (90_000, "25 h"),
    ],
)
def test_a_duration_is_told_for_a_person(seconds: float, text: str) -> None:
    assert duration(seconds) == text
