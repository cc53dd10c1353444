"""The learned ceiling: the size that has killed a session, and how to stay below it.

Claude Code's own compaction fires when the context reaches

    min(PCT / 100 * (WINDOW - 20,000), WINDOW - 33,000)   tokens

with WINDOW of CLAUDE_CODE_AUTO_COMPACT_WINDOW (at least 100,000) and PCT of
CLAUDE_AUTOCOMPACT_PCT_OVERRIDE; measured on 2.1.116 and 2.1.330, where the model's output limit
is 20,000 tokens or more. Its request for the summary holds the whole context and the newest
step, and a prompt of 1,700 tokens; 2.1.330 leaves the newest step out where it can, and 2.1.116
asks again with less where it is refused. Where hardly two steps fit between what a session begins
with and the size that fires, Claude Code takes it for thrashing and ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

WINDOW, PERCENT = "CLAUDE_CODE_AUTO_COMPACT_WINDOW", "CLAUDE_AUTOCOMPACT_PCT_OVERRIDE"
OFF = ("DISABLE_AUTO_COMPACT", "DISABLE_COMPACT")
SMALLEST_WINDOW = 100_000  # tokens; a smaller one is taken for this
RESERVE, MARGIN = 20_000, 33_000  # tokens below the window, see above
SUMMARY = 2_500  # tokens; the request for the summary, beside what is summarized
SAFE = 0.95  # of a size that has killed
BASE = 22_000  # tokens of Claude Code's own prompt and tools: 16,000 in 2.1.116
STEPS = 2.6  # that must fit; 2.5 a compaction were seen to live, 2 to be thrashing
CAUTION = (1.0, 0.5, 0.0)  # shares of a step that are left free, the first that fits
HIGHEST = 165_000  # tokens; it fires there by itself
RELAXED = 1.2  # times the ceiling, after a run that went well below it
FORGOTTEN = 200_000  # tokens; a ceiling this high is none


@dataclass(frozen=True, slots=True)
class Ceiling:
    """`tokens` that have killed a session, the largest `step` seen, how many `deaths`.

    `base`: tokens of the smallest first request of a session.
    """

    tokens: int
    step: int = 0
    deaths: int = 1
    base: int = BASE

    @property
    def threshold(self) -> int:
        """Tokens at which a compaction should fire, so that it fits below the ceiling."""
        room = int(self.tokens * SAFE) - SUMMARY
        wanted = (room - int(share * self.step) for share in CAUTION)
        return next((each for each in wanted if each >= self.least), room - self.step)

    @property
    def least(self) -> int:
        """Tokens at which a compaction may fire at the earliest, or it is thrashing."""
        return self.base + int(STEPS * self.step)

    @property
    def last_chance(self) -> int:
        """Tokens at which the next request would be too close to the ceiling."""
        return int(self.tokens * SAFE)


def learned(before: Ceiling | None, size: int, step: int, base: int = BASE) -> Ceiling:
    """After a death at `size` tokens; the smallest that has killed counts."""
    step = min(step, size // 3)  # one huge output says nothing of the next
    if before is None:
        return Ceiling(size, step, 1, base)
    step, deaths = max(before.step, step), before.deaths + 1
    return Ceiling(min(before.tokens, size), step, deaths, min(before.base, base))


def relaxed(before: Ceiling) -> Ceiling | None:
    """After a run without such a death: a step up; None where it is forgotten."""
    tokens = int(before.tokens * RELAXED)
    return replace(before, tokens=tokens) if tokens < FORGOTTEN else None


def steering(ceiling: Ceiling) -> Mapping[str, str]:
    """What makes Claude Code compact below the ceiling; empty where it cannot be made to."""
    threshold = ceiling.threshold
    if not ceiling.least <= threshold < HIGHEST:
        return {}
    if threshold >= SMALLEST_WINDOW - MARGIN:
        return {WINDOW: str(threshold + MARGIN)}
    percent = threshold * 100 // (SMALLEST_WINDOW - RESERVE)
    return {WINDOW: str(SMALLEST_WINDOW), PERCENT: str(percent)}


def in_the_way(env: Mapping[str, str]) -> str | None:
    """The user's own setting that steers already, if there is one."""
    if is_off(env):
        return next(name for name in OFF if _is_set(env.get(name)))
    return next((name for name in (WINDOW, PERCENT) if env.get(name)), None)


def is_off(env: Mapping[str, str]) -> bool:
    """Whether the user wants no compaction at all."""
    return any(_is_set(env.get(name)) for name in OFF)


def _is_set(value: str | None) -> bool:
    return (value or "").lower() not in ("", "0", "false", "no", "off")
