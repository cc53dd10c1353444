"""Bytes from one descriptor to another, through a bounded queue that knows backpressure."""

from __future__ import annotations

import os
from collections.abc import Callable

from .loop import READ, WRITE, Loop

FULL = 256 * 1024  # bytes queued at which the source is left alone
PIECE = 4096  # PIPE_BUF: a write of so much never blocks on a pipe that is writable


class Outlet:
    """A queue in front of a descriptor that may be slow and is not ours to make non-blocking.

    `broken` is called once, when nobody reads any more; `room`, when a full queue has space.
    """

    def __init__(
        self, loop: Loop, descriptor: int, broken: Callable[[], None], room: Callable[[], None]
    ) -> None:
        self._loop, self._descriptor = loop, descriptor
        self._broken, self._room = broken, room
        self._queue = bytearray()
        self._closing = False
        self._watched = False
        self.closed = False

    @property
    def full(self) -> bool:
        return len(self._queue) >= FULL

    @property
    def empty(self) -> bool:
        return not self._queue or self.closed

    def write(self, data: bytes) -> None:
        if self.closed or not data:
            return
        self._queue += data
        if not self._watched:
            self._watched = self._loop.add(self._descriptor, WRITE, self._flush)
            while not self._watched and self._queue and not self.closed:
                self._flush()  # a regular file: always ready

    def close(self) -> None:
        """Close the descriptor, once all is written."""
        self._closing = True
        if self.empty:
            self._end()

    def _flush(self) -> None:
        try:
            count = os.write(self._descriptor, self._queue[:PIECE])
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # EPIPE, EIO: the reader is gone
            self._queue.clear()
            self._end()
            self._broken()
            return
        was_full = self.full
        del self._queue[:count]
        if was_full and not self.full:
            self._room()
        if not self._queue:
            self._unwatch()
            if self._closing:
                self._end()

    def _unwatch(self) -> None:
        if self._watched:
            self._loop.remove(self._descriptor)
            self._watched = False

    def _end(self) -> None:
        self._unwatch()
        if not self.closed:
            self.closed = True
            if self._closing:
                os.close(self._descriptor)

    def detach(self, *, close: bool = False) -> None:
        """Write no more; what is queued is dropped."""
        self._unwatch()
        if close and not self.closed:
            os.close(self._descriptor)
        self.closed = True


class Inlet:
    """Reads a descriptor into `sink` as long as it is not paused."""

    def __init__(
        self,
        loop: Loop,
        descriptor: int,
        sink: Callable[[bytes], None],
        ended: Callable[[], None],
        piece: int = 65536,
    ) -> None:
        self._loop, self.descriptor = loop, descriptor
        self._sink, self._ended, self._piece = sink, ended, piece
        self._watched = False
        self.done = False
        self.count = 0  # bytes read so far
        self.resume()

    def pause(self) -> None:
        if self._watched:
            self._loop.remove(self.descriptor)
            self._watched = False

    def resume(self) -> None:
        if not self._watched and not self.done:
            self._watched = self._loop.add(self.descriptor, READ, self._read)
            while not self._watched and not self.done:
                self._read()  # a regular file: always ready

    def _read(self) -> None:
        try:
            data = os.read(self.descriptor, self._piece)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:  # EIO: a terminal's other side is gone, which is its end of file
            data = b""
        if not data:
            self.pause()
            self.done = True
            self._ended()
            return
        self.count += len(data)
        self._sink(data)
