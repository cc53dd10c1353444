"""record: what a conversation holds, in order, each text no longer than it may be kept."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..claude.entries import Entry
from .redact import Redactor

# Characters beside a cut that are looked at: half a secret is not known for one any more. It is
# more where a word goes on, and where a key of many lines stands.
MARGIN, LONGEST_WORD, LONGEST_KEY = 256, 8_192, 16_384
KEY = "PRIVATE KEY"
SEPARATOR = "\n\x1e\n"
END = re.compile(r"[\s\"']")
MOST_PARTS = 60  # of a list in an argument: a task list is longer than most
BRIEF = ("command", "file_path", "notebook_path", "pattern", "url", "query", "prompt")


def left_out(count: int) -> str:
    return f"\n[… {count:,} characters left out …]\n"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The head and the tail of a text, masked, and how many characters stood between."""

    head: str
    tail: str = ""
    missing: int = 0

    def __str__(self) -> str:
        return f"{self.head}{left_out(self.missing)}{self.tail}" if self.missing else self.head

    def __len__(self) -> int:
        return len(self.head) + len(self.tail)

    def shortened(self, most: int) -> Excerpt:
        """The same in at most `most` characters."""
        if len(self) <= most:
            return self
        head, tail = _shares(most)
        if not self.missing:
            return Excerpt(self.head[:head], self.head[-tail:], len(self.head) - head - tail)
        gone = len(self) - most
        head = min(head, len(self.head))
        tail = min(most - head, len(self.tail))
        return Excerpt(self.head[:head], self.tail[-tail:], self.missing + gone)


def cut(text: str, most: int) -> str:
    """A masked text in at most `most` characters, and how many are missing."""
    return text if len(text) <= most else str(Excerpt(text).shortened(most))


def excerpt(text: str, most: int, redact: Redactor) -> Excerpt:
    """At most `most` characters of a text; what stands beside a cut is masked before it is cut."""
    return excerpts([(text, most)], redact)[0]


def excerpts(texts: Sequence[tuple[str, int]], redact: Redactor) -> list[Excerpt]:
    """The excerpts of several texts, each with its length, at one look of the redactor."""
    windows = [window for text, most in texts for window in _windows(text, most)]
    looked = redact(SEPARATOR.join(windows)).split(SEPARATOR)
    if len(looked) != len(windows):  # a mask went over a border
        looked = [redact(window) for window in windows]
    masked = iter(looked)
    found = []
    for text, most in texts:
        first = next(masked)
        if _is_short(text, most):
            found.append(Excerpt(first).shortened(most))
            continue
        head, tail = _shares(most)
        last = next(masked)
        # Masks may have made a window so short that its far end is reached.
        end = min(head, max(0, len(first) - MARGIN))
        begin = max(len(last) - tail, min(MARGIN, len(last)))
        found.append(Excerpt(first[:end], last[begin:], len(text) - head - tail))
    return found


def _is_short(text: str, most: int) -> bool:
    return len(text) <= most + 2 * MARGIN


def _windows(text: str, most: int) -> tuple[str, ...]:
    """What is looked at of a text: more than is kept, on either side of the cut."""
    if _is_short(text, most):
        return (text,)
    head, tail = _shares(most)
    beside = LONGEST_KEY if KEY in text else MARGIN
    end = _end_of_word(text, head + beside)
    return text[:end], text[_start_of_word(text, len(text) - tail - beside) :]


def _end_of_word(text: str, at: int) -> int:
    found = END.search(text, at, at + LONGEST_WORD)
    return found.start() if found else at + LONGEST_WORD


def _start_of_word(text: str, at: int) -> int:
    """Where the line begins, for what tells a secret stands before it; else the word."""
    first = max(0, at - LONGEST_WORD)
    if (line := text.rfind("\n", first, max(0, at))) >= 0:
        return line + 1
    last = max((text.rfind(end, first, max(0, at)) for end in " \n\"'\t"), default=-1)
    return last + 1 if last >= 0 else first


def _shares(most: int) -> tuple[int, int]:
    head = max(1, most * 3 // 5)
    return head, max(1, most - head)


@dataclass(slots=True)
class Said:
    """Words in the record: of "user" or "assistant". `entry`: the uuid of their entry."""

    who: str
    words: Excerpt
    entry: str = ""

    @property
    def text(self) -> str:
        return str(self.words)


@dataclass(slots=True)
class Call:
    """A tool call; `result` is None while it is missing."""

    id: str
    name: str
    arguments: dict[str, Any]
    result: Excerpt | None = None
    failed: bool = False
    entry: str = ""  # the uuid of its entry
    wrong: bool | None = None  # whether it went wrong, once that was looked at
    refused: bool = False  # by the user, as a mark beside the result tells

    @property
    def output(self) -> str | None:
        return None if self.result is None else str(self.result)

    @property
    def brief(self) -> str:
        """The one argument that tells the call, on one line."""
        for key in BRIEF:
            value = self.arguments.get(key)
            if isinstance(value, str) and value:
                return " ".join(value.split())
        return " ".join(
            " ".join(value.split()) for value in self.arguments.values() if isinstance(value, str)
        )


Step = Said | Call
AGENT_TOOLS = ("Task", "Agent")
REPORT = 3_000  # characters of what a subagent returns; it is an account already


def length_for(name: str, length: int) -> int:
    """Characters that are kept of a tool's output, where `length` is usual."""
    return max(REPORT, length) if name in AGENT_TOOLS else length


@dataclass(slots=True)
class Record:
    """A conversation, oldest first, bounded in size whatever the transcripts hold.

    `newest`: its last entries, whole and unmasked. `summaries`: those of earlier compactions.
    `contexts`: what ccsup had told sessions whose own origin is readable no more. `live`:
    estimated tokens of what the last session had in its context, and its `largest` outputs as
    (tokens, call). `queued`: what the user had typed ahead and the session never took up.
    """

    steps: list[Step] = field(default_factory=list)
    newest: list[Entry] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
    notes: str = ""  # of a model, in the context that the last session began with
    live: int = 0
    total: int = 0  # estimated tokens of all that was said and done
    largest: list[tuple[int, str]] = field(default_factory=list)
    entries: int = 0
    answered: bool = False
    cwd: str | None = None  # where the conversation began
    version: str | None = None  # of the Claude Code that wrote last
    first_at: float | None = None  # seconds since the epoch
    last_at: float | None = None
    skipped: int = 0  # lines that are torn or garbled
    missing: tuple[Path, ...] = ()  # transcripts that cannot be read
    queued: tuple[str, ...] = ()

    @property
    def last(self) -> Entry | None:
        return self.newest[-1] if self.newest else None


def shortened(value: Any, most: int, keep: Callable[[str, int], str]) -> Any:
    """A JSON value with each text in at most `most` characters."""
    if isinstance(value, str):
        return keep(value, most)
    if isinstance(value, list):
        return [shortened(part, most, keep) for part in value[: max(MOST_PARTS, most // 20)]]
    if isinstance(value, dict):
        return {key: shortened(part, most, keep) for key, part in value.items()}
    return value
