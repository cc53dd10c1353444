"""What is planted in a transcript, and what a compacted context is asked for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

# What code can know from the shape of the records alone, and what wants a reader's judgement.
CODE = (
    "task",
    "instruction",
    "rule",
    "file",
    "command",
    "commit",
    "todo",
    "test",
    "open_error",
    "background",
)
JUDGEMENT = ("decision", "attempt", "id", "value", "error", "subagent")
CATEGORIES = (*CODE, *JUDGEMENT)
# How things stand at the end of a generation: the next one replaces it.
STATES = frozenset({"todo", "test", "open_error"})
# What must be whole even in a small fixed budget.
PINNED = ("task", "rule", "todo", "open_error")

BYTES_PER_TOKEN = 4


def tokens(text: str) -> float:
    """An estimate: bytes of UTF-8 by four."""
    return len(text.encode()) / BYTES_PER_TOKEN


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that the next session should know.

    `text` is the fact's own sentence; `probe` holds the strings that must all stand in a
    context that kept it; `place` is where it stands in its transcript, from 0 to 1.
    """

    category: str
    text: str
    probe: tuple[str, ...]
    place: float = 0.0
    generation: int = 1

    @property
    def tokens(self) -> float:
        return tokens(self.text)


@dataclass(slots=True)
class Truth:
    """All that is planted in one transcript.

    `secrets` and `decoys` must not be in a context: fake credentials, and the probes of
    what stands in a branch that the user has rewound.
    """

    facts: list[Fact] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    decoys: list[str] = field(default_factory=list)

    @property
    def tokens(self) -> float:
        return sum(fact.tokens for fact in self.facts)

    def followed_by(self, later: Truth, generation: int) -> Truth:
        """What should be known after one more generation, the outlived states left out."""
        kept = [fact for fact in self.facts if fact.category not in STATES]
        new = [replace(fact, generation=generation) for fact in later.facts]
        return Truth(kept + new, self.secrets + later.secrets, self.decoys + later.decoys)
