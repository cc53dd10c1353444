"""What to do. The counterpart of events.py; the shell performs these."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Way(Enum):
    """How the compacted context reaches the next session."""

    RESUMED = "the same session, resumed"
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
class Interrupt:
    """Ask the child to break off what it does (SIGINT)."""


@dataclass(frozen=True, slots=True)
class Terminate:
    """Ask the child to end in good order (SIGTERM)."""


@dataclass(frozen=True, slots=True)
class Kill:
    """End the child and all it has left behind (SIGKILL)."""


@dataclass(frozen=True, slots=True)
class Compact:
    """Make the next session's context, or look whether the same one can be resumed.

    Answered by Compacted or CompactionFailed. `culprit`: name in it what fills the context;
    `at_rest`: nothing is to be done in it until the user says more.
    """

    hardness: int
    way: Way = Way.REBUILT
    with_model: bool = True
    culprit: bool = False
    at_rest: bool = False


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop the compaction that is under way."""


@dataclass(frozen=True, slots=True)
class SetTimer:
    """One timer; a new one replaces the old. `seconds` None cancels it.

    `told`: what is waited for, to be shown with the time that is left.
    """

    seconds: float | None
    told: str = ""


@dataclass(frozen=True, slots=True)
class Refresh:
    """Run the user's command that renews the credentials, if there is one."""


@dataclass(frozen=True, slots=True)
class Check:
    """Look at the credentials; with `probe` by one small request. Answered by Checked."""

    probe: bool = False


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
    | Interrupt
    | Terminate
    | Kill
    | Compact
    | Abandon
    | SetTimer
    | Refresh
    | Check
    | Ask
    | Announce
    | Deliver
    | Quit
)
