"""Every class of error, over all backends that hold an SDK: they come out alike."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from supervisor.compaction.backends.protocol import Limits, Request, Summary, SummaryFailed
from supervisor.demo.bedrock import BreakOff, Drop, Garble, Refuse, Reply, Say, Silence, text
from supervisor.demo.bedrock import Request as Asked

from .asking import KINDS, LIMITS, MODEL, NOTES, REQUEST, Asking, always

BEGUN = (text("The led"),)
GOOD = Say((text(NOTES),))


@pytest.fixture(scope="module", autouse=True)
def imported() -> None:
    """The seconds of import are no part of a deadline."""
    importlib.import_module("anthropic")
    importlib.import_module("boto3")


@pytest.fixture(autouse=True)
def environ() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)


# --- What passes

PASSING: dict[str, Reply] = {
    "throttled": Refuse(429, "Too many tokens", "ThrottlingException"),
    "not ready": Refuse(429, "not ready", "ModelNotReadyException"),
    "timed out": Refuse(408, "timeout", "ModelTimeoutException"),
    "model error": Refuse(424, "error", "ModelErrorException"),
    "server error": Refuse(500, "error", "InternalServerException"),
    "unavailable": Refuse(503, "too many connections", "ServiceUnavailableException"),
    "overloaded": Refuse(529, "Overloaded", ""),
    "bad gateway": Refuse(502, "bad gateway", ""),
    "broken off": BreakOff("Try again", before=BEGUN),
    "throttled in the stream": BreakOff("slow", "throttlingException", BEGUN),
    "unavailable in the stream": BreakOff("down", "serviceUnavailableException", BEGUN),
    "cut": Drop(BEGUN),
    "spoiled": Garble(BEGUN),
    "without an end": Say(BEGUN, stop_reason=""),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("first", PASSING.values(), ids=PASSING)
def test_what_passes_is_survived(tmp_path: Path, name: str, first: Reply) -> None:
    numbers = count()
    with Asking(name, tmp_path, lambda asked: GOOD if next(numbers) else first) as asking:
        found = asking.ask()
    assert isinstance(found, Summary) and found.text == NOTES  # and no half of the first
    assert len(asking.server.requests) == 2 and asking.slept == [0.5]
    assert asking.progress[-1] == len(NOTES)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("reply", PASSING.values(), ids=PASSING)
def test_what_does_not_pass_after_all_is_told(tmp_path: Path, name: str, reply: Reply) -> None:
    with Asking(name, tmp_path, always(reply)) as asking:
        found = asking.ask()
    assert isinstance(found, SummaryFailed) and not found.too_long
    assert len(asking.server.requests) == 3 and asking.slept == [0.5, 1.0]
    if isinstance(reply, Refuse):
        assert f"answered {reply.status}" in str(found) and reply.message in str(found)
        assert found.model_refused is (reply.status in (429, 529))
    elif isinstance(reply, BreakOff):
        assert "broke off" in str(found) and reply.message in str(found)


@pytest.mark.parametrize("name", KINDS)
def test_a_pause_is_as_long_as_the_service_asks(tmp_path: Path, name: str) -> None:
    busy = Refuse(429, "slow", "ThrottlingException", (("retry-after", "3"),))
    with Asking(name, tmp_path, always(busy)) as asking:
        asking.ask()
    assert asking.slept == [3.0, 3.0]


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("told", ["-1", "soon", "Fri, 31 Dec 1999 23:59:59 GMT"])
def test_a_pause_that_is_no_number_is_ours(tmp_path: Path, name: str, told: str) -> None:
    busy = Refuse(429, "slow", "ThrottlingException", (("retry-after", told),))
    with Asking(name, tmp_path, always(busy)) as asking:
        asking.ask()
    assert asking.slept == [0.5, 1.0]


# --- What stays

STAYING: dict[str, tuple[Refuse, bool, bool]] = {  # model_refused, too_long
    "invalid": (Refuse(400, "on-demand throughput isn't supported"), True, False),
    "no access": (Refuse(403, "no access to it", "AccessDeniedException"), True, False),
    "unknown": (Refuse(404, "no such model", "ResourceNotFoundException"), True, False),
    "unauthorized": (Refuse(401, "who are you", "AccessDeniedException"), False, False),
    "expired": (
        Refuse(403, "The security token is expired", "ExpiredTokenException"),
        False,
        False,
    ),
    "too long": (Refuse(400, "Input is too long for requested model."), False, True),
    "prompt too long": (Refuse(400, "prompt is too long: 2 tokens > 1 maximum"), False, True),
    "too large": (Refuse(413, "larger than 20 MB"), False, True),
    "daily": (Refuse(429, "Too many tokens per day", "ThrottlingException"), True, False),
}


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize(("reply", "refused", "long"), STAYING.values(), ids=STAYING)
def test_what_stays_is_not_tried_again(
    tmp_path: Path, name: str, reply: Refuse, refused: bool, long: bool
) -> None:
    with Asking(name, tmp_path, always(reply)) as asking:
        found = asking.ask()
    assert isinstance(found, SummaryFailed)
    assert (found.model_refused, found.too_long) == (refused, long)
    assert reply.message in str(found)
    assert len(asking.server.requests) == 1 and asking.slept == []


@pytest.mark.parametrize("name", KINDS)
def test_a_context_that_is_full_is_too_long(tmp_path: Path, name: str) -> None:
    full = Say((text("The led"),), stop_reason="model_context_window_exceeded")
    with Asking(name, tmp_path, always(full)) as asking:
        found = asking.ask()
    assert isinstance(found, SummaryFailed) and found.too_long


@pytest.mark.parametrize("name", KINDS)
def test_a_port_where_nobody_listens_is_tried_three_times(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(GOOD)) as asking:
        pass
    found = asking.ask()
    assert isinstance(found, SummaryFailed) and str(found).startswith("no connection to ")
    assert asking.slept == [0.5, 1.0]


# --- Time


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("reply", [Silence(60), Silence(60, BEGUN)], ids=["at once", "later"])
def test_a_silence_ends_it(tmp_path: Path, name: str, reply: Reply) -> None:
    with Asking(name, tmp_path, always(reply)) as asking:
        found = asking.ask(limits=Limits(silence=0.5, deadline=40))
    assert str(found).endswith(" was silent for 0.5 s")
    assert len(asking.server.requests) == 1


@pytest.mark.parametrize("name", KINDS)
def test_the_deadline_holds_in_a_stream_that_only_pings(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(Silence(60, BEGUN, pings=True))) as asking:
        found = asking.ask(limits=Limits(silence=10, deadline=1.5))
    assert str(found) == "the summary took longer than 1.5 s"
    assert len(asking.server.requests) == 1


@pytest.mark.parametrize("name", KINDS)
def test_a_stream_that_pings_is_not_silent(tmp_path: Path, name: str) -> None:
    with Asking(name, tmp_path, always(Silence(0.7, BEGUN, pings=True))) as asking:
        found = asking.ask(limits=Limits(silence=0.4, deadline=40))
    assert isinstance(found, SummaryFailed) and "silent" not in str(found)


# --- Several at once, and one that is cancelled


@pytest.mark.parametrize("name", KINDS)
def test_several_are_asked_at_once(tmp_path: Path, name: str) -> None:
    together = threading.Barrier(4)  # broken, if they are asked one after another

    def answer(asked: Asked) -> Reply:
        return Say((text(asked.text()),))

    requests = [Request(MODEL, "the system", f"part {n}", "tell") for n in range(4)]
    with Asking(name, tmp_path, answer) as asking:

        def ask(request: Request) -> str:
            def progress(length: int) -> None:
                if not told:
                    told.append(length)
                    together.wait(30)

            told: list[int] = []
            return asking.backend.ask(request, LIMITS, progress).text

        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(ask, requests))
    assert found == [f"part {n}\ntell" for n in range(4)]


@pytest.mark.parametrize("name", KINDS)
def test_an_error_of_the_listener_cancels_and_comes_out(tmp_path: Path, name: str) -> None:
    class Cancelled(Exception):
        pass

    def cancel(length: int) -> None:
        raise Cancelled

    pings = always(Silence(60, BEGUN, pings=True))
    with Asking(name, tmp_path, pings) as asking, pytest.raises(Cancelled):
        asking.backend.ask(REQUEST, LIMITS, cancel)
    assert len(asking.server.requests) == 1 and asking.slept == []


def test_without_credentials_it_says_so(tmp_path: Path) -> None:
    reasons = []
    for name in ("bedrock", "converse"):
        with Asking(name, tmp_path, always(GOOD)) as asking:
            for key in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
                os.environ.pop(key)
            os.environ["AWS_EC2_METADATA_DISABLED"] = "true"
            env = {**os.environ, "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "0"}
            backend = KINDS[name](env, sleep=asking.slept.append)
            with pytest.raises(SummaryFailed) as raised:
                backend.ask(REQUEST, LIMITS, lambda length: None)
        reasons.append(str(raised.value))
        assert asking.server.requests == [] and asking.slept == []
    assert all("credentials" in reason for reason in reasons)
