"""What signals to ccsup mean for the child."""

from __future__ import annotations

import signal
from collections.abc import Callable

from ..host.clock import steady
from ..terminal import signals
from ..terminal.child import Child
from .asking import in_foreground

OWN_DELIVERY = 0.7  # s; a terminal gives ^C to the child itself, others must be passed on


class Signalling:
    """`child` gives the one that lives; `on_terminal`: it has a terminal of its own."""

    def __init__(self, child: Callable[[], Child | None], *, on_terminal: bool) -> None:
        self._child, self._on_terminal = child, on_terminal
        self._late: tuple[float, int] | None = None  # when to send which

    def pass_on(self, number: int) -> None:
        """A signal that changes nothing for the run, or a window that has changed."""
        child = self._child()
        if child is None:
            return
        if number in signals.PASSED:
            child.signal(number)
        elif number != signal.SIGCHLD:
            child.resize()

    def forward(self, number: int) -> None:
        """A signal that asks to end. What was typed, the child has had from the terminal."""
        child = self._child()
        if child is None:
            return
        typed = not self._on_terminal and number in (signal.SIGINT, signal.SIGQUIT)
        if typed and in_foreground():
            self._late = (steady() + OWN_DELIVERY, number)
        else:
            child.signal(number)

    @property
    def due(self) -> float | None:
        """Steady seconds of the next turn's end at the latest."""
        return self._late[0] if self._late else None

    def look(self, now: float) -> None:
        if self._late is None or now < self._late[0]:
            return
        child, number = self._child(), self._late[1]
        self._late = None
        if child is not None:
            child.signal(number)
