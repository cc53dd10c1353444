"""A loopback stand-in for the Bedrock runtime, answered by a function.

It speaks the two InvokeModel routes that Claude Code and the anthropic SDK use:
``/model/ID/invoke`` (one JSON body) and ``/model/ID/invoke-with-response-stream``
(an AWS event stream of ``chunk`` frames). What it answers is decided by one
callable from :class:`Request` to a reply, so that a test or the demo is a script.
"""

from __future__ import annotations

import base64
import json
import struct
import threading
import time
import urllib.parse
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Block = dict[str, Any]


def text(words: str) -> Block:
    return {"type": "text", "text": words}


def tool_use(name: str, arguments: dict[str, Any], call_id: str) -> Block:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


@dataclass(frozen=True, slots=True)
class Say:
    """A whole answer. A ``tool_use`` block makes the stop reason ``tool_use``."""

    blocks: tuple[Block, ...]
    input_tokens: int | None = None  # None: a quarter of the request's bytes
    output_tokens: int = 20


@dataclass(frozen=True, slots=True)
class Refuse:
    """An HTTP error before any byte of an answer; `code` is Bedrock's error type."""

    status: int
    message: str
    code: str = "ValidationException"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class BreakOff:
    """An exception frame in mid-stream (a non-streaming request gets HTTP 424)."""

    message: str
    code: str = "modelStreamErrorException"
    before: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """Headers, then nothing for `seconds` or until the server is closed."""

    seconds: float


Reply = Say | Refuse | BreakOff | Silence

OUT_OF_MEMORY = BreakOff("Out of memory")


@dataclass(frozen=True, slots=True)
class Request:
    number: int  # 1 for the first one
    model: str
    streaming: bool
    body: dict[str, Any]
    size: int  # bytes of the body
    at: float = field(default_factory=time.time)  # seconds since the epoch

    @property
    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body.get("messages", [])
        return found

    @property
    def tools(self) -> frozenset[str]:
        return frozenset(tool.get("name", "") for tool in self.body.get("tools") or ())

    @property
    def from_agent(self) -> bool:
        """A turn of the agent itself, not a title or a summary."""
        return "Bash" in self.tools

    def text(self) -> str:
        """All words of the messages: text, tool calls and tool results."""
        return "\n".join(_words(message.get("content")) for message in self.messages)

    def last_text(self) -> str:
        return _words(self.messages[-1].get("content")) if self.messages else ""

    def tool_results(self) -> int:
        return sum(
            1
            for message in self.messages
            if isinstance(message.get("content"), list)
            for block in message["content"]
            if block.get("type") == "tool_result"
        )


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = []
    for block in content:
        if block.get("type") == "text":
            parts.append(block.get("text", ""))
        elif block.get("type") == "tool_result":
            parts.append(_words(block.get("content")))
        elif block.get("type") == "tool_use":
            parts.append(json.dumps(block.get("input"), ensure_ascii=False))
    return "\n".join(parts)


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


def chunk(event: dict[str, Any]) -> bytes:
    payload = json.dumps({"bytes": base64.b64encode(json.dumps(event).encode()).decode()})
    return frame(
        {
            ":event-type": "chunk",
            ":content-type": "application/json",
            ":message-type": "event",
        },
        payload.encode(),
    )


def exception(code: str, message: str) -> bytes:
    return frame(
        {
            ":exception-type": code,
            ":content-type": "application/json",
            ":message-type": "exception",
        },
        json.dumps({"message": message}).encode(),
    )


def _whole(reply: Say, request: Request) -> dict[str, Any]:
    used_tool = any(block["type"] == "tool_use" for block in reply.blocks)
    tokens = reply.input_tokens if reply.input_tokens is not None else request.size // 4
    return {
        "id": f"msg_standin_{request.number:06d}",
        "type": "message",
        "role": "assistant",
        "model": request.model,
        "content": list(reply.blocks),
        "stop_reason": "tool_use" if used_tool else "end_turn",
        "stop_sequence": None,
        "usage": {
            "input_tokens": tokens,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
            "output_tokens": reply.output_tokens,
        },
    }


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


class StandIn:
    """The server, as a context manager: ``with StandIn(answer) as bedrock: …``.

    `answer` is called under a lock, once a model request, in order of arrival.
    """

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        self.requests: list[Request] = []
        self._answer = answer
        self._lock = threading.Lock()
        self._closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> StandIn:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()

    def _decide(self, path: str, body: bytes) -> tuple[Request, Reply]:
        _, _, model, route = path.split("/", 3)
        with self._lock:
            request = Request(
                number=len(self.requests) + 1,
                model=urllib.parse.unquote(model),
                streaming=route == "invoke-with-response-stream",
                body=json.loads(body),
                size=len(body),
            )
            self.requests.append(request)
            return request, self._answer(request)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_: object) -> None:
                return

            def do_GET(self) -> None:
                self._json(200, {})

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                path = urllib.parse.urlsplit(self.path).path
                if not path.startswith("/model/"):
                    self._json(404, {"message": f"no route {path}"})
                    return
                request, reply = outer._decide(path, body)
                try:
                    self._reply(request, reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _reply(self, request: Request, reply: Reply) -> None:
                match reply:
                    case Refuse():
                        self._json(
                            reply.status,
                            {"message": reply.message},
                            {"x-amzn-errortype": reply.code, **dict(reply.headers)},
                        )
                    case Silence():
                        self._open_stream()
                        outer._closing.wait(reply.seconds)
                        self.close_connection = True
                    case BreakOff() if not request.streaming:
                        self._json(
                            424,
                            {"message": reply.message},
                            {"x-amzn-errortype": "ModelErrorException"},
                        )
                    case BreakOff():
                        begun = stream_events(_whole(Say(reply.before), request))
                        frames = [chunk(event) for event in begun][:-2]
                        frames.append(exception(reply.code, reply.message))
                        self._stream(frames)
                    case Say() if request.streaming:
                        events = stream_events(_whole(reply, request))
                        self._stream([chunk(event) for event in events])
                    case Say():
                        self._json(200, _whole(reply, request))

            def _json(
                self, status: int, body: dict[str, Any], extra: dict[str, str] | None = None
            ) -> None:
                payload = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(payload)))
                self.send_header("x-amzn-requestid", "00000000-0000-4000-8000-000000000000")
                for name, value in (extra or {}).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(payload)

            def _open_stream(self) -> None:
                self.send_response(200)
                self.send_header("content-type", "application/vnd.amazon.eventstream")
                self.send_header("transfer-encoding", "chunked")
                self.send_header("connection", "close")
                self.end_headers()

            def _stream(self, frames: list[bytes]) -> None:
                self._open_stream()
                for part in frames:
                    self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    self.wfile.flush()
                self.wfile.write(b"0\r\n\r\n")
                self.close_connection = True

        return Handler
