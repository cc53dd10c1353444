"""One rescue of a session at a time, and a word on the one before."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime

from ..journal.rescues import Busy, Rescued, RescueLock
from ..journal.runs import state_home


@contextmanager
def alone(
    session: str, env: Mapping[str, str], say: Callable[[str], None]
) -> Iterator[Callable[[str], None]]:
    """Nobody else rescues `session` in the block, which gets a way to note the new session.

    Raises Busy. Where the disk takes no lock that is said, and the rescue goes on without.
    """
    try:
        lock = RescueLock(state_home(env), session)
    except Busy:
        told = f"session {session}: another ccsup rescues it, or runs what it was rescued as"
        raise Busy(told) from None
    except OSError as error:
        say(f"{error.filename}: {error.strerror}; a second rescue is not kept out")
        yield lambda rescued: None
        return
    try:
        if before := lock.before:
            on = f"{datetime.fromtimestamp(before.at):%Y-%m-%d %H:%M}"
            say(
                f"Already rescued as {before.session} on {on}; that one is resumed with"
                f"\nccsup run --resume {before.session}"
            )
        yield lambda rescued: lock.note(Rescued(rescued, time.time()))
    finally:
        lock.release()
