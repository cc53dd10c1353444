"""The key of the masks, kept so that the same secret has the same mask in every run."""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

NAME = "mask.key"
LENGTH = 32  # bytes


def mask_key(home: Path) -> bytes:
    """The key in `home`, the state folder (see runs.state_home): 32 random bytes, 0600.

    It is made where there is none, whole or not at all; of two makers at once one wins and
    both get its key. Where it can be neither read nor kept, it is a new one each time.
    """
    path = home / NAME
    found = _read(path)
    if found is None:
        fresh = secrets.token_bytes(LENGTH)
        found = fresh if not _put(path, fresh) else _read(path) or fresh
    return found


def _read(path: Path) -> bytes | None:
    """The key, unless others could have written or read it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        ours = stat.S_ISREG(status.st_mode) and status.st_uid == os.geteuid()
        found = os.read(descriptor, LENGTH + 1) if ours and not status.st_mode & 0o077 else b""
    except OSError:
        return None
    finally:
        os.close(descriptor)
    return found if len(found) == LENGTH else None


def _put(path: Path, key: bytes) -> bool:
    """Whether a key is there now. What is no key of ours is replaced."""
    partial = path.with_name(f"{NAME}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(
            partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600
        )
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(descriptor, 0o600)  # whatever the umask
            file.write(key)
        try:
            os.link(partial, path)  # fails where another was faster
        except FileExistsError:
            if _read(path) is None:
                partial.rename(path)
    except OSError:
        return False
    finally:
        with suppress(OSError):
            partial.unlink()
    return True
