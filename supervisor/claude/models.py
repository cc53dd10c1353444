"""What is known of a model by its name: the size of its context, and its list price.

A name is a Bedrock id or profile ("us.anthropic.claude-sonnet-4-6"), an ARN that ends in one,
or Claude Code's own spelling ("sonnet[1m]"). Prices are US dollars per million tokens as
Bedrock listed them in November 2026; a cached token costs a tenth to read and five quarters to
write. They serve a budget, not a bill.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

SMALL, LARGE = 200_000, 1_000_000  # tokens of context
# The first that is found in the name counts.
WINDOWS = (
    (r"\[1m\]", LARGE),
    (r"fable|(?:opus|sonnet|haiku)-[5-9]", LARGE),
    (r"opus-4-[6-9]|sonnet-4-[6-9]", LARGE),
)
PRICES = (
    (r"fable", (10.0, 50.0)),
    (r"opus-5-5", (4.0, 20.0)),
    (r"opus-5|opus-4-[5-9]", (5.0, 25.0)),
    (r"opus", (15.0, 75.0)),
    (r"sonnet-5-5", (2.0, 10.0)),
    (r"haiku-5-5", (0.5, 2.5)),  # above the step below
    (r"haiku-4", (1.0, 5.0)),
    (r"haiku", (0.8, 4.0)),
)
SONNET = (3.0, 15.0)  # and of what is not known
# Cheaper up to so many tokens of prompt, cached ones among them; above, all of it is dearer.
STEPS = ((r"haiku-5-5", 100_000, (0.1, 0.5)),)
READ, WRITE = 0.1, 1.25  # of the input's price
# Tokens of a prompt below which the service does not cache it, whatever is marked.
CACHED_FROM = ((r"haiku-(?:4-5|[5-9])|opus-(?:4-[5-9]|[5-9])", 4_096),)
SMALL_CACHED_FROM = 1_024
MOST = 10**12  # tokens; a larger number counts nothing


def window(model: str) -> int:
    """The most tokens that a request to the model may have; of an unknown one the smaller.

    Where a model comes in two sizes it is the larger: what ccsup does at its end must not
    come before Claude Code's own compaction.
    """
    return next((size for name, size in WINDOWS if re.search(name, model)), SMALL)


def cheap_limit(model: str) -> int | None:
    """The most tokens of prompt at the model's cheaper price; None where there is one price."""
    step = _step(model)
    return step[0] if step else None


def cached_from(model: str) -> int:
    """The fewest tokens of a prompt that the service caches."""
    found = (tokens for name, tokens in CACHED_FROM if re.search(name, model))
    return next(found, SMALL_CACHED_FROM)


def cost(model: str, usage: Mapping[str, Any]) -> float:
    """US dollars of one response, from its ``usage``."""
    price, answer = next((each for name, each in PRICES if re.search(name, model)), SONNET)
    fresh = count(usage.get("input_tokens"))
    read = count(usage.get("cache_read_input_tokens"))
    written = count(usage.get("cache_creation_input_tokens"))
    step = _step(model)
    if step and fresh + read + written <= step[0]:
        price, answer = step[1]
    asked = fresh + READ * read + WRITE * written
    return (asked * price + count(usage.get("output_tokens")) * answer) / 1e6


def _step(model: str) -> tuple[int, tuple[float, float]] | None:
    found = ((limit, price) for name, limit, price in STEPS if re.search(name, model))
    return next(found, None)


def count(value: object) -> int:
    """A number of tokens in a record; 0 for what is none."""
    if not isinstance(value, int) or isinstance(value, bool):
        return 0
    return value if 0 <= value <= MOST else 0
