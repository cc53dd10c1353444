"""claims: the things in a narrative that are true or invented: names, numbers, commands.

A claim is what somebody may act upon by its exact spelling. Common words are none, and of
what has two readings ("and/or", "3/5", "GitHub") the one of plain speech is taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from .patterns import DOMAIN, PATTERNS, UNIT, Claim, Kind
from .source import LETTER, canonical
from .vocabulary import FOLDERS, MEASURES, NO_TICKETS, PRODUCTS, UNITS

SNAKE = re.compile(r"_*[^\W_]+(?:_+[^\W_]+)+_*")
PRIVATE = re.compile(r"_+[^\W_]\w+")
HUMPS = re.compile(r"[a-z][a-z0-9]*(?:[A-Z][A-Za-z0-9]*)+|(?:[A-Z][a-z0-9]+){2,}[A-Z]?")
QUANTITY = re.compile(
    r"(?P<whole>\d+(?:[,_'\u2019\u00a0\u202f\u2009]\d{3})*)(?P<rest>\.\d+)?(?P<many>[kM])?"
    rf"[ \u00a0\u202f-]?(?P<unit>{UNIT})"
)


def claims(text: str, start: int = 0, end: int | None = None, *, code: bool = False) -> list[Claim]:
    """The claims of `text` between two places (characters), in order, none over another.

    `code`: they stand in backticks, where a slash makes a path and a dot a qualified name.
    """
    end = len(text) if end is None else end
    found: list[Claim] = []
    taken: set[int] = set()
    for kind, pattern in PATTERNS:
        for match in pattern.finditer(text, start, end):
            group = "it" if "it" in pattern.groupindex else 0
            first = match.start(group)
            claim = Claim(kind, match[group], first, match.end(group))
            if kind is Kind.FLAG and claim.end - 1 in taken:  # its value is a claim of its own
                name = claim.text.partition("=")[0]
                claim = Claim(kind, name, first, first + len(name))
            if first in taken or claim.end - 1 in taken:
                continue
            for meant in _meant(claim, code):
                found.append(meant)
                taken.update(range(meant.start, meant.end))
    return sorted(found, key=lambda claim: claim.start)


def _meant(claim: Claim, code: bool) -> Iterator[Claim]:
    """The claim as it is meant, or nothing where the words are plain speech."""
    text = claim.text.rstrip(".,;:!?)" if claim.kind is Kind.URL else ".,;:")
    claim = replace(claim, text=text, end=claim.start + len(text))
    match claim.kind:
        case Kind.PATH:
            yield from _path(claim, code)
        case Kind.HOST if text in PRODUCTS:
            return
        case Kind.NAME if not _is_name(text, code):
            return
        case Kind.QUANTITY if _is_figure_of_speech(text):
            return
        case _:
            yield claim


def _path(claim: Claim, code: bool) -> Iterator[Claim]:
    text = claim.text
    if text in PRODUCTS or not re.search(f"[{LETTER}]", text):
        return
    if not code and re.fullmatch(r"\w\.\w", text):
        return  # a.m.
    parts = [part for part in text.split("/") if part]
    if "/" in text and all(part.replace(".", "").isdigit() for part in parts):
        return  # 3/5; dates are taken before
    if len(parts) > 1 and re.fullmatch(rf"(?:[a-z0-9-]+\.)+(?:{DOMAIN}|sh)", parts[0]):
        yield replace(claim, kind=Kind.URL)
    elif code or "/" not in text or _is_path(text, parts):
        yield claim


def _is_path(text: str, parts: list[str]) -> bool:
    """A path in plain speech, not the likes of "and/or", "TCP/IP" or "red/green/refactor"."""
    if text.startswith(("/", "~", "$", "./", "../")):
        return len(parts) > 1
    if any("." in part.strip(".") or "_" in part or part.startswith("@") for part in parts):
        return True
    return any(part in FOLDERS for part in parts)


def _is_name(text: str, code: bool) -> bool:
    name = text.removesuffix("()")
    if name in PRODUCTS or (not code and name.removesuffix("s") in PRODUCTS):
        return False
    if re.fullmatch(r"[A-Z][A-Z0-9]*-\d+", name):
        return name.partition("-")[0] not in NO_TICKETS and len(name.partition("-")[0]) > 1
    if name.startswith(("arn:", "CVE-")) or SNAKE.fullmatch(name) or HUMPS.fullmatch(name):
        return True
    if code and PRIVATE.fullmatch(name):  # elsewhere it is emphasis
        return True
    parts = name.split(".")
    if len(parts) > 1:
        marked = any(SNAKE.fullmatch(part) or HUMPS.fullmatch(part) for part in parts)
        long = all(len(part) > 1 for part in parts)
        return code or marked or (long and (len(parts) > 2 or name.islower()))
    return code and text.endswith("()")


def quantity(text: str) -> tuple[str, str]:
    """The number and the unit of "1,200 rows": ("1200", "row"); "120k tokens": ("120000", …)."""
    match = QUANTITY.fullmatch(text)
    assert match is not None, text
    number = canonical(match["whole"], match["rest"])
    if match["many"]:
        number = str(Decimal(number) * (1_000 if match["many"] == "k" else 1_000_000))
        number = canonical(number.partition(".")[0])
    return number, UNITS[match["unit"].lower()]


def _is_figure_of_speech(text: str) -> bool:
    """All or nothing in percent; counts below ten, the writer's own arithmetic; decades."""
    number, unit = quantity(text)
    if unit == "%":
        return number in ("0", "100")
    if re.fullmatch(r"[12]\d\d0s", text):
        return True
    return unit not in MEASURES and len(number) == 1
