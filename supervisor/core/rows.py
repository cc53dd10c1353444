"""What a row of the table of endings is: a class of ending, its evidence, its remedy."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache

from .ending import ApiError, Ending


class Remedy(Enum):
    """What is done about an ending. The value is what a configuration calls it."""

    FINISH = "finish"
    HAND = "hand"
    COMPACT = "compact"
    RESUME = "resume"
    WAIT = "wait"
    RESET = "reset"
    PARK = "park"
    THRASH = "thrash"

    @property
    def told(self) -> str:
        return _TOLD[self]


_TOLD = {
    Remedy.FINISH: "left as it is",
    Remedy.HAND: "handed to the user; never repeated",
    Remedy.COMPACT: "compacted into a new session",
    Remedy.RESUME: "resumed in a fresh process; again at once: compacted",
    Remedy.WAIT: "waited for (2 s, doubling up to 60 s, with jitter), then resumed",
    Remedy.RESET: "waited for until the stated reset, then resumed",
    Remedy.PARK: "parked until the credentials are good, then resumed",
    Remedy.THRASH: "compacted, the culprit named; the second time given up",
}


@dataclass(frozen=True, slots=True)
class Row:
    """A class of ending and its evidence.

    `text` is a regular expression that the error's own words must match from their start,
    behind what Claude Code puts before them (PREFIX); `kinds` and `statuses`, Claude Code's
    `error` and `apiErrorStatus`, count where no row's text does. `signals` ended the process
    in the middle of a turn; `screen` is searched for in the last lines that it showed. `ward`
    is a reason of ccsup's own for ending the child.
    """

    name: str
    remedy: Remedy
    told: str  # a sentence for a person
    text: str = ""
    kinds: frozenset[str] = frozenset()
    statuses: frozenset[int] = frozenset()
    signals: frozenset[int] = frozenset()
    screen: str = ""
    under_way: str = ""
    oom_killed: bool = False
    silent: bool = False  # any end of the process in the middle of a turn, nothing told
    ward: bool = False
    of_size: bool = False  # the session died of its size: the size is worth knowing
    source: str = ""  # where the texts and the remedy come from

    @property
    def of_error(self) -> bool:
        return bool(self.text or self.kinds or self.statuses)

    @property
    def of_process(self) -> bool:
        return bool(self.signals or self.silent)

    def is_told_by(self, error: ApiError) -> bool:
        """Whether the error's own words are this row's."""
        words = error.text.strip().replace("’", "'")
        return bool(self.text and _compiled(self.text).match(words))

    def is_named_by(self, error: ApiError) -> bool:
        """The weaker evidence: what Claude Code calls it, and the HTTP status."""
        return error.kind in self.kinds or error.status in self.statuses

    def is_shown_by(self, ending: Ending) -> bool:
        """Whether the process ended in this row's way, in the middle of a turn."""
        exit = ending.exit
        if exit is None or not self.of_process:
            return False
        if self.signals and exit.deadly_signal not in self.signals:
            return False
        if self.silent and (ending.reported or not ending.begun):
            return False
        if self.screen and not re.search(self.screen, ending.screen):
            return False
        if self.under_way and not re.search(self.under_way, ending.under_way):
            return False
        return ending.oom_kills > 0 or not self.oom_killed


# What Claude Code and the layers below it put before an error's own words: an advice, its
# own name for errors, an HTTP status, the JSON body of older versions, an exception's class,
# the place in the request.
PREFIX = (
    r"(?:Please run /login · |Failed to authenticate\. |AWS [^·]{1,40} · .{0,240}? · )?"
    r"(?:(?:Error: )?Error during compaction: )?"
    r"(?:API Error:?\s*+)?"
    r"(?:Request rejected )?"
    r"(?:\(?\d{3}\b\)?\s*+(?:[-·:]\s*+)?+)?"  # possessive: blanks without end take no time
    r"(?:\{.{0,200}?\"message\"\s*:\s*\"|\w*(?:Error|Exception): )?"
    r"(?:messages\.[\w.]{1,80}: )?"
)


@cache
def _compiled(text: str) -> re.Pattern[str]:
    return re.compile(f"{PREFIX}(?:{text})", re.IGNORECASE | re.DOTALL)
