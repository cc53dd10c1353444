"""The rules of a conversation, each with what keeps it and what breaks it."""

from __future__ import annotations

from typing import Any

import pytest

from supervisor.demo.validity import complaint

Message = dict[str, Any]


def said(words: str) -> dict[str, Any]:
    return {"type": "text", "text": words}


def call(name: str) -> dict[str, Any]:
    return {"type": "tool_use", "id": name, "name": "Bash", "input": {}}


def result(name: str, content: Any = "done") -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": name, "content": content}


def user(*blocks: Any) -> Message:
    return {"role": "user", "content": list(blocks)}


def model(*blocks: Any) -> Message:
    return {"role": "assistant", "content": list(blocks)}


ASK = user(said("do it"))
SYSTEM: Message = {"role": "system", "content": [said("the day")]}
THOUGHT = {"type": "thinking", "thinking": "", "signature": "x"}

GOOD: dict[str, list[Message]] = {
    "one question": [ASK],
    "a question in plain words": [{"role": "user", "content": "do it"}],
    "a call and its result": [ASK, model(said("now"), call("a")), user(result("a"))],
    "two calls at once": [ASK, model(call("a"), call("b")), user(result("b"), result("a"))],
    "words after the results": [ASK, model(call("a")), user(result("a"), said("go on"))],
    "words in a message of their own": [ASK, model(call("a")), user(result("a")), ASK],
    "results in two messages": [
        ASK,
        model(call("a"), call("b")),
        user(result("a")),
        user(result("b")),
    ],
    "an answer in two pieces": [ASK, model(said("now")), model(call("a")), user(result("a"))],
    "two questions in a row": [ASK, ASK],
    "a message of the system's": [ASK, SYSTEM, model(call("a")), SYSTEM, user(result("a"))],
    "an empty result": [ASK, model(call("a")), user(result("a", ""))],
    "a failure in words": [ASK, model(call("a")), user({**result("a", "no"), "is_error": True})],
    "thinking without words": [ASK, model(THOUGHT, call("a")), user(result("a"))],
    "a prefill": [ASK, model(said("I"))],
    "an empty prefill": [ASK, {"role": "assistant", "content": ""}],
    "blanks at an answer's end": [ASK, model(said("yes \n")), ASK],
}
BAD: dict[str, tuple[list[Message], str]] = {
    "nothing": ([], "at least one message"),
    "the model first": ([model(said("x")), ASK], 'first message must use the "user" role'),
    "another role": ([ASK, {"role": "tool", "content": "x"}], "is no role"),
    "a call without a result": ([ASK, model(call("a")), ASK], "without `tool_result` blocks"),
    "a call at the end": ([ASK, model(call("a"))], "after: a."),
    "one call of two": ([ASK, model(call("a"), call("b")), user(result("a"))], "after: b."),
    "a late result": (
        [ASK, model(call("a")), ASK, model(said("x")), user(result("a"))],
        "messages.1: `tool_use` ids were found",
    ),
    "a result of nothing": ([ASK, model(said("x")), user(result("a"))], "unexpected `tool_use_id`"),
    "a result at the start": ([user(result("a"))], "unexpected `tool_use_id`"),
    "another one's result": ([ASK, model(call("a")), user(result("a"), result("z"))], "blocks: z"),
    "a result twice": ([ASK, model(call("a")), user(result("a"), result("a"))], "single result"),
    "words before the result": ([ASK, model(call("a")), user(said("x"), result("a"))], "after: a."),
    "words in between": (
        [ASK, model(call("a"), call("b")), user(result("a"), said("x"), result("b"))],
        "immediately after",
    ),
    "an id twice": (
        [ASK, model(call("a")), user(result("a")), model(call("a")), user(result("a"))],
        "must be unique",
    ),
    "an id twice at once": ([ASK, model(call("a"), call("a")), user(result("a"))], "be unique"),
    "arguments that are no object": (
        [ASK, model({**call("a"), "input": None}), user(result("a"))],
        "Input should be a valid dictionary",
    ),
    "a failure without a word": (
        [ASK, model(call("a")), user({**result("a", ""), "is_error": True})],
        "content cannot be empty",
    ),
    "an empty text": ([user(said(""))], "must be non-empty"),
    "blanks": ([user(said(" \n"))], "non-whitespace"),
    "blanks in plain words": ([{"role": "user", "content": " "}], "non-whitespace"),
    "an empty answer": ([ASK, model(), ASK], "messages.1: all messages must have non-empty"),
    "an empty question": ([{"role": "user", "content": ""}], "messages.0: all messages"),
    "no content": ([{"role": "user"}], "messages.0: all messages"),
    "blanks at the very end": ([ASK, model(said("I "))], "trailing whitespace"),
}


@pytest.mark.parametrize("messages", GOOD.values(), ids=GOOD)
def test_what_keeps_the_rules_is_answered(messages: list[Message]) -> None:
    assert complaint({"messages": messages}) is None


@pytest.mark.parametrize(("messages", "words"), BAD.values(), ids=BAD)
def test_what_breaks_a_rule_is_named(messages: list[Message], words: str) -> None:
    assert words in (complaint({"messages": messages}) or "")


def test_the_conversation_is_left_as_it_is() -> None:
    messages = [ASK, model(said("now")), model(call("a")), user(result("a")), ASK]
    before = repr(messages)
    complaint({"messages": messages})
    assert repr(messages) == before


def test_a_body_without_a_conversation_is_refused() -> None:
    assert complaint({}) == "messages: at least one message is required"
