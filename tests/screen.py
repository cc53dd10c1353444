"""A person at a terminal: a real PTY with a program on it, read by an emulator."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pyte

PATIENCE = 40.0  # s; a loaded machine starts Claude Code in several


class Person:
    """Starts a program on a terminal of `rows` × `columns`, types, reads, waits."""

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        cwd: Path,
        rows: int = 50,
        columns: int = 110,
    ) -> None:
        self.seen = b""
        self._screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self._screen)
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                os.chdir(cwd)
                os.execvpe(argv[0], list(argv), {"TERM": "xterm-256color", **env})
            finally:
                os._exit(127)
        self.resize(rows, columns)
        self.before = termios.tcgetattr(self.terminal)

    def resize(self, rows: int, columns: int) -> None:
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self._screen.resize(rows, columns)

    def type(self, keys: str) -> None:
        os.write(self.terminal, keys.encode())

    def submit(self, words: str) -> None:
        """Type words and, once they stand there, Enter."""
        self.type(words)
        self.wait_for(words[-20:])
        self.type("\r")

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self._screen.display)

    def look(self, seconds: float = 0.05) -> bool:
        """Take in what has come; False once the terminal has been closed."""
        ready, _, _ = select.select([self.terminal], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.seen += data
        self._stream.feed(data)
        return bool(data)

    def wait_for(self, words: str, *, ever: bool = False) -> None:
        """Until `words` stand on the screen, or with `ever` until they were printed."""
        end = time.monotonic() + PATIENCE
        while words not in self.text and not (ever and words.encode() in self.seen):
            assert time.monotonic() < end, f"no {words!r} on the screen:\n{self.text}"
            self.look()

    def wait(self) -> int:
        """The program's exit status, as a shell would give it."""
        end = time.monotonic() + PATIENCE
        while True:
            found, status = os.waitpid(self.pid, os.WNOHANG)
            if found:
                while self.look():
                    ready, _, _ = select.select([self.terminal], [], [], 0)
                    if not ready:
                        break
                return os.waitstatus_to_exitcode(status)
            assert time.monotonic() < end, f"it does not end:\n{self.text}"
            self.look()

    def settings(self) -> list[object]:
        """The terminal's own modes: echo, canonical input and the rest."""
        return termios.tcgetattr(self.terminal)[:4]

    def close(self) -> None:
        try:
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        os.close(self.terminal)
