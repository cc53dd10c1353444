"""The clock counts the night."""

from __future__ import annotations

import sys
import time

import pytest

from supervisor.host import clock
from supervisor.host.clock import clock_of, steady

linux = pytest.mark.skipif(sys.platform != "linux", reason="Linux' clock")


def test_it_goes_on_and_never_back() -> None:
    before, times = time.monotonic(), [steady() for _ in range(1000)]
    assert times == sorted(times)
    while time.monotonic() - before < 0.05:
        pass
    assert steady() - times[0] >= 0.049


@linux
def test_it_counts_from_the_boot_time_asleep_included() -> None:
    assert abs(steady() - time.clock_gettime(time.CLOCK_BOOTTIME)) < 1


@linux
def test_the_clock_is_the_platforms_own() -> None:
    assert clock_of("linux") == time.CLOCK_BOOTTIME
    assert clock_of("darwin") == time.CLOCK_MONOTONIC_RAW
    assert clock_of("plan9") is None


def test_without_such_a_clock_it_is_the_monotonic_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "_CLOCK", None)
    assert abs(steady() - time.monotonic()) < 1
