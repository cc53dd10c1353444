"""The policy of all backends: what is tried again, when, and what an error means."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from supervisor.compaction.backends.bounded import Late
from supervisor.compaction.backends.protocol import Limits, Summary, SummaryFailed
from supervisor.compaction.backends.retry import (
    Failure,
    Judgement,
    Kind,
    Trouble,
    judge,
    pause,
    persist,
    refuses_marks,
    told,
)

AGAIN, NO = Judgement(again=True), Judgement(again=False)
CROWDED = Judgement(again=True, model_refused=True)
REFUSED = Judgement(again=False, model_refused=True)
LONG = Judgement(again=False, too_long=True)


def answered(status: int, code: str = "", message: str = "") -> Failure:
    return Failure(Kind.ANSWERED, message, status, code)


def framed(code: str, message: str = "") -> Failure:
    return Failure(Kind.IN_STREAM, message, 0, code)


JUDGED = [
    (answered(408, "ModelTimeoutException"), AGAIN),
    (answered(424, "ModelErrorException"), AGAIN),
    (answered(500, "InternalServerException"), AGAIN),
    (answered(503, "ServiceUnavailableException"), AGAIN),
    (answered(500, "api_error"), AGAIN),
    (answered(504, "timeout_error"), AGAIN),
    (answered(409), AGAIN),
    (answered(424), AGAIN),
    (answered(429, "ThrottlingException", "Too many input tokens in a minute"), CROWDED),
    (answered(502), AGAIN),
    (answered(429, "ThrottlingException", "Too many tokens, please wait"), CROWDED),
    (answered(429, "ModelNotReadyException"), CROWDED),
    (answered(529, "overloaded_error"), CROWDED),
    (answered(429, "rate_limit_error"), CROWDED),
    (answered(429), CROWDED),
    # A gateway with a status of its own: the code counts.
    (answered(400, "ThrottlingException"), CROWDED),
    (answered(503, "ValidationException"), REFUSED),
    (answered(429, "ThrottlingException", "Too many tokens per day"), REFUSED),
    (answered(400, "ServiceQuotaExceededException"), REFUSED),
    (answered(400, "ValidationException", "on-demand throughput isn't supported"), REFUSED),
    (answered(400, "invalid_request_error"), REFUSED),
    (answered(403, "AccessDeniedException", "no access to the model"), REFUSED),
    (answered(404, "ResourceNotFoundException"), REFUSED),
    (answered(404), REFUSED),
    # The fault of whoever asks, whatever the model.
    (answered(401, "authentication_error"), NO),
    (answered(403, "ExpiredTokenException"), NO),
    (answered(403, "UnrecognizedClientException", "The security token is invalid"), NO),
    (answered(403, "AccessDeniedException", "Bearer Token has expired"), NO),
    (answered(400, "invalid_request_error", "Your credit balance is too low"), NO),
    (answered(402, "billing_error"), NO),
    (answered(410), NO),
    (answered(400, "ValidationException", "Input is too long for requested model."), LONG),
    (answered(400, "", "prompt is too long: 210011 tokens > 200000 maximum"), LONG),
    (answered(0, "", "Prompt is too long"), LONG),
    (answered(413, "request_too_large"), LONG),
    (framed("validationException", "Input is too long for requested model"), LONG),
    (framed("modelStreamErrorException", "Out of memory"), AGAIN),
    (framed("throttlingException"), CROWDED),
    (framed("overloaded_error"), CROWDED),
    (framed("validationException", "no such thing"), REFUSED),
    (framed("anotherException"), AGAIN),
    (Failure(Kind.UNREACHABLE, "refused"), AGAIN),
    (Failure(Kind.BROKEN, "checksum"), AGAIN),
    (Failure(Kind.SILENT, "60 s"), NO),
    (Failure(Kind.SETUP, "no credentials"), NO),
]


@pytest.mark.parametrize(("failure", "judged"), JUDGED, ids=[str(each) for each, _ in JUDGED])
def test_an_error_means_what_the_table_says(failure: Failure, judged: Judgement) -> None:
    assert judge(failure) == judged


@pytest.mark.parametrize(
    ("failure", "words"),
    [
        (
            answered(429, "ThrottlingException", "slow\ndown"),
            "S answered 429 ThrottlingException: slow down",
        ),
        (answered(500), "S answered 500"),
        (framed("x", "y"), "S broke off: x: y"),
        (Failure(Kind.SILENT, "60 s"), "S was silent for 60 s"),
        (Failure(Kind.UNREACHABLE, "refused"), "no connection to S: refused"),
        (Failure(Kind.BROKEN, "checksum"), "the answer of S cannot be read: checksum"),
        (Failure(Kind.SETUP, "no region"), "S: no region"),
    ],
)
def test_a_failure_is_told_in_one_line(failure: Failure, words: str) -> None:
    assert told(failure, "S") == words


def test_the_words_of_a_service_are_cut() -> None:
    assert len(told(answered(400, "", "x" * 10_000), "S")) < 400


def test_the_pause_doubles_and_is_no_shorter_than_asked() -> None:
    plain, asked = answered(429), Failure(Kind.ANSWERED, status=429, retry_after=7.0)
    assert [pause(number, plain) for number in (1, 2, 3)] == [0.5, 1.0, 2.0]
    assert [pause(number, asked) for number in (1, 2)] == [7.0, 7.0]


@pytest.mark.parametrize(
    ("failure", "are_refused"),
    [
        (answered(400, "", "messages.0.content.0.cache_control: Extra inputs"), True),
        (answered(400, "ValidationException", "cachePoint is not supported"), True),
        (answered(403, "", "your request did not allow prompt caching"), True),
        (answered(400, "", "max_tokens: too large"), False),
        (answered(500, "", "cache_control"), False),
    ],
)
def test_a_refusal_of_the_cache_is_told_from_others(failure: Failure, are_refused: bool) -> None:
    assert refuses_marks(failure) is are_refused


@dataclass
class World:
    """A clock that only sleeping and trying move, and attempts by a script."""

    script: list[Failure | float | Summary]  # a number: the attempt takes so long
    time: float = 100.0
    slept: list[float] = field(default_factory=list)
    given: list[float] = field(default_factory=list)

    def attempt(self, seconds: float) -> Summary:
        self.given.append(seconds)
        match self.script.pop(0):
            case Failure() as failure:
                raise Trouble(failure)
            case Summary() as summary:
                return summary
            case float(taken):
                self.time += min(taken, seconds)
                raise Late
        raise AssertionError

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.time += seconds

    def run(self, deadline: float = 60.0) -> Summary | SummaryFailed:
        now: Callable[[], float] = lambda: self.time  # noqa: E731
        try:
            return persist(self.attempt, "S", Limits(5.0, deadline), now=now, sleep=self.sleep)
        except SummaryFailed as failed:
            return failed


OUTAGE = answered(503, "ServiceUnavailableException")
DONE = Summary("the notes", "a model")


def test_what_passes_is_survived() -> None:
    world = World([OUTAGE, OUTAGE, DONE])
    assert world.run() == DONE
    assert world.slept == [0.5, 1.0] and world.given == [60.0, 59.5, 58.5]


def test_the_third_failure_is_the_last() -> None:
    world = World([OUTAGE, OUTAGE, OUTAGE, DONE])
    assert str(world.run()) == "S answered 503 ServiceUnavailableException"
    assert world.slept == [0.5, 1.0] and world.script == [DONE]


def test_what_does_not_pass_is_not_tried_again() -> None:
    world = World([answered(403, "AccessDeniedException"), DONE])
    failed = world.run()
    assert isinstance(failed, SummaryFailed) and failed.model_refused and not failed.too_long
    assert world.slept == []


def test_too_long_is_told_to_the_caller() -> None:
    failed = World([answered(400, "", "prompt is too long")]).run()
    assert isinstance(failed, SummaryFailed) and failed.too_long and not failed.model_refused


def test_a_crowded_model_is_tried_again_and_then_another_may_be() -> None:
    failed = World([answered(429)] * 3).run()
    assert isinstance(failed, SummaryFailed) and failed.model_refused


def test_what_the_service_asks_to_wait_is_waited() -> None:
    world = World([Failure(Kind.ANSWERED, status=429, retry_after=9.0), DONE])
    assert world.run() == DONE and world.slept == [9.0]


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    world = World([Failure(Kind.ANSWERED, "slow", 429, retry_after=90.0), DONE])
    assert str(world.run()) == "S answered 429: slow (no time is left to try again)"
    assert world.slept == []


def test_a_late_attempt_ends_it() -> None:
    world = World([OUTAGE, 999.0, DONE])
    assert str(world.run(deadline=30.0)) == "the summary took longer than 30 s"
    assert world.given == [30.0, 29.5]
