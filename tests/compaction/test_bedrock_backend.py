"""The Bedrock backend: the real SDK against a loopback stand-in."""

from __future__ import annotations

import importlib
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from itertools import count

import pytest

from supervisor.compaction.backends.bedrock import Bedrock
from supervisor.compaction.backends.protocol import Limits, Request, Summary, SummaryFailed
from supervisor.demo.bedrock import BreakOff, Refuse, Reply, Say, Silence, StandIn, text
from supervisor.demo.bedrock import Request as Asked

from .conftest import Env

MODEL = "us.anthropic.claude-sonnet-4-6"
NOTES = "The ledger is sorted by date, for names repeat."
REQUEST = Request(MODEL, "the system", "the material", "the instructions", max_tokens=99)
LIMITS = Limits(silence=5.0, deadline=20.0)


class Recorder(StandIn):
    """A stand-in that keeps the headers of each request, by their names in small letters."""

    def __init__(self, answer: Callable[[Asked], Reply]) -> None:
        self.headers: list[dict[str, str]] = []
        super().__init__(answer)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        headers, handler = self.headers, super()._handler()

        class Recording(handler):  # type: ignore[misc, valid-type]
            def log_message(self, *_: object) -> None:
                headers.append({name.lower(): value for name, value in self.headers.items()})

        return Recording


def ask(
    env_of: Env,
    answer: Callable[[Asked], Reply],
    limits: Limits = LIMITS,
    env: Mapping[str, str | None] | None = None,
) -> tuple[Summary | str, Recorder, list[int]]:
    """The summary or the reason why there is none; the server; the progress."""
    progress: list[int] = []
    server = Recorder(answer)
    with server:
        told = env_of(server.url, **(env or {}))
        try:
            return Bedrock(told).ask(REQUEST, limits, progress.append), server, progress
        except SummaryFailed as failure:
            return str(failure), server, progress


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """The SDK's seconds of import are no part of what is measured."""
    importlib.import_module("anthropic")
    importlib.import_module("boto3")


