"""One policy for all backends: which errors are tried again, when, and what they mean.

The SDKs' own retries are off, for each has its own: boto3 never retries a ModelTimeout (408)
or a ModelError (424), the anthropic SDK no 424 and no exception in mid-stream.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from .bounded import Late
from .protocol import Limits, Summary, SummaryFailed

ATTEMPTS = 3
FIRST_WAIT = 0.5  # s, doubled each time
STATUSES = frozenset({408, 409, 424, 425, 429, 500, 502, 503, 504, 529})
# Bedrock's codes and the Anthropic API's error types, in small letters.
PASSING = frozenset(
    "throttlingexception modelnotreadyexception modeltimeoutexception modelerrorexception"
    " modelstreamerrorexception internalserverexception serviceunavailableexception"
    " rate_limit_error overloaded_error api_error timeout_error".split()
)
LASTING = frozenset(
    "validationexception accessdeniedexception resourcenotfoundexception"
    " servicequotaexceededexception invalid_request_error authentication_error"
    " permission_error not_found_error request_too_large billing_error".split()
)
# Of one model: another one may have room.
CROWDED = frozenset(
    "throttlingexception modelnotreadyexception servicequotaexceededexception"
    " rate_limit_error overloaded_error".split()
)
REFUSED = frozenset(
    "validationexception accessdeniedexception resourcenotfoundexception"
    " invalid_request_error permission_error not_found_error".split()
)
# "Too many tokens, please wait" is throttling and no length.
TOO_LONG = re.compile(
    r"(?:input|prompt|request)\b.{0,20}\bis too (?:long|large)|too many input tokens"
    r"|input length and .?max_tokens.? exceed|(?:maximum|model'?s?) context (?:length|window)"
    r"|exceeds? the (?:maximum )?context|request_too_large|exceeds the maximum (?:size|length)",
    re.IGNORECASE,
)
DAILY = re.compile(r"\bper day\b|\bdaily\b", re.IGNORECASE)
CREDENTIALS = re.compile(
    r"expiredtoken|unrecognizedclient|invalidclienttoken|invalidsignature|signaturedoesnotmatch"
    r"|security token|authentication|(?:token|api key)\b.{0,40}\b(?:expired|(?:in|not )valid)"
    r"|credit balance",
    re.IGNORECASE,
)
CACHE = re.compile(r"cache_?control|cache_?point|prompt caching", re.IGNORECASE)


class Kind(Enum):
    """At which point a request failed."""

    ANSWERED = "an HTTP error, before any byte of an answer"
    IN_STREAM = "an error that the service told in the middle of its answer"
    SILENT = "no byte for too long"
    UNREACHABLE = "no connection, or one that was cut"
    BROKEN = "bytes that are no answer, or an answer without its end"
    SETUP = "nothing was sent: no credentials, no region, no program"


@dataclass(frozen=True, slots=True)
class Failure:
    """Why one attempt came to nothing, whatever the backend."""

    kind: Kind
    message: str = ""  # the service's own words; of a silence, how long it was
    status: int = 0  # HTTP
    code: str = ""  # Bedrock's exception or the Anthropic API's error type
    retry_after: float | None = None  # s


class Trouble(Exception):
    """One attempt failed."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


@dataclass(frozen=True, slots=True)
class Judgement:
    again: bool  # the same request may do better
    model_refused: bool = False
    too_long: bool = False


def judge(failure: Failure) -> Judgement:
    """What a failure means. The code counts before the status, for gateways change that."""
    if failure.kind in (Kind.UNREACHABLE, Kind.BROKEN):
        return Judgement(again=True)
    if failure.kind in (Kind.SILENT, Kind.SETUP):
        return Judgement(again=False)  # a silence has cost its time already
    code, words = failure.code.lower(), f"{failure.code} {failure.message}"
    crowded = code in CROWDED or (code not in LASTING and failure.status in (429, 529))
    if not crowded and (failure.status == 413 or TOO_LONG.search(words)):
        return Judgement(again=False, too_long=True)
    again = code in PASSING or (
        code not in LASTING and (failure.kind is Kind.IN_STREAM or failure.status in STATUSES)
    )
    refused = crowded or code in REFUSED or (not again and failure.status in (400, 403, 404))
    return Judgement(
        again=again and not DAILY.search(words),
        model_refused=refused and failure.status != 401 and not CREDENTIALS.search(words),
    )


def refuses_marks(failure: Failure) -> bool:
    """Whether it is the marks for the prompt cache that the service does not take."""
    return failure.status in (400, 403) and CACHE.search(failure.message) is not None


def pause(attempt: int, failure: Failure) -> float:
    """Seconds before the attempt that follows `attempt` (1: the first)."""
    return max(FIRST_WAIT * 2.0 ** (attempt - 1), failure.retry_after or 0.0)


def told(failure: Failure, service: str) -> str:
    """The failure in one line for a person; `service` as in "Bedrock"."""
    message = " ".join(failure.message.split())[:300]
    number = str(failure.status) if failure.status else ""
    named = " ".join(filter(None, (number, failure.code)))
    match failure.kind:
        case Kind.ANSWERED:
            answered = f"{service} answered" + (f" {named}" if named else "")
            return answered + (f": {message}" if message else "")
        case Kind.IN_STREAM:
            return f"{service} broke off: " + ": ".join(filter(None, (failure.code, message)))
        case Kind.SILENT:
            return f"{service} was silent for {message}"
        case Kind.UNREACHABLE:
            return f"no connection to {service}: {message}"
        case Kind.BROKEN:
            return f"the answer of {service} cannot be read: {message}"
        case Kind.SETUP:
            return f"{service}: {message}"


def persist(
    attempt: Callable[[float], Summary],
    service: str,
    limits: Limits,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Callable[[float], None] = time.sleep,
) -> Summary:
    """What ``attempt(seconds left)`` gives, tried ATTEMPTS times within the deadline.

    An attempt raises Trouble, or Late when its time is over. Raises SummaryFailed.
    """
    end = now() + limits.deadline
    for number in range(1, ATTEMPTS + 1):
        try:
            return attempt(end - now())
        except Late:
            late = f"the summary took longer than {limits.deadline:g} s"
            raise SummaryFailed(late) from None
        except Trouble as trouble:
            failure = trouble.failure
            judged, reason = judge(failure), told(failure, service)
            wait = pause(number, failure)
            if judged.again and number < ATTEMPTS and now() + wait >= end:
                judged, reason = Judgement(False), f"{reason} (no time is left to try again)"
            if not judged.again or number == ATTEMPTS:
                raise SummaryFailed(
                    reason, model_refused=judged.model_refused, too_long=judged.too_long
                ) from trouble
        sleep(wait)
    raise AssertionError("the last attempt returns or raises")
