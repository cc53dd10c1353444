"""Where a run stands: plain data, journaled at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .classify import Verdict
from .commands import Command, Compact, Way
from .ending import Ending
from .policy import Decision, History, Policy


class Phase(Enum):
    STARTING = "starting"
    RUNNING = "running"
    SETTLING = "settling"
    STOPPING = "stopping"
    ASKING = "asking"
    WAITING = "waiting"
    PARKED = "parked"
    COMPACTING = "compacting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Parking:
    """What is known of credentials that were found dead."""

    since: float  # steady seconds
    fingerprint: str | None = None  # of those that are known not to work
    probes: int = 0  # requests that only asked
    next_probe: float = 0.0  # steady seconds
    probing: bool = False
    expired: bool = False  # at the last look
    waited: float = 0.0  # s that were asked for; a clock may lie, a sum does not


@dataclass(frozen=True, slots=True)
class State:
    policy: Policy = field(default_factory=Policy)
    phase: Phase = Phase.STARTING
    history: History = field(default_factory=History)
    way: Way = Way.REBUILT
    proved: bool = True  # this launch's context has shown itself in an answer
    ending: Ending | None = None  # the death that is being dealt with
    verdict: Verdict | None = None  # on it
    decision: Decision | None = None  # about it
    parking: Parking | None = None  # until the model answers
    compaction: Compact | None = None  # the one under way
    returncode: int = 0  # of the last child
    stopping: bool = False  # we were asked to end: no more relaunches
    urged: int = 0  # how often the child was asked to end


Step = tuple[State, tuple[Command, ...]]
Action = Callable[[State, Any], Step]


def tell(state: State, orders: tuple[Command, ...]) -> dict[str, Any]:
    """What a journal says of a step: the phase, the verdict, the commands by their names."""
    return {
        "phase": state.phase.value,
        "row": state.verdict.row.name if state.verdict else None,
        "commands": [type(order).__name__ for order in orders],
    }


class Impossible(Exception):
    """An event that cannot happen in this phase: a bug of ours."""
