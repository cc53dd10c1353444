"""Transcripts and what is made of them: one by one, and generation upon generation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from .contestants import CannotRun, Case, Contestant, Made, read
from .facts import Truth
from .generate import Order, generate
from .score import Score, score

LEAST, TIMES = 6_000, 2  # tokens of a context: this many, or so many times the facts' own


@dataclass(frozen=True, slots=True)
class Result:
    """What a contestant made of a transcript; without a score where it could not."""

    contestant: str
    order: Order
    score: Score | None
    made: Made | None = None
    failed: str = ""
    truth: Truth | None = None


def budget(truth: Truth) -> int:
    """Tokens of context that a contestant may use."""
    return max(LEAST, round(TIMES * truth.tokens))


def write(folder: Path, order: Order, inherited: str | None = None) -> tuple[Path, Truth]:
    """A transcript on disk, and what stands in it."""
    place = f"{order.generation:04x}-4{ord(order.phrasing[0]):03x}-8000-{order.size:012x}"
    path = folder / f"{order.seed:08x}-{place}.jsonl"
    with path.open("wb") as out:
        return path, generate(out, order, inherited)


def once(folder: Path, order: Order, contestants: Mapping[str, Contestant]) -> list[Result]:
    """All contestants on one transcript, which is removed afterwards."""
    path, truth = write(folder, order)
    found = [
        _try(name, make, order, Case(path, budget(truth), truth))
        for name, make in contestants.items()
    ]
    _remove(path)
    return found


def descent(folder: Path, order: Order, depth: int, name: str, make: Contestant) -> list[Result]:
    """`depth` generations of one contestant, each beginning with its own last context.

    The older transcripts are gone; the score of each generation is that of all facts so far.
    """
    known, context = Truth(), None
    found: list[Result] = []
    for generation in range(1, depth + 1):
        here = replace(order, generation=generation)
        path, new = write(folder, here, context)
        known = known.followed_by(new, generation)
        result = _try(name, make, here, Case(path, budget(known), known))
        _remove(path)
        found.append(result)
        if result.made is None:
            break
        context = result.made.context
    return found


def _remove(path: Path) -> None:
    """And what is remembered of it: the next one may have its name."""
    path.unlink()
    read.cache_clear()


def _try(name: str, make: Contestant, order: Order, case: Case) -> Result:
    try:
        made = make(case)
    except CannotRun as error:
        return Result(name, order, None, failed=str(error))
    return Result(name, order, score(made.context, case.truth), made, truth=case.truth)
