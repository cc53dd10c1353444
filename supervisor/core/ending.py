"""What is known of a session at the moment it ended, or seems to have."""

from __future__ import annotations

import signal
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Exit:
    """A wait status: either an exit code or the signal that killed the child."""

    code: int | None = None
    signal: int | None = None

    @property
    def returncode(self) -> int:
        """The shell's number for it: the code, or 128 + signal."""
        if self.signal is not None:
            return 128 + self.signal
        return self.code if self.code is not None else 1

    @property
    def deadly_signal(self) -> int | None:
        """The signal, also where a shell in between turned it into 128 + n."""
        if self.signal is not None:
            return self.signal
        if self.code is not None and 128 < self.code < 128 + signal.NSIG:
            return self.code - 128
        return None

    def __str__(self) -> str:
        if self.signal is not None:
            return f"killed by {signal_name(self.signal)}"
        return f"exit {self.code}"


def signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


@dataclass(frozen=True, slots=True)
class ApiError:
    """An error that Claude Code shows in the place of an answer.

    `source` says who told: "transcript" (the last main-chain entry) or "hook"
    (StopFailure). `kind` is Claude Code's own word ("unknown", "rate_limit", …).
    """

    text: str
    kind: str = "unknown"
    status: int | None = None
    source: str = "transcript"


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a person wants to know of the session: the evidence in figures."""

    session: str | None = None
    path: str | None = None
    size: int = 0  # bytes of the transcript file
    tool_calls: int = 0  # since this launch


@dataclass(frozen=True, slots=True)
class Ending:
    """A session that has ended, or one whose process idles after a dead turn.

    `exit` is None while the process lives. `turn_open`: a request of the user is
    not answered yet. `error`: what the last main-chain entry says, None where the
    session has since moved on. `user_left`: SessionEnd said that the user quit.
    """

    exit: Exit | None
    turn_open: bool = False
    error: ApiError | None = None
    user_left: bool = False
    facts: SessionFacts = SessionFacts()
