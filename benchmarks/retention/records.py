"""The records of one session, written as they are made, in the shape that Claude Code writes.

A line per content block, the blocks of a response sharing ``message.id``; each line chained
to the one before by ``parentUuid``, a tool's result to its own call; bookkeeping in between.
"""

from __future__ import annotations

import json
import random
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, BinaryIO

Json = dict[str, Any]

BEGUN = datetime(2026, 11, 2, 8, 0, tzinfo=UTC)
MODEL = "us.anthropic.claude-sonnet-4-6"
NO_TOKENS = dict.fromkeys(
    ("input_tokens", "output_tokens", "cache_creation_input_tokens", "cache_read_input_tokens"), 0
)


class Session:
    """The lines of one session; set `leaf` to an older line's uuid to fork the chain."""

    def __init__(self, out: BinaryIO, rng: random.Random, cwd: str, version: str) -> None:
        self._out, self._rng = out, rng
        self.cwd, self.version = cwd, version
        self.session = self.new_uuid()
        self.leaf: str | None = None
        self.written = 0  # bytes
        self.context = 9_000  # tokens, as the usage of the responses tells them
        self._at = BEGUN
        self._calls: dict[str, str] = {}  # id -> uuid of its line, until its result

    def new_uuid(self) -> str:
        return str(uuid.UUID(int=self._rng.getrandbits(128), version=4))

    def line(self, record: Json) -> None:
        """A record that is no link of the chain."""
        data = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._out.write(data)
        self.written += len(data)

    def chain(self, fields: Json) -> Json:
        self._at += timedelta(milliseconds=self._rng.randrange(80, 9_000))
        record = {
            "parentUuid": self.leaf,
            "isSidechain": False,
            **fields,
            "uuid": self.new_uuid(),
            "timestamp": self.stamp,
            "userType": "external",
            "entrypoint": "cli",
            "cwd": self.cwd,
            "sessionId": self.session,
            "version": self.version,
            "gitBranch": "main",
        }
        self.line(record)
        self.leaf = record["uuid"]
        return record

    @property
    def stamp(self) -> str:
        return f"{self._at:%Y-%m-%dT%H:%M:%S}.{self._at.microsecond // 1000:03d}Z"

    def user(self, words: str | list[Json], **extra: Any) -> Json:
        return self.chain({"type": "user", "message": {"role": "user", "content": words}, **extra})

    def respond(self, *blocks: Json) -> list[str]:
        """One response of the model; gives the ids of its tool calls."""
        response = f"msg_bdrk_{self._rng.getrandbits(96):024x}"
        request = f"req_{self._rng.getrandbits(96):024x}"
        self.context += sum(len(str(block)) for block in blocks) // 4
        for number, block in enumerate(blocks):
            last = number == len(blocks) - 1
            self._block(block, response, request, last)
        return [block["id"] for block in blocks if block["type"] == "tool_use"]

    def _block(self, block: Json, response: str, request: str, last: bool) -> None:
        used = block["type"] == "tool_use"
        message = {
            "id": response,
            "type": "message",
            "role": "assistant",
            "model": MODEL,
            "content": [block],
            "stop_reason": ("tool_use" if used else "end_turn") if last else None,
            "stop_sequence": None,
            "usage": {
                **NO_TOKENS,
                "input_tokens": 4,
                "cache_read_input_tokens": self.context,
                "output_tokens": len(str(block)) // 4,
            },
        }
        made = self.chain({"type": "assistant", "message": message, "requestId": request})
        if used:
            self._calls[block["id"]] = made["uuid"]

    def call(self, name: str, arguments: Json) -> Json:
        """A tool_use block, to be given to `respond`."""
        call_id = f"toolu_bdrk_{self._rng.getrandbits(96):024x}"
        return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}

    def result(
        self,
        call_id: str,
        output: str | list[Json],
        structured: Any = None,
        *,
        failed: bool = False,
    ) -> Json:
        """The result of a call, with the second copy that Claude Code keeps for itself."""
        self.leaf = self._calls.pop(call_id)
        self.context += len(str(output)) // 4
        block: Json = {"tool_use_id": call_id, "type": "tool_result", "content": output}
        if failed:
            block["is_error"] = True
        copied = f"Error: {output}" if failed else structured
        return self.user([block], toolUseResult=copied, sourceToolAssistantUUID=self.leaf)

    def compaction(self, summary: str, before: str | None = None, **extra: Any) -> None:
        """A boundary, then the summary: Claude Code's own, or that of a rebuilt session.

        `before` is the uuid of the last entry where it stands in another file; `extra` is
        what both records carry besides.
        """
        before, self.leaf = before or self.leaf, None
        self.chain(
            {
                "type": "system",
                "subtype": "compact_boundary",
                "content": "Conversation compacted",
                "level": "info",
                "logicalParentUuid": before,
                **extra,
                "compactMetadata": {
                    "trigger": "auto",
                    "preTokens": self.context,
                    "postTokens": len(summary) // 4,
                    "durationMs": 61_000,
                },
            }
        )
        self.context = 9_000 + len(summary) // 4
        self.user(summary, isCompactSummary=True, isVisibleInTranscriptOnly=True, **extra)

    def rebuilt(self, context: str, prompt: str) -> None:
        """How a session begins that ccsup has relaunched: its context, its closing, its prompt."""
        self.compaction(context, self.new_uuid(), ccsup={"from": self.new_uuid()})
        self._synthetic("(The process of this session ended here, before the task was done.)")
        self.user(prompt)

    def queued(self, words: str) -> None:
        """What the user typed while a turn was under way."""
        self.line(
            {
                "type": "queue-operation",
                "operation": "enqueue",
                "timestamp": self.stamp,
                "sessionId": self.session,
                "content": words,
            }
        )
        self.attachment("queued_command", prompt=words, commandMode="prompt")

    def attachment(self, kind: str, **fields: Any) -> None:
        self.chain({"attachment": {"type": kind, **fields}, "type": "attachment"})

    def died(self) -> None:
        """The answer that never came, as Claude Code writes it."""
        self._synthetic("API Error: Out of memory", error="unknown", isApiErrorMessage=True)
        self.chain({"type": "system", "subtype": "turn_duration", "durationMs": 2_480_000})

    def _synthetic(self, words: str, **extra: Any) -> None:
        message = {
            "id": self.new_uuid(),
            "type": "message",
            "role": "assistant",
            "model": "<synthetic>",
            "content": [{"type": "text", "text": words}],
            "stop_reason": "stop_sequence",
            "stop_sequence": "",
            "usage": NO_TOKENS,
        }
        self.chain({"type": "assistant", "message": message, **extra})

    def sidechain(self, role: str, words: str, agent: str) -> None:
        """A line of a subagent, as older versions kept it in the same file."""
        leaf = self.leaf
        self.chain(
            {
                "type": role,
                "message": {"role": role, "content": [{"type": "text", "text": words}]},
                "isSidechain": True,
                "agentId": agent,
            }
        )
        self.leaf = leaf
