"""A child on pipes: ``claude -p``, or one whose stdin and stdout are no terminal."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tty
from collections.abc import Callable, Mapping, Sequence

from ..core.ending import Exit
from .child import cannot, drain, send, wait
from .flow import Inlet, Outlet
from .loop import Loop
from .screen import set_size, size_of

REPLAY = 10 * 1024 * 1024  # bytes of stdin kept; Claude Code takes no more itself


class Stdin:
    """Our own stdin, handed to one child after another.

    A terminal or a device is inherited. A pipe or a file is read and passed on, and what
    was read is kept, so that a relaunch of the same command gets it again.
    """

    def __init__(self, loop: Loop, descriptor: int = 0) -> None:
        self._loop, self._descriptor = loop, descriptor
        self._inlet: Inlet | None = None
        self._outlet: Outlet | None = None
        self._kept = bytearray()
        self.lines: Callable[[bytes], bytes] | None = None  # looks at what passes
        try:
            mode = os.fstat(descriptor).st_mode
        except OSError:  # closed
            mode = stat.S_IFCHR
        self.passed_on = not stat.S_ISCHR(mode)

    @property
    def replayable(self) -> bool:
        return len(self._kept) <= REPLAY

    def connect(self, descriptor: int, *, replay: bool, first: bytes = b"") -> None:
        """Pass on to a child's stdin: `first`, what was kept if asked for, then the rest."""
        self.disconnect()
        self._outlet = Outlet(self._loop, descriptor, self._broken, self._room)
        os.set_blocking(descriptor, False)
        self._outlet.write(first + (bytes(self._kept) if replay else b""))
        if self._inlet is None:
            self._inlet = Inlet(self._loop, self._descriptor, self._take, self._ended)
        elif self._inlet.done:
            self._outlet.close()
        else:
            self._inlet.resume()

    def disconnect(self) -> None:
        """The child is gone: what comes meanwhile waits in the pipe."""
        if self._inlet:
            self._inlet.pause()
        if self._outlet:
            self._outlet.detach(close=True)
            self._outlet = None

    def _take(self, data: bytes) -> None:
        if self.replayable:
            self._kept += data
        if self.lines:
            data = self.lines(data)
        if self._outlet:
            self._outlet.write(data)
            if self._outlet.full and self._inlet:
                self._inlet.pause()

    def _ended(self) -> None:
        if self._outlet:
            self._outlet.close()

    def _room(self) -> None:
        if self._inlet:
            self._inlet.resume()

    def _broken(self) -> None:
        if self._inlet:
            self._inlet.pause()


def _terminal() -> tuple[int, int]:
    """A terminal that changes no byte: its master and the child's side."""
    master, theirs = os.openpty()
    tty.setraw(theirs)
    set_size(theirs, size_of(1))
    return master, theirs


class PipeChild:
    """`stdin`: "inherit", "pipe" (see `stdin_descriptor`) or "none". Raises CannotSpawn.

    `on_terminal`: our stdout is a terminal, and the child shall see one too.
    """

    def __init__(
        self,
        loop: Loop,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str | None,
        stdin: str,
        output: Callable[[bytes], None],
        *,
        on_terminal: bool = False,
        before_exec: Callable[[], None] | None = None,
    ) -> None:
        source = {"inherit": None, "pipe": subprocess.PIPE, "none": subprocess.DEVNULL}[stdin]
        self._stdout, theirs = _terminal() if on_terminal else os.pipe()
        os.set_inheritable(self._stdout, False)
        try:
            self._process = subprocess.Popen(
                argv,
                env=env,
                cwd=cwd,
                stdin=source,
                stdout=theirs,
                bufsize=0,
                preexec_fn=before_exec,
            )
        except OSError as error:
            os.close(self._stdout)
            raise cannot(argv[0], error) from error
        finally:
            os.close(theirs)
        self.pid = self._process.pid
        self.tail, self.shown = b"", 0
        self._loop = loop
        os.set_blocking(self._stdout, False)
        self._output = output
        self._inlet = Inlet(loop, self._stdout, self._show, lambda: None)

    def _show(self, data: bytes) -> None:
        self.shown += len(data)
        self._output(data)

    @property
    def stdin_descriptor(self) -> int:
        """The writing end, now the caller's to close."""
        assert self._process.stdin is not None
        descriptor = os.dup(self._process.stdin.fileno())
        self._process.stdin.close()
        return descriptor

    def feed(self, data: bytes) -> None:
        """Give it `data` as its whole stdin."""
        descriptor = self.stdin_descriptor
        os.set_blocking(descriptor, False)
        outlet = Outlet(self._loop, descriptor, lambda: None, lambda: None)
        outlet.write(data)
        outlet.close()

    def pause(self) -> None:
        self._inlet.pause()

    def resume(self) -> None:
        self._inlet.resume()

    def resize(self) -> None:
        """Pipes have no size."""

    def hang_up(self) -> None:
        """Nobody reads our stdout: let the child find that out by itself."""
        self._inlet.pause()
        self._inlet.done = True
        self._close_stdout()

    def signal(self, number: int) -> None:
        send(self.pid, number)

    def kill(self) -> None:
        send(self.pid, signal.SIGKILL)

    def reap(self) -> Exit | None:
        exit = wait(self.pid, lambda: None)
        if exit is not None:
            self._process.returncode = exit.returncode  # reaped here, not by subprocess
            drain(self._inlet, self._loop.turn)
        return exit

    def close(self) -> None:
        self._inlet.pause()
        self._close_stdout()

    def _close_stdout(self) -> None:
        if self._stdout >= 0:
            os.close(self._stdout)
            self._stdout = -1
