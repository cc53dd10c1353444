"""Quantities: what a person writes, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from supervisor.settings.quantities import (
    BYTES,
    FILE,
    SECONDS,
    TOKENS,
    WANTED,
    amount,
    check,
    seconds,
)

GOOD = [
    (SECONDS, "90", 90),
    (SECONDS, "90s", 90),
    (SECONDS, "1.5h", 5_400),
    (SECONDS, " 10 m ", 600),
    (SECONDS, "10min", 600),
    (SECONDS, "6H", 21_600),
    (SECONDS, "2d", 172_800),
    (SECONDS, "0", 0),
    (BYTES, "1048576", 1_048_576),
    (BYTES, "1000000", 1e6),
    (BYTES, "0", 0),
    (BYTES, "500MB", 500e6),
    (BYTES, "8 gb", 8e9),
    (BYTES, "8GiB", 8 * 2**30),
    (BYTES, "1000KiB", 1_024_000),
    (BYTES, "60%", 600),  # of 1,000
    (BYTES, "100%", 1_000),
    (FILE, "50MB", 50e6),
    (FILE, "64KiB", 65_536),
    (FILE, "0", 0),
    (TOKENS, "150000", 150_000),
    (TOKENS, "150k", 150_000),
    (TOKENS, "1M", 1e6),
    (TOKENS, "12.5%", 125),
    (TOKENS, "0%", 0),
    (TOKENS, "0", 0),
    (TOKENS, "1000", 1_000),
    (TOKENS, "1%", 10),  # what is told as a share is meant
    (SECONDS, "0.5", 0.5),
]
BAD = [
    (SECONDS, "10%"),
    (SECONDS, "10 parsecs"),
    (SECONDS, "10m 5s"),
    (SECONDS, "-5"),
    (SECONDS, ""),
    (SECONDS, "m"),
    (SECONDS, "1e3"),
    (SECONDS, "10k"),
    (BYTES, "10h"),
    (BYTES, "101%"),
    (BYTES, "8,5GB"),
    (FILE, "60%"),  # of what?
    (TOKENS, "10kb"),
    (TOKENS, "100.5%"),
    (TOKENS, "9" * 13),
    (TOKENS, "٣k%"),
    (TOKENS, "5"),  # 5% was meant
    (TOKENS, "999"),
    (BYTES, "50"),
    (BYTES, "64KiB"),
    (FILE, "50"),
]


@pytest.mark.parametrize(("kind", "text", "number"), GOOD, ids=[f"{t} of {k}" for k, t, _ in GOOD])
def test_what_a_person_writes_is_a_number(kind: str, text: str, number: float) -> None:
    assert amount(text, kind, 1_000) == pytest.approx(number)
    assert check(text, kind) == text


@pytest.mark.parametrize(("kind", "text"), BAD, ids=[f"{t} of {k}" for k, t in BAD])
def test_what_is_no_quantity_is_told_what_would_be_right(kind: str, text: str) -> None:
    for refuse in (lambda: amount(text, kind, 1_000), lambda: check(text, kind)):
        with pytest.raises(ValueError) as raised:
            refuse()
        assert str(raised.value) == WANTED[kind]


@pytest.mark.parametrize("kind", WANTED)
def test_what_is_said_to_be_right_is_right(kind: str) -> None:
    words = WANTED[kind].replace(",", " ").split()
    examples = [word.strip('"') for word in words if word.strip('"')[0].isdigit()]
    assert len(examples) >= 2
    for example in examples:
        check(example, kind)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (90, "90"),
        (0, "0"),
        (2.5, "2.5"),
        (100.0, "100"),
        (0.0, "0"),
        (1_234_567.5, "1234567.5"),
        (1e9, "1000000000"),  # as TOML writes it too
        (0.000001, "0.000001"),
    ],
)
def test_a_number_is_a_quantity(value: float, text: str) -> None:
    assert check(value, SECONDS) == text
    assert seconds(text) == pytest.approx(value)


@pytest.mark.parametrize(
    "value", [True, False, None, [10], {"s": 10}, -1, -0.5, float("nan"), float("inf"), b"10"]
)
def test_what_is_neither_number_nor_text_is_none(value: Any) -> None:
    with pytest.raises(ValueError, match="a time such as"):
        check(value, SECONDS)
