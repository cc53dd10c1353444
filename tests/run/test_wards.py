"""What is a hang and what only takes long."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from supervisor.host.processes import Process
from supervisor.run import wards
from supervisor.run.steering import Steering
from supervisor.run.wards import ASLEEP, EVERY, SPINNER

from .watched import (
    CALLED,
    COMPUTES,
    HANG,
    HOURS,
    LATE,
    SOON,
    SPINS,
    STEP,
    STREAMS,
    WAITS,
    Launch,
    steering,
)


@pytest.fixture
def unsteered(tmp_path: Path) -> Steering:
    return steering(tmp_path, None)


@pytest.fixture
def processes(monkeypatch: pytest.MonkeyPatch) -> list[Process]:
    """What runs below the child."""
    found: list[Process] = []
    monkeypatch.setattr(wards, "descendants", lambda _: list(found))
    return found


@pytest.fixture(params=[True, False], ids=["on a terminal", "with -p"])
def launch(request: pytest.FixtureRequest, unsteered: Steering) -> Launch:
    return Launch(unsteered, on_terminal=request.param)


def test_silence_in_an_open_turn_is_a_hang(launch: Launch) -> None:
    assert launch.goes_on(SOON) is None
    assert launch.goes_on(LATE - SOON) == "hang"


def test_silence_at_an_idle_prompt_is_none(launch: Launch) -> None:
    launch.session.turn_open = False
    assert launch.goes_on(HOURS) is None


def test_a_word_in_the_transcript_begins_the_patience_anew(launch: Launch) -> None:
    for _ in range(5):
        assert launch.goes_on(SOON) is None
        launch.session.stirred = launch.now
    assert launch.goes_on(LATE) == "hang"


def test_zero_switches_it_off(unsteered: Steering) -> None:
    for on_terminal in (True, False):
        assert Launch(unsteered, on_terminal=on_terminal, hang=0).goes_on(HOURS) is None


def test_a_short_limit_is_looked_at_more_often(unsteered: Steering) -> None:
    assert Launch(unsteered, hang=4.0).goes_on(6.0) == "hang"


@pytest.mark.parametrize("cpu", [WAITS, STREAMS, COMPUTES, SPINS])
def test_a_tool_whose_process_lives_is_never_a_hang(
    unsteered: Steering, processes: list[Process], cpu: float
) -> None:
    launch = Launch(unsteered)
    launch.calls_a_tool()
    processes.append(Process(2, CALLED + 0.2))
    assert launch.goes_on(HOURS, cpu) is None


def test_a_process_older_than_the_call_is_no_tool(
    unsteered: Steering, processes: list[Process]
) -> None:
    launch = Launch(unsteered)
    processes.append(Process(2, 1.0))  # a server that came with the session
    launch.calls_a_tool()
    assert launch.goes_on(HOURS) == "hang"


def test_a_call_without_a_process_takes_three_times_as_long(
    unsteered: Steering, processes: list[Process]
) -> None:
    launch = Launch(unsteered)
    launch.calls_a_tool()
    assert launch.goes_on(SPINNER * SOON) is None
    assert launch.goes_on(SPINNER * (LATE - SOON)) == "hang"


def test_on_a_terminal_an_open_call_may_be_a_dialog(
    unsteered: Steering, processes: list[Process]
) -> None:
    launch = Launch(unsteered, on_terminal=True)
    launch.calls_a_tool()
    assert launch.goes_on(HOURS) is None
    launch.session.tally.open_calls.clear()
    assert launch.goes_on(SOON) is None, "it has been answered just now"
    assert launch.goes_on(LATE - SOON + EVERY) == "hang"


def test_a_process_that_is_stopped_shows_no_dialog(
    unsteered: Steering, processes: list[Process], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frozen by SIGSTOP in the middle of a call, at a terminal: nothing else would see it."""
    launch = Launch(unsteered, on_terminal=True)
    launch.calls_a_tool()
    assert launch.goes_on(HOURS) is None
    monkeypatch.setattr("supervisor.run.wards.is_stopped", lambda pid: True)
    assert launch.goes_on(LATE + EVERY) == "hang"


def test_when_a_long_tool_has_ended_the_patience_begins(
    unsteered: Steering, processes: list[Process]
) -> None:
    launch = Launch(unsteered)
    launch.calls_a_tool()
    processes.append(Process(2, CALLED + 0.2))
    assert launch.goes_on(HOURS) is None
    processes.clear()
    assert launch.goes_on(SPINNER * SOON) is None
    assert launch.goes_on(SPINNER * (LATE - SOON)) == "hang"


def test_a_spinner_takes_three_times_as_long(unsteered: Steering) -> None:
    launch = Launch(unsteered, on_terminal=True)
    assert launch.goes_on(SPINNER * SOON, draws=True) is None
    assert launch.goes_on(SPINNER * (LATE - SOON), draws=True) == "hang"


def test_a_terminal_that_has_stopped_moving_takes_no_longer(unsteered: Steering) -> None:
    launch = Launch(unsteered, on_terminal=True)
    assert launch.goes_on(60, draws=True) is None
    launch.session.stirred = launch.now
    assert launch.goes_on(LATE) == "hang"


@pytest.mark.parametrize("cpu", [STREAMS, COMPUTES])
def test_one_that_reads_a_stream_takes_three_times_as_long(launch: Launch, cpu: float) -> None:
    assert launch.goes_on(SPINNER * SOON, cpu) is None
    assert launch.goes_on(SPINNER * (LATE - SOON), cpu) == "hang"


def test_one_that_spins_takes_no_longer(launch: Launch) -> None:
    assert launch.goes_on(LATE, SPINS) == "hang"


def test_cpu_time_from_before_the_silence_does_not_count(launch: Launch) -> None:
    assert launch.goes_on(HANG, COMPUTES, stirs=True) is None
    assert launch.goes_on(LATE + EVERY) == "hang"


@pytest.mark.parametrize("writes", [True, False], ids=["writing", "silent"])
def test_subagents_that_write_are_a_sign_of_life(
    launch: Launch, tmp_path: Path, writes: bool
) -> None:
    launch.session.path = tmp_path / "session.jsonl"
    theirs = tmp_path / "session" / "subagents" / "agent-1.jsonl"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("{}\n")
    if not writes:
        os.utime(theirs, (1, 1))
    assert launch.goes_on(LATE) == (None if writes else "hang")


def test_time_in_which_nobody_looked_is_no_silence(launch: Launch) -> None:
    """A laptop that slept, or a run that ^Z stopped, had the child stand still as well."""
    assert launch.goes_on(SOON) is None
    launch.now += HOURS
    assert launch.goes_on(EVERY) is None
    assert launch.goes_on(LATE - SOON) == "hang"


def test_a_late_look_is_no_sleep(launch: Launch) -> None:
    assert launch.goes_on(SOON) is None
    launch.now += ASLEEP - STEP
    assert launch.goes_on(EVERY) == "hang"


def test_the_evidence_says_all_three_clocks(unsteered: Steering) -> None:
    launch = Launch(unsteered, on_terminal=True)
    assert launch.goes_on(SOON) is None
    launch.now += 2 * EVERY
    _, told = launch.wards.look(launch.now) or ("", "")
    assert "no word in the transcript or from a hook" in told
    assert "the terminal still for 10 min" in told and "CPU at 0%" in told
