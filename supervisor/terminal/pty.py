"""A child on a terminal of its own, its bytes relayed to and from the user's."""

from __future__ import annotations

import fcntl
import os
import signal
import struct
import termios
from collections.abc import Callable, Mapping, Sequence

from ..core.ending import Exit
from .child import TAIL, CannotSpawn, cannot, drain, send, stop_self, wait
from .flow import Inlet, Outlet
from .loop import Loop
from .screen import Screen, set_size
from .signals import held_back, reset_in_child


class PtyChild:
    """Spawned by pexpect; the relay is ours, for `interact()` loses the last output."""

    def __init__(
        self,
        loop: Loop,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: str | None,
        screen: Screen,
        before_exec: Callable[[], None],
    ) -> None:
        import pexpect  # type: ignore[import-untyped]

        size = screen.size()
        attributes = screen.attributes

        def prepare() -> None:
            reset_in_child()
            before_exec()
            if attributes is not None:
                termios.tcsetattr(0, termios.TCSANOW, attributes)
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *size))

        try:
            with held_back():
                self._process = pexpect.spawn(
                    argv[0],
                    list(argv[1:]),
                    env=dict(env),
                    cwd=cwd,
                    timeout=None,
                    preexec_fn=prepare,
                    dimensions=size[:2],
                )
        except pexpect.ExceptionPexpect as error:
            raise CannotSpawn(126, f"{argv[0]}: cannot be executed") from error
        except OSError as error:
            raise cannot(argv[0], error) from error
        self.pid: int = self._process.pid
        self._broken_off = False
        self.tail = b""
        self.shown = 0
        self._loop, self._screen = loop, screen
        self._master: int = self._process.child_fd
        os.set_blocking(self._master, False)
        screen.raw()
        self._to_screen = Outlet(loop, screen.descriptor, self._screen_gone, self.resume)
        self._writing = os.dup(self._master)  # one descriptor a direction for the loop
        self._to_child = Outlet(loop, self._writing, lambda: None, self._more_keys)
        self._from_child = Inlet(loop, self._master, self._show, lambda: None)
        self._keys = Inlet(loop, 0, self._type, self._keys_gone)

    def _show(self, data: bytes) -> None:
        self._screen.modes.watch(data)
        self.tail = (self.tail + data)[-TAIL:]
        self.shown += len(data)
        self._to_screen.write(data)
        if self._to_screen.full:
            self._from_child.pause()

    def _type(self, data: bytes) -> None:
        self._to_child.write(data)
        if self._to_child.full:
            self._keys.pause()

    def _more_keys(self) -> None:
        self._keys.resume()

    def _screen_gone(self) -> None:
        """The window is closed: read on, so that the child is not blocked by us."""
        self._from_child.resume()

    def _keys_gone(self) -> None:
        send(self.pid, signal.SIGHUP)

    def pause(self) -> None:
        self._from_child.pause()

    def resume(self) -> None:
        self._from_child.resume()

    def hang_up(self) -> None:
        """Nobody reads our stdout; a terminal's end is the keyboard's, see `_keys_gone`."""

    def resize(self) -> None:
        set_size(self._master, self._screen.size())

    def signal(self, number: int) -> None:
        send(self.pid, number)

    def kill(self) -> None:
        send(self.pid, signal.SIGKILL, group=True)

    def reap(self) -> Exit | None:
        exit = wait(self.pid, self._stopped)
        if exit is not None:
            self._broken_off = exit.signal is not None
            self._process.ptyproc.terminated = True  # reaped here, not by ptyprocess
            self._keys.pause()
            drain(self._from_child, self._loop.turn)
            self._show_all()
        return exit

    def _show_all(self) -> None:
        """Let the screen take what is queued; at most 4 s for one that takes nothing."""
        for _ in range(200):
            if self._to_screen.empty:
                break
            self._loop.turn(0.02)

    def _stopped(self) -> None:
        """^Z inside the child: stop with it, and wake it when the shell wakes us.

        A program that stops itself gives the terminal back first; one that still holds it was
        stopped by somebody else, and we live on.
        """
        drain(self._from_child, self._loop.turn)
        self._show_all()
        if self._screen.modes.left_on:
            return
        self._screen.restore()
        stop_self()
        self._screen.raw()
        self.resize()
        send(self.pid, signal.SIGCONT, group=True)

    def close(self) -> None:
        """Take the child's terminal down and make the user's itself again."""
        self._keys.pause()
        self._from_child.pause()
        self._to_screen.detach()
        self._to_child.detach()
        os.close(self._writing)
        self._process.ptyproc.fileobj.close()  # it owns the master and would close it again
        self._process.ptyproc.closed = self._process.closed = True
        self._screen.restore(broken_off=self._broken_off)
