"""Our stdout: what the children print, held and let out as the run's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..claude.output import Stdout
from ..terminal.child import Child
from ..terminal.flow import Outlet
from ..terminal.loop import Loop


class Printing:
    """`stdout` is None where the child has a terminal; `child` gives the one that lives."""

    def __init__(
        self, loop: Loop, stdout: Stdout | None, child: Callable[[], Child | None]
    ) -> None:
        self._loop, self._stdout, self._child = loop, stdout, child
        self._deaf = False
        self._out = Outlet(loop, 1, self._nobody_reads, self._room)

    @property
    def reported(self) -> bool | None:
        """Whether this launch has printed a result, or nobody reads it any more.

        None where the child has a terminal.
        """
        return None if self._stdout is None else self._deaf or self._stdout.reported

    def printed(self, data: bytes) -> None:
        """The child has printed; what may go out now goes out."""
        if self._stdout is None:
            return
        self._out.write(self._stdout.feed(data))
        child = self._child()
        if self._out.full and child:
            child.pause()

    def set_aside(self, totals: dict[str, Any]) -> bytes:
        """The launch is dead: what it printed and is held, for the journal."""
        return b"" if self._stdout is None else self._stdout.set_aside(totals)

    def deliver(self) -> None:
        """The run is over: what is held is its result."""
        if self._stdout is not None:
            self._out.write(self._stdout.deliver())

    def flush(self) -> None:
        """Wait until all is written, or nobody reads."""
        while not self._out.empty:
            self._loop.turn(1.0)

    def _nobody_reads(self) -> None:
        self._deaf = True
        child = self._child()
        if child:
            child.hang_up()

    def _room(self) -> None:
        child = self._child()
        if child:
            child.resume()
