"""Quantities as a person writes them: times, sizes in bytes, tokens."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SECONDS, BYTES, FILE, TOKENS = "seconds", "bytes", "bytes of a file", "tokens"
SIZES = {"": 1, "b": 1, "kb": 1e3, "mb": 1e6, "gb": 1e9, "kib": 2**10, "mib": 2**20, "gib": 2**30}
UNITS: Mapping[str, Mapping[str, float]] = {
    SECONDS: {"": 1, "s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400},
    BYTES: SIZES,
    FILE: SIZES,
    TOKENS: {"": 1, "k": 1e3, "m": 1e6},
}
OF_A_WHOLE = frozenset({BYTES, TOKENS})  # a percentage means something
WANTED = {
    SECONDS: 'a time such as 90, "90s", "10m" or "6h"',
    BYTES: 'a size such as "500MB", "8GB" or "60%"',
    FILE: 'a size such as "50MB" or "1GB"',
    TOKENS: 'a number of tokens such as 150000 or "150k", or a percentage such as "80%"',
}
# What is smaller is another unit forgotten: 5 where 5 % was meant.
SMALLEST: Mapping[str, float] = {SECONDS: 0, BYTES: 1e6, FILE: 1e3, TOKENS: 1e3}
FORM = re.compile(r"\s*(\d{1,12}(?:\.\d{1,6})?)\s*([a-z%]*)\s*", re.IGNORECASE)


def check(value: Any, kind: str) -> str:
    """`value` as a text that the functions below take; ValueError says what would be right."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError(WANTED[kind])
    text = f"{value:.6f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
    amount(text, kind, 100)
    return text


def amount(text: str, kind: str, whole: float) -> float:
    """The number that `text` stands for; a percentage is one of `whole`."""
    found = FORM.fullmatch(text)
    if found is None:
        raise ValueError(WANTED[kind])
    number, unit = float(found[1]), found[2].lower()
    if unit == "%" and kind in OF_A_WHOLE and number <= 100:
        return whole * number / 100
    if unit not in UNITS[kind]:
        raise ValueError(WANTED[kind])
    value = number * UNITS[kind][unit]
    if 0 < value < SMALLEST[kind]:
        raise ValueError(WANTED[kind])
    return value


def seconds(text: str) -> float:
    return amount(text, SECONDS, 0)
