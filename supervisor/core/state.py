"""Where a run stands: plain data, journaled at every step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from .commands import Command, Compact, Way
from .ending import Ending
from .policy import History, Policy


class Phase(Enum):
    STARTING = "starting"
    RUNNING = "running"
    SETTLING = "settling"
    STOPPING = "stopping"
    ASKING = "asking"
    COMPACTING = "compacting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class State:
    policy: Policy = field(default_factory=Policy)
    phase: Phase = Phase.STARTING
    history: History = field(default_factory=History)
    way: Way = Way.REBUILT
    proved: bool = True  # this launch's context has shown itself in an answer
    ending: Ending | None = None  # the death that is being dealt with
    compaction: Compact | None = None  # the one under way
    returncode: int = 0  # of the last child
    stopping: bool = False  # we were asked to end: no more relaunches


Step = tuple[State, tuple[Command, ...]]
Action = Callable[[State, Any], Step]


class Impossible(Exception):
    """An event that cannot happen in this phase: a bug of ours."""
