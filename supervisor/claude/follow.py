"""Follow one growing file of lines: an offset, and the piece of a line not yet whole."""

from __future__ import annotations

import os
from pathlib import Path

CHUNK = 1 << 20  # bytes a read


class Follower:
    """Reads what was appended since the last look.

    The file may not exist yet, be replaced, or be cut shorter: then it is read again
    from its start. Nothing is kept open, for Claude Code opens it per append too.
    """

    def __init__(self, path: Path, offset: int = 0) -> None:
        self.path = path
        self.offset = offset
        self._partial = b""
        self._inode: int | None = None

    def lines(self, *, final: bool = False) -> list[bytes]:
        """The complete lines that are new. `final` gives an unfinished last one too."""
        found: list[bytes] = []
        try:
            with self.path.open("rb") as file:
                status = os.fstat(file.fileno())
                replaced = self._inode is not None and status.st_ino != self._inode
                if replaced or status.st_size < self.offset:
                    self.offset, self._partial = 0, b""
                self._inode = status.st_ino
                file.seek(self.offset)
                while chunk := file.read(CHUNK):
                    self.offset += len(chunk)
                    *whole, self._partial = (self._partial + chunk).split(b"\n")
                    found += whole
        except OSError:
            pass  # not there yet, or no longer: the other sources speak
        if final and self._partial:
            found.append(self._partial)
            self._partial = b""
        return found


def size(path: Path | None) -> int:
    """Bytes of the file, 0 where there is none."""
    try:
        return path.stat().st_size if path else 0
    except OSError:
        return 0
