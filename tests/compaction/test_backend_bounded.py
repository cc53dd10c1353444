"""A call with a deadline: what comes out, and what becomes of a call that is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from supervisor.compaction.backends.bounded import Late, bounded

LONG = 30.0  # s; no test takes so long


def ignore(count: int) -> None:
    return None


def test_what_it_gives_and_tells_comes_out_in_this_thread() -> None:
    threads: set[threading.Thread] = set()
    counts: list[int] = []

    def progress(count: int) -> None:
        threads.add(threading.current_thread())
        counts.append(count)

    def call(heard: Callable[[int], None]) -> str:
        assert threading.current_thread() is not threading.main_thread()
        heard(1)
        heard(2)
        return "done"

    assert bounded(call, LONG, progress) == "done"
    assert counts == [1, 2] and threads == {threading.main_thread()}


@pytest.mark.parametrize("error", [ValueError("x"), KeyboardInterrupt(), SystemExit(3)])
def test_what_it_raises_comes_out(error: BaseException) -> None:
    def call(heard: Callable[[int], None]) -> str:
        raise error

    with pytest.raises(type(error)) as raised:
        bounded(call, LONG, ignore)
    assert raised.value is error


def test_a_call_that_is_stuck_is_left_behind() -> None:
    release = threading.Event()
    with pytest.raises(Late):
        bounded(lambda heard: release.wait(LONG), 0.05, ignore)
    release.set()


def test_the_deadline_holds_for_a_call_that_never_falls_silent() -> None:
    ended = threading.Event()

    def call(heard: Callable[[int], None]) -> str:
        try:
            while True:
                heard(1)
        finally:
            ended.set()

    with pytest.raises(Late):
        bounded(call, 0.05, ignore)
    assert ended.wait(LONG)  # at its next sign of life


def test_who_cancels_by_an_error_of_his_own_ends_the_call() -> None:
    ended = threading.Event()

    def call(heard: Callable[[int], None]) -> str:
        try:
            while True:
                heard(1)
        finally:
            ended.set()

    def cancel(count: int) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        bounded(call, LONG, cancel)
    assert ended.wait(LONG)


def test_no_time_at_all_is_late() -> None:
    release = threading.Event()
    with pytest.raises(Late):
        bounded(lambda heard: release.wait(LONG), 0.0, ignore)
    release.set()
