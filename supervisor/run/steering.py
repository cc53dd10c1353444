"""Steers Claude Code's own compaction below the size that has killed a session."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ..claude.install import version_of
from ..claude.tally import Tally
from ..core.ceiling import WINDOW, Ceiling, in_the_way, is_off, learned, relaxed, steering
from ..core.ending import Ending
from ..core.rows import Row
from ..journal.ceilings import Ceilings
from .environment import user_env, uses_bedrock

# On Bedrock these versions do not compact by themselves unless a window is given (#64802).
MUTE = ((2, 1, 154), (2, 1, 216))
ABOVE_FIRST = 8_000  # tokens over its first request; a smaller session did not die of its size
FEW = 2  # answers; before them nothing is known of a launch
ROOMY = 0.8  # of the ceiling; a session that begins larger gains nothing by another
OF_LARGE = 0.5  # of the ceiling; a run that came that close to it and lived has gone well


class Steering:
    """The ceiling of one project and model, over a run."""

    def __init__(
        self,
        ceilings: Ceilings,
        project: Path,
        model: str,
        env: Mapping[str, str],
        window: int,
        program: Path,
        say: Callable[[str], None],
        *,
        on: bool = True,
    ) -> None:
        self._on = on
        self._ceilings, self._project, self._model = ceilings, str(project), model
        self._env = {**env, **user_env(env)}  # what counts for Claude Code
        self._window, self._program, self._say = window, program, say
        self._before = self.ceiling = ceilings.get(self._project, model)
        self._off = not on or is_off(self._env)
        self._largest = 0  # tokens of the largest request of this run that was answered
        self._first = 0  # tokens of the smallest first request
        self._told = False
        self._thrashed = False
        self._steered = False  # the child that lives was given a threshold
        self._in_vain = False  # one that was has died of its size all the same

    def environment(self) -> Mapping[str, str]:
        """What the next child is given beside its own environment."""
        own = in_the_way(self._env)
        known = self.ceiling if self._on and not self._thrashed else None
        steered = {} if known is None else steering(known)
        self._steered = bool(steered) and own is None
        if own is not None:
            if steered and not self._told:
                self._told = True
                self._say(
                    f"Sessions here have died at about {self.ceiling_tokens:,} tokens. Claude"
                    f" Code's own compaction could be made to fire below that, but your {own}"
                    " stands in the way and is respected."
                )
            return {}
        if not steered and self._is_mute():
            return {WINDOW: str(self._window)}
        return steered

    @property
    def ceiling_tokens(self) -> int:
        return self.ceiling.tokens if self.ceiling else 0

    def too_large(self, tally: Tally) -> bool:
        """Whether the next request would come too close to the ceiling.

        Not where the session has begun close to it: another one would not be smaller.
        """
        if self.ceiling is None or self._off or tally.answers < FEW:
            return False
        limit = self.ceiling.last_chance
        if not steering(self.ceiling) or self._in_vain:
            limit -= self.ceiling.step  # the next request comes faster than we look
        return tally.size >= limit and tally.first < ROOMY * limit

    def note(self, ending: Ending, row: Row, tally: Tally) -> None:
        """A launch is over: what does it teach?"""
        size = ending.facts.context
        self._largest = max(self._largest, tally.largest)
        if tally.first:
            self._first = min(self._first or tally.first, tally.first)
        if row.name == "thrashing":
            self._thrashed = True
        if self.ceiling is not None and self._largest > self.ceiling.tokens:
            self.ceiling = replace(self.ceiling, tokens=self._largest)
            self._keep(self.ceiling)  # it was not the size
        if not row.of_size or size < self._first + ABOVE_FIRST or size <= self._largest:
            return
        self.ceiling = learned(self.ceiling, size, tally.largest_step, self._first)
        self._keep(self.ceiling)
        self._in_vain = self._steered or not tally.is_told
        fires = self._on and steering(self.ceiling) and not self._in_vain
        if fires and not in_the_way(self._env):
            self._say(
                f"It died at about {size:,} tokens; from here on Claude Code is made to compact"
                f" by itself at about {self.ceiling.threshold:,}."
            )

    def went_well(self) -> None:
        """The run has ended without such a death: a step up, if it came near the ceiling."""
        if self.ceiling is None or self.ceiling != self._before:
            return
        if self._largest >= OF_LARGE * self.ceiling.threshold:
            self._keep(relaxed(self.ceiling))

    def _keep(self, ceiling: Ceiling | None) -> None:
        self._ceilings.put(self._project, self._model, ceiling)

    def _is_mute(self) -> bool:
        version = version_of(self._program)
        known = version is not None and MUTE[0] <= version <= MUTE[1]
        return known and uses_bedrock(self._env)
