"""The standard streams of the command line, where one of them is closed or takes nothing."""

from __future__ import annotations

import errno
import os
import sys

# A device that is full, broken or not there; a reader that has gone is click's affair.
FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF, errno.ENXIO)


def stand_in() -> None:
    """Fill the place of a stream that is closed, so that no file of ours gets its number.

    What is written to such a stdout fails, as on the closed one; what is said to such a stderr
    is lost.
    """
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            mode = os.O_WRONLY if number == 2 else os.O_RDONLY
            os.set_inheritable(os.open(os.devnull, mode), True)
    if sys.stdin is None:
        sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    if sys.stdout is None:
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
    if sys.stderr is None:
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)


def told(error: OSError) -> str | None:
    """An error of reading or writing for a person; None for what is none of a user's."""
    if error.filename is not None:
        name = os.fsdecode(error.filename) if isinstance(error.filename, bytes) else error.filename
        return f"{name}: {error.strerror}"
    return f"the output cannot be written: {error.strerror}" if error.errno in FAULTS else None


def give_up_stdout() -> None:
    """What is left in its buffer goes nowhere: Python would try it again at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
