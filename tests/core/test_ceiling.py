"""The arithmetic of the ceiling: what steers Claude Code's own compaction, and how it learns."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from supervisor.core.ceiling import (
    BASE,
    FORGOTTEN,
    HIGHEST,
    OFF,
    PERCENT,
    STEPS,
    SUMMARY,
    WINDOW,
    Ceiling,
    in_the_way,
    learned,
    relaxed,
    steering,
)

LARGEST = 200_000  # tokens; the model's own window
SIZES = (0, 1_000, 5_000, 20_000)


def fires_at(env: Mapping[str, str]) -> float:
    """Claude Code's rule, as measured; a window below 100,000 is taken for that."""
    window = max(100_000, min(LARGEST, int(env[WINDOW])))
    percent = int(env.get(PERCENT, "100"))
    assert 1 <= percent <= 100
    return min(percent / 100 * (window - 20_000), window - 33_000)


@pytest.mark.parametrize("step", SIZES)
@pytest.mark.parametrize("tokens", range(20_000, 220_000, 7_237))
def test_it_fires_below_the_ceiling_and_not_far_below(tokens: int, step: int) -> None:
    ceiling = Ceiling(tokens, step)
    env = steering(ceiling)
    feasible = BASE + int(STEPS * step) <= ceiling.threshold < HIGHEST
    assert bool(env) == feasible
    if feasible:
        fires = fires_at(env)
        assert ceiling.threshold - 800 <= fires <= ceiling.threshold
        assert fires + SUMMARY < 0.96 * tokens, "its own request is to fit as well"
        roomy = ceiling.least <= int(0.95 * tokens) - step - SUMMARY
        assert not roomy or fires + step + SUMMARY < 0.96 * tokens, "with the newest step"


@pytest.mark.parametrize("threshold", [66_999, 67_000, 67_001])
def test_it_fires_right_where_a_smaller_window_would_not_count(threshold: int) -> None:
    tokens = next(n for n in range(70_000, 90_000) if Ceiling(n).threshold == threshold)
    assert threshold - 800 <= fires_at(steering(Ceiling(tokens))) <= threshold


@pytest.mark.parametrize("tokens", [0, 1_000, 20_000, 25_000])
def test_a_ceiling_below_what_claude_code_needs_steers_nothing(tokens: int) -> None:
    assert steering(Ceiling(tokens)) == {}


def test_a_large_step_may_leave_no_room() -> None:
    assert steering(Ceiling(50_000, 5_000))
    assert steering(Ceiling(50_000, 9_000)) == {}


def test_where_there_is_little_room_less_of_a_step_is_left_free() -> None:
    """Claude Code's own request for a summary may then be refused, which it survives."""
    wide, narrow, narrower = (Ceiling(tokens, 5_000) for tokens in (60_000, 42_500, 40_000))
    assert wide.threshold == 57_000 - 2_500 - 5_000
    assert narrow.threshold == 40_375 - 2_500 - 2_500
    assert narrower.threshold == 38_000 - 2_500
    assert all(map(steering, (wide, narrow, narrower)))


def test_a_version_that_begins_smaller_can_be_steered_lower() -> None:
    assert steering(Ceiling(31_000, 2_800, base=15_000))
    assert steering(Ceiling(31_000, 2_800, base=BASE)) == {}


@pytest.mark.parametrize("tokens", [177_000, 190_000, 500_000])
def test_a_ceiling_where_it_compacts_by_itself_steers_nothing(tokens: int) -> None:
    assert steering(Ceiling(tokens)) == {}


def test_the_last_chance_comes_after_the_compaction_and_before_the_death() -> None:
    ceiling = Ceiling(60_000, 2_000)
    assert ceiling.threshold < ceiling.last_chance < ceiling.tokens


def test_the_first_death_is_the_ceiling() -> None:
    assert learned(None, 60_000, 3_000) == Ceiling(60_000, 3_000, 1)


@pytest.mark.parametrize("second", [50_000, 60_000, 70_000])
def test_the_smallest_size_that_has_killed_counts(second: int) -> None:
    before = Ceiling(60_000, 3_000)
    assert learned(before, second, 0) == Ceiling(min(60_000, second), 3_000, 2)


def test_the_largest_step_counts() -> None:
    assert learned(Ceiling(60_000, 3_000), 70_000, 5_000).step == 5_000


def test_the_smallest_base_counts() -> None:
    before = learned(None, 60_000, 0, 16_000)
    assert (before.base, learned(before, 60_000, 0, 22_000).base) == (16_000, 16_000)
    assert learned(before, 60_000, 0, 15_000).base == 15_000


def test_one_huge_output_says_nothing_of_the_next() -> None:
    assert learned(None, 60_000, 55_000).step == 20_000


def test_a_run_that_went_well_is_a_step_up() -> None:
    assert relaxed(Ceiling(60_000, 3_000, 2, 9)) == Ceiling(72_000, 3_000, 2, 9)


def test_step_by_step_it_is_forgotten() -> None:
    ceiling, runs = relaxed(Ceiling(30_000)), 1
    while ceiling is not None:
        assert ceiling.tokens < FORGOTTEN
        ceiling, runs = relaxed(ceiling), runs + 1
    assert runs == 11


@pytest.mark.parametrize("name", [WINDOW, PERCENT, *OFF])
def test_what_the_user_has_set_is_in_the_way(name: str) -> None:
    assert in_the_way({"HOME": "/home/me", name: "1"}) == name


@pytest.mark.parametrize("env", [{}, {"HOME": "/home/me"}, {WINDOW: ""}, {OFF[0]: ""}])
def test_what_is_not_set_is_not(env: Mapping[str, str]) -> None:
    assert in_the_way(env) is None
