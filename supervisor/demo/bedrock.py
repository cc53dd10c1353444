"""A loopback stand-in for the Bedrock runtime and the Anthropic API, answered by a function.

It speaks the two InvokeModel routes that Claude Code and the anthropic SDK use
(``/model/ID/invoke``, one JSON body, and ``/model/ID/invoke-with-response-stream``, an AWS
event stream of ``chunk`` frames), ``/model/ID/converse`` and ``converse-stream``,
``/v1/messages``, and both ways to count tokens. What it answers is decided by one callable
from :class:`Request` to a reply, so that a test or the demo is a script.
"""

from __future__ import annotations

import json
import re
import threading
import urllib.parse
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from .dialects import COUNTING, DIALECTS, STREAMING, Dialect
from .exchange import (
    OUT_OF_MEMORY,
    BreakOff,
    Drop,
    Garble,
    Refuse,
    Reply,
    Request,
    Say,
    Silence,
    text,
    tool_use,
)
from .validity import complaint

ROUTE = re.compile(r"/model/([^/]+)/([\w-]+)|/v1/(messages)(?:/(count_tokens))?")


class StandIn:
    """The server, as a context manager: ``with StandIn(answer) as bedrock: …``.

    `answer` is called under a lock, once a model request, in order of arrival. `strict`: a
    conversation that breaks the API's rules is refused as the API would, without `answer`.
    `count` likewise answers a request to count tokens, by their number or a refusal; None: a
    quarter of the bytes. Those requests stand in `counted`, not in `requests`.
    """

    def __init__(
        self,
        answer: Callable[[Request], Reply],
        *,
        strict: bool = False,
        count: Callable[[Request], int | Refuse] | None = None,
    ) -> None:
        self.requests: list[Request] = []
        self.counted: list[Request] = []
        self.complaints: list[str] = []  # of a strict one
        self._answer = answer
        self._strict = strict
        self._count = count or (lambda request: request.size // 4)
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

    def _decide(self, model: str | None, route: str, body: bytes) -> tuple[Request, Reply | int]:
        told = json.loads(body)
        with self._lock:
            kept = self.counted if route in COUNTING else self.requests
            request = Request(
                number=len(kept) + 1,
                model=str(told.get("model")) if model is None else urllib.parse.unquote(model),
                streaming=route in STREAMING or (model is None and bool(told.get("stream"))),
                body=told,
                size=len(body),
                route=route,
            )
            kept.append(request)
            if route in COUNTING:
                return request, self._count(request)
            # Converse has blocks of another shape, whose rules are Bedrock's own.
            wrong = complaint(told) if self._strict and not route.startswith("conv") else None
            if wrong is not None:
                self.complaints.append(wrong)
                return request, Refuse(400, wrong)
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
                asked = ROUTE.fullmatch(path)
                route = (asked[4] or asked[3] or asked[2]) if asked else ""
                if asked is None or route not in DIALECTS:
                    self._json(404, {"message": f"no route {path}"})
                    return
                request, reply = outer._decide(asked[1], route, body)
                dialect = DIALECTS[route]
                try:
                    if isinstance(reply, int):
                        self._json(200, dialect.count(reply))
                    else:
                        self._reply(dialect, request, reply)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True

            def _reply(self, dialect: Dialect, request: Request, reply: Reply) -> None:
                match reply:
                    case Refuse():
                        told, headers = dialect.refusal(reply)
                        self._json(reply.status, told, {**headers, **dict(reply.headers)})
                    case Silence():
                        self._open_stream(dialect)
                        if reply.before:
                            self._write(dialect.begun(reply.before, request))
                        waits = round(reply.seconds * 10) if reply.pings else 1
                        for _ in range(waits):
                            if outer._closing.wait(reply.seconds / waits):
                                break
                            if reply.pings:
                                self._write([dialect.ping()])
                        self.close_connection = True
                    case Drop():
                        self._stream(dialect, dialect.begun(reply.before, request), cut=True)
                    case Garble():
                        begun = dialect.begun(reply.before, request)
                        self._stream(dialect, [*begun, dialect.broken()])
                    case BreakOff() if not request.streaming:
                        refusal = Refuse(424, reply.message, "ModelErrorException")
                        self._reply(dialect, request, refusal)
                    case BreakOff():
                        begun = dialect.begun(reply.before, request)
                        last = dialect.exception(reply.code, reply.message)
                        self._stream(dialect, [*begun, last])
                    case Say() if request.streaming:
                        self._stream(dialect, dialect.stream(reply, request))
                    case Say():
                        self._json(200, dialect.whole(reply, request))

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

            def _open_stream(self, dialect: Dialect) -> None:
                self.send_response(200)
                self.send_header("content-type", dialect.content_type)
                self.send_header("transfer-encoding", "chunked")
                self.send_header("connection", "close")
                self.end_headers()

            def _write(self, frames: list[bytes]) -> None:
                for part in frames:
                    self.wfile.write(f"{len(part):x}\r\n".encode() + part + b"\r\n")
                    self.wfile.flush()

            def _stream(self, dialect: Dialect, frames: list[bytes], *, cut: bool = False) -> None:
                self._open_stream(dialect)
                self._write(frames)
                if not cut:
                    self.wfile.write(b"0\r\n\r\n")
                self.close_connection = True

        return Handler


__all__ = [
    "OUT_OF_MEMORY",
    "BreakOff",
    "Drop",
    "Garble",
    "Refuse",
    "Reply",
    "Request",
    "Say",
    "Silence",
    "StandIn",
    "text",
    "tool_use",
]
