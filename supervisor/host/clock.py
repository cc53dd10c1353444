"""The clock that deaths and waits are measured on."""

from __future__ import annotations

import sys
import time

# time.monotonic stands still while a laptop sleeps; these count the night as well.
NAMES = {"linux": "CLOCK_BOOTTIME", "darwin": "CLOCK_MONOTONIC_RAW"}


def clock_of(platform: str) -> int | None:
    """The number of the platform's clock that counts time asleep, if it has one."""
    number: int | None = getattr(time, NAMES.get(platform, ""), None)
    return number


_CLOCK = clock_of(sys.platform)


def steady() -> float:
    """Seconds on a clock that never goes back and counts time asleep.

    Only differences mean something, and not to time.monotonic(), which a timeout of
    select() follows too: it ends that much later when the machine has slept.
    """
    return time.monotonic() if _CLOCK is None else time.clock_gettime(_CLOCK)
