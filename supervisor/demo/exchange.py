"""A request to the stand-in for Bedrock, and the replies that a script may give."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
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
    stop_reason: str | None = None  # None: by the blocks; "": the stream ends without one
    cache: tuple[int, int] = (0, 0)  # tokens read from it, and written to it


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
    """Headers and `before`, then nothing for `seconds` or until the server is closed.

    `pings`: not nothing, but an event that says nothing, ten times a second.
    """

    seconds: float
    before: tuple[Block, ...] = ()
    pings: bool = False


@dataclass(frozen=True, slots=True)
class Drop:
    """The connection is closed in the middle of a stream, after `before`."""

    before: tuple[Block, ...] = ()


@dataclass(frozen=True, slots=True)
class Garble:
    """A stream whose bytes are spoiled after `before`: a frame with a wrong checksum."""

    before: tuple[Block, ...] = ()


# How Claude Code (2.1.116 to 2.1.330) ends its request for a summary.
NO_TOOLS = "Tool calls will be rejected and you will fail the task."

Reply = Say | Refuse | BreakOff | Silence | Drop | Garble

OUT_OF_MEMORY = BreakOff("Out of memory")


@dataclass(frozen=True, slots=True)
class Request:
    number: int  # 1 for the first one
    model: str
    streaming: bool
    body: dict[str, Any]
    size: int  # bytes of the body
    at: float = field(default_factory=time.time)  # seconds since the epoch
    route: str = "invoke"  # the last part of the path

    @property
    def messages(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.body.get("messages", [])
        return found

    @property
    def tools(self) -> frozenset[str]:
        return frozenset(tool.get("name", "") for tool in self.body.get("tools") or ())

    @property
    def compacts(self) -> bool:
        """Claude Code's own request for a summary: it has the agent's tools, but wants words."""
        last = self.messages[-1:] or [{}]
        return _words(last[0].get("content")).rstrip().endswith(NO_TOOLS)

    @property
    def from_agent(self) -> bool:
        """A turn of the agent itself, not a title or a summary."""
        return "Bash" in self.tools

    def text(self) -> str:
        """All words of the messages: text, tool calls and tool results."""
        return "\n".join(_words(message.get("content")) for message in self.messages)


def _words(content: Any) -> str:
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = []
    for block in content:
        if block.get("type", "text") == "text":  # Converse names no type
            parts.append(block.get("text", ""))
        elif block.get("type") == "tool_result":
            parts.append(_words(block.get("content")))
        elif block.get("type") == "tool_use":
            parts.append(json.dumps(block.get("input"), ensure_ascii=False))
    return "\n".join(parts)
