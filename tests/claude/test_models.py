"""Models: what a model's name tells of its context and its price."""

from __future__ import annotations

from typing import Any

import pytest

from supervisor.claude.models import LARGE, SMALL, cached_from, cheap_limit, cost, count, window

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
        ("us.anthropic.claude-haiku-5-5", 0.5, 2.5),  # of a long prompt
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


HAIKU = "us.anthropic.claude-haiku-5-5"


@pytest.mark.parametrize(
    ("usage", "dollars"),
    [
        ({"input_tokens": 100_000, "output_tokens": 10_000}, 0.010 + 0.005),
        ({"input_tokens": 100_001, "output_tokens": 10_000}, 0.0500005 + 0.025),
        # What is cached is prompt as well.
        ({"input_tokens": 1, "cache_read_input_tokens": 100_000}, 0.5 * 10_001 / 1e6),
        ({"input_tokens": 0, "cache_creation_input_tokens": 100_000}, 0.1 * 125_000 / 1e6),
    ],
)
def test_a_long_prompt_is_dearer_as_a_whole(usage: dict[str, Any], dollars: float) -> None:
    assert cost(HAIKU, usage) == pytest.approx(dollars)


def test_a_model_of_one_price_has_it_for_long_prompts_too() -> None:
    short, long = ({"input_tokens": tokens} for tokens in (100_000, 200_000))
    assert cost("us.anthropic.claude-haiku-4-5-20251001-v1:0", long) == pytest.approx(
        2 * cost("us.anthropic.claude-haiku-4-5-20251001-v1:0", short)
    )


@pytest.mark.parametrize(
    ("model", "limit"),
    [
        (HAIKU, 100_000),
        ("claude-haiku-5-5", 100_000),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", None),
        ("global.anthropic.claude-sonnet-5-5", None),
        ("a model that nobody knows", None),
    ],
)
def test_the_limit_of_the_cheap_price_is_known(model: str, limit: int | None) -> None:
    assert cheap_limit(model) == limit


@pytest.mark.parametrize(
    ("model", "tokens"),
    [
        (HAIKU, 4_096),
        ("us.anthropic.claude-haiku-4-5-20251001-v1:0", 4_096),
        ("us.anthropic.claude-opus-4-5-20251101-v1:0", 4_096),
        ("us.anthropic.claude-opus-5-5", 4_096),
        ("us.anthropic.claude-opus-4-20250514-v1:0", 1_024),
        ("us.anthropic.claude-opus-4-1-20250805-v1:0", 1_024),
        ("us.anthropic.claude-sonnet-4-6", 1_024),
        ("us.amazon.nova-pro-v1:0", 1_024),
    ],
)
def test_a_prompt_is_cached_from_a_length_on(model: str, tokens: int) -> None:
    assert cached_from(model) == tokens


@pytest.mark.parametrize("odd", [10**400, 10**13, -1, True, 1.5, "7", None, [1]])
def test_what_is_no_number_of_tokens_costs_nothing(odd: object) -> None:
    assert count(odd) == 0 and cost("claude-sonnet-4-6", {"input_tokens": odd}) == 0.0
    assert count(7) == 7
