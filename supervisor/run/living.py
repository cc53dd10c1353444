"""Is a session still at work in a claude of its own?"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from ..claude.sessions import UUID, config_dir
from ..host.programs import runs

PROGRAM = "claude"  # stands in the name, the path or the script of every installation
EARLY = 5.0  # s that a process may be younger than it says: two clocks


def living_pid(env: Mapping[str, str], session: str) -> int | None:
    """The process id of the claude that runs a session, None where there is none.

    By what a running claude announces (``sessions/PID.json``); the file of one that was killed
    stays, and its number may belong to another program by now.
    """
    for pid, told, started in announced(env):
        latest = None if started is None else started + EARLY
        if told.lower() == session.lower() and runs(pid, PROGRAM, latest):
            return pid
    return None


def announced(env: Mapping[str, str]) -> Iterator[tuple[int, str, float | None]]:
    """Each process that has announced a session: its id, the session, its start (epoch s)."""
    try:
        files = list((config_dir(env) / "sessions").iterdir())
    except OSError:
        return
    for path in files:
        if path.suffix != ".json" or not path.stem.isdecimal():
            continue
        try:
            told = json.loads(path.read_text("utf-8", "replace"))
        except (OSError, ValueError):
            continue
        session = told.get("sessionId") if isinstance(told, dict) else None
        if isinstance(session, str) and UUID.match(session):
            at = told.get("startedAt")
            yield int(path.stem), session, at / 1000 if isinstance(at, int | float) else None
