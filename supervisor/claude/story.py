"""The story of a session: its answers, its context over time, its calls, what it has cost.

Told by the stream of its entries, newest first, as it is read for something else; what is kept is
bounded, however long the session was.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import Any

from . import models
from .entries import Block, Entry, result_text

MOST_POINTS = 240  # of the context over time
RESPONSES = 64  # ids that are remembered: the blocks of a response stand near each other
WAITING = 2_000  # results whose calls are still to come
OF_A_REQUEST = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")


@dataclass(frozen=True, slots=True)
class Point:
    """The tokens of a request and its answer, as the service told them. `at`: epoch seconds."""

    at: float | None
    tokens: int


@dataclass(frozen=True, slots=True)
class Compaction:
    """A compaction within. `by`: "claude" or "ccsup"; tokens as its own record tells them."""

    at: float | None
    by: str
    trigger: str = ""
    before: int = 0
    after: int = 0


@dataclass(slots=True)
class Story:
    """What `take` has been told; the lists are oldest first after `finish`."""

    sessions: list[str] = field(default_factory=list)
    models: Counter[str] = field(default_factory=Counter)  # answers by model
    calls: Counter[str] = field(default_factory=Counter)  # by the tool's name
    outputs: Counter[str] = field(default_factory=Counter)  # tokens (bytes / 4), likewise
    points: list[Point] = field(default_factory=list)
    compactions: list[Compaction] = field(default_factory=list)
    usage: Counter[str] = field(default_factory=Counter)
    cost: float = 0.0  # US dollars, by list price
    now: int = 0  # tokens of the last request
    largest: int = 0  # of the largest one
    _stretch: int = 1  # answers that one point stands for
    _in_last: int = 0  # answers in the last point
    _responses: deque[object] = field(default_factory=lambda: deque(maxlen=RESPONSES))
    _waiting: dict[str, int] = field(default_factory=dict)

    @property
    def answers(self) -> int:
        return self.models.total()

    def take(self, entry: Entry, *, copied: bool = False) -> None:
        """The next entry of the live branch, newest first.

        `copied`: it stands in a transcript behind this one too, and is counted there.
        """
        if entry.type == "boundary":
            self._compacted(entry)
        if copied:
            return
        session = entry.raw.get("sessionId")
        if isinstance(session, str) and session not in self.sessions[-1:]:
            self.sessions.append(session)
        for block in reversed(entry.blocks):
            match block.get("type"):
                case "tool_result":
                    self._result(block)
                case "tool_use":
                    self._call(block)
        if entry.is_answer:
            self._answered(entry)

    def finish(self) -> Story:
        self.sessions = list(dict.fromkeys(reversed(self.sessions)))
        self.points.reverse()
        self.compactions.reverse()
        return self

    def _compacted(self, entry: Entry) -> None:
        told = entry.raw.get("compactMetadata")
        known: dict[str, Any] = told if isinstance(told, dict) else {}
        by = "claude" if entry.raw.get("ccsup") is None else "ccsup"
        before, after = (models.count(known.get(key)) for key in ("preTokens", "postTokens"))
        trigger = str(known.get("trigger") or "")
        self.compactions.append(Compaction(entry.at, by, trigger, before, after))
        if len(self.compactions) > 2 * MOST_POINTS:
            del self.compactions[1::2]

    def _answered(self, entry: Entry) -> None:
        message = entry.message
        response = message.get("id")
        if response is not None and response in self._responses:
            return  # an earlier block of a response that has been counted
        self._responses.append(response)
        model = str(message.get("model"))
        self.models[model] += 1
        told = message.get("usage")
        usage: dict[str, Any] = told if isinstance(told, dict) else {}
        self.cost += models.cost(model, usage)
        asked = sum(models.count(usage.get(key)) for key in OF_A_REQUEST)
        answer = models.count(usage.get("output_tokens"))
        for key in (*OF_A_REQUEST, "output_tokens"):
            self.usage[key] += models.count(usage.get(key))
        if asked + answer:
            self._point(Point(entry.at, asked + answer))

    def _point(self, point: Point) -> None:
        """A point stands for a stretch of answers, by the largest of them."""
        self.now = self.now or point.tokens
        self.largest = max(self.largest, point.tokens)
        if self.points and self._in_last < self._stretch:
            self._in_last += 1
            self.points[-1] = max(self.points[-1], point, key=lambda each: each.tokens)
            return
        if len(self.points) >= MOST_POINTS:
            pairs = zip(self.points[::2], self.points[1::2], strict=True)
            self.points = [max(pair, key=lambda each: each.tokens) for pair in pairs]
            self._stretch *= 2
        self.points.append(point)
        self._in_last = 1

    def _result(self, block: Block) -> None:
        if len(self._waiting) >= WAITING:
            self._waiting.pop(next(iter(self._waiting)))
        text = result_text(block)
        size = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        self._waiting.setdefault(str(block.get("tool_use_id")), size // 4)

    def _call(self, block: Block) -> None:
        name = str(block.get("name"))
        self.calls[name] += 1
        self.outputs[name] += self._waiting.pop(str(block.get("id")), 0)
