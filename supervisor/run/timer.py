"""The run's one timer; what it waits for is shown with the time that is left."""

from __future__ import annotations

from collections.abc import Callable

from ..core.backoff import duration
from ..host.clock import steady


class Timer:
    """Counts the time that the machine sleeps. `show` gets a line at each look."""

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._told = ""
        self.due: float | None = None  # steady seconds

    def set(self, seconds: float | None, told: str = "") -> None:
        """A new one replaces the old; None cancels it."""
        self.due = None if seconds is None else steady() + seconds
        self._told = told

    def look(self, now: float) -> bool:
        """Whether it has fired, which it does once."""
        if self.due is None:
            return False
        if now >= self.due:
            self.due = None
            return True
        if self._told:
            self._show(f"{self._told} {duration(self.due - now)}")
        return False
