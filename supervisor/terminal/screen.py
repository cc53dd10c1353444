"""The user's terminal: raw while a child has it, itself again on every way out."""

from __future__ import annotations

import array
import fcntl
import os
import termios
import tty
from typing import Any

from .modes import Modes

NO_SIZE = (24, 80, 0, 0)


class Screen:
    """The terminal on descriptors 0 and 1, opened anew so that it can be non-blocking.

    O_NONBLOCK belongs to the open file description, which 0 and 1 share with the shell: it
    must never be set on them.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.modes = Modes()
        self._before: list[Any] | None = None

    @classmethod
    def open(cls) -> Screen | None:
        """The terminal of descriptor 1, or None where it has no name to open it by."""
        flags = os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
        try:
            return cls(os.open(os.ttyname(1), flags))
        except OSError:
            return None

    def raw(self) -> None:
        """Give the keyboard to the child; what was typed ahead is kept."""
        if self._before is None:
            self._before = termios.tcgetattr(self.descriptor)
            tty.setraw(self.descriptor, termios.TCSADRAIN)

    def restore(self, *, broken_off: bool = False) -> None:
        """Undo raw() and whatever modes a child has left behind.

        A child that was `broken_off` leaves the cursor in the middle of what it drew.
        """
        left = self.modes.undo()
        if broken_off:
            left += b"\r\n\x1b[J"
        if left:
            self.write(left)
        if self._before is not None:
            try:
                termios.tcsetattr(self.descriptor, termios.TCSADRAIN, self._before)
            except termios.error:
                pass  # the terminal is gone
            self._before = None

    @property
    def attributes(self) -> list[Any] | None:
        """The terminal's own settings, for a child's to begin with."""
        if self._before is not None:
            return self._before
        try:
            return termios.tcgetattr(self.descriptor)
        except termios.error:
            return None

    def size(self) -> tuple[int, int, int, int]:
        """Rows, columns, and both in pixels."""
        return size_of(self.descriptor)

    def write(self, data: bytes) -> None:
        """A few words of our own, while no child writes; given up if nothing is taken."""
        try:
            os.write(self.descriptor, data)
        except OSError:
            pass  # stopped or gone: our words are no reason to wait

    def close(self) -> None:
        self.restore()
        os.close(self.descriptor)


def size_of(descriptor: int) -> tuple[int, int, int, int]:
    """Rows, columns, and both in pixels, of the terminal on `descriptor`."""
    found = array.array("H", NO_SIZE)
    try:
        fcntl.ioctl(descriptor, termios.TIOCGWINSZ, found, True)
    except OSError:
        return NO_SIZE
    return found[0], found[1], found[2], found[3]


def set_size(descriptor: int, size: tuple[int, int, int, int]) -> None:
    try:
        fcntl.ioctl(descriptor, termios.TIOCSWINSZ, array.array("H", size))
    except OSError:
        pass  # the child's terminal is gone
