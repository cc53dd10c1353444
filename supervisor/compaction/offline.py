"""offline: the context of a transcript that nobody runs, for a person to look at.

The same way as `compact`, in the process of the command itself, and nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..claude.entries import Entry
from ..claude.story import Story
from .compact import NEWEST, Made, Means, make, verbatim
from .digest import Digest, digest
from .order import Order
from .plan.budget import tokens
from .read import Place
from .record import Record
from .recorder import record
from .redact import Redactor

TAIL = "newest"  # the name of the part that `compose` does not make


@dataclass(frozen=True, slots=True)
class Read:
    """A conversation, read once: what a compaction needs, and its story."""

    record: Record
    digest: Digest
    story: Story


@dataclass(frozen=True, slots=True)
class Shown:
    """A part of the context, as it stands in it. `kept`, `left_out`: pieces."""

    name: str
    title: str
    tokens: int
    kept: int
    left_out: int
    text: str


@dataclass(frozen=True, slots=True)
class Offline:
    """What the next session would be told: `context`, with the newest steps at its end."""

    context: str
    parts: tuple[Shown, ...]
    made: Made
    tokens_before: int

    @property
    def tokens_after(self) -> int:
        return tokens(self.context)

    @property
    def used(self) -> dict[str, Any]:
        """What the narrative has used (tokens by name), without its price."""
        return {key: count for key, count in self.made.narrative.usage.items() if key != "cost"}

    @property
    def cost(self) -> float:
        """US dollars of the narrative, by list price."""
        return float(self.made.narrative.usage.get("cost", 0.0))

    def as_data(self) -> dict[str, Any]:
        """The sizes and the parts, without their texts."""
        parts = [{key: value for key, value in asdict(part).items() if key != "text"}
                 for part in self.parts]  # fmt: skip
        return {
            "tokens_before": self.tokens_before,
            "tokens_after": self.tokens_after,
            "budget": self.made.allowed.total,
            "parts": parts,
        }


def read(paths: Sequence[Path], redact: Redactor) -> Read:
    """Read transcripts, in the order they lived, in one pass and bounded memory."""
    story = Story()

    def look(entry: Entry, place: Place) -> None:
        story.take(entry, copied=place.ours and not place.stands_in)

    found = record(paths, redact, look)
    known = digest(found)
    known.add_unwritten(found.queued)
    return Read(found, known, story.finish())


def context(order: Order, means: Means, found: Read) -> Offline:
    """What the order's next session would be told, without the prompt to go on.

    A model that cannot be asked is no failure: its notes are left out, and
    ``made.narrative.told`` says why.
    """
    made = make(order, means, found.record, found.digest)
    parts = [
        Shown(part.key, part.title, part.tokens, part.kept, part.left_out, means.redact(part.text))
        for part in made.context.parts
    ]
    told = means.redact(str(made.context))
    newest = verbatim(made.kept)
    if newest:
        told += f"\n\n## {NEWEST}\n\n{newest}"
        parts.append(Shown(TAIL, NEWEST, tokens(newest), len(made.kept), 0, newest))
    return Offline(told, tuple(parts), made, found.record.live)