def always(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: reply


# --- What is asked and what comes back


def test_a_summary_streams_in_and_tells_its_progress(env_of: Env) -> None:
    parts = (text("The ledger is sorted"), text(" by date."))
    found, server, progress = ask(env_of, always(Say(parts, input_tokens=70, output_tokens=9)))
    assert found == Summary("The ledger is sorted by date.", MODEL, "bedrock", "end_turn", 70, 9)
    assert [count for count in dict.fromkeys(progress) if count] == [20, 29]
    (asked,) = server.requests
    assert (asked.model, asked.streaming, asked.tools) == (MODEL, True, frozenset())
    assert (asked.body["system"], asked.body["max_tokens"]) == ("the system", 99)
    assert asked.body["messages"] == [
        {"role": "user", "content": [text("the material"), text("the instructions")]}
    ]


def test_the_version_is_the_documented_one(env_of: Env) -> None:
    _, server, _ = ask(env_of, always(Say((text(NOTES),))))
    assert server.requests[0].body["anthropic_version"] == "bedrock-2023-05-31"


def test_an_empty_answer_is_given_as_it_is(env_of: Env) -> None:
    found, _, _ = ask(env_of, always(Say((text(""),), input_tokens=1)))
    assert isinstance(found, Summary) and found.text == ""


# --- Credentials


SIGNED: Mapping[str, str | None] = {"CLAUDE_CODE_SKIP_BEDROCK_AUTH": None}


def test_a_request_is_signed(env_of: Env) -> None:
    _, server, _ = ask(env_of, always(Say((text(NOTES),))), env=SIGNED)
    told = server.headers[0]["authorization"]
    assert told.startswith("AWS4-HMAC-SHA256 Credential=dummy-access-key/")
    assert "/us-west-2/bedrock/" in told


@pytest.mark.parametrize("skip", ["1", "true", "YES"])
def test_a_gateway_that_signs_gets_no_signature(env_of: Env, skip: str) -> None:
    env = {"CLAUDE_CODE_SKIP_BEDROCK_AUTH": skip}
    _, server, _ = ask(env_of, always(Say((text(NOTES),))), env=env)
    assert "authorization" not in server.headers[0]


@pytest.mark.parametrize("skip", ["0", "1"])
def test_a_bearer_token_is_sent_whether_or_not_signing_is_skipped(env_of: Env, skip: str) -> None:
    env = {"AWS_BEARER_TOKEN_BEDROCK": "a-token", "CLAUDE_CODE_SKIP_BEDROCK_AUTH": skip}
    found, server, _ = ask(env_of, always(Say((text(NOTES),))), env=env)
    assert isinstance(found, Summary)
    assert server.headers[0]["authorization"] == "Bearer a-token"


def test_without_a_region_claude_codes_own_is_used(env_of: Env) -> None:
    env = {**SIGNED, "AWS_REGION": None}
    _, server, _ = ask(env_of, always(Say((text(NOTES),))), env=env)
    assert "/us-east-1/bedrock/" in server.headers[0]["authorization"]


# --- Errors


@pytest.mark.parametrize("status", [400, 403, 404])
def test_what_a_retry_cannot_mend_is_not_retried(env_of: Env, status: int) -> None:
    with (
        pytest.raises(SummaryFailed) as raised,
        StandIn(
            always(Refuse(status, "no access\nto it", "AccessDeniedException:http://x"))
        ) as server,
    ):
        Bedrock(env_of(server.url)).ask(REQUEST, LIMITS, lambda count: None)
    assert len(server.requests) == 1
    assert str(raised.value) == (
        f"Bedrock answered {status} AccessDeniedException: no access to it"
    )
    assert raised.value.model_refused


def test_an_outage_is_tried_three_times(env_of: Env) -> None:
    reply = Refuse(503, "too many connections", "ServiceUnavailableException")
    found, server, _ = ask(env_of, always(reply))
    assert found == "Bedrock answered 503 ServiceUnavailableException: too many connections"
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    "first",
    [
        Refuse(429, "Too many tokens", "ThrottlingException"),
        Refuse(424, "model error", "ModelErrorException"),
        BreakOff("Try again", "modelStreamErrorException", before=(text("The led"),)),
    ],
    ids=["throttled", "model error", "broken off"],
)
def test_a_passing_error_is_survived(env_of: Env, first: Reply) -> None:
    numbers = count()
    found, server, progress = ask(
        env_of, lambda asked: Say((text(NOTES),)) if next(numbers) else first
    )
    assert isinstance(found, Summary) and found.text == NOTES  # and no half of the first
    assert len(server.requests) == 2 and progress[-1] == len(NOTES)


def test_a_stream_that_always_breaks_off_is_a_failure(env_of: Env) -> None:
    found, server, _ = ask(env_of, always(BreakOff("Out of memory", before=(text("The"),))))
    assert isinstance(found, str) and "Out of memory" in found
    assert len(server.requests) == 3


def test_a_port_where_nobody_listens_is_a_failure(env_of: Env) -> None:
    with StandIn(always(Say((text(NOTES),)))) as server:
        url = server.url
    with pytest.raises(SummaryFailed, match="no connection to Bedrock"):
        Bedrock(env_of(url)).ask(REQUEST, LIMITS, lambda count: None)


# --- Time


def test_silence_is_a_failure_within_its_limit(env_of: Env) -> None:
    begun = time.monotonic()
    found, server, _ = ask(env_of, always(Silence(30)), Limits(silence=0.5, deadline=20))
    assert found == "Bedrock was silent for 0.5 s"
    assert len(server.requests) == 1
    assert time.monotonic() - begun < 10.0


def test_the_deadline_holds_in_the_middle_of_a_stream(env_of: Env) -> None:
    found, _, _ = ask(env_of, always(Say((text(NOTES),))), Limits(silence=5, deadline=0))
    assert found == "the summary took longer than 0 s"


def test_the_deadline_holds_between_two_attempts(env_of: Env) -> None:
    reply = Refuse(503, "too many connections", "ServiceUnavailableException")
    found, server, _ = ask(env_of, always(reply), Limits(silence=5, deadline=0.5))
    assert isinstance(found, str) and found.endswith(" (no time is left to try again)")
    assert len(server.requests) == 1


def test_the_deadline_holds_in_a_silence_too(env_of: Env) -> None:
    begun = time.monotonic()
    found, _, _ = ask(env_of, always(Silence(8)), Limits(silence=8, deadline=0.5))
    assert isinstance(found, str)
    assert time.monotonic() - begun < 6.0
