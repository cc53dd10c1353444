"""Signals as bytes on a descriptor, the handlers restored on the way out."""

from __future__ import annotations

import fcntl
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any

STOPS = frozenset({signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGQUIT})
PASSED = frozenset({signal.SIGUSR1, signal.SIGUSR2})
NOTICED = frozenset({signal.SIGCHLD, signal.SIGWINCH, signal.SIGCONT})
OWN = frozenset({signal.SIGPIPE, signal.SIGXFSZ})  # ignored by Python itself at its start


class Signals:
    """``with Signals() as signals:`` then poll `descriptor` and `take()` the numbers.

    A signal that was ignored when ccsup started (nohup) stays ignored.
    """

    def __init__(self) -> None:
        self.descriptor, self._writer = os.pipe()
        self._before: dict[int, Any] = {}
        self._wakeup = -1

    def __enter__(self) -> Signals:
        for end in (self.descriptor, self._writer):
            os.set_blocking(end, False)
            fcntl.fcntl(end, fcntl.F_SETFD, fcntl.FD_CLOEXEC)
        self._wakeup = signal.set_wakeup_fd(self._writer, warn_on_full_buffer=False)
        for number in STOPS | PASSED | NOTICED:
            if number == signal.SIGCHLD or signal.getsignal(number) is not signal.SIG_IGN:
                self._before[number] = signal.signal(number, lambda *_: None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._wakeup)
        os.close(self.descriptor)
        os.close(self._writer)

    def take(self) -> list[int]:
        """The signals that came since the last look, in order."""
        try:
            return list(os.read(self.descriptor, 4096))
        except BlockingIOError:
            return []


@contextmanager
def held_back() -> Iterator[None]:
    """No signal is handled while a child is forked; it would write to a closed descriptor."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPS | PASSED | NOTICED)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def reset_in_child() -> None:
    """What Python and we have set for ourselves and a child must not inherit."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGPIPE, signal.SIGXFSZ, *STOPS, *PASSED, *NOTICED):
        if number in OWN or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS | PASSED | NOTICED)
