"""The pieces of a stream: Bedrock's binary frames, Anthropic's server-sent events."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Iterator
from typing import Any


def frame(headers: dict[str, str], payload: bytes) -> bytes:
    """One message of ``application/vnd.amazon.eventstream``.

    u32 total length, u32 header length, CRC32 of those; the headers (type 7:
    string); the payload; CRC32 of all before.
    """
    packed = b"".join(
        struct.pack("!B", len(name))
        + name.encode()
        + struct.pack("!BH", 7, len(value.encode()))
        + value.encode()
        for name, value in headers.items()
    )
    prelude = struct.pack("!II", 16 + len(packed) + len(payload), len(packed))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + packed + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(name: str, told: dict[str, Any]) -> bytes:
    return frame(
        {
            ":event-type": name,
            ":content-type": "application/json",
            ":message-type": "event",
        },
        json.dumps(told).encode(),
    )


def chunk(told: dict[str, Any]) -> bytes:
    """An event of the Messages API, in InvokeModel's wrapping."""
    return event("chunk", {"bytes": base64.b64encode(json.dumps(told).encode()).decode()})


def sse(told: dict[str, Any]) -> bytes:
    """An event of the Messages API, as Anthropic itself sends it."""
    return f"event: {told['type']}\ndata: {json.dumps(told)}\n\n".encode()


def exception(code: str, message: str) -> bytes:
    return frame(
        {
            ":exception-type": code,
            ":content-type": "application/json",
            ":message-type": "exception",
        },
        json.dumps({"message": message}).encode(),
    )


def stream_events(whole: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The streaming events that add up to a message."""
    opening = {**whole, "content": [], "stop_reason": None}
    opening["usage"] = {**whole["usage"], "output_tokens": 1}
    yield {"type": "message_start", "message": opening}
    for index, block in enumerate(whole["content"]):
        if block["type"] == "tool_use":
            empty = {**block, "input": {}}
            delta = {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        else:
            empty = {**block, "text": ""}
            delta = {"type": "text_delta", "text": block["text"]}
        yield {"type": "content_block_start", "index": index, "content_block": empty}
        yield {"type": "content_block_delta", "index": index, "delta": delta}
        yield {"type": "content_block_stop", "index": index}
    yield {
        "type": "message_delta",
        "delta": {"stop_reason": whole["stop_reason"], "stop_sequence": None},
        "usage": {"output_tokens": whole["usage"]["output_tokens"]},
    }
    yield {"type": "message_stop"}
