"""A rebuilt session file: what ``--resume`` takes for a session that was just compacted.

Measured on 2.1.116 and 2.1.330: a ``compact_boundary``, an ``isCompactSummary`` user entry
and some verbatim entries, chained by ``parentUuid``, reach the model; the prompt given with
``--resume`` follows them. Where the last entry is a tool result, Claude Code puts words of
its own behind it, so the file ends in a short assistant entry of ours.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .entries import Block, Entry

FIRST_VERSION = (2, 1)  # 2.0.76 passes over the summary, 1.0.128 over half of a round
PROTOTYPE = ("userType", "cwd", "version", "gitBranch", "entrypoint")
CLOSING = "(The process of this session ended here, before the task was done.)"


def can_resume_rebuilt(version: str | None) -> bool:
    """Whether a Claude Code of this version takes a rebuilt file up."""
    numbers = (version or "").split(".")
    try:
        return (int(numbers[0]), int(numbers[1])) >= FIRST_VERSION
    except (IndexError, ValueError):
        return True  # unknown and probably newer: proved or refuted by its first answer


@dataclass(frozen=True, slots=True)
class Kept:
    """A verbatim entry of the newest rounds, with its blocks as they shall stand."""

    entry: Entry
    blocks: Sequence[Block]


def records(
    *,
    session: str,
    context: str,
    kept: Iterable[Kept],
    origin: Entry,
    now: str,
    new_uuid: Callable[[], str],
    tokens: tuple[int, int],
) -> list[dict[str, Any]]:
    """The file's records. `origin` is the dead session's last entry, `now` an ISO time."""
    shared = {
        **{key: origin.raw[key] for key in PROTOTYPE if origin.raw.get(key) is not None},
        "isSidechain": False,
        "sessionId": session,
        "timestamp": now,
        "ccsup": {"from": origin.raw.get("sessionId")},
    }
    found: list[dict[str, Any]] = []

    def add(record: dict[str, Any]) -> None:
        parent = found[-1]["uuid"] if found else None
        found.append({"parentUuid": parent, **shared, **record, "uuid": new_uuid()})

    add(
        {
            "type": "system",
            "subtype": "compact_boundary",
            "content": "Conversation compacted",
            "level": "info",
            "isMeta": False,
            "logicalParentUuid": origin.uuid,
            "compactMetadata": {
                "trigger": "auto",
                "preTokens": tokens[0],
                "postTokens": tokens[1],
            },
        }
    )
    add(
        {
            "type": "user",
            "message": {"role": "user", "content": context},
            "isCompactSummary": True,
            "isVisibleInTranscriptOnly": True,
        }
    )
    names = _Names(new_uuid)
    for item in kept:
        add({"type": item.entry.type, "message": names.unique(item)})
    if found[-1]["type"] != "assistant" or any(
        block.get("type") == "tool_use" for block in found[-1]["message"]["content"]
    ):
        add({"type": "assistant", "message": _closing(new_uuid())})
    return found


class _Names:
    """Keeps the ids of responses and calls apart: Claude Code merges what shares one.

    An id is unique in one process of a model's service; a file that goes on from several
    sessions cannot rely on it.
    """

    def __init__(self, new_uuid: Callable[[], str]) -> None:
        self._new_uuid = new_uuid
        self._response: tuple[object, str] = (None, "")
        self._calls: dict[object, str] = {}  # the newest name of each call
        self._taken: set[str] = set()

    def unique(self, item: Kept) -> dict[str, Any]:
        """The entry's message with its kept blocks and ids that are this file's own."""
        message = {**item.entry.message, "content": [self._block(block) for block in item.blocks]}
        if item.entry.type == "assistant":
            if self._response[0] != message.get("id"):
                self._response = (message.get("id"), f"msg_{self._new_uuid()}")
            message["id"] = self._response[1]
        return message

    def _block(self, block: Block) -> Block:
        match block.get("type"):
            case "tool_use":
                told = block.get("id")
                fresh = f"toolu_{self._new_uuid()}" if str(told) in self._taken else str(told)
                self._calls[told] = fresh
                self._taken.add(fresh)
                return {**block, "id": fresh}
            case "tool_result":
                told = block.get("tool_use_id")
                return {**block, "tool_use_id": self._calls.get(told, told)}
        return block


def _closing(message_id: str) -> dict[str, Any]:
    return {
        "id": message_id,
        "type": "message",
        "role": "assistant",
        "model": "<synthetic>",
        "content": [{"type": "text", "text": CLOSING}],
        "stop_reason": "stop_sequence",
        "stop_sequence": "",
        "usage": {
            "input_tokens": 0,
            "output_tokens": 0,
            "cache_creation_input_tokens": 0,
            "cache_read_input_tokens": 0,
        },
    }


def write(path: Path, lines: list[dict[str, Any]]) -> None:
    """Write a new session file, 0600 and whole or not at all; raises OSError."""
    text = "".join(
        json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n" for line in lines
    )
    partial = path.with_suffix(".ccsup-partial")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "replace"))
            file.flush()
            os.fsync(file.fileno())
        partial.rename(path)
    finally:
        partial.unlink(missing_ok=True)
