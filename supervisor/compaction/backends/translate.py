"""What an SDK raises, as a Failure. Both SDKs come out alike."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ...aws.client import code_and_message, region_of
from .protocol import Limits
from .retry import Failure, Kind, Trouble

# Python's own, which the SDKs let out for a setting that they cannot use: no credentials (a
# RuntimeError), no region, a key and a profile at once (ValueErrors), an address that is none.
SLIPS = (AttributeError, TypeError, LookupError, AssertionError, ImportError)
OWN = (RuntimeError, ValueError, ArithmeticError, OSError, *SLIPS)
ADDRESS = re.compile(r"https?://[^\s/?#]+(?:[/?#]\S*)?", re.IGNORECASE)
HEADER = re.compile(r"(illegal header value).*", re.IGNORECASE)


@contextmanager
def of_anthropic(limits: Limits) -> Iterator[None]:
    """Raise Trouble for what the anthropic SDK raises in the block."""
    import anthropic  # over a second to import: only when a summary is wanted
    import httpx2

    try:
        yield
    except anthropic.APIStatusError as error:
        code, message = code_and_message(error)
        in_stream = error.status_code == 200
        failure = Failure(
            Kind.IN_STREAM if in_stream else Kind.ANSWERED,
            message,
            0 if in_stream else error.status_code,
            code,
            _seconds(error.response.headers),
        )
        raise Trouble(failure) from error
    except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
        raise Trouble(_silent(limits)) from error
    except (anthropic.APIConnectionError, httpx2.TransportError) as error:
        raise Trouble(Failure(Kind.UNREACHABLE, _words(error.__cause__ or error))) from error
    except UnicodeDecodeError as error:
        raise Trouble(Failure(Kind.BROKEN, _words(error))) from error
    except (anthropic.AnthropicError, httpx2.InvalidURL, httpx2.HTTPError, *OWN) as error:
        kind = Kind.BROKEN if _is_json(error) else Kind.SETUP
        raise Trouble(Failure(kind, _words(error))) from error


@contextmanager
def of_botocore(limits: Limits) -> Iterator[None]:
    """Raise Trouble for what boto3 raises in the block: its answers, streams and credentials."""
    import botocore.eventstream as frames  # type: ignore[import-untyped]
    import botocore.exceptions as aws  # type: ignore[import-untyped]
    import urllib3.exceptions as wire
    from botocore.parsers import ResponseParserError  # type: ignore[import-untyped]

    try:
        yield
    except aws.ClientError as error:
        raise Trouble(_client_error(error, aws.EventStreamError)) from error
    except (aws.ReadTimeoutError, aws.ConnectTimeoutError, wire.TimeoutError) as error:
        raise Trouble(_silent(limits)) from error
    except (
        aws.ConnectionError,
        aws.HTTPClientError,
        aws.ResponseStreamingError,
        wire.HTTPError,
        ConnectionError,
    ) as error:
        raise Trouble(Failure(Kind.UNREACHABLE, _words(error))) from error
    except (frames.ParserError, ResponseParserError, UnicodeDecodeError) as error:
        raise Trouble(Failure(Kind.BROKEN, _words(error) or type(error).__name__)) from error
    except (aws.BotoCoreError, *OWN) as error:
        kind = Kind.BROKEN if _is_json(error) else Kind.SETUP
        raise Trouble(Failure(kind, _words(error))) from error


def region_or_none(env: Mapping[str, str]) -> str:
    """The region of the requests; none where the AWS configuration cannot be read.

    It is the request that says so: here nobody would hear it.
    """
    from botocore.exceptions import BotoCoreError

    try:
        return region_of(env)
    except (BotoCoreError, *OWN):
        return ""


def address(env: Mapping[str, str], name: str) -> str | None:
    """The address in a variable, None where there is none; raises Trouble for what is none."""
    found = env.get(name) or None
    if found is not None and not ADDRESS.fullmatch(found):
        raise Trouble(Failure(Kind.SETUP, f"{name} is no address of http or https"))
    return found


def _client_error(error: Any, in_stream: type[Any]) -> Failure:
    told: Mapping[str, Any] = error.response.get("Error", {})
    meta: Mapping[str, Any] = error.response.get("ResponseMetadata", {})
    status = meta.get("HTTPStatusCode", 0)
    is_frame = isinstance(error, in_stream)
    return Failure(
        Kind.IN_STREAM if is_frame else Kind.ANSWERED,
        str(told.get("Message") or told.get("message") or ""),
        0 if is_frame else status,
        "" if str(told.get("Code")) == str(status) else str(told.get("Code") or ""),
        _seconds(meta.get("HTTPHeaders", {})),
    )


def _silent(limits: Limits) -> Failure:
    return Failure(Kind.SILENT, f"{limits.silence:g} s")


def _is_json(error: BaseException) -> bool:
    """A JSONDecodeError, the SDK's own or the library's: what came was no answer."""
    return type(error).__name__ in ("JSONDecodeError", "APIResponseValidationError")


def _seconds(headers: Mapping[str, str]) -> float | None:
    """Of ``retry-after``; its other form, a date, is not used by these services."""
    try:
        found = float(headers.get("retry-after", ""))
    except ValueError:
        return None
    return found if found >= 0 else None


def _words(error: BaseException) -> str:
    """In its own words, but a header's value, which may be a key; a slip of code by its kind."""
    told = HEADER.sub(r"\1", " ".join(str(error).split()))
    name = type(error).__name__
    return f"{name}: {told}" if told and isinstance(error, SLIPS) else told or name
