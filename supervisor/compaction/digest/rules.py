"""The rules among the user's words: what he forbids, demands or reserves."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ..record import Excerpt, excerpt
from ..redact import Redactor
from .rule_words import cues_in, forbids, is_rule

LONGEST_RULE = 400  # characters; of a longer sentence, what stands around a prohibition is kept:
BESIDE = 150  # characters on either side of it, and
MOST_PLACES = 8  # places of one sentence. What is so long is rarely a sentence at all.
SHORTEST_PLACE = 8  # characters beside the cue
LONGEST_SENTENCE = 50_000  # characters that are looked at for them
LONGEST_ADDED = 8_000  # characters of rules that are put behind a message that was cut
SENTENCE = re.compile(r"(?<=[.!?;])\s+|(?<=[。！？；])(?![」』”’）)\]])\s*|\n+")
BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")
BLANK = re.compile(r"\s")


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of the user's that stands for good. `at`: the message it is in, from 0."""

    text: str
    at: int
    forbids: bool


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without their bullets."""
    return [found for part in SENTENCE.split(text) if (found := BULLET.sub("", part).strip())]


def rules(words: Sequence[str]) -> list[Rule]:
    """The sentences that forbid, demand or reserve something, in order; each once."""
    found: dict[str, Rule] = {}
    for at, message in enumerate(words):
        for sentence in _rules_in(message):
            found.setdefault(_same(sentence), Rule(sentence, at, forbids(_plain(sentence))))
    return list(found.values())


def rules_of(text: str) -> list[str]:
    """The same of one text, however long it is."""
    return list({_same(sentence): sentence for sentence in _rules_in(text)}.values())


def rules_left_out(text: str, kept: str) -> str:
    """The rules of a text that are not in what was kept of it, a line each."""
    lines: list[str] = []
    room = LONGEST_ADDED
    for rule in rules_of(text):
        if rule not in kept and (room := room - len(rule) - 1) >= 0:
            lines.append(rule)
    return "\n".join(lines)


def with_rules(text: str, most: int, redact: Redactor) -> Excerpt:
    """The excerpt of a user's message, and behind it the rules in what it leaves out."""
    kept = excerpt(text, most, redact)
    if kept.missing and (lost := rules_left_out(redact(text), str(kept))):
        kept = replace(kept, tail=f"{kept.tail}\n[…]\n{lost}")
    return kept


def _rules_in(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if len(sentence) > LONGEST_RULE:
            yield from _places(sentence)
        elif is_rule(_plain(sentence)):
            yield sentence


def _places(sentence: str) -> Iterator[str]:
    """What stands around each prohibition in a sentence that is too long to be kept."""
    seen, count = 0, 0
    for cue in cues_in(_plain(sentence[:LONGEST_SENTENCE])):
        if count == MOST_PLACES:
            return
        if cue.start() < seen:
            continue
        start = _border(sentence, cue.start() - BESIDE, cue.start())
        seen = _border_back(sentence, cue.end(), cue.end() + BESIDE)
        place = sentence[start:seen].strip()
        if len(place) - len(cue[0]) >= SHORTEST_PLACE:
            count += 1
            yield place


def _border(text: str, first: int, last: int) -> int:
    """Where the first whole word begins; where there are no blanks, what stands before is left."""
    if first <= 0:
        return 0
    found = BLANK.search(text, first - 1, last)
    return found.end() if found else (first if not text[first:last].isascii() else last)


def _border_back(text: str, first: int, last: int) -> int:
    """Where the last whole word ends."""
    if last >= len(text):
        return len(text)
    blanks = [found.start() for found in BLANK.finditer(text, first, last + 1)]
    return blanks[-1] if blanks else (last if not text[first:last].isascii() else first)


def _plain(text: str) -> str:
    """With the apostrophes of a keyboard, at the same length."""
    return text.replace("’", "'")


def _same(text: str) -> str:
    return " ".join(text.lower().split())
