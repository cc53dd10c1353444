"""redact: mask secrets in every text that leaves memory.

Formats that tell themselves, values that stand behind a secret's name, and the exact values
of environment variables whose names look secret (GitHub Actions' way, which has no false
positives). A mask carries a keyed hash: with one key the same secret has the same mask, and
without the key nobody can try guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache

from . import assignments, key_blocks, places, syntaxes
from .environment import secret_values
from .formats import FORMATS
from .literals import finder
from .values import MASK

Redactor = Callable[[str], str]
Span = tuple[int, int, str]  # from, to, kind

NOTHING = 8  # characters; in a shorter text no secret can be told
WEAK = 5  # characters; a shorter literal is looked for together with what follows it
ROUNDS = 8  # at most


def redactor(env: Mapping[str, str], key: bytes) -> Redactor:
    """A function that masks the secrets in a text, and leaves a masked text as it is.

    `env`: the environment whose secret values are masked too, wherever they stand. `key`:
    random bytes; with one key the same secret has the same mask (see journal.mask_key).
    """
    exact = secret_values(env)
    known = frozenset(exact)
    tails: dict[str, str] = {}
    for each in FORMATS:
        tail = tails.get(each.literal, "(?!)") + f"|{each.tail}"
        tails[each.literal] = tail if len(each.literal) < WEAK else ""
    find = finder(tails, exact)

    def mask(kind: str, secret: str) -> str:
        mark = hmac.new(key, secret.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:4]
        return f"[redacted:{kind}:{mark}]"

    def masked(text: str, spans: Iterable[Span]) -> str:
        parts: list[str] = []
        at = 0
        for start, end, kind in spans:
            if start >= at and not MASK.fullmatch(text, start, end):
                parts += text[at:start], mask(kind, text[start:end])
                at = end
        return "".join((*parts, text[at:])) if parts else text

    def once(text: str) -> str:
        for literal in find(text):
            if literal in known:
                text = text.replace(literal, mask("environment", literal))
            for kind, pattern in _formats(literal):
                text = masked(text, _spans(kind, pattern, text))
        lower = text.lower()
        for letter, sight, looks, names in _sights():
            if letter in lower and sight(lower):
                for look in looks:
                    text = masked(text, look(text))
                for pattern in names:
                    text = masked(text, _assigned(pattern, text))
        return text

    def redact(text: str) -> str:
        if len(text) < NOTHING:
            return text
        text = _encodable(text)
        for _ in range(ROUNDS):  # what stood glued to a secret is told only now
            before, text = text, once(text)
            if text == before:
                break
        return text

    return redact


def _encodable(text: str) -> str:
    """Without half a surrogate pair, which no encoder takes."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _spans(kind: str, pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        yield *places.where(match), kind


def _assigned(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    for match in pattern.finditer(text):
        if (span := assignments.where(match, text)) is not None:
            yield *span, "assignment"


@cache
def _formats(literal: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Kind and pattern of the formats with this literal; compiled when it is first met."""
    return tuple(
        (each.kind, re.compile(each.pattern)) for each in FORMATS if each.literal == literal
    )


Look = Callable[[str], Iterable[Span]]
Sight = tuple[str, Callable[[str], object], tuple[Look, ...], tuple[re.Pattern[str], ...]]


@cache
def _sights() -> tuple[Sight, ...]:
    """By letter: what tells that it is worth a look, the places, the patterns of names."""
    found = []
    for letter in dict.fromkeys((*places.SIGHTS, *(each.letter for each in syntaxes.SYNTAXES))):
        name = assignments.IN_ANY_CASE.get(letter)
        words = (places.SIGHTS.get(letter), syntaxes.sights(letter))
        either = "|".join(filter(None, (*words, name and name.removeprefix(letter))))
        looks = [_look(place) for place in places.PLACES if place.letter == letter]
        looks += syntaxes.looks(letter)
        if letter == "k":
            either += "|ey[- ](?<=private key.)"
            looks.insert(0, key_blocks.blocks)
        names = map(re.compile, assignments.PATTERNS.get(letter, ()))
        sight = re.compile(f"{re.escape(letter)}(?:{either})").search
        found.append((letter, sight, tuple(looks), tuple(names)))
    return tuple(found)


def _look(place: places.Place) -> Look:
    pattern = re.compile(place.pattern)

    def look(text: str) -> Iterator[Span]:
        return _spans(place.kind, pattern, text) if place.literal in text else iter(())

    return look
