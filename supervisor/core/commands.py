"""What to do. The counterpart of events.py; the shell (run.py) performs these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How the compacted context reaches the next session."""

    REBUILT = "a rebuilt session file"
    PROMPT = "the first prompt of a new session"


@dataclass(frozen=True, slots=True)
class Spawn:
    """Start the child. `session` None: the user's own command, word for word."""

    session: str | None = None
    way: Way = Way.REBUILT


@dataclass(frozen=True, slots=True)
class Forward:
    """Pass a signal on to the child."""

    signal: int


@dataclass(frozen=True, slots=True)
class Terminate:
    """Ask the child to end in good order (SIGTERM)."""


@dataclass(frozen=True, slots=True)
class Kill:
    """End the child and all it has left behind (SIGKILL)."""


@dataclass(frozen=True, slots=True)
class Compact:
    """Make the next session's context. Answered by Compacted or CompactionFailed."""

    hardness: int
    way: Way = Way.REBUILT
    with_model: bool = True


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop the compaction that is under way."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """One timer; a new one replaces the old. `seconds` None cancels it."""

    seconds: float | None


@dataclass(frozen=True, slots=True)
class Ask:
    """Ask the user for consent. Answered by Consented."""

    question: str


@dataclass(frozen=True, slots=True)
class Announce:
    """Tell the user."""

    text: str


@dataclass(frozen=True, slots=True)
class Deliver:
    """Let the held stdout of the last launch out; it is the run's result."""


@dataclass(frozen=True, slots=True)
class Quit:
    code: int


Command = (
    Spawn
    | Forward
    | Terminate
    | Kill
    | Compact
    | Abandon
    | SetTimer
    | Ask
    | Announce
    | Deliver
    | Quit
)
