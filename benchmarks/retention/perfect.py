"""A loopback stand-in for Bedrock that summarizes perfectly: no fact it was sent is lost."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from supervisor.demo.bedrock import StandIn
from supervisor.demo.exchange import Refuse, Reply, Request, Say, text

from .facts import CATEGORIES, CODE, Fact, Truth
from .score import holds, plain

HEADING = re.compile(r"^#{1,4} +.+$", re.MULTILINE)
# Where a category's facts belong: words of a heading, the first that fits.
BELONGS = {
    "decision": ("decision", "decided"),
    "attempt": ("tried", "fail", "dead end"),
    "error": ("tried", "fail", "error", "problem"),
    "id": ("finding", "fact", "value", "reference"),
    "value": ("finding", "fact", "value"),
    "subagent": ("finding", "fact"),
}
FOR_THE_REST = ("stands", "state", "status", "done")
NOTHING = "Nothing is known."


class PerfectSummarizer:
    """The server, as a context manager; `asked` counts the summaries that it gave.

    It tells facts of `told` alone; those that it was sent are counted whatever they are.
    """

    def __init__(self, truth: Truth, told: Sequence[str] = CATEGORIES) -> None:
        self._truth, self._told = truth, frozenset(told)
        self._seen: set[int] = set()
        self.asked = 0
        self._server = StandIn(self._answer)

    @property
    def url(self) -> str:
        return self._server.url

    @property
    def sent(self) -> float:
        """Percent of the planted facts that stood in what was sent."""
        return 100 * len(self._seen) / max(1, len(self._truth.facts))

    def __enter__(self) -> PerfectSummarizer:
        self._server.__enter__()
        return self

    def __exit__(self, *about: object) -> None:
        self._server.__exit__(*about)

    def _answer(self, request: Request) -> Reply:
        if not request.messages:
            return Refuse(404, "This stand-in counts no tokens.", "ResourceNotFoundException")
        sent = f"{json.dumps(request.body.get('system', ''), ensure_ascii=False)}\n{request.text()}"
        self.asked += 1
        seen = plain(sent)
        found = [number for number, fact in enumerate(self._truth.facts) if holds(seen, fact)]
        self._seen.update(found)
        facts = [self._truth.facts[number] for number in found]
        told = [fact for fact in facts if fact.category in self._told]
        notes = summary(headings(instructions(request)), told)
        return Say((text(notes),), output_tokens=len(notes) // 4)


def instructions(request: Request) -> str:
    """What is asked for: the last block of the request, the material standing before it."""
    content = request.messages[-1].get("content")
    if isinstance(content, str):
        return content
    words = [str(block["text"]) for block in content or () if block.get("type") == "text"]
    return words[-1] if words else ""


def headings(prompt: str) -> list[str]:
    """The headings that the prompt asks for, in its order; those of the material are not."""
    asked = re.sub(r"<transcript>.*</transcript>", "", prompt, flags=re.DOTALL)
    found = [match[0] for match in HEADING.finditer(asked)]
    return list(dict.fromkeys(found)) or ["## Decisions", "## Findings", "## Where it stands"]


def summary(under: list[str], facts: list[Fact]) -> str:
    """Notes with each fact in its own words, under the heading that suits it."""
    lines: dict[str, list[str]] = {heading: [] for heading in under}
    for fact in sorted(facts, key=lambda each: each.category in CODE):
        line = " ".join(fact.text.split())
        lines[_heading(under, fact.category)].append(f"- {line}")
    parts = [f"{heading}\n" + "\n".join(found or [NOTHING]) for heading, found in lines.items()]
    return "\n\n".join(parts)


def _heading(under: list[str], category: str) -> str:
    for word in (*BELONGS.get(category, ()), *FOR_THE_REST):
        for heading in under:
            if word in heading.casefold():
                return heading
    return under[-1]
