"""Parents and children beyond a death: a child that follows ccsup, orphans that come to it."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Container

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36


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


def become_subreaper() -> bool:
    """From now on orphaned descendants become our children, not init's. False: cannot be."""
    prctl = _prctl()
    return prctl is not None and prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0


def reap_orphans(known: Container[int]) -> list[int]:
    """Wait, without blocking, for the zombies among our children; their pids.

    `known` are left alone: all the children that somebody else waits for. The status of one
    that is missing there is lost, and subprocess then reports an exit code of 0.
    """
    if not hasattr(os, "waitid"):  # macOS before Python 3.13, where nobody is a subreaper
        return []
    reaped: list[int] = []
    while (first := _first_zombie()) is not None:
        if first in known:  # it would be shown again and again, and hide those behind it
            return reaped + [pid for pid in _children() if pid not in known and _reap(pid)]
        if _reap(first):
            reaped.append(first)
    return reaped


def _first_zombie() -> int | None:
    try:
        found = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return found.si_pid if found is not None else None


def _children() -> list[int]:
    import psutil

    return [child.pid for child in psutil.Process().children()]


def _reap(pid: int) -> bool:
    try:
        return os.waitpid(pid, os.WNOHANG)[0] == pid
    except ChildProcessError:
        return False


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
