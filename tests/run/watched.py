"""Fakes for the wards: a session and a machine, and a launch whose time is told."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from supervisor.claude.tally import Tally
from supervisor.core.ceiling import Ceiling
from supervisor.host.tree import Sample
from supervisor.journal.ceilings import Ceilings
from supervisor.run.steering import Steering
from supervisor.run.wards import EVERY, Limits, Wards

HANG = 600.0  # s, the default
STEP = 2.0  # s between two looks
LATE = HANG + EVERY + 2 * STEP  # s by which a hang must be called
SOON = HANG - EVERY - 2 * STEP  # s until which none may be
HOURS = 3 * 3600.0
MB = 1 << 20
WAITS, STREAMS, COMPUTES, SPINS = 0.0, 0.1, 0.5, 1.0  # CPU seconds a second
CALLED = 10.0  # when a tool is called, and its process created


@dataclass
class Session:
    """Stands for the Watch."""

    turn_open: bool = True
    between_calls: bool = False
    stirred: float = 1.0
    path: Path | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def at_rest(self) -> bool:
        return not self.turn_open


@dataclass
class Machine:
    """Stands for the Tree."""

    rss: int = 100 * MB
    cpu: float = 0.0

    def look(self) -> Sample:
        return Sample(self.rss, self.cpu, 1)


class Launch:
    """Wards over a launch that begins at zero and is looked at every other second."""

    def __init__(
        self,
        steering: Steering,
        *,
        on_terminal: bool = False,
        hang: float = HANG,
        memory: int = 0,
        context: int = 0,
    ) -> None:
        self.now = 0.0
        self.session, self.machine = Session(), Machine()
        self.wards = Wards(
            Limits(hang, memory, context),
            cast(Any, self.session),
            cast(Any, self.machine),
            steering,
            os.getpid(),
            on_terminal=on_terminal,
            now=self.now,
        )

    def goes_on(
        self, seconds: float, cpu: float = WAITS, *, draws: bool = False, stirs: bool = False
    ) -> str | None:
        """The ward that calls within these seconds, if one does."""
        end = self.now + seconds
        while self.now < end:
            self.now += STEP
            self.machine.cpu += cpu * STEP
            if draws:
                self.wards.shown(self.now)
            if stirs:
                self.session.stirred = self.now
            if found := self.wards.look(self.now):
                return found[0]
        return None

    def calls_a_tool(self) -> None:
        self.goes_on(CALLED, stirs=True)
        self.session.tally.open_calls["toolu_1"] = "Bash make"


def steering(home: Path, known: Ceiling | None) -> Steering:
    ceilings = Ceilings(home)
    ceilings.put("/project", "model", known)
    project, program = Path("/project"), Path("/nowhere/claude")
    env = {"HOME": str(home)}
    return Steering(ceilings, project, "model", env, 200_000, program, lambda _: None)


def large(tokens: int, first: int = 20_000) -> Tally:
    tally = Tally(tokens)
    tally.first = first
    tally._usage = {"msg_1": {}, "msg_2": {}}
    return tally
