"""The guard: a tiny process that outlives ccsup's SIGKILL, and ends what the run has left.

The kernel tells the child of our death (deathsig), but neither what the child has started nor a
child that stands still. The guard waits for the end of a pipe whose other end dies with us.
"""

from __future__ import annotations

import os
import signal
import time

from .processes import find_marked, send

GRACE = 5.0  # s for the child, which the kernel has sent SIGTERM, to end in good order
ROUND = 0.25  # s between two looks
PIPE = 3  # its only descriptor that leads anywhere
DONE = b"."  # a run that has ended in good order


class Guard:
    """Forked at once; to be made before there is any thread. `run`: the start of its markers."""

    def __init__(self, run: str) -> None:
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            try:
                os.close(self._writing)
                _stand_apart(reading)
                _watch(run)
            finally:
                os._exit(0)  # never back into the caller's code, whatever happens
        os.close(reading)

    def dismiss(self) -> None:
        """The run has ended in good order."""
        try:
            os.write(self._writing, DONE)
        except BrokenPipeError:
            pass
        os.close(self._writing)
        os.waitpid(self.pid, 0)


def _stand_apart(reading: int) -> None:
    """A session of its own, no signals of the terminal's, no descriptors but the pipe."""
    os.setsid()
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    os.dup2(reading, PIPE)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.closerange(PIPE + 1, 1 << 16)


def _watch(run: str) -> None:
    if os.read(PIPE, 1) == DONE:
        return
    deadline = time.monotonic() + GRACE
    asked = set()
    while left := find_marked(run, starts=True):
        for process in left:
            if time.monotonic() >= deadline:
                send(process, signal.SIGKILL)
            elif process not in asked:
                asked.add(process)
                send(process, signal.SIGTERM)
                send(process, signal.SIGCONT)
        if time.monotonic() >= deadline + GRACE:
            return
        time.sleep(ROUND)
