"""One answer in three spellings: InvokeModel's, Converse's and the Anthropic API's own."""

from __future__ import annotations

from typing import Any, Protocol

from .exchange import Block, Refuse, Request, Say
from .frames import chunk, event, exception, sse, stream_events

Json = dict[str, Any]
AMAZON = "application/vnd.amazon.eventstream"
TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class Dialect(Protocol):
    content_type: str  # of a stream

    def whole(self, reply: Say, request: Request) -> Json: ...
    def stream(self, reply: Say, request: Request) -> list[bytes]: ...
    def begun(self, before: tuple[Block, ...], request: Request) -> list[bytes]: ...
    def ping(self) -> bytes: ...
    def broken(self) -> bytes: ...
    def exception(self, code: str, message: str) -> bytes: ...
    def refusal(self, reply: Refuse) -> tuple[Json, dict[str, str]]: ...
    def count(self, tokens: int) -> Json: ...


def message(reply: Say, request: Request) -> Json:
    """The answer as the Messages API has it."""
    used_tool = any(block["type"] == "tool_use" for block in reply.blocks)
    tokens = reply.input_tokens if reply.input_tokens is not None else request.size // 4
    stop = "tool_use" if used_tool else "end_turn"
    return {
        "id": f"msg_standin_{request.number:06d}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": list(reply.blocks),
        "stop_reason": (stop if reply.stop_reason is None else reply.stop_reason) or None,
        "stop_sequence": None,
        "usage": {
            "input_tokens": tokens,
            "cache_creation_input_tokens": reply.cache[1],
            "cache_read_input_tokens": reply.cache[0],
            "output_tokens": reply.output_tokens,
        },
    }


class Amazon:
    """What both of Bedrock's routes have in common."""

    content_type = AMAZON

    def exception(self, code: str, message: str) -> bytes:
        return exception(code, message)

    def broken(self) -> bytes:
        good = self.ping()
        return good[:-4] + bytes(byte ^ 0xFF for byte in good[-4:])

    def ping(self) -> bytes:
        return chunk({"type": "ping"})

    def refusal(self, reply: Refuse) -> tuple[Json, dict[str, str]]:
        return {"message": reply.message}, {"x-amzn-errortype": reply.code}

    def count(self, tokens: int) -> Json:
        return {"inputTokens": tokens}


class Invoke(Amazon):
    def whole(self, reply: Say, request: Request) -> Json:
        return message(reply, request)

    def stream(self, reply: Say, request: Request) -> list[bytes]:
        return [chunk(each) for each in stream_events(message(reply, request))]

    def begun(self, before: tuple[Block, ...], request: Request) -> list[bytes]:
        return self.stream(Say(before), request)[:-2]


class Converse(Amazon):
    """Text alone: no test has a model of another maker call a tool."""

    def whole(self, reply: Say, request: Request) -> Json:
        told = message(reply, request)
        content = [{"text": block["text"]} for block in reply.blocks]
        return {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": told["stop_reason"],
            "usage": self._usage(told["usage"]),
            "metrics": {"latencyMs": 1},
        }

    def stream(self, reply: Say, request: Request) -> list[bytes]:
        whole = self.whole(reply, request)
        found = self.begun(reply.blocks, request)
        if whole["stopReason"]:
            found.append(event("messageStop", {"stopReason": whole["stopReason"]}))
        found.append(event("metadata", {"usage": whole["usage"], "metrics": whole["metrics"]}))
        return found

    def begun(self, before: tuple[Block, ...], request: Request) -> list[bytes]:
        found = [event("messageStart", {"role": "assistant"})]
        for index, block in enumerate(before):
            delta = {"contentBlockIndex": index, "delta": {"text": block["text"]}}
            found.append(event("contentBlockDelta", delta))
            found.append(event("contentBlockStop", {"contentBlockIndex": index}))
        return found

    def ping(self) -> bytes:
        return event("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": ""}})

    def _usage(self, usage: Json) -> Json:
        read, written = usage["cache_read_input_tokens"], usage["cache_creation_input_tokens"]
        asked, answered = usage["input_tokens"], usage["output_tokens"]
        return {
            "inputTokens": asked,
            "outputTokens": answered,
            "totalTokens": asked + answered + read + written,
            "cacheReadInputTokens": read,
            "cacheWriteInputTokens": written,
        }


class Plain:
    """``/v1/messages`` of the Anthropic API."""

    content_type = "text/event-stream"

    def whole(self, reply: Say, request: Request) -> Json:
        return message(reply, request)

    def stream(self, reply: Say, request: Request) -> list[bytes]:
        return [sse(each) for each in stream_events(message(reply, request))]

    def begun(self, before: tuple[Block, ...], request: Request) -> list[bytes]:
        return self.stream(Say(before), request)[:-2]

    def ping(self) -> bytes:
        return sse({"type": "ping"})

    def broken(self) -> bytes:
        return b"event: content_block_delta\ndata: {\n\n"

    def exception(self, code: str, message: str) -> bytes:
        kind = code if code in TYPES.values() else "api_error"
        return sse({"type": "error", "error": {"type": kind, "message": message}})

    def refusal(self, reply: Refuse) -> tuple[Json, dict[str, str]]:
        error = {"type": TYPES.get(reply.status, "api_error"), "message": reply.message}
        return {"type": "error", "error": error}, {}

    def count(self, tokens: int) -> Json:
        return {"input_tokens": tokens}


INVOKE, CONVERSE, PLAIN = Invoke(), Converse(), Plain()
# The last part of a path, and how it is spelled.
DIALECTS: dict[str, Dialect] = {
    "invoke": INVOKE,
    "invoke-with-response-stream": INVOKE,
    "converse": CONVERSE,
    "converse-stream": CONVERSE,
    "count-tokens": INVOKE,
    "messages": PLAIN,
    "count_tokens": PLAIN,
}
COUNTING = frozenset({"count-tokens", "count_tokens"})
STREAMING = frozenset({"invoke-with-response-stream", "converse-stream"})
