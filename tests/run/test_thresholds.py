"""Too much memory, too large a context: a child is ended only where nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from supervisor.core.ceiling import Ceiling
from supervisor.run.steering import Steering
from supervisor.run.wards import EVERY, STILL

from .watched import HOURS, MB, STEP, Launch, large, steering


@pytest.fixture
def unsteered(tmp_path: Path) -> Steering:
    return steering(tmp_path, None)


# Memory


def test_the_memory_limit_holds_only_where_nothing_is_lost(unsteered: Steering) -> None:
    launch = Launch(unsteered, memory=1000 * MB, hang=0)
    launch.machine.rss, launch.session.tally = 2000 * MB, large(1_000)
    assert launch.goes_on(HOURS) is None
    launch.session.between_calls = True
    assert launch.goes_on(EVERY + 1) == "memory limit"


def test_the_memory_limit_holds_at_rest(unsteered: Steering) -> None:
    launch = Launch(unsteered, memory=1000 * MB)
    launch.session.turn_open = False
    launch.machine.rss, launch.session.tally = 1000 * MB, large(1_000)
    assert launch.goes_on(60) is None, "that much is allowed"
    launch.machine.rss += 1
    assert launch.goes_on(EVERY + STEP) == "memory limit"


def test_a_child_that_is_large_from_the_start_is_not_renewed_for_ever(
    unsteered: Steering,
) -> None:
    """A fresh process would be as large: nothing was said in this one yet."""
    launch = Launch(unsteered, memory=1000 * MB)
    launch.session.turn_open = False
    launch.machine.rss = 2000 * MB
    assert launch.goes_on(HOURS) is None


def test_nobody_who_types_is_interrupted_for_memory_or_context(unsteered: Steering) -> None:
    launch = Launch(unsteered, on_terminal=True, memory=1000 * MB, context=180_000)
    launch.session.turn_open = False
    launch.machine.rss, launch.session.tally = 2000 * MB, large(190_000)
    assert launch.goes_on(HOURS, draws=True) is None
    assert launch.goes_on(STILL - STEP) is None
    assert launch.goes_on(STEP + EVERY) in ("memory limit", "context threshold")


def test_the_most_that_was_seen_is_remembered(unsteered: Steering) -> None:
    launch = Launch(unsteered)
    for megabytes in (100, 900, 300):
        launch.machine.rss = megabytes * MB
        launch.goes_on(EVERY + 1, stirs=True)
    assert launch.wards.rss == 900 * MB


# The context


def test_the_context_threshold_holds_only_between_calls(unsteered: Steering) -> None:
    launch = Launch(unsteered, context=180_000)
    launch.session.tally = large(180_000)
    assert launch.goes_on(60) is None
    launch.session.between_calls = True
    assert launch.goes_on(1) == "context threshold"


def test_a_context_below_the_threshold_is_let_be(unsteered: Steering) -> None:
    launch = Launch(unsteered, context=180_000)
    launch.session.tally = large(179_999)
    launch.session.between_calls = True
    assert launch.goes_on(60) is None


def test_at_rest_the_threshold_holds_when_all_is_still(unsteered: Steering) -> None:
    launch = Launch(unsteered, on_terminal=True, context=180_000)
    launch.session.turn_open, launch.session.tally = False, large(190_000)
    assert launch.goes_on(STILL - STEP) is None
    assert launch.goes_on(2 * STEP) == "context threshold"


def test_zero_switches_the_threshold_off(unsteered: Steering) -> None:
    launch = Launch(unsteered, context=0)
    launch.session.tally = large(900_000)
    launch.session.between_calls = True
    assert launch.goes_on(60) is None


def test_close_to_the_ceiling_is_the_last_chance(tmp_path: Path) -> None:
    launch = Launch(steering(tmp_path, Ceiling(60_000)))
    launch.session.tally = large(56_999)
    launch.session.between_calls = True
    assert launch.goes_on(60) is None
    launch.session.tally = large(57_000)
    launch.session.between_calls = False
    assert launch.goes_on(60) is None
    launch.session.between_calls = True
    [name, told] = launch.wards.look(launch.now) or ("", "")
    assert name == "context threshold" and "57,000" in told and "60,000" in told


def test_a_session_that_began_close_to_the_ceiling_is_let_be(tmp_path: Path) -> None:
    launch = Launch(steering(tmp_path, Ceiling(60_000)))
    launch.session.tally = large(58_000, first=50_000)
    launch.session.between_calls = True
    assert launch.goes_on(60) is None, "another one would not be smaller"
