"""What a run remembers of its launches: the material of the next compaction."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from ..claude.watch import Watch
from ..compaction.order import Order, Result
from ..core.commands import Compact
from ..core.ending import Ending


@dataclass(slots=True)
class Memory:
    transcripts: list[str] = field(default_factory=list)  # of sessions that brought progress
    died_at: list[int] = field(default_factory=list)  # tokens of the conversations that died
    said: list[str] = field(default_factory=list)  # the user's prompts, as the hooks told them
    narrative: str | None = None  # of these very transcripts
    steps: int = 0  # answers of the model in the last launch
    spent: dict[str, Any] = field(default_factory=dict)  # its turns, tokens, milliseconds
    compactions: int = 0

    def bury(self, watch: Watch, ending: Ending, started: float) -> None:
        """A launch is over; `started` is its monotonic time."""
        path = ending.facts.path
        known = ending.facts.session and path and path not in self.transcripts
        if known and (watch.answers or not self.transcripts):
            self.transcripts.append(str(path))
            self.narrative = None
        self.said += watch.prompts
        self.steps = watch.answers
        self.spent = watch.totals()
        self.spent["duration_ms"] = int((time.monotonic() - started) * 1000)

    def order(self, command: Compact, **more: Any) -> Order:
        self.compactions += 1
        return Order(
            transcripts=list(self.transcripts),
            way=command.way.name,
            hardness=command.hardness,
            with_model=command.with_model,
            died_at=list(self.died_at),
            steps=self.steps,
            said=list(self.said),
            narrative=self.narrative,
            **more,
        )

    def learn(self, result: Result) -> None:
        if self.steps or not self.died_at:
            self.died_at.append(result.tokens_before)
        self.narrative = result.narrative or None
