"""One loop: descriptors with their callbacks, and a deadline given at each turn."""

from __future__ import annotations

import selectors
from collections.abc import Callable

READ, WRITE = selectors.EVENT_READ, selectors.EVENT_WRITE


class Loop:
    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def add(self, descriptor: int, events: int, callback: Callable[[], None]) -> bool:
        """Watch a descriptor. False where the kernel cannot poll it: a regular file."""
        try:
            self._selector.register(descriptor, events, callback)
        except PermissionError:  # epoll's word for "always ready"
            return False
        return True

    def remove(self, descriptor: int) -> None:
        """Stop watching; a descriptor that is not watched is no mistake."""
        if descriptor in self._selector.get_map():
            self._selector.unregister(descriptor)

    def turn(self, timeout: float) -> None:
        """Wait at most `timeout` seconds, then call back what is ready."""
        for key, _ in self._selector.select(max(0.0, timeout)):
            if key.fd in self._selector.get_map():  # an earlier callback may have removed it
                key.data()

    def close(self) -> None:
        self._selector.close()
