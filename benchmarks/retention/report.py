"""The tables: by contestant and category, by phrasing, by place, by generation."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from statistics import fmean, median

from .facts import CATEGORIES, CODE, JUDGEMENT, PINNED
from .lineage import Result
from .score import Score, thirds, together

SPOKEN = {"open_error": "last failure", "test": "tests", "id": "ids", "error": "errors"}
UNITS = {"KB": 1_000, "MB": 1_000_000, "GB": 1_000_000_000}


def size_of(words: str) -> int:
    """Bytes of ``300KB``, ``5MB`` or ``1GB``. Raises ValueError on anything else."""
    number, unit = words[:-2], words[-2:].upper()
    if unit not in UNITS or not number.isdigit():
        raise ValueError(f"{words}: a size is a number and KB, MB or GB")
    return int(number) * UNITS[unit]


def size_words(count: int) -> str:
    unit = max((each for each in UNITS if UNITS[each] <= count), key=UNITS.__getitem__)
    return f"{count // UNITS[unit]} {unit}"


def percent(share: float) -> str:
    return "–" if math.isnan(share) else f"{share:.0f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, its first column to the left and the others to the right."""
    rule = ["---", *["--:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, rule, *rows))


def names(results: Iterable[Result]) -> list[str]:
    return list(dict.fromkeys(result.contestant for result in results))


def scores(results: Iterable[Result], name: str) -> list[Score]:
    return [each.score for each in results if each.contestant == name and each.score]


def by_category(results: Sequence[Result]) -> str:
    """One size: a row a contestant, percent kept by category over all seeds and phrasings."""
    head = ["", "tokens", "overall", "(min-max)", "code", "judgement", "pinned"]
    head += [SPOKEN.get(each, each) for each in (*CODE, *JUDGEMENT)]
    head += ["leaks", "decoys", "sent", "s", "MB"]
    return table(head, [_row(results, name, len(head)) for name in names(results)])


def _row(results: Sequence[Result], name: str, width: int) -> list[str]:
    found = scores(results, name)
    if not found:
        why = next(each.failed for each in results if each.contestant == name)
        return [f"{name}: not run ({why[:120].replace('|', '/')})", *[""] * (width - 1)]
    one, overall = together(found), [each.overall for each in found]
    made = [each.made for each in results if each.contestant == name and each.made]
    seconds = [each.seconds for each in made if each.seconds is not None]
    memory = [each.memory for each in made if each.memory is not None]
    sent = [each.sent for each in made if each.sent is not None]
    failed = sum(each.contestant == name and bool(each.failed) for each in results)
    return [
        f"{name} ({failed} failed)" if failed else name,
        f"{one.tokens:,.0f}",
        percent(one.overall),
        f"{min(overall):.0f}-{max(overall):.0f}",
        percent(one.code),
        percent(one.judgement),
        percent(one.share(PINNED)),
        *(percent(one.share([category])) for category in CATEGORIES),
        f"{one.leaks} of {one.secrets}",
        str(one.decoys),
        percent(fmean(sent)) if sent else "–",
        f"{median(seconds):.2f}" if seconds else "–",
        f"{max(memory):.0f}" if memory else "–",
    ]


def failures(results: Sequence[Result]) -> str:
    """Why contestants gave no context, each reason once; empty where all did."""
    reasons = Counter((each.contestant, each.failed) for each in results if each.failed)
    return "\n".join(
        f"- {name}, {count} times: {reason}" for (name, reason), count in reasons.items()
    )


def by_phrasing(results: Sequence[Result]) -> str:
    """Percent overall, by code and by judgement for each set of wordings: overfitting shows."""
    phrasings = sorted({each.order.phrasing for each in results})
    head = ["", *(f"{each} {part}" for each in phrasings for part in ("all", "code", "judg."))]
    rows = []
    for name in names(results):
        cells = [name]
        for phrasing in phrasings:
            found = scores([each for each in results if each.order.phrasing == phrasing], name)
            ones: list[Callable[[Score], float]] = [
                lambda one: one.overall,
                lambda one: one.code,
                lambda one: one.judgement,
            ]
            cells += [percent(of(together(found))) if found else "–" for of in ones]
        rows.append(cells)
    return table(head, rows)


def by_place(results: Sequence[Result]) -> str:
    """Percent of the values that were kept, by the third of the transcript they stood in."""
    rows = []
    for name in names(results):
        found = [
            thirds(each.score, each.truth.facts, "value")
            for each in results
            if each.contestant == name and each.score and each.truth
        ]
        if found:
            cells = [[share[third] for share in found] for third in range(3)]
            known = [[each for each in cell if not math.isnan(each)] for cell in cells]
            rows.append([name, *(percent(fmean(each)) if each else "–" for each in known)])
    return table(["values from the", "start", "middle", "end"], rows)


def by_generation(results: Sequence[Result]) -> str:
    """Percent of all facts so far, after each generation, and the loss from first to last."""
    depth = max((each.order.generation for each in results), default=0)
    parts: dict[str, Callable[[Score], float]] = {
        "all": lambda one: one.overall,
        "code": lambda one: one.code,
        "judg.": lambda one: one.judgement,
    }
    head = ["", *(f"{part} {n}" for part in parts for n in range(1, depth + 1))]
    head += [f"loss, {part}" for part in parts]
    rows = []
    for name in names(results):
        cells, losses = [name], []
        for of in parts.values():
            shares = []
            for generation in range(1, depth + 1):
                here = [each for each in results if each.order.generation == generation]
                found = scores(here, name)
                shares.append(of(together(found)) if found else float("nan"))
            cells += [percent(each) for each in shares]
            losses.append(percent(shares[0] - shares[-1]))
        rows.append([*cells, *losses])
    return table(head, rows)
