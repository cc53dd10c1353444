"""What happened. The counterpart of commands.py: a command with an answer has an event."""

from __future__ import annotations

from dataclasses import dataclass

from .commands import Way
from .ending import SOMETIME, Ending, Moment


@dataclass(frozen=True, slots=True)
class Spawned:
    """Answers Spawn."""

    pid: int


@dataclass(frozen=True, slots=True)
class SpawnFailed:
    """Answers Spawn. `code` is 127 (not found) or 126 (cannot be executed)."""

    code: int
    reason: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The model has answered: a real assistant entry appeared in the session.

    `linked`: its chain of parents leads to the context that ccsup wrote.
    """

    linked: bool = True


@dataclass(frozen=True, slots=True)
class TurnDied:
    """The last main-chain entry is an error; the process lives."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class TurnBegan:
    """The session has moved on by itself: a new entry stands after the error."""


@dataclass(frozen=True, slots=True)
class Condemned:
    """One of ccsup's wards wants the child ended; `ending.condemned` says which."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Exited:
    """The child is reaped and its transcript read to the end."""

    ending: Ending


@dataclass(frozen=True, slots=True)
class Compacted:
    """Answers Compact: the next session's context is ready.

    `session` is the next session's id (the same one, where the way is to resume it); None
    where there was nothing to compact and the same command is given again. Token counts are
    estimates (bytes / 4).
    """

    session: str | None
    way: Way = Way.REBUILT  # the one that was taken, for an old version refuses the other
    tokens_before: int = 0
    tokens_after: int = 0
    narrative: str = ""  # who wrote it, or why there is none
    cost: float = 0.0  # US dollars, of the summary


@dataclass(frozen=True, slots=True)
class CompactionFailed:
    """Answers Compact: not even the parts that need no model could be made."""

    reason: str


@dataclass(frozen=True, slots=True)
class Consented:
    """Answers Ask."""

    yes: bool


@dataclass(frozen=True, slots=True)
class TimerFired:
    """Answers SetTimer."""

    moment: Moment = SOMETIME


@dataclass(frozen=True, slots=True)
class Checked:
    """Answers Check. `state`: "good", "expired", "denied" or "unknown".

    Or, unasked, "refreshed": the user's own command has ended well.

    `fingerprint` changes with the credentials and tells nothing of them.
    """

    state: str
    fingerprint: str | None = None
    told: str = ""
    moment: Moment = SOMETIME


@dataclass(frozen=True, slots=True)
class StopRequested:
    """A signal that asks ccsup to end."""

    signal: int


Event = (
    Spawned
    | SpawnFailed
    | Answered
    | TurnDied
    | TurnBegan
    | Condemned
    | Exited
    | Compacted
    | CompactionFailed
    | Consented
    | TimerFired
    | Checked
    | StopRequested
)
