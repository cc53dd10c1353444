"""What a session has used since the launch: answers, tokens, tool calls, the size of its context.

The size is counted in tokens: those of the last request as the model's service told them, and
an estimate (bytes / 4) of what came after it. Where a service tells none, or too few, the
estimate of the whole conversation stands in.
"""

from __future__ import annotations

import re
from typing import Any

from . import models
from .entries import Block, Entry, result_text
from .measure import tokens_of

KILLED = re.compile(r"\s*Exit code 1(?:29|30|37|43)\b")  # by HUP, INT, KILL or TERM
BRIEF = ("command", "file_path", "url", "pattern", "prompt", "description")
LONGEST = 2_000  # characters of a call


class Tally:
    """`words`: estimated tokens of what the conversation begins with."""

    def __init__(self, words: int = 0) -> None:
        self.tool_calls = 0
        self.open_calls: dict[str, str] = {}  # id -> the call on one line
        self.cut_short = ""  # the call whose command was killed, where nothing has followed it
        self.largest_step = 0  # estimated tokens that came between two answers
        self.model = ""
        self.first = 0  # tokens of the first request: what no session can do without
        self.largest = 0  # tokens of the largest request that was answered
        self._usage: dict[str, dict[str, Any]] = {}  # by response
        self._costs: dict[str, float] = {}
        self._words = words
        self._told = words  # tokens of the last request and its answer
        self._since = 0  # estimated tokens after them

    @property
    def answers(self) -> int:
        """Responses of the model."""
        return len(self._usage)

    @property
    def context(self) -> int:
        """Tokens of the last request and its answer, and an estimate of what came since."""
        return self._told + self._since

    @property
    def size(self) -> int:
        """The same, or the estimate of it all where that is more: a service may tell too few."""
        return max(self.context, self._words)

    @property
    def is_told(self) -> bool:
        """Whether the service tells the tokens of a request, and not a fraction of them."""
        return 2 * self._told >= self._words - self._since

    @property
    def cost(self) -> float:
        """US dollars, by list price."""
        return sum(self._costs.values())

    def totals(self) -> dict[str, Any]:
        """Turns and tokens, as a result message would tell them."""
        keys = {key for usage in self._usage.values() for key in usage if key.endswith("_tokens")}
        known = self._usage.values()
        usage = {key: sum(models.count(each.get(key)) for each in known) for key in keys}
        return {"num_turns": self.answers, "usage": usage}

    def compacted(self) -> None:
        """Claude Code has compacted: what stands before is out of the context."""
        self._words = self._told = self._since = 0
        self.open_calls.clear()

    def note(self, entry: Entry) -> None:
        """An entry of the main chain, or the summary of a compaction."""
        words = sum(map(tokens_of, entry.blocks))
        self._words += words
        self._since += words
        self.cut_short = self._cut_short(entry)
        if entry.type == "user":
            self.largest_step = max(self.largest_step, self._since)
            for block in entry.blocks:
                self.open_calls.pop(str(block.get("tool_use_id")), None)
            if not entry.is_tool_result:
                self.open_calls.clear()  # a new request: what was open is given up
        for call in entry.tool_calls:
            self.tool_calls += 1
            self.open_calls[str(call.get("id"))] = _brief(call)

    def _cut_short(self, entry: Entry) -> str:
        """Claude Code 2.1.330 that is told to end writes so down before it does."""
        for block in entry.blocks:
            if block.get("is_error") and KILLED.match(result_text(block)):
                return self.open_calls.get(str(block.get("tool_use_id")), "")
        return ""

    def answered(self, entry: Entry) -> None:
        """A whole response of the model."""
        usage = entry.message.get("usage")
        known = usage if isinstance(usage, dict) else {}
        response, self.model = str(entry.message.get("id")), str(entry.message.get("model"))
        self._usage[response] = known
        self._costs[response] = models.cost(self.model, known)
        told = sum(
            models.count(known.get(key))
            for key in (
                "input_tokens",
                "cache_read_input_tokens",
                "cache_creation_input_tokens",
                "output_tokens",
            )
        )
        self._told, self._since = told or self.context, 0
        self.first = self.first or self.size
        self.largest = max(self.largest, self.size)


def _brief(call: Block) -> str:
    arguments = call.get("input")
    found = arguments if isinstance(arguments, dict) else {}
    words = next((found[key] for key in BRIEF if isinstance(found.get(key), str)), "")
    return f"{call.get('name')} {' '.join(words.split())}"[:LONGEST]
