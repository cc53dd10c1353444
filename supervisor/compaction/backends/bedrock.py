"""Bedrock by the anthropic SDK: InvokeModel, streaming, as Claude Code itself asks it.

The environment that Claude Code reads decides: ``AWS_REGION``, ``AWS_PROFILE`` and the rest
of the AWS chain, ``AWS_BEARER_TOKEN_BEDROCK``, ``ANTHROPIC_BEDROCK_BASE_URL``,
``CLAUDE_CODE_SKIP_BEDROCK_AUTH``.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..summarize import Request, Summary, SummaryFailed

# SDK 2.12.0 sends 2026-10-21, of which no trace is public; Bedrock documents this one.
ANTHROPIC_VERSION = "bedrock-2023-05-31"
ATTEMPTS = 3
RETRIED = frozenset({408, 409, 424, 429, 500, 502, 503, 504, 529})
FIRST_WAIT = 0.5  # s, doubled; the SDK's own
DEFAULT_REGION = "us-east-1"  # Claude Code's, since 2.1.172


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
            with _client(env, min(limits.silence, max(0.1, end - time.monotonic()))) as client:
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


def _client(env: Mapping[str, str], silence: float) -> Any:
    import anthropic
    import httpx2

    class Unsigned(anthropic.AnthropicBedrock):
        """For a gateway that signs by itself."""

        def _prepare_request(self, request: Any) -> None:
            return None

    skip = env.get("CLAUDE_CODE_SKIP_BEDROCK_AUTH", "").lower() in ("1", "true", "yes", "on")
    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or _profile_region(env)
    kind = (
        Unsigned if skip and not env.get("AWS_BEARER_TOKEN_BEDROCK") else anthropic.AnthropicBedrock
    )
    return kind(
        aws_region=region,
        max_retries=0,
        timeout=httpx2.Timeout(silence, connect=min(10.0, silence)),
    )


def _profile_region(env: Mapping[str, str]) -> str:
    import boto3  # type: ignore[import-untyped]

    return boto3.Session(profile_name=env.get("AWS_PROFILE")).region_name or DEFAULT_REGION


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
    """Bedrock's own code stands in a header, not in the SDK's exception."""
    code = error.response.headers.get("x-amzn-errortype", "").split(":")[0]
    body = error.body if isinstance(error.body, dict) else {}
    if isinstance(body.get("error"), dict):  # an exception frame in the stream
        body = body["error"]
        code = str(body.get("type") or code)
    message = body.get("message") or body.get("Message") or ""
    named = " ".join(filter(None, (str(error.status_code), code)))
    return f"Bedrock answered {named}" + (f": {_one_line(message)}" if message else "")


def _one_line(error: object) -> str:
    return " ".join(str(error).split())[:300]
