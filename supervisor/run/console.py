"""ccsup's voice: one prefix, on stderr and, where that is elsewhere, on the terminal too."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

PREFIX = "ccsup: "
REDRAW = 0.1  # s between two looks of a progress line
BEAT = 10.0  # s between two progress lines where a line cannot be redrawn


class Console:
    """Only used while no child has the terminal."""

    def __init__(self, screen: Callable[[bytes], None] | None = None) -> None:
        self._screen = screen
        self._stderr_is_terminal = os.isatty(2)
        self._drawn = False
        self._asked = False  # and the answer's own newline is not known to have come
        self._last = 0.0

    def say(self, text: str) -> None:
        self._end_progress()
        lines = text.splitlines() or [""]
        shown = [PREFIX + lines[0], *(" " * len(PREFIX) + line for line in lines[1:])]
        self._write("".join(f"{line}\n" for line in shown))

    def progress(self, text: str) -> None:
        """A line that tells of work going on; drawn over itself on a terminal."""
        now = time.monotonic()
        redraws = self._stderr_is_terminal or self._screen is not None
        if now - self._last < (REDRAW if redraws else BEAT):
            return
        self._last = now
        if redraws:
            self._drawn = True
            self._write(f"\r\x1b[K{PREFIX}{text}")
        else:
            self._write(f"{PREFIX}{text}\n")

    def countdown(self, text: str) -> None:
        """Drawn over itself on a terminal; elsewhere what is waited for was said once."""
        if self._stderr_is_terminal or self._screen is not None:
            self.progress(text)

    def _end_progress(self) -> None:
        if self._drawn:
            self._write("\n" if self._asked else "\r\x1b[K")
            self._drawn = self._asked = False

    def prompt(self, text: str) -> None:
        self._end_progress()
        self._write(PREFIX + text)
        self._drawn = self._asked = True

    def answered(self) -> None:
        """The question has its answer, and that its newline."""
        self._drawn = self._asked = False

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        try:
            os.write(2, data)
        except OSError:
            pass  # nobody listens; the journal has it
        if self._screen is not None and not self._stderr_is_terminal:
            self._screen(data)
