"""A child that follows ccsup in death."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1


def die_with_parent(number: int = signal.SIGTERM) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends the child `number` when the calling process dies.

    To be called in the thread that forks, and that lives as long as the process: its end is
    what the kernel looks at. Only the child itself is meant, not its children, and a program
    that changes the user at its start (setuid) is free again. No-op outside Linux.
    """
    parent = os.getpid()
    prctl = _prctl()

    def prepare() -> None:
        if prctl is None:
            return
        prctl(PR_SET_PDEATHSIG, number, 0, 0, 0)
        if os.getppid() != parent:  # it died before the kernel was told
            os._exit(128 + number)

    return prepare


def _prctl() -> Callable[[int, int, int, int, int], int] | None:
    """Looked up before a fork: in the child the loader's lock may be held for ever."""
    if sys.platform != "linux":
        return None
    import ctypes

    prctl = ctypes.CDLL(None, use_errno=True).prctl
    prctl.argtypes = [ctypes.c_int, *[ctypes.c_ulong] * 4]
    prctl.restype = ctypes.c_int

    def call(option: int, second: int, third: int, fourth: int, fifth: int) -> int:
        return int(prctl(option, second, third, fourth, fifth))

    return call
