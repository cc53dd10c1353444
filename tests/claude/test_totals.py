"""Totals: a result tells of all launches, as one undisturbed claude would have told."""

from __future__ import annotations

import pytest

from supervisor.claude.totals import Json, Totals, add_totals

BEFORE: Json = {"num_turns": 2, "total_cost_usd": 0.5}


def test_totals_add_numbers_only() -> None:
    one = {"num_turns": 1, "usage": {"a": 1, "tier": "x", "fast": True, "new": None}, "result": "x"}
    other = {"num_turns": 2, "usage": {"a": 2, "tier": "y", "fast": True, "b": 3}}
    assert add_totals(one, other) == {
        "num_turns": 3,
        "usage": {"a": 3, "tier": "y", "fast": True, "b": 3, "new": None},
    }


@pytest.mark.parametrize(
    ("one", "other"), [({}, {"result": "x"}), ({"session_id": "s"}, {"is_error": True}), ({}, {})]
)
def test_what_is_no_total_is_not_among_them(one: Json, other: Json) -> None:
    assert add_totals(one, other) == {}


def test_what_only_one_of_them_knows_is_kept() -> None:
    assert add_totals({"num_turns": 2}, {"duration_ms": 7}) == {"num_turns": 2, "duration_ms": 7}
    assert add_totals({"num_turns": None}, {"num_turns": 3}) == {"num_turns": 3}


def test_a_models_sizes_are_no_sums() -> None:
    one = {"modelUsage": {"sonnet": {"outputTokens": 1, "contextWindow": 200_000}}}
    other = {
        "modelUsage": {
            "sonnet": {"outputTokens": 2, "contextWindow": 200_000},
            "haiku": {"outputTokens": 4, "maxOutputTokens": 64_000},
        }
    }
    assert add_totals(one, other)["modelUsage"] == {
        "sonnet": {"outputTokens": 3, "contextWindow": 200_000},
        "haiku": {"outputTokens": 4, "maxOutputTokens": 64_000},
    }


def test_denials_follow_one_another() -> None:
    told = add_totals({"permission_denials": [1]}, {"permission_denials": [2, 3]})
    assert told["permission_denials"] == [1, 2, 3]
    assert add_totals({"permission_denials": None}, {"permission_denials": [2]}) == {
        "permission_denials": [2]
    }


def after(*results: Json) -> Totals:
    totals = Totals()
    for result in results:
        totals.add(result)
    return totals


def test_only_a_result_is_given_the_totals() -> None:
    totals = after(BEFORE)
    assert totals.over_all({"type": "result", "num_turns": 3, "result": "x"}) == {
        "type": "result",
        "result": "x",
        "num_turns": 5,
        "total_cost_usd": 0.5,
    }
    other = {"type": "assistant", "num_turns": 3}
    assert totals.over_all(other) is other


def test_a_result_without_a_launch_before_it_is_left_as_it_is() -> None:
    message = {"type": "result", "num_turns": 3}
    assert Totals().over_all(message) is message


def used(tokens: int, *, counted: int, cost: float) -> Json:
    """A result whose own launch took `tokens`; its models are `counted` over more of them."""
    return {
        "type": "result",
        "total_cost_usd": cost,
        "usage": {"input_tokens": tokens},
        "modelUsage": {"sonnet": {"inputTokens": counted, "contextWindow": 200_000}},
    }


def test_a_session_that_counts_on_when_it_is_resumed_is_not_counted_twice() -> None:
    totals = after(used(100, counted=100, cost=1.0))
    told = totals.over_all(used(50, counted=150, cost=1.5))
    assert (told["total_cost_usd"], told["usage"]["input_tokens"]) == (1.5, 150)
    assert told["modelUsage"] == {"sonnet": {"inputTokens": 150, "contextWindow": 200_000}}


def test_it_counts_on_from_the_newest_launch_and_the_older_ones_stay() -> None:
    totals = after(used(100, counted=100, cost=1.0), used(30, counted=30, cost=0.25))
    told = totals.over_all(used(50, counted=80, cost=0.75))
    assert told["total_cost_usd"] == 1.75
    assert told["modelUsage"]["sonnet"]["inputTokens"] == 180


def test_a_session_that_begins_to_count_anew_is_added() -> None:
    totals = after(used(100, counted=100, cost=1.0))
    told = totals.over_all(used(150, counted=150, cost=1.5))
    assert told["total_cost_usd"] == 2.5
    assert told["modelUsage"]["sonnet"]["inputTokens"] == 250
