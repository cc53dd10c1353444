"""Models: what a model's name tells of its context and its price."""

from __future__ import annotations

from typing import Any

import pytest

from supervisor.claude.models import LARGE, SMALL, cost, window

USAGE = {
    "input_tokens": 1_000_000,
    "cache_read_input_tokens": 2_000_000,
    "cache_creation_input_tokens": 4_000_000,
    "output_tokens": 100_000,
}
ASKED = 1 + 2 * 0.1 + 4 * 1.25  # millions of tokens, by the input's price


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        ("us.anthropic.claude-sonnet-4-6", LARGE),
        ("us.anthropic.claude-opus-4-7-20260416-v1:0", LARGE),
        ("global.anthropic.claude-sonnet-5-5-v1:0", LARGE),
        ("claude-fable-5", LARGE),
        ("sonnet[1m]", LARGE),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0[1m]", LARGE),
        ("us.anthropic.claude-sonnet-4-5-20250929-v1:0", SMALL),
        ("us.anthropic.claude-sonnet-4-20250514-v1:0", SMALL),  # a date is no version
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", SMALL),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", SMALL),
        ("us.anthropic.claude-3-5-sonnet-20241022-v2:0", SMALL),
        ("arn:aws:bedrock:us-east-1:123456789012:inference-profile/claude-opus-4-6", LARGE),
        ("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12", SMALL),
        ("default", SMALL),
        ("", SMALL),
    ],
)
def test_the_size_of_a_context_is_known_by_the_name(model: str, tokens: int) -> None:
    assert window(model) == tokens


@pytest.mark.parametrize(
    ("model", "asked", "answered"),
    [
        ("us.anthropic.claude-sonnet-4-6", 3, 15),
        ("global.anthropic.claude-sonnet-5-5", 2, 10),
        ("us.anthropic.claude-opus-4-6", 5, 25),
        ("us.anthropic.claude-opus-5-5", 4, 20),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", 15, 75),
        ("us.anthropic.claude-opus-4-20250514-v1:0", 15, 75),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", 1, 5),
        ("us.anthropic.claude-haiku-5-5", 0.5, 2.5),
        ("us.anthropic.claude-3-5-haiku-20241022-v1:0", 0.8, 4),
        ("claude-fable-5", 10, 50),
        ("a model that nobody knows", 3, 15),
    ],
)
def test_an_answer_costs_what_the_list_says(model: str, asked: float, answered: float) -> None:
    assert cost(model, USAGE) == pytest.approx(ASKED * asked + 0.1 * answered)


@pytest.mark.parametrize(
    "usage", [{}, {"input_tokens": None, "output_tokens": "12"}, {"service_tier": "standard"}]
)
def test_what_is_not_counted_costs_nothing(usage: dict[str, Any]) -> None:
    assert cost("us.anthropic.claude-sonnet-4-6", usage) == 0
