"""What is sent and what comes back: the same question in three spellings, cached and counted."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from supervisor.claude.models import cost
from supervisor.compaction.backends.anthropic_api import AnthropicApi
from supervisor.compaction.backends.protocol import Request, Summary
from supervisor.demo.bedrock import Refuse, Reply, Say, StandIn, text
from supervisor.demo.bedrock import Request as Asked

from .asking import KINDS, LIMITS, MODEL, NOTES, REQUEST, Asking, always, become

GOOD = Say((text("The ledger "), text("is sorted.")), 70, 9, cache=(30, 20))
ROUTES = {
    "bedrock": "invoke-with-response-stream",
    "converse": "converse-stream",
    "anthropic": "messages",
}


@pytest.fixture(autouse=True)
def environ() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


@pytest.mark.parametrize("name", KINDS)
def test_a_summary_comes_with_its_usage(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        found = asking.ask()
    assert found == Summary("The ledger is sorted.", MODEL, name, "end_turn", 70, 9, 30, 20)
    assert cost(found.model, found.usage) == pytest.approx(
        (70 * 3 + 30 * 0.3 + 20 * 3.75 + 9 * 15) / 1e6
    )
    assert list(dict.fromkeys(asking.progress)) == [11, 21]  # and never 0


@pytest.mark.parametrize("name", KINDS)
def test_one_question_is_sent_streaming(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        asking.ask()
    (asked,) = asking.server.requests
    assert (asked.route, asked.model, asked.streaming) == (ROUTES[name], MODEL, True)
    assert asked.text() == "the material\nthe instructions"
    body = asked.body
    if name == "converse":
        assert body["system"] == [{"text": "the system"}]
        assert body["inferenceConfig"] == {"maxTokens": 99}
    else:
        assert (body["system"], body["max_tokens"]) == ("the system", 99)
        assert body.get("anthropic_version") == (
            "bedrock-2023-05-31" if name == "bedrock" else None
        )
    assert "tools" not in body and "toolConfig" not in body


@pytest.mark.parametrize("name", KINDS)
def test_a_summary_that_was_cut_says_so(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(Say((text(NOTES),), stop_reason="max_tokens"))) as asking:
        found = asking.ask()
    assert isinstance(found, Summary) and found.stop_reason == "max_tokens"


# --- The prompt cache

LONG = replace(REQUEST, material="x " * 3_000, repeats=True)  # 1,500 tokens


def marks(asked: Asked) -> list[Any]:
    """The content with the marks, its texts shortened."""
    return [
        {key: value if key != "text" else value[:3] for key, value in block.items()}
        for block in asked.body["messages"][0]["content"]
    ]


@pytest.mark.parametrize("name", KINDS)
def test_material_that_is_asked_about_again_is_marked(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        asking.ask(LONG)
    found = marks(asking.server.requests[0])
    if name == "converse":
        assert found == [{"text": "x x"}, {"cachePoint": {"type": "default"}}, {"text": "the"}]
    else:
        mark = {"cache_control": {"type": "ephemeral"}}
        assert found == [{"type": "text", "text": "x x", **mark}, {"type": "text", "text": "the"}]


UNMARKED = {
    "asked about once": replace(LONG, repeats=False),
    "short": replace(LONG, material="x " * 2_000),
    "short for its model": replace(LONG, model="us.anthropic.claude-haiku-5-5"),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("request_", UNMARKED.values(), ids=UNMARKED)
def test_other_material_is_not_marked(tmp_path: Path, name: str, request_: Request) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        asking.ask(request_)
    sent = repr(asking.server.requests[0].body)
    assert "cache" not in sent


def without_marks(refusal: Refuse) -> Callable[[Asked], Reply]:
    def answer(asked: Asked) -> Reply:
        return refusal if "cache" in repr(asked.body) else GOOD

    return answer


@pytest.mark.parametrize("name", KINDS)
def test_a_service_without_a_cache_is_asked_without_it(tmp_path: Path, name: str) -> None:
    refusal = Refuse(400, "cache_control: Extra inputs are not permitted (cachePoint)")
    with Asking(name, tmp_path, without_marks(refusal)) as asking:
        first, second = asking.ask(LONG), asking.ask(LONG)
    assert isinstance(first, Summary) and isinstance(second, Summary)
    marked = ["cache" in repr(asked.body) for asked in asking.server.requests]
    assert marked == [True, False, False] and asking.slept == []


@pytest.mark.parametrize("name", KINDS)
def test_another_refusal_is_none_of_the_cache(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, without_marks(Refuse(400, "no such model"))) as asking:
        found = asking.ask(LONG)
    assert "no such model" in str(found) and len(asking.server.requests) == 1


# --- Counting


@pytest.mark.parametrize("name", KINDS)
def test_the_tokens_of_a_request_are_counted(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD), count=lambda asked: 4321) as asking:
        assert asking.backend.count(REQUEST) == 4321
    (asked,) = asking.server.counted
    assert asking.server.requests == []
    if name == "anthropic":
        assert asked.model == MODEL and asked.text() == "the material\nthe instructions"
    else:  # an inference profile is not counted, though only it can be asked
        assert asked.model == "anthropic.claude-sonnet-4-6"
        assert asked.body["input"]["converse"]["system"] == [{"text": "the system"}]


@pytest.mark.parametrize("name", KINDS)
def test_a_refusal_to_count_is_the_last_try(tmp_path: Path, name: str) -> None:
    refusal = Refuse(403, "not authorized", "AccessDeniedException")
    with Asking(name, tmp_path, always(GOOD), count=lambda asked: refusal) as asking:
        assert [asking.backend.count(REQUEST) for _ in range(3)] == [None, None, None]
        assert isinstance(asking.ask(), Summary)
    assert len(asking.server.counted) == 1


@pytest.mark.parametrize("name", KINDS)
def test_where_nobody_listens_nothing_is_counted(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        pass
    assert asking.backend.count(REQUEST) is None


@pytest.mark.parametrize("name", ["bedrock", "converse"])
def test_an_arn_that_does_not_tell_its_model_is_not_counted(tmp_path: Path, name: str) -> None:
    arn = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12"
    with Asking(name, tmp_path, always(GOOD)) as asking:
        assert asking.backend.count(replace(REQUEST, model=arn)) is None
    assert asking.server.counted == []


# --- As whom


@pytest.mark.parametrize(
    ("env", "sent"),
    [
        ({"ANTHROPIC_API_KEY": "a-key"}, {"x-api-key": "a-key"}),
        ({"ANTHROPIC_AUTH_TOKEN": "a-token"}, {"authorization": "Bearer a-token"}),
        (
            {"ANTHROPIC_API_KEY": "a-key", "ANTHROPIC_AUTH_TOKEN": "a-token"},
            {"authorization": "Bearer a-token"},
        ),
    ],
)
def test_the_api_is_told_who_asks_as_claude_code_does(
    tmp_path: Path, env: dict[str, str], sent: dict[str, str]
) -> None:
    headers: dict[str, str] = {}

    class Listening(StandIn):
        def _handler(self) -> type[BaseHTTPRequestHandler]:
            class Handler(super()._handler()):  # type: ignore[misc]
                def log_message(self, *_: object) -> None:
                    headers.update({name.lower(): told for name, told in self.headers.items()})

            return Handler

    with Listening(always(GOOD)) as server:
        told = become(tmp_path, server.url)
        for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN"):
            told.pop(name, None)
            os.environ.pop(name, None)
        os.environ.update(env)
        AnthropicApi({**told, **env}).ask(REQUEST, LIMITS, lambda length: None)
    assert sent.items() <= headers.items()
    assert "ANTHROPIC_AUTH_TOKEN" not in env or "a-key" not in repr(headers)
