"""reading: a small file of the user or of a project, read without surprises."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path


class Outside(OSError):
    """A path in a project leads out of it."""


def read_bounded(path: Path, most: int, inside: Path | None = None) -> bytes:
    """At most `most` bytes of a regular file; one byte more where the file is longer.

    With `inside`, no symlink may lead out of that folder. Raises OSError for whatever
    cannot be read: a folder, a pipe that would never end, a file elsewhere (Outside).
    """
    if inside is not None and leads_out(path, inside):
        raise Outside(errno.EPERM, f"it leads out of {inside}", str(path))
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it is no regular file", str(path))
        with os.fdopen(descriptor, "rb", closefd=False) as file:
            return file.read(most + 1)
    finally:
        os.close(descriptor)


def leads_out(path: Path, folder: Path) -> bool:
    """Does a symlink on the way take `path` out of `folder`? It need not exist."""
    return not Path(os.path.realpath(path)).is_relative_to(os.path.realpath(folder))
