"""A loopback stand-in for the Bedrock runtime, answered by a function.

It speaks the two InvokeModel routes that Claude Code and the anthropic SDK use:
``/model/ID/invoke`` (one JSON body) and ``/model/ID/invoke-with-response-stream``
(an AWS event stream of ``chunk`` frames). What it answers is decided by one
callable from :class:`Request` to a reply, so that a test or the demo is a script.
"""

from __future__ import annotations

import json
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .exchange import (
    OUT_OF_MEMORY,
    BreakOff,
    Drop,
    Refuse,
    Reply,
    Request,
    Say,
    Silence,
    text,
    tool_use,
)
from .frames import chunk, exception, stream_events


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
                    case Drop():
                        begun = stream_events(_whole(Say(reply.before), request))
                        self._stream([chunk(event) for event in begun][:-2], cut=True)
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

            def _stream(self, frames: list[bytes], *, cut: bool = False) -> None:
                self._open_stream()
                for part in frames:
                    self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    self.wfile.flush()
                if not cut:
                    self.wfile.write(b"0\r\n\r\n")
                self.close_connection = True

        return Handler


__all__ = [
    "OUT_OF_MEMORY",
    "BreakOff",
    "Drop",
    "Refuse",
    "Reply",
    "Request",
    "Say",
    "Silence",
    "StandIn",
    "text",
    "tool_use",
]
