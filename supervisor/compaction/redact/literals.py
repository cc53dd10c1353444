"""Looks for many literals in a large text at once, nearly as fast as memory is read.

To look for one character is the fastest search there is. So each literal is looked for by
one of a few characters that are rare in texts, and only around that is the rest compared.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping

ANCHORS = "~&JA_-."  # all that secret_formats needs; the rarest first
# What stands behind an anchor in every secret; nothing else is looked at more closely.
BEHIND = {"_": "[A-Za-z0-9_+/=-]{16}"}
BEHIND_OTHERS = "[A-Za-z0-9_.~+/=%-]{11}"
# From the most common in code, logs and JSON to the rarest; what is not named is rarer still.
COMMON = " etainsrocldpu\nmf_hg\"y.-bv,=:k01w/2x345689()7'SETAIRNCDLOPMBFUGHW"


def anchor(literal: str) -> int:
    """The position of the character by which the literal is looked for."""
    for char in ANCHORS:
        if (at := literal.rfind(char)) >= 0:
            return at

    def rank(at: int) -> int:
        found = COMMON.find(literal[at])
        return len(COMMON) if found < 0 else found

    return max(range(len(literal)), key=rank)


def finder(wanted: Mapping[str, str], exact: Iterable[str]) -> Callable[[str], list[str]]:
    """A function that gives the literals which stand in a text: `exact` ones, then `wanted`.

    `wanted`: beginnings of tokens, each with a pattern that must follow it ("" where the
    literal alone is rare enough).
    """
    order = {literal: at for at, literal in enumerate(dict.fromkeys((*exact, *wanted)))}
    groups: dict[str, list[str]] = {}
    for literal in order:
        groups.setdefault(literal[anchor(literal)], []).append(literal)
    searches = [
        (char, re.compile(_around(char, group, wanted)).search, tuple(group))
        for char, group in groups.items()
    ]

    def find(text: str) -> list[str]:
        found: list[str] = []
        for char, search, literals in searches:
            if char in text and search(text):
                found += [literal for literal in literals if literal in text]
        return sorted(found, key=order.__getitem__) if len(found) > 1 else found

    return find


def _around(char: str, literals: Iterable[str], wanted: Mapping[str, str]) -> str:
    """A pattern that begins with `char` and finds any of the literals around it."""
    exact: list[str] = []
    long: list[str] = []
    by_length: dict[int, list[str]] = {}
    for literal in literals:
        rest, whole = re.escape(literal[anchor(literal) + 1 :]), re.escape(literal)
        if literal not in wanted:
            exact.append(f"{rest}(?<={whole})")
        elif rest or wanted[literal]:
            long.append(f"{rest}(?<={whole})(?:{wanted[literal]})")
        else:
            by_length.setdefault(len(literal), []).append(whole)
    long += (f"(?<={'|'.join(group)})" for group in by_length.values())
    if long:
        exact.append(f"(?={BEHIND.get(char, BEHIND_OTHERS)})(?:{'|'.join(long)})")
    return f"{re.escape(char)}(?:{'|'.join(exact)})"
