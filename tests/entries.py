"""Transcripts for tests, in the shapes that Claude Code 2.1.116 and 2.1.330 write.

A line per content block, the blocks of a response sharing ``message.id``; each line chained
to the one before by ``parentUuid``, a tool's result to its own call; bookkeeping in between.
The words are ours.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from supervisor.claude.entries import Entry, decode

Json = dict[str, Any]

SESSION = "11111111-2222-4333-8444-555555555555"
BEGUN = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
START = BEGUN.timestamp()
OUT_OF_MEMORY = "API Error: Out of memory"
NO_TOKENS = dict.fromkeys(
    (
        "input_tokens",
        "output_tokens",
        "cache_creation_input_tokens",
        "cache_read_input_tokens",
    ),
    0,
)


def text(words: str) -> Json:
    return {"type": "text", "text": words}


def call(name: str, arguments: Json, call_id: str) -> Json:
    return {"type": "tool_use", "id": call_id, "name": name, "input": arguments}


class Transcript:
    """The lines of one session; set `leaf` to an older line's uuid to fork the chain."""

    def __init__(self, session: str = SESSION, version: str = "2.1.330") -> None:
        self.session, self.version = session, version
        self.lines: list[Json] = []
        self.leaf: str | None = None
        self._responses = 0
        self._calls: dict[str, str] = {}  # id -> uuid of its line

    def user(self, words: str | list[Json], **extra: Any) -> Json:
        return self._chain({"type": "user", "message": _user(words), **extra})

    def respond(self, *blocks: Json, stop: str | None = None) -> list[Json]:
        """One response of the model, a line per block; `stop` as the blocks suggest."""
        self._responses += 1
        used = any(block["type"] == "tool_use" for block in blocks)
        return [
            self._block(block, f"msg_{self.session[:4]}_{self._responses:04d}", stop, used)
            for block in blocks
        ]

    def _block(self, block: Json, response: str, stop: str | None, used: bool) -> Json:
        message = {
            "id": response,
            "type": "message",
            "role": "assistant",
            "model": "us.anthropic.claude-sonnet-4-6",
            "content": [block],
            "stop_reason": stop or ("tool_use" if used else "end_turn"),
            "stop_sequence": None,
            "usage": {**NO_TOKENS, "input_tokens": 100, "output_tokens": 20},
        }
        line = self._chain({"type": "assistant", "message": message})
        if block["type"] == "tool_use":
            self._calls[block["id"]] = line["uuid"]
        return line

    def says(self, words: str, stop: str | None = None) -> Json:
        return self.respond(text(words), stop=stop)[0]

    def calls(self, name: str, call_id: str = "", **arguments: Any) -> str:
        """A response that is one tool call; gives the call's id."""
        call_id = call_id or f"toolu_{self.session[:4]}_{len(self._calls) + 1:04d}"
        self.respond(call(name, arguments, call_id))
        return call_id

    def result(self, output: str | list[Json], call_id: str = "", *, failed: bool = False) -> Json:
        """The result of a call, by default of the last one."""
        call_id = call_id or list(self._calls)[-1]
        self.leaf = self._calls[call_id]
        block = {
            "tool_use_id": call_id,
            "type": "tool_result",
            "content": output,
            "is_error": failed,
        }
        return self._chain(
            {
                "type": "user",
                "message": _user([block]),
                "toolUseResult": {"stdout": output},
                "sourceToolAssistantUUID": self.leaf,
            }
        )

    def step(self, command: str, output: str, *, failed: bool = False) -> str:
        """A Bash call with its result."""
        call_id = self.calls("Bash", command=command, description="a step")
        self.result(output, failed=failed)
        return call_id

    def error(self, words: str = OUT_OF_MEMORY, kind: Any = "unknown", **extra: Any) -> Json:
        """What stands in the place of an answer that failed."""
        return self._synthetic(words, error=kind, isApiErrorMessage=True, **extra)

    def stub(self, words: str = "Nothing was asked.") -> Json:
        """A synthetic entry that is no error."""
        return self._synthetic(words, isApiErrorMessage=False)

    def _synthetic(self, words: str, **extra: Any) -> Json:
        message = {
            "id": self._uuid(),
            "type": "message",
            "role": "assistant",
            "model": "<synthetic>",
            "content": [text(words)],
            "stop_reason": "stop_sequence",
            "stop_sequence": "",
            "usage": NO_TOKENS,
        }
        return self._chain({"type": "assistant", "message": message, **extra})

    def interrupted(self) -> Json:
        return self.user([text("[Request interrupted by user]")])

    def command(self, name: str, arguments: str = "") -> Json:
        """A slash command of the terminal, with what it printed."""
        self.user("The lines below were made by a local command.", isMeta=True)
        self.user(
            f"<command-name>/{name}</command-name>\n<command-message>{name}</command-message>\n"
            f"<command-args>{arguments}</command-args>"
        )
        return self.user("<local-command-stdout>printed by it</local-command-stdout>")

    def compaction(self, summary: str, trigger: str = "auto") -> Json:
        """Claude Code's own: a boundary, then its summary."""
        before, self.leaf = self.leaf, None
        self._chain(
            {
                "type": "system",
                "subtype": "compact_boundary",
                "content": "Conversation compacted",
                "logicalParentUuid": before,
                "compactMetadata": {"trigger": trigger, "preTokens": 90_000, "postTokens": 2_000},
            }
        )
        return self.user(summary, isCompactSummary=True, isVisibleInTranscriptOnly=True)

    def attachment(self, kind: str, **fields: Any) -> Json:
        return self._chain({"attachment": {"type": kind, **fields}, "type": "attachment"})

    def queued(self, words: str | list[Json]) -> Json:
        """What the user typed while a turn was under way."""
        return self.attachment("queued_command", prompt=words, commandMode="prompt")

    def sidechain(self, words: str) -> Json:
        """An older version's subagent, in the same file."""
        leaf = self.leaf
        line = self._chain({"type": "user", "message": _user(words), "isSidechain": True})
        self.leaf = leaf
        return line

    def turn_duration(self) -> Json:
        return self._chain({"type": "system", "subtype": "turn_duration", "durationMs": 4_000})

    def bookkeeping(self) -> None:
        """What follows a turn and is no part of the conversation."""
        self.lines += [
            {"type": "last-prompt", "lastPrompt": "words", "sessionId": self.session},
            {"type": "permission-mode", "permissionMode": "default", "sessionId": self.session},
            {"type": "atis-latch", "atis": "", "sessionId": self.session},
            {"type": "cost-state", "sessionId": self.session, "totalCostUSD": 0.01},
        ]

    def blob(self, words: str) -> Json:
        """A request as it was sent, kept beside the conversation: large, and no entry."""
        line = {
            "type": "api-request-blob",
            "sessionId": self.session,
            "hash": f"{len(self.lines):064x}",
            "message": _user([text(words)]),
        }
        self.lines.append(line)
        return line

    def _uuid(self) -> str:
        return f"{len(self.lines):08x}-0000-4000-8000-{self.session[-12:]}"

    def _chain(self, fields: Json) -> Json:
        at = BEGUN + timedelta(seconds=len(self.lines))
        line = {
            "parentUuid": self.leaf,
            "isSidechain": False,
            **fields,
            "uuid": self._uuid(),
            "timestamp": f"{at:%Y-%m-%dT%H:%M:%S}.000Z",
            "userType": "external",
            "entrypoint": "cli",
            "cwd": "/home/me/ledger",
            "sessionId": self.session,
            "version": self.version,
            "gitBranch": "main",
        }
        self.lines.append(line)
        self.leaf = line["uuid"]
        return line

    def data(self, since: int = 0) -> bytes:
        return b"".join(line_of(line) for line in self.lines[since:])

    def write(self, folder: Path) -> Path:
        """The transcript as a file of its project folder."""
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{self.session}.jsonl"
        path.write_bytes(self.data())
        return path

    @property
    def entries(self) -> list[Entry]:
        return [entry for line in self.lines for entry in decode(line_of(line)) or ()]


def line_of(raw: Json) -> bytes:
    return json.dumps(raw, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _user(content: str | list[Json]) -> Json:
    return {"role": "user", "content": content}
