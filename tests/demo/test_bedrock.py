"""The stand-in itself: what it tells apart, refuses and counts."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any

import pytest

from supervisor.demo.bedrock import Refuse, Reply, Request, Say, StandIn, text

MESSAGES = [{"role": "user", "content": "hello"}]
BROKEN = [{"role": "user", "content": "hello"}, {"role": "user", "content": " "}]


def post(url: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    asked = urllib.request.Request(url, json.dumps(body).encode())
    try:
        with urllib.request.urlopen(asked, timeout=10) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def hello(request: Request) -> Reply:
    return Say((text("hello yourself"),), input_tokens=7)


def test_three_spellings_say_the_same() -> None:
    with StandIn(hello) as server:
        body = {"messages": MESSAGES, "model": "plain"}
        _, invoked = post(f"{server.url}/model/a%3A0/invoke", body)
        _, conversed = post(f"{server.url}/model/b/converse", body)
        _, plain = post(f"{server.url}/v1/messages", body)
    assert invoked["content"] == plain["content"] == [{"type": "text", "text": "hello yourself"}]
    assert conversed["output"]["message"]["content"] == [{"text": "hello yourself"}]
    assert conversed["usage"]["inputTokens"] == invoked["usage"]["input_tokens"] == 7
    assert [each.model for each in server.requests] == ["a:0", "b", "plain"]
    assert [each.route for each in server.requests] == ["invoke", "converse", "messages"]


@pytest.mark.parametrize("path", ["/model/a/forget", "/v1/complete", "/v1/messages/batches", "/"])
def test_another_route_is_not_there(path: str) -> None:
    with StandIn(hello) as server:
        assert post(f"{server.url}{path}", {"messages": MESSAGES})[0] == 404
    assert server.requests == []


@pytest.mark.parametrize(
    ("path", "key"),
    [("/model/a/count-tokens", "inputTokens"), ("/v1/messages/count_tokens", "input_tokens")],
)
def test_counting_is_no_question_to_the_model(path: str, key: str) -> None:
    with StandIn(hello, count=lambda request: 41) as server:
        assert post(f"{server.url}{path}", {"messages": MESSAGES}) == (200, {key: 41})
    assert server.requests == [] and len(server.counted) == 1


def test_counting_may_be_refused() -> None:
    with StandIn(hello, count=lambda request: Refuse(403, "no", "AccessDeniedException")) as server:
        told = post(f"{server.url}/model/a/count-tokens", {"messages": MESSAGES})
    assert told == (403, {"message": "no"})


@pytest.mark.parametrize("path", ["/model/a/invoke", "/v1/messages"])
def test_a_strict_one_refuses_what_breaks_the_rules(path: str) -> None:
    with StandIn(hello, strict=True) as server:
        assert post(f"{server.url}{path}", {"messages": MESSAGES})[0] == 200
        code, told = post(f"{server.url}{path}", {"messages": BROKEN})
    assert code == 400 and "non-whitespace" in json.dumps(told)
    assert server.complaints == ["messages: text content blocks must contain non-whitespace text"]
    assert len(server.requests) == 2


def test_one_that_is_not_strict_takes_everything() -> None:
    with StandIn(hello) as server:
        assert post(f"{server.url}/model/a/invoke", {"messages": BROKEN})[0] == 200
    assert server.complaints == []


def test_an_error_is_spelled_as_each_service_does() -> None:
    with StandIn(lambda request: Refuse(529, "busy")) as server:
        _, amazon = post(f"{server.url}/model/a/invoke", {"messages": MESSAGES})
        _, plain = post(f"{server.url}/v1/messages", {"messages": MESSAGES})
    assert amazon == {"message": "busy"}
    assert plain["error"] == {"type": "overloaded_error", "message": "busy"}
