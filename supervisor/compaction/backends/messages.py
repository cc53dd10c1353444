"""One question through the anthropic SDK's Messages API, be it Bedrock's or Anthropic's own."""

from __future__ import annotations

from typing import Any

from ...claude.models import cached_from
from .bounded import Heard
from .protocol import Request, Summary, SummaryFailed
from .retry import Failure, Kind, Trouble

BYTES_A_TOKEN = 4  # a rough estimate, good enough for a threshold
FULL = "model_context_window_exceeded"


def is_marked(request: Request) -> bool:
    """Whether the material is worth a place in the prompt cache.

    Writing costs a quarter more, so only where it will be read again; and what is shorter than
    the model's minimum is not cached at all.
    """
    long = len(request.material.encode()) / BYTES_A_TOKEN >= cached_from(request.model)
    return request.repeats and long


def conversation(request: Request, *, marked: bool) -> list[dict[str, Any]]:
    """The `messages` of the request; `marked`: the prefix up to the material is cached."""
    material: dict[str, Any] = {"type": "text", "text": request.material}
    if marked:
        material["cache_control"] = {"type": "ephemeral"}
    return [{"role": "user", "content": [material, {"type": "text", "text": request.instructions}]}]


def stream(
    client: Any, request: Request, backend: str, heard: Heard, *, marked: bool, extra: Any = None
) -> Summary:
    """Ask, and gather the text of the answer. `extra`: more of the body than the SDK sends.

    Thinking is no text. Raises what the SDK raises, Trouble for an answer without its end, and
    SummaryFailed where the context was full before it.
    """
    parts: list[str] = []
    length, stop, usage = 0, "", dict[str, int]()
    with client.messages.create(
        model=request.model,
        max_tokens=request.max_tokens,
        system=request.system,
        messages=conversation(request, marked=marked),
        stream=True,
        extra_body=extra,
    ) as events:
        for event in events:
            if event.type == "message_start":
                usage.update(_usage(event.message.usage))
            elif event.type == "content_block_delta" and event.delta.type == "text_delta":
                parts.append(event.delta.text)
                length += len(event.delta.text)
            elif event.type == "message_delta":
                stop = event.delta.stop_reason or ""
                usage["output_tokens"] = event.usage.output_tokens or 0
            heard(length)
    return finished(Summary("".join(parts), request.model, backend, stop, **usage))


def finished(summary: Summary) -> Summary:
    """The summary, if its answer has come to an end of its own.

    Raises Trouble where it just stopped, and SummaryFailed where the context was full.
    """
    if not summary.stop_reason:
        raise Trouble(Failure(Kind.BROKEN, "it stopped without an end"))
    if summary.stop_reason == FULL:
        raise SummaryFailed("the context was full before the summary was whole", too_long=True)
    return summary


def _usage(told: Any) -> dict[str, int]:
    names = ("input_tokens", "cache_read_input_tokens", "cache_creation_input_tokens")
    return {name: getattr(told, name, 0) or 0 for name in names}
