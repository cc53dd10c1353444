"""What a model is given to read: the conversation as JSON, in as many parts as it takes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence

from ...claude.models import cheap_limit, window
from ..record import Call, Said, Step, length_for
from .budget import elide, fit, tokens

SMALL = 6_000  # tokens; never less, for a session's own fixed part is larger
LARGE = 120_000  # tokens of a part; inside every current model's window
# Tokens by bytes / 4 are too few for code and for other scripts: a third is left free.
MARGIN = 0.7
MOST_PARTS = 24
# Characters of a tool's output, and in how many parts: old output is shortened before the whole
# is cut, and cut before its outputs lose more than a reader can do without.
LADDER = (
    (20_000, 1),
    (4_000, 1),
    (2_000, 1),
    (4_000, MOST_PARTS),
    (1_500, MOST_PARTS),
    (600, MOST_PARTS),
    (200, MOST_PARTS),
    (80, MOST_PARTS),
)


def part_size(model: str, size: int) -> int:
    """Tokens of a part for this model: under its window, and under its cheaper price.

    Where size is what kills, a request larger than the one that died (`size` tokens) would die
    too: so a part is no larger than that.
    """
    most = min(LARGE, int(MARGIN * window(model)), int(MARGIN * (cheap_limit(model) or LARGE)))
    return min(most, max(SMALL, size))


def chunks(steps: Sequence[Step], earlier: str, most: int) -> list[str]:
    """The conversation as parts of at most about `most` tokens each, fenced, in order.

    A step (a call and its result, a message) is cut nowhere. `earlier` is the summary that it
    builds upon; it stands in the first part.
    """
    parts: list[list[str]] = []
    for length, many in LADDER:
        lines = [_line(_item(step, length)) for step in steps]
        if earlier:
            lines.insert(0, _line({"earlier_summary": elide(earlier, max(8_000, length))}))
        if sum(map(tokens, lines)) > most * many:
            continue
        parts = _filled(lines, most)
        if len(parts) <= many:
            break
    if len(parts) > MOST_PARTS or not parts:  # even so too much: the middle of it is left out
        half = MOST_PARTS // 2
        parts = _filled(lines, most)
        parts = [*parts[:half], *parts[-half:]] if len(parts) > MOST_PARTS else parts
    return [fenced(part) for part in parts]


def _filled(lines: Iterable[str], most: int) -> list[list[str]]:
    parts: list[list[str]] = [[]]
    used = 0
    for line in lines:
        cost = tokens(line) + 1
        limit = most - 40
        while cost > most and limit > 0:  # its signs may take more room when they are quoted
            shorter = _line({"shortened": fit(line, limit)})
            cost = tokens(shorter) + 1
            if cost <= most:
                line = shorter
            limit = min(limit - 1, limit * most // cost)
        if used + cost > most and parts[-1]:
            parts.append([])
            used = 0
        parts[-1].append(line)
        used += cost
    return parts


def fenced(lines: Sequence[str]) -> str:
    """What is said inside cannot end it: ``<\\/`` is JSON's other spelling of ``</``."""
    array = "[\n" + ",\n".join(lines) + "\n]"
    return f"<transcript>\n{_unending(array)}\n</transcript>"


def _unending(line: str) -> str:
    return line.replace("</", "<\\/")


def _line(item: dict[str, object]) -> str:
    return _unending(json.dumps(item, ensure_ascii=False))


def _item(step: Step, length: int) -> dict[str, object]:
    if isinstance(step, Said):
        most = max(4_000, length) if step.who == "assistant" else 16_000
        return {step.who: elide(step.text, most)}
    return {
        "tool": step.name,
        "input": {key: elide(str(value), length) for key, value in step.arguments.items()},
        "failed": step.failed,
        "output": _outcome(step, length),
    }


def _outcome(call: Call, length: int) -> str:
    if call.result is None:
        return "no result"
    usual = length * 2 if call.failed else length
    return str(call.result.shortened(length_for(call.name, usual)))
