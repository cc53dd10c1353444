"""Control: what a relaunched process must be told again."""

from __future__ import annotations

import json
from typing import Any

import pytest

from supervisor.claude.control import Standing, answers_repeated


def request(name: str, number: int, **more: Any) -> bytes:
    told = {"subtype": name, **more}
    line = {"type": "control_request", "request_id": f"r{number}", "request": told}
    return json.dumps(line).encode() + b"\n"


def again(standing: Standing, prompt: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in standing.again(prompt).splitlines()]


def test_what_goes_by_is_not_changed() -> None:
    standing = Standing()
    data = b'not JSON\n{"type":"control_request"\n' + request("initialize", 1) + b"\xff piece"
    assert standing.watch(data) == data
    assert [line["request_id"] for line in again(standing)] == ["ccsup-r1"]


def test_the_last_request_of_each_standing_kind_is_repeated_in_order() -> None:
    standing = Standing()
    standing.watch(request("initialize", 1) + request("set_model", 2, model="a"))
    standing.watch(request("set_model", 3, model="b") + request("interrupt", 4))
    standing.watch(b'{"type":"user","message":{"role":"user","content":"hello"}}\n')
    assert [line["request"] for line in again(standing)] == [
        {"subtype": "initialize"},
        {"subtype": "set_model", "model": "b"},
    ]


def test_a_request_that_comes_in_pieces_is_kept() -> None:
    standing = Standing()
    data = request("set_permission_mode", 1, mode="plan")
    for at in range(len(data)):
        standing.watch(data[at : at + 1])
    assert [line["request"]["mode"] for line in again(standing)] == ["plan"]


def test_words_about_a_request_are_none() -> None:
    standing = Standing()
    quoted = request("initialize", 1).decode()
    standing.watch(json.dumps({"type": "user", "message": quoted}).encode() + b"\n")
    standing.watch(b'{"a":"control_request","request":3}\n["control_request"]\n')
    assert again(standing) == []


def test_the_next_prompt_stands_last() -> None:
    standing = Standing()
    standing.watch(request("initialize", 1))
    first, last = again(standing, 'go on, "please"\n')
    assert first["request"] == {"subtype": "initialize"}
    assert last["type"] == "user"
    assert last["message"] == {"role": "user", "content": 'go on, "please"\n'}


@pytest.mark.parametrize(
    ("message", "ours"),
    [
        ({"type": "control_response", "response": {"request_id": "ccsup-r1"}}, True),
        ({"type": "control_response", "response": {"request_id": "r1"}}, False),
        ({"type": "control_response", "response": None}, False),
        ({"type": "control_response"}, False),
        ({"type": "assistant", "response": {"request_id": "ccsup-r1"}}, False),
    ],
)
def test_only_answers_to_our_own_requests_are_kept_back(
    message: dict[str, Any], ours: bool
) -> None:
    assert answers_repeated(message) is ours
