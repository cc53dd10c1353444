"""What share of the planted facts a context holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .facts import CODE, JUDGEMENT, Fact, Truth, tokens


@dataclass(frozen=True, slots=True)
class Score:
    """Kept and planted facts by category, and what should not be there."""

    kept: Counter[str]
    planted: Counter[str]
    tokens: float  # of the context
    leaks: int
    secrets: int
    decoys: int
    missed: tuple[Fact, ...] = ()

    def share(self, categories: Iterable[str]) -> float:
        """Percent of the planted facts of these categories; NaN where none was planted."""
        names = list(categories)
        planted = sum(self.planted[name] for name in names)
        return 100 * sum(self.kept[name] for name in names) / planted if planted else float("nan")

    @property
    def overall(self) -> float:
        return self.share(self.planted)

    @property
    def code(self) -> float:
        return self.share(CODE)

    @property
    def judgement(self) -> float:
        return self.share(JUDGEMENT)


def plain(text: str) -> str:
    """Without differences of case, whitespace and JSON's escapes."""
    for escaped, sign in (("\\n", " "), ("\\t", " "), ('\\"', '"'), ("<\\/", "</")):
        text = text.replace(escaped, sign)
    return " ".join(text.split()).casefold()


def holds(haystack: str, fact: Fact) -> bool:
    """Whether all strings of the probe stand in `haystack`, which is `plain` already."""
    return all(plain(part) in haystack for part in fact.probe)


def score(context: str, truth: Truth) -> Score:
    seen = plain(context)
    missed = tuple(fact for fact in truth.facts if not holds(seen, fact))
    planted = Counter(fact.category for fact in truth.facts)
    kept = planted - Counter(fact.category for fact in missed)
    return Score(
        kept=kept,
        planted=planted,
        tokens=tokens(context),
        leaks=sum(secret in context for secret in truth.secrets),
        secrets=len(truth.secrets),
        decoys=sum(plain(decoy) in seen for decoy in truth.decoys),
        missed=missed,
    )


def together(scores: Sequence[Score]) -> Score:
    """The sum of several transcripts; tokens, leaks and decoys as their mean and sum."""
    kept: Counter[str] = Counter()
    planted: Counter[str] = Counter()
    for each in scores:
        kept.update(each.kept)
        planted.update(each.planted)
    return Score(
        kept=kept,
        planted=planted,
        tokens=sum(each.tokens for each in scores) / len(scores),
        leaks=sum(each.leaks for each in scores),
        secrets=sum(each.secrets for each in scores),
        decoys=sum(each.decoys for each in scores),
        missed=tuple(fact for each in scores for fact in each.missed),
    )


def thirds(one: Score, truth: Iterable[Fact], category: str) -> tuple[float, float, float]:
    """Percent kept of a category by where it was planted: start, middle, end."""
    wanted = [fact for fact in truth if fact.category == category]
    gone = {id(fact) for fact in one.missed}
    shares = []
    for third in range(3):
        here = [fact for fact in wanted if min(2, int(fact.place * 3)) == third]
        kept = sum(id(fact) not in gone for fact in here)
        shares.append(100 * kept / len(here) if here else float("nan"))
    return shares[0], shares[1], shares[2]
