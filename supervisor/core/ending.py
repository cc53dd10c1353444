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
    at: float | None = None  # its own time, in seconds since the epoch


@dataclass(frozen=True, slots=True)
class SessionFacts:
    """What a person wants to know of the session: the evidence in figures."""

    session: str | None = None
    path: str | None = None
    size: int = 0  # bytes of the transcript file
    tool_calls: int = 0  # since this launch
    context: int = 0  # tokens of the last request and its answer, as the model counted them
    cost: float = 0.0  # US dollars since this launch, by the model's list price
    rss: int = 0  # bytes of claude and its children, the most that was seen


@dataclass(frozen=True, slots=True)
class Moment:
    """When something happened, and a throw of the dice, for the core has neither.

    `steady`: seconds on a clock that never goes back and counts time asleep; `wall`:
    seconds since the epoch; `chance`: from 0 to 1, for jitter.
    """

    steady: float = 0.0
    wall: float = 0.0
    chance: float = 0.0


SOMETIME = Moment()  # where time does not matter


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
    begun: bool = True  # something was said in it since the launch
    reported: bool = False  # the child has printed a result, be it a bad one
    under_way: str = ""  # the tool call that has no result yet, on one line
    condemned: str | None = None  # the ward of ccsup's own that has ended it
    at_rest: bool = False  # condemned with no request of the user unanswered
    oom_kills: int = 0  # of the kernel, in the child's cgroup, since the launch
    screen: str = ""  # the last lines that the child has shown
    uptime: float = 0.0  # s since the launch
    moment: Moment = SOMETIME
