"""The probe: one token of Bedrock, asked with the credentials that were found."""

from __future__ import annotations

import time
from typing import Any

import pytest

from supervisor.aws.answer import Check
from supervisor.demo.bedrock import Refuse, Reply, Say, Silence, StandIn, text

from .home import Home, is_mark, printing, static

MODEL = "us.anthropic.claude-sonnet-4-6"
YES = Say((text("y"),))


def probe(home: Home, reply: Reply, **env: Any) -> tuple[Check, StandIn]:
    with StandIn(lambda request: reply) as server:
        home.url = server.url
        return home.check(f"{MODEL}[1m]", **(env or static(home))), server


def test_a_probe_asks_for_one_token_once(home: Home) -> None:
    keys = static(home)
    check, server = probe(home, YES, **keys)
    assert (check.state, check.told) == ("good", f"{MODEL} answers.")
    assert check.fingerprint == home.check(**keys).fingerprint
    (asked,) = server.requests
    assert (asked.model, asked.streaming, asked.body["max_tokens"]) == (MODEL, False, 1)
    assert asked.body["anthropic_version"] == "bedrock-2023-05-31"


def test_a_probe_does_not_resolve_the_credentials_again(home: Home) -> None:
    counted = home.folder / "count"
    answer = f"open({str(counted)!r}, 'a').write('x')\n{printing(home)}"
    home.config(f"[default]\n{home.process(answer)}")
    check, server = probe(home, YES, AWS_PROFILE="default")
    assert check.state == "good" and len(server.requests) == 1
    assert counted.read_text() == "x"


def test_no_credentials_no_probe(home: Home) -> None:
    check, server = probe(home, YES, AWS_PROFILE="no-such-profile")
    assert check.state == "expired" and server.requests == []


@pytest.mark.parametrize(
    ("status", "code", "message", "state"),
    [
        (403, "ExpiredTokenException", "", "expired"),
        (403, "UnrecognizedClientException", "The security token is invalid.", "expired"),
        (403, "InvalidSignatureException", "The request signature we", "expired"),
        (403, "", "The security token included in the request is expired", "expired"),
        (403, "AccessDeniedException", "Bearer Token has expired", "expired"),
        (401, "", "Unauthorized", "expired"),
        (403, "AccessDeniedException", "You don't have access to the model", "denied"),
        (403, "", "User: x is not authorized to perform: bedrock:InvokeModel", "denied"),
        (403, "", "Blocked by the proxy", "unknown"),
        (400, "ValidationException", "The security token is no part of it", "unknown"),
        (404, "ResourceNotFoundException", "no such model", "unknown"),
        (429, "ThrottlingException", "Too many tokens", "unknown"),
        (503, "ServiceUnavailableException", "", "unknown"),
    ],
)
def test_what_bedrock_refuses(home: Home, status: int, code: str, message: str, state: str) -> None:
    refusal = Refuse(status, f"{message} {home.secret('of the message')}", code)
    with StandIn(lambda request: refusal) as server:
        home.url = server.url
        check = home.look(MODEL, **static(home))
    assert check.state == state and is_mark(check.fingerprint)
    assert str(status) in check.told and code in check.told
    assert len(server.requests) == 1


def test_bedrock_out_of_reach_is_not_known(home: Home) -> None:
    check = home.check(MODEL, **static(home))
    assert check.state == "unknown" and is_mark(check.fingerprint)
    assert "APIConnectionError" in check.told


def test_a_probe_is_ended_in_time(home: Home) -> None:
    begun = time.monotonic()
    with StandIn(lambda request: Silence(60)) as server:
        home.url = server.url
        check = home.check(MODEL, timeout=4, **static(home))
    assert check.state == "unknown" and time.monotonic() - begun < 20


def test_a_bearer_token_is_probed_too(home: Home) -> None:
    key = home.secret("bearer")
    check, _ = probe(home, YES, AWS_BEARER_TOKEN_BEDROCK=key)
    assert check.state == "good"
    assert check.fingerprint == home.check(AWS_BEARER_TOKEN_BEDROCK=key).fingerprint
