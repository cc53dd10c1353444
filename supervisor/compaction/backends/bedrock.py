"""Bedrock by the anthropic SDK: InvokeModel, streaming, as Claude Code itself asks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ...aws.client import ANTHROPIC_VERSION, DEFAULT_REGION, code_and_message, make_client
from ..summarize import Request, Summary, SummaryFailed

REGION = DEFAULT_REGION
ATTEMPTS = 3
RETRIED = frozenset({408, 409, 424, 429, 500, 502, 503, 504, 529})
FIRST_WAIT = 0.5  # s, doubled; the SDK's own


@dataclass(frozen=True, slots=True)
class Limits:
    silence: float  # s without a byte
    deadline: float  # s for the whole summary


def summarize(
    request: Request,
    env: Mapping[str, str],
    limits: Limits,
    progress: Callable[[int], None],
) -> Summary:
    """Ask for the narrative; `progress` is told the characters so far.

    `env` is the environment of this very process, for the SDK and boto3 read theirs.

    Raises SummaryFailed, with the reason in a person's words, for whatever goes wrong.
    """
    import anthropic  # over a second to import: only when a summary is wanted
    import botocore.exceptions as aws  # type: ignore[import-untyped]
    import httpx2
    from botocore.eventstream import ParserError  # type: ignore[import-untyped]

    end = time.monotonic() + limits.deadline
    late = f"the summary took longer than {limits.deadline:g} s"
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with make_client(env, min(limits.silence, max(0.1, end - time.monotonic()))) as client:
                return _stream(client, request, end, late, progress)
        except anthropic.APIStatusError as error:
            in_stream = error.status_code == 200  # an exception frame
            if attempt == ATTEMPTS or not (in_stream or error.status_code in RETRIED):
                refused = error.status_code in (400, 403, 404)
                raise SummaryFailed(_status(error), model_refused=refused) from error
        except (anthropic.APITimeoutError, httpx2.TimeoutException) as error:
            silent = f"Bedrock was silent for {limits.silence:g} s"
            raise SummaryFailed(late if time.monotonic() >= end else silent) from error
        except (anthropic.APIConnectionError, httpx2.TransportError) as error:
            if attempt == ATTEMPTS:
                reason = _one_line(error.__cause__ or error)
                raise SummaryFailed(f"no connection to Bedrock: {reason}") from error
        except (
            anthropic.AnthropicError,
            aws.BotoCoreError,
            aws.ClientError,
            ParserError,  # a broken frame
            RuntimeError,  # no credentials
            ValueError,  # no region, a key and a profile at once
        ) as error:
            raise SummaryFailed(f"Bedrock: {_one_line(error)}") from error
        wait = FIRST_WAIT * 2 ** (attempt - 1)
        if time.monotonic() + wait > end:
            raise SummaryFailed(late)
        time.sleep(wait)
    raise AssertionError("the last attempt returns or raises")


def _stream(
    client: Any, request: Request, end: float, late: str, progress: Callable[[int], None]
) -> Summary:
    parts: list[str] = []
    stop, usage = "", {"input_tokens": 0, "output_tokens": 0}
    with client.messages.create(
        model=request.model,
        max_tokens=request.max_tokens,
        system=request.system,
        messages=[
            {
                "role": "user",
                "content": [
                    {"type": "text", "text": request.material},
                    {"type": "text", "text": request.instructions},
                ],
            }
        ],
        stream=True,
        extra_body={"anthropic_version": ANTHROPIC_VERSION},
    ) as stream:
        for event in stream:
            if time.monotonic() > end:
                raise SummaryFailed(late)
            if event.type == "message_start":
                usage["input_tokens"] = event.message.usage.input_tokens or 0
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                parts.append(event.delta.text)
                progress(sum(map(len, parts)))
            elif event.type == "message_delta":
                stop = event.delta.stop_reason or ""
                usage["output_tokens"] = event.usage.output_tokens or 0
    return Summary("".join(parts), request.model, stop, **usage)


def _status(error: Any) -> str:
    code, message = code_and_message(error)
    named = " ".join(filter(None, (str(error.status_code), code)))
    return f"Bedrock answered {named}" + (f": {_one_line(message)}" if message else "")


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]
