"""The lines of a file from its end: what happened last is known at once, at any size."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

BLOCK = 1 << 20  # bytes a read
FIRST = 1 << 16  # bytes of the first one: the newest entries alone are often all that is wanted
LONGEST = 64 << 20  # bytes of a line that is held; of a longer one only the head is given

Line = bytes | memoryview


def lines(path: Path, end: int | None = None) -> Iterator[tuple[int, Line]]:
    """Each line with the offset of its first byte, newest first; those before `end` alone.

    Empty lines are passed over; a last line without an end is given too. A line is a view into a
    block where it stands in one. Where a whole block is NULs (a crash of the machine leaves such
    holes) a single one is given for it. Raises OSError.
    """
    with path.open("rb") as file:
        at = os.fstat(file.fileno()).st_size if end is None else end
        behind: list[bytes] = []  # the pieces of a line whose start is still to come, last first
        held = 0
        size = FIRST
        while at > 0:
            size, start = BLOCK, max(0, at - size)
            file.seek(start)
            block = file.read(at - start)
            at = start
            stop = block.rfind(b"\n")
            if stop < 0:
                if block.startswith(b"\0") and block == bytes(len(block)):
                    block = b"\0"
                behind.append(block)
                held += len(block)
                while held > LONGEST and len(behind) > 1:
                    held -= len(behind.pop(0))
                continue
            if line := block[stop + 1 :] + b"".join(reversed(behind)):
                yield start + stop + 1, line
            view = memoryview(block)
            while (before := block.rfind(b"\n", 0, stop)) >= 0:
                if before + 1 < stop:
                    yield start + before + 1, view[before + 1 : stop]
                stop = before
            behind, held = [block[:stop]], stop
        if line := b"".join(reversed(behind)):
            yield 0, line
