"""What the assistant said that will still matter: decisions, reasons, findings, dead ends.

No model reads it, so each sentence gets a worth from what can be counted: words that speak of a
choice, a cause or a failure; names, numbers and code in it; how rare its words are in this very
conversation; and that a phrase which comes again and again is chatter.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from .cues import CAUSE, CHOICE, DEAD_END, FINDING, LOOKING
from .values import VALUE
from .words import sentences

SHORTEST, LONGEST = 12, 500  # characters of a sentence
MOST = 60  # sentences of a paragraph
MOST_SENTENCES = 8_000  # from the newest on
PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*•#|]|\d+[.)])\s)")
NAME = re.compile(
    r"`[^`\n]+`|[\w.-]+/[\w./-]+|\b\w+_\w+\b|\b[a-z]+[A-Z]\w*|\b[A-Z]{2,}[A-Z0-9-]*\b|\b\w+\.\w{2,5}\b"
    r"|\"[^\"\n]{2,60}\"|\b[A-Z][a-z]+[A-Z]\w*|(?<=[a-z,;] )[A-Z][a-z]{2,}\b"
)
PRECISE = re.compile(  # a number with its unit, or what nobody would guess
    r"(?<![\w.])\d[\d,._]*\s?(?:ms|s|sec\w*|min\w*|hours?|days?|[kMGT]i?B|bytes|%|x|rows|req\w*|workers"
    r"|threads|items|tokens|lines|files|users|records|connections|retries|USD|EUR|px|rpm|rps|qps|Hz)\b"
    r"|(?<![\w.])\d[\d,._]*\s?%|\b\d{4,}\b|\b\d{1,3}(?:,\d{3})+\b"
)
NUMBER = re.compile(r"(?<![\w.])\d[\d,._]*\s?(?:[a-zA-Z%µ]{1,7}\b|%)?")
WORD = re.compile(r"[^\W\d_]{3,}")
VARYING = re.compile(r"`[^`]*`|[\w./-]*[/_\d][\w./-]*|\"[^\"]*\"|'[^']*'")


@dataclass(frozen=True, slots=True)
class Note:
    """Sentences of the assistant's that belong together; `at`: the number of their step.

    `worth`: about 0 to 10.
    """

    text: str
    at: int
    worth: float


def notes(said: Sequence[tuple[int, str]]) -> list[Note]:
    """What the assistant's messages hold beside chatter, with its worth, in order, each once."""
    parts: list[tuple[int, list[tuple[str, str]]]] = []
    shapes: Counter[str] = Counter()
    words: Counter[str] = Counter()
    count = 0
    for at, text in reversed(said):
        for paragraph in reversed(PARAGRAPH.split(text)):
            heads = (each[:LONGEST] for each in sentences(paragraph)[:MOST])
            part = [(each, _shape(each)) for each in heads]
            shapes.update(shape for _, shape in part)
            for _, shape in part:
                words.update(set(shape.split()))
            parts.append((at, part))
            count += len(part)
        if count > MOST_SENTENCES:
            break
    seen: set[str] = set()
    found: list[Note] = []
    for at, part in reversed(parts):
        for run in _runs(part, shapes, _free(count)):
            text = " ".join(sentence for sentence, _ in run)
            if text in seen:
                continue
            seen.add(text)
            worths = sorted(
                (_worth(sentence, shape, shapes[shape], words, count) for sentence, shape in run),
                reverse=True,
            )
            found.append(Note(text, at, round(worths[0] + 0.3 * sum(worths[1:3]), 3)))
    return found


def _runs(
    part: Sequence[tuple[str, str]], shapes: Counter[str], free: float
) -> list[list[tuple[str, str]]]:
    """The sentences of a paragraph that stand together, without what is chatter."""
    found: list[list[tuple[str, str]]] = [[]]
    size = 0
    for sentence, shape in part:
        length = len(sentence)
        if _is_chatter(sentence, shapes[shape], free) or size + length > LONGEST:
            found.append([])
            size = 0
            if _is_chatter(sentence, shapes[shape], free):
                continue
        found[-1].append((sentence[:LONGEST], shape))
        size += length
    return [run for run in found if run]


def _is_chatter(sentence: str, times: int, free: float) -> bool:
    if len(sentence) < SHORTEST:
        return True
    if times >= 0.75 * free and (not NUMBER.search(sentence) or times >= 4 * free):
        return True
    return bool(LOOKING.match(sentence)) and not NUMBER.search(sentence) and len(sentence) < 90


def _shape(sentence: str) -> str:
    """Its words, less the names and numbers that vary."""
    return " ".join(WORD.findall(VARYING.sub(" ", sentence.lower())))


def _worth(sentence: str, shape: str, times: int, words: Counter[str], total: int) -> float:
    cues = sum(
        weight
        for pattern, weight in ((CHOICE, 1.6), (CAUSE, 1.1), (DEAD_END, 1.4), (FINDING, 0.8))
        if pattern.search(sentence)
    )
    names = min(3, len(NAME.findall(sentence)))
    numbers = min(2, len(NUMBER.findall(sentence)))
    own = set(shape.split())
    rarity = 0.0
    if own:
        rare = sorted((math.log(total / words[word]) for word in own), reverse=True)[:6]
        rarity = sum(rare) / len(rare) / max(1.0, math.log(total))
    worth = cues + 0.5 * names + 0.5 * numbers + 2.5 * rarity
    worth += 1.0 if PRECISE.search(sentence) else 0.0
    worth += 1.8 if VALUE.search(sentence) else 0.0
    worth += 0.8 * max(0.0, 1.0 - len(sentence) / 160)  # what is short costs little
    if LOOKING.match(sentence):
        worth -= 1.5
    if sentence.endswith((":", "?")):
        worth -= 0.8
    if len(sentence) < 25:
        worth -= 0.5
    free = _free(total)
    if times > free:
        worth -= 1.4 * math.log(times / free) + 0.6
    return max(0.0, worth)


def _free(total: int) -> float:
    """How often a phrase may be heard among so many sentences before it is a phrase."""
    return max(4.0, total / 400)
