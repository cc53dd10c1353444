"""A setting that no SDK can use: the backend says so, and nothing else comes out of it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest

from supervisor.compaction.backends.protocol import Backend, Limits, Summary, SummaryFailed
from supervisor.compaction.backends.retry import Trouble
from supervisor.compaction.backends.translate import address, of_anthropic, of_botocore
from supervisor.demo.bedrock import Say, text

from .asking import KINDS, LIMITS, NOTES, REQUEST, Asking, always, become

AWS = ("bedrock", "converse")
CHAIN = dict.fromkeys(("AWS_REGION", "AWS_BEARER_TOKEN_BEDROCK"), "")
CASES = [
    *((name, {"AWS_PROFILE": "nobody", **CHAIN}, "(nobody) could not be found") for name in AWS),
    *((name, {"AWS_REGION": "us east\n", "ANTHROPIC_BEDROCK_BASE_URL": ""}, "") for name in AWS),
    *(
        (name, {"ANTHROPIC_BEDROCK_BASE_URL": "no address"}, "ANTHROPIC_BEDROCK_BASE_URL")
        for name in AWS
    ),
    ("anthropic", {"ANTHROPIC_BASE_URL": "no address"}, "ANTHROPIC_BASE_URL is no address"),
]


@pytest.fixture(autouse=True)
def environ() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


def made(name: str, home: Path, more: dict[str, str]) -> Backend:
    become(home, "http://127.0.0.1:9")
    os.environ.update(more)
    return KINDS[name](dict(os.environ), sleep=lambda seconds: None)


@pytest.mark.parametrize(("name", "more", "told"), CASES)
def test_a_setting_that_cannot_be_used_is_told(
    tmp_path: Path, name: str, more: dict[str, str], told: str
) -> None:
    backend = made(name, tmp_path, more)
    assert backend.candidates()  # it is the request that says so
    with pytest.raises(SummaryFailed) as failed:
        backend.ask(REQUEST, LIMITS, lambda count: None)
    assert told in str(failed.value) and "Error:" not in str(failed.value)
    assert backend.count(REQUEST) is None


@pytest.mark.parametrize("block", [of_anthropic, of_botocore])
@pytest.mark.parametrize(
    "error", [AttributeError("no group"), TypeError("None"), KeyError("x"), ImportError("awscrt")]
)
def test_a_slip_of_an_sdk_is_trouble(
    block: Callable[[Limits], AbstractContextManager[None]], error: Exception
) -> None:
    with pytest.raises(Trouble, match=type(error).__name__), block(Limits(1.0, 1.0)):
        raise error


def test_what_cancels_an_ask_is_no_trouble() -> None:
    with pytest.raises(KeyboardInterrupt), of_botocore(LIMITS), of_anthropic(LIMITS):
        raise KeyboardInterrupt


def test_a_key_that_is_no_header_is_not_told() -> None:
    key = "sk" + "-ant-" + "x" * 20
    with pytest.raises(Trouble) as trouble, of_anthropic(LIMITS):
        raise ValueError(f"Illegal header value b'{key}'")
    assert key not in str(trouble.value) and "header value" in str(trouble.value)


@pytest.mark.parametrize("told", ["http://127.0.0.1:9", "https://proxy.example/v1?x=1", ""])
def test_an_address_is_taken_as_it_is(told: str) -> None:
    assert address({"A": told}, "A") == (told or None)


@pytest.mark.parametrize("told", ["proxy.example", "ftp://x", "http://", "http://a b", "http:///x"])
def test_what_is_no_address_is_trouble(told: str) -> None:
    with pytest.raises(Trouble, match="A is no address"):
        address({"A": told}, "A")


@pytest.mark.parametrize("name", KINDS)
def test_half_a_character_keeps_no_summary_away(tmp_path: Path, name: str) -> None:
    halved = replace(REQUEST, material="a \ud83d b", instructions="\udc00", repeats=True)
    with Asking(name, tmp_path, always(Say((text(NOTES),)))) as asking:
        found = asking.ask(halved)
    assert isinstance(found, Summary) and "a ? b" in asking.server.requests[0].text()


def test_an_address_that_the_sdk_refuses_is_trouble() -> None:
    import httpx2

    with pytest.raises(Trouble, match="control"), of_anthropic(LIMITS):
        raise httpx2.InvalidURL("a control character")
