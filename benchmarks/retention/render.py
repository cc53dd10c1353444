"""A transcript as plain text: what a model would be shown of it, piece by piece."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from .structure import Json, main_chain


@dataclass(frozen=True, slots=True)
class Piece:
    """One message, call or output; an output may be masked."""

    text: str
    output: bool = False


def pieces(lines: Iterable[bytes]) -> list[Piece]:
    """The live branch of a transcript, first to last, what stands before boundaries too."""
    return [piece for record in main_chain(lines) for piece in _of(record)]


def _of(record: Json) -> list[Piece]:
    if record.get("isMeta"):
        return []
    if record["type"] == "attachment":
        words = record["attachment"].get("prompt")
        return [Piece(f"user: {words}")] if isinstance(words, str) else []
    if record["type"] not in ("user", "assistant"):
        return []
    content = record["message"]["content"]
    if isinstance(content, str):
        return [Piece(f"{record['type']}: {content}")]
    return [_block(record["type"], block) for block in content]


def _block(who: str, block: Json) -> Piece:
    match block["type"]:
        case "tool_use":
            told = "\n".join(f"  {key}: {_plain(value)}" for key, value in block["input"].items())
            return Piece(f"call: {block['name']}\n{told}")
        case "tool_result":
            return Piece(f"output: {_plain(block['content'])}", output=True)
        case "thinking":
            return Piece(f"thinking: {block.get('thinking', '')}")
    return Piece(f"{who}: {block.get('text', '')}")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(each, dict) for each in value):
        return "\n".join(
            each.get("text", "") if each.get("type") == "text" else _fields(each) for each in value
        )
    return json.dumps(value, ensure_ascii=False)


def _fields(value: Json) -> str:
    return ", ".join(f"{key}: {each}" for key, each in value.items())
