"""How much there is of what was said: tokens, estimated as bytes / 4."""

from __future__ import annotations

from typing import Any

from .entries import Block, result_text


def tokens_of(block: Block) -> int:
    """An estimate of a block's tokens: its words, less what is no text (bytes / 4)."""
    match block.get("type"):
        case "text":
            return bytes_of(block.get("text", "")) // 4
        case "tool_use":
            return bytes_of(block.get("input", {})) // 4
        case "tool_result":
            return bytes_of(result_text(block)) // 4
    return 0


def bytes_of(value: Any) -> int:
    """Bytes of the texts in a JSON value, and a little for what holds them together."""
    if isinstance(value, str):
        return len(value) if value.isascii() else len(value.encode("utf-8", "replace"))
    if isinstance(value, dict):
        return sum(len(key) + 6 + bytes_of(part) for key, part in value.items())
    if isinstance(value, list):
        return sum(2 + bytes_of(part) for part in value)
    return 5
