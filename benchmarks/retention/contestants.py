"""What makes a context of a transcript: each contestant is a function from a case to a text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from .facts import BYTES_PER_TOKEN, Truth
from .render import Piece, pieces

SHOWN = 10  # newest outputs that masking leaves
MASK = "output: [old output masked]"


class CannotRun(Exception):
    """A contestant that gives no context; the message says why, for the table."""


@dataclass(frozen=True, slots=True)
class Case:
    """One transcript to make a context of, within `budget` tokens."""

    path: Path
    budget: int
    truth: Truth


@dataclass(frozen=True, slots=True)
class Made:
    """A context, and what it took: seconds of wall time, MB of memory.

    `sent` is the percentage of the planted facts that its model was shown, where it has one.
    """

    context: str
    seconds: float | None = None
    memory: float | None = None
    sent: float | None = None


Contestant = Callable[[Case], Made]


@lru_cache(maxsize=1)
def read(path: Path) -> Sequence[Piece]:
    with path.open("rb") as file:
        return pieces(file)


def joined(parts: Sequence[Piece]) -> str:
    return "\n\n".join(part.text for part in parts)


def newest(text: str, budget: int) -> str:
    """The last `budget` tokens of a text."""
    return text.encode()[-budget * BYTES_PER_TOKEN :].decode(errors="ignore")


def oldest(text: str, budget: int) -> str:
    return text.encode()[: budget * BYTES_PER_TOKEN].decode(errors="ignore")


def last(case: Case) -> Made:
    return Made(newest(joined(read(case.path)), case.budget))


def head_and_tail(case: Case) -> Made:
    text, half = joined(read(case.path)), case.budget // 2
    return Made(f"{oldest(text, half)}\n…\n{newest(text, half)}")


def masked(parts: Sequence[Piece]) -> str:
    """All words and calls, and of the outputs the newest alone."""
    outputs = [number for number, part in enumerate(parts) if part.output]
    shown = set(outputs[-SHOWN:])
    return "\n\n".join(
        MASK if part.output and number not in shown else part.text
        for number, part in enumerate(parts)
    )


def mask_old_outputs(case: Case) -> Made:
    return Made(masked(read(case.path)))


def mask_and_cut(case: Case) -> Made:
    return Made(newest(masked(read(case.path)), case.budget))


def everything(case: Case) -> Made:
    return Made(joined(read(case.path)))


BASELINES: dict[str, Contestant] = {
    "last N": last,
    "head and tail": head_and_tail,
    "mask old outputs, last N": mask_and_cut,
    "mask old outputs": mask_old_outputs,
    "everything": everything,
}
