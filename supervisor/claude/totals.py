"""The totals of a result message, over several launches."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

SUMS = ("total_cost_usd", "num_turns", "duration_ms", "duration_api_ms", "safety_stops")
TREES = ("usage", "modelUsage", "model_usage_since_last_result", "subagent_stats")
LISTS = ("permission_denials",)
COUNTED_ON = ("total_cost_usd", "modelUsage")
CAMEL = ("inputTokens", "outputTokens", "cacheReadInputTokens", "cacheCreationInputTokens")
SNAKE = (
    "input_tokens",
    "output_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
CONSTANTS = frozenset({"contextWindow", "maxOutputTokens", "max_depth"})


class Totals:
    """The results of one launch after another; `so_far` is empty before the first."""

    def __init__(self) -> None:
        self.so_far: Json = {}
        self._last: Json = {}  # the newest result as it was printed

    def add(self, result: Json) -> None:
        """A launch is over, and this was its result (or its figures, known from elsewhere)."""
        self.so_far = self._with(result)
        self._last = result

    def over_all(self, message: Json) -> Json:
        """A message with the totals of all launches in it, where it is a result."""
        if message.get("type") != "result" or not self.so_far:
            return message
        return {**message, **self._with(message)}

    def _with(self, result: Json) -> Json:
        """Newer versions count on in a session that ended in good order and was resumed."""
        before = dict(self.so_far)
        if _counts_on(self._last, result):
            for key in COUNTED_ON:
                before[key] = _less(before.get(key), self._last.get(key))
        return add_totals(before, result)


def _counts_on(last: Json, result: Json) -> bool:
    """Whether the models' tokens of a result hold those of the one before and its own."""
    before, after = _tokens(last.get("modelUsage")), _tokens(result.get("modelUsage"))
    return bool(before) and after >= before + _tokens({"": result.get("usage")}, snake=True)


def _tokens(usages: Any, *, snake: bool = False) -> int:
    names = SNAKE if snake else CAMEL
    if not isinstance(usages, dict):
        return 0
    counts = [
        each.get(name) for each in usages.values() if isinstance(each, dict) for name in names
    ]
    return sum(count for count in counts if isinstance(count, int))


def _less(total: Any, part: Any) -> Any:
    if isinstance(total, dict) and isinstance(part, dict):
        return {
            key: value if key in CONSTANTS else _less(value, part.get(key))
            for key, value in total.items()
        }
    numbers = isinstance(total, int | float) and isinstance(part, int | float)
    return total - part if numbers else total


def add_totals(before: Json, result: Json) -> Json:
    """The totals of two results, for the keys that are totals and are there."""
    found: Json = {}
    for key in (*SUMS, *TREES):
        if key in before or key in result:
            found[key] = _sum(before.get(key), result.get(key))
    for key in LISTS:
        if key in before or key in result:
            found[key] = [*(before.get(key) or ()), *(result.get(key) or ())]
    return found


def _sum(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: other.get(key, one.get(key))
            if key in CONSTANTS
            else _sum(one.get(key), other.get(key))
            for key in {**other, **one}
        }
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    if numbers and not isinstance(one, bool) and not isinstance(other, bool):
        return one + other
    return other
