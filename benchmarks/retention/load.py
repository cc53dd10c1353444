"""Whether the machine was left alone while something was measured on it."""

from __future__ import annotations

import os
import threading
import time
from types import TracebackType

import psutil

EVERY = 0.5  # seconds between two looks


class Watch:
    """Adds up the CPU time that others take, from entering to leaving; `others` is in cores.

    What this process and its children (ended ones too) take is not others'.
    """

    def __init__(self, every: float = EVERY) -> None:
        self._every = every
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._seen: list[float] = []

    def __enter__(self) -> Watch:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def others(self) -> float:
        """Cores that others kept busy at the worst, a tenth of the looks left out as chance."""
        ordered = sorted(self._seen)
        return ordered[int(len(ordered) * 0.9)] if ordered else 0.0

    def _look(self) -> None:
        then, busy, own = time.monotonic(), _busy(), _own()
        while not self._stopped.wait(self._every):
            now, all_busy, all_own = time.monotonic(), _busy(), _own()
            taken = (all_busy - busy) - max(0.0, all_own - own)
            self._seen.append(max(0.0, taken) / (now - then))
            then, busy, own = now, all_busy, all_own


def _busy() -> float:
    """Seconds of CPU time that all processes have had, all cores together."""
    times = psutil.cpu_times()
    return float(times.user + times.system + getattr(times, "nice", 0.0))


def _own() -> float:
    """Seconds of this process, of its living children, and of those that have ended."""
    ended = os.times()
    total = sum(ended[:4])
    for child in psutil.Process().children(recursive=True):
        try:
            used = child.cpu_times()
        except psutil.Error:
            continue  # it has just ended, and is counted with those
        total += used.user + used.system
    return total
