"""Which session is being rescued, and what has become of it: a lock and a note for each.

``locks/SESSION.lock`` below the state folder is held while a rescued run lives;
``locks/SESSION.json`` tells of the last rescue.
"""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from pathlib import Path

FLAGS = os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
LONGEST = 4_096  # bytes of a note


class Busy(Exception):
    """Another process holds the lock."""


@dataclass(frozen=True, slots=True)
class Rescued:
    """`session`: the new one. `at`: seconds since the epoch."""

    session: str
    at: float


class RescueLock:
    """Held until `release` or the end of this process; no child gets it.

    `home` is the state folder (see runs.state_home). Raises Busy, and OSError where the disk
    takes no lock.
    """

    def __init__(self, home: Path, session: str) -> None:
        folder = home / "locks"
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._note = folder / f"{session}.json"
        path = folder / f"{session}.lock"
        self._descriptor = os.open(path, os.O_RDWR | FLAGS, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            os.close(self._descriptor)
            if isinstance(error, BlockingIOError):
                raise Busy(session) from error
            raise OSError(error.errno, error.strerror, str(path)) from error

    @property
    def before(self) -> Rescued | None:
        """The last rescue of the session; None where there was none, or nothing tells of it."""
        try:
            descriptor = os.open(self._note, os.O_RDONLY | FLAGS & ~os.O_CREAT)
            with os.fdopen(descriptor, "rb") as file:
                told = json.loads(file.read(LONGEST))
        except (OSError, ValueError, RecursionError):
            return None
        known = told if isinstance(told, dict) else {}
        session, at = known.get("session"), known.get("at")
        if not isinstance(session, str) or not isinstance(at, int | float) or not 0 <= at < 1e11:
            return None
        return Rescued(session, float(at))

    def note(self, rescued: Rescued) -> None:
        """Keep it; a disk that does not take it is no trouble."""
        told = {"session": rescued.session, "at": round(rescued.at, 3)}
        try:
            descriptor = os.open(self._note, os.O_WRONLY | os.O_TRUNC | FLAGS, 0o600)
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(told, file)
        except OSError:
            return

    def release(self) -> None:
        os.close(self._descriptor)
