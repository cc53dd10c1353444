"""The entries of a transcript: one JSON object a line, of many types and versions.

Claude Code calls the format internal; so this reads what it knows and passes over the
rest. Shapes seen in 2.1.116 and 2.1.330: a line per content block, the blocks of one
response sharing ``message.id``; ``content`` a string or a list of blocks; bookkeeping of
every kind in between (``last-prompt``, ``cost-state``, ``api-request-blob``, …).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..core.ending import ApiError

Block = dict[str, Any]

# Bulky bookkeeping that is recognised by its head, before any decoding.
BULK = re.compile(rb'\s*\{"type":"(?:api-request|file-history|progress|queue-op|atis-latch)')
_OBJECT = re.compile(r'\{"(?:parentUuid|type|uuid|logicalParentUuid)":')
# Outputs and media stand a second time under these, and would be kept in memory twice.
TWICE = ("toolUseResult", "attachment", "snapshot")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the conversation. `raw` is the decoded line, less what it holds twice.

    `type` is "user", "assistant", "boundary" (of a compaction), "attachment", or "link"
    for anything else that has its place in the chain of parents.
    """

    type: str
    uuid: str
    parent: str | None
    blocks: tuple[Block, ...]
    sidechain: bool = False
    raw: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def text(self) -> str:
        return "\n".join(
            str(block.get("text", "")) for block in self.blocks if block.get("type") == "text"
        )

    @property
    def message(self) -> dict[str, Any]:
        message = self.raw.get("message")
        return message if isinstance(message, dict) else {}

    @property
    def is_api_error(self) -> bool:
        """Shown in the place of an answer.

        Marked as such, or client-made and worded so: an abbreviated record (#51755) has
        neither mark nor model. A synthetic stub that is no error says ``false``.
        """
        mark = self.raw.get("isApiErrorMessage")
        if self.type != "assistant" or mark is False:
            return False
        if mark is True:
            return True
        client_made = self.message.get("model") in (None, "<synthetic>")
        worded = self.raw.get("error") is not None or self.text.startswith("API Error")
        return client_made and worded

    @property
    def api_error(self) -> ApiError | None:
        if not self.is_api_error:
            return None
        kind, status = self.raw.get("error"), self.raw.get("apiErrorStatus")
        return ApiError(
            text=self.text,
            kind=kind if isinstance(kind, str) else "unknown",
            status=status if isinstance(status, int) else None,
            at=self.at,
        )

    @property
    def at(self) -> float | None:
        """When it was written, in seconds since the epoch."""
        timestamp = self.raw.get("timestamp")
        try:
            return datetime.fromisoformat(timestamp).timestamp()  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None

    @property
    def is_answer(self) -> bool:
        """Words of the model itself."""
        client_made = self.message.get("model") == "<synthetic>" or self.is_api_error
        return self.type == "assistant" and not client_made

    @property
    def is_meta(self) -> bool:
        return bool(self.raw.get("isMeta"))

    @property
    def is_summary(self) -> bool:
        return bool(self.raw.get("isCompactSummary"))

    @property
    def is_tool_result(self) -> bool:
        return any(block.get("type") == "tool_result" for block in self.blocks)

    @property
    def tool_calls(self) -> tuple[Block, ...]:
        return tuple(block for block in self.blocks if block.get("type") == "tool_use")

    @property
    def on_main_chain(self) -> bool:
        return not self.sidechain and self.type in ("user", "assistant") and not self.is_meta


def decode(line: bytes) -> list[Entry] | None:
    """The entries of one line: none for bookkeeping, None for a line that is torn.

    Two objects on a line (a write cut off by SIGKILL, then another) give two entries.
    """
    if BULK.match(line):
        return []
    text = line.replace(b"\0", b"").decode("utf-8", "replace").strip()
    if not text:
        return [] if b"\0" not in line else None
    found: list[Entry] = []
    decoder = json.JSONDecoder()
    at = 0
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError):
            behind = _OBJECT.search(text, at + 1)  # a write after one that was cut off
            if behind is None:
                return found or None
            at = behind.start()
            continue
        if isinstance(value, dict) and (entry := entry_of(value)) is not None:
            found.append(entry)
        while at < len(text) and text[at].isspace():
            at += 1
    return found


def entry_of(raw: dict[str, Any]) -> Entry | None:
    """The entry that a decoded line is, or None where it is bookkeeping."""
    kind = str(raw.get("type"))
    if kind == "system" and raw.get("subtype") == "compact_boundary":
        kind = "boundary"
    if kind not in ("user", "assistant", "boundary", "attachment"):
        if not isinstance(raw.get("uuid"), str):
            return None
        kind = "link"
    parent = raw.get("parentUuid") or raw.get("logicalParentUuid")
    blocks = _blocks(raw, kind)
    for key in TWICE:
        raw.pop(key, None)
    return Entry(
        type=kind,
        uuid=str(raw.get("uuid") or ""),
        parent=str(parent) if parent else None,
        blocks=blocks,
        sidechain=bool(raw.get("isSidechain")),
        raw=raw,
    )


def _blocks(raw: dict[str, Any], kind: str) -> tuple[Block, ...]:
    if kind == "attachment":
        return _queued_words(raw.get("attachment"))
    message = raw.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, str):
        return ({"type": "text", "text": content},)
    if isinstance(content, list):
        return tuple(block for block in content if isinstance(block, dict))
    return ()


def _queued_words(attachment: object) -> tuple[Block, ...]:
    """What the user typed while a turn was under way comes as an attachment."""
    if not isinstance(attachment, dict) or attachment.get("type") != "queued_command":
        return ()
    prompt = attachment.get("prompt")
    if isinstance(prompt, str):
        return ({"type": "text", "text": prompt},)
    if isinstance(prompt, list):
        return tuple(block for block in prompt if isinstance(block, dict))
    return ()


def result_text(block: Block) -> str:
    """The words of a tool_result block; media are named, not shown."""
    content = block.get("content")
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    parts = []
    for part in content:
        if isinstance(part, dict) and part.get("type") == "text":
            parts.append(str(part.get("text", "")))
        elif isinstance(part, dict):
            parts.append(f"[{part.get('type', 'block')}]")
    return "\n".join(parts)


def ends_chain(entry: Entry) -> bool:
    """An entry of the conversation, or words that were queued behind the last one."""
    return entry.on_main_chain or (entry.type == "attachment" and bool(entry.blocks))


def answers(entry: Entry) -> set[Any]:
    return {
        block.get("tool_use_id") for block in entry.blocks if block.get("type") == "tool_result"
    }
