"""The child process: what both kinds, on pipes and on a terminal, have in common."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from ..core.ending import Exit
from .flow import Inlet

DRAIN = 0.3  # s of silence after the end; a grandchild may hold the other side for ever


TAIL = 4096  # bytes of a child's last output that are kept as evidence


class Child(Protocol):
    """`tail`: what it showed last on a terminal; `shown`: bytes that it wrote, in all."""

    pid: int
    tail: bytes
    shown: int

    def signal(self, number: int) -> None:
        """Send a signal; a child that is gone already is no mistake."""

    def kill(self) -> None:
        """SIGKILL, to all of its process group where it has one of its own."""

    def pause(self) -> None:
        """Leave its output alone for now: the reader is slow."""

    def resume(self) -> None: ...

    def hang_up(self) -> None:
        """Nobody will read its output any more."""

    def resize(self) -> None:
        """The window has changed."""

    def reap(self) -> Exit | None:
        """Its wait status when it has ended, its last output taken; None before."""

    def close(self) -> None:
        """Give its descriptors back and the terminal to the user."""


class CannotSpawn(Exception):
    """`code`: 127 not found, 126 found and not executable."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


def cannot(program: str, error: OSError) -> CannotSpawn:
    """What an exec's error means: 127 for no such program, 126 for one that will not run."""
    if isinstance(error, FileNotFoundError) and not Path(program).exists():
        return CannotSpawn(127, f"{program}: not found")
    missing = isinstance(error, FileNotFoundError)
    reason = "its interpreter is missing" if missing else error.strerror or str(error)
    return CannotSpawn(126, f"{program}: cannot be executed: {reason}")


def wait(pid: int, stopped: Callable[[], None]) -> Exit | None:
    """Reap `pid` if it has ended; `stopped` is called where it was only stopped (^Z)."""
    try:
        found, status = os.waitpid(pid, os.WNOHANG | os.WUNTRACED)
    except ChildProcessError:
        return Exit(code=1)  # reaped by somebody else: the status is lost
    if found == 0:
        return None
    if os.WIFSTOPPED(status):
        stopped()
        return None
    if os.WIFSIGNALED(status):
        return Exit(signal=os.WTERMSIG(status))
    return Exit(code=os.WEXITSTATUS(status))


def drain(inlet: Inlet, turn: Callable[[float], None]) -> None:
    """Read what a dead child has left, until its end or DRAIN seconds without a byte."""
    last = time.monotonic()
    while not inlet.done and time.monotonic() - last < DRAIN:
        inlet.resume()
        before = inlet.count
        turn(0.02)
        if inlet.count != before:
            last = time.monotonic()


def send(pid: int, number: int, *, group: bool = False) -> None:
    try:
        (os.killpg if group else os.kill)(pid, number)
    except (ProcessLookupError, PermissionError):
        pass  # it is gone, or has become somebody else's


def stop_self() -> None:
    """Stop like the child did, so that the shell takes the terminal back."""
    os.kill(os.getpid(), signal.SIGSTOP)
