"""How many tokens the next context may have, and what a text takes of them.

Token counts are bytes / 4, an estimate that needs no tokenizer; what a death teaches is a
size in the same unit, so that the error cancels out.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..record import left_out

BYTES_PER_TOKEN = 4
LARGEST = 24_000  # tokens; a context that starts small leaves room for the work
SHARE = 0.2  # of the dead session's conversation: several steps fit into the rest
UNTOUCHED = 4_000  # tokens; a session this small did not die of its size
FEW_STEPS = 8  # answers between two deaths
ROUND = 400  # tokens of a round that is shortened and can still be read
SMALLEST = 1_200  # tokens; with less room than that no session can work at all


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens for the parts of the next session's context."""

    total: int

    @property
    def narrative(self) -> int:
        return self.total // 5

    @property
    def tail(self) -> int:
        """A small context is for the facts; a large one has room for the newest rounds."""
        share = min(0.22, max(0.08, 0.08 + 0.14 * (self.total - 8_000) / (LARGEST - 8_000)))
        return int(max(share * self.total, min(0.3 * self.total, ROUND)))


@dataclass(frozen=True, slots=True)
class Deaths:
    """What the run's earlier deaths teach. `sizes`: tokens of each conversation that died;
    `steps`: answers of the model between the last two."""

    sizes: tuple[int, ...] = ()
    steps: int = 0


def budget(size: int, hardness: int, earlier: Deaths) -> Budget:
    """The budget for a conversation of `size` tokens.

    A small session is kept whole at first, for it hardly died of its size. Where sessions
    die again after a few steps, size is what kills, and a share of the smallest that died
    leaves room for several steps. Each barren relaunch (`hardness`) halves what is kept.
    """
    total = max(int(size * SHARE), min(size, UNTOUCHED))
    if earlier.sizes and 0 < earlier.steps <= FEW_STEPS:
        total = int(min(size, *earlier.sizes) * SHARE)
    return Budget(max(SMALLEST, min(LARGEST, total) >> hardness))


def tokens(text: str) -> int:
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN


def elide(text: str, most: int) -> str:
    """At most about `most` characters: the head and the tail, and what is between said."""
    if len(text) <= most:
        return text
    head = most * 3 // 5
    tail = most - head
    return f"{text[:head]}{left_out(len(text) - most)}{text[len(text) - tail :]}"


def fit(text: str, limit: int) -> str:
    """At most about `limit` tokens, shortened in the middle, whatever the script."""
    room = max(1, limit * BYTES_PER_TOKEN)
    most, size = len(text), _bytes(text)
    while size > room and most > 1:  # again where the two ends take more than the rest
        most = max(1, most * room // size)
        size = _bytes(text[: most * 3 // 5]) + _bytes(text[len(text) - most + most * 3 // 5 :])
    return elide(text, most)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
