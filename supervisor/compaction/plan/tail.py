"""The newest rounds, verbatim: cut only where every rule of the conversation allows it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ...claude.entries import Block, Entry, result_text
from ...claude.measure import tokens_of
from ...claude.rebuild import Kept
from .budget import BYTES_PER_TOKEN, elide

WORDLESS = "(no output)"  # the API refuses a failure without words


def tail(entries: Sequence[Entry], limit: int) -> list[Kept]:
    """The newest whole rounds that fit into `limit` tokens, results shortened as needed.

    A round is an assistant's response with all its blocks and the results of its calls: it
    is cut nowhere inside. Thinking is left out, for its signature holds only in its own
    loop; a call without a result and an error entry are no part of it.
    """
    rounds = _rounds(entries)
    kept: list[list[Kept]] = []
    used = 0
    for index, round_ in enumerate(reversed(rounds)):
        room = limit - used
        most = room * BYTES_PER_TOKEN // max(1, _results(round_))
        if index and most < 400:
            break
        shortened = [Kept(entry, blocks) for entry in round_ if (blocks := _shown(entry, most))]
        cost = sum(tokens_of(block) for item in shortened for block in item.blocks)
        if cost > (room if index else 2 * room):
            break  # even the newest one: the record has it, shortened further
        kept.append(shortened)
        used += cost
        if used >= limit:
            break
    return [item for round_ in reversed(kept) for item in round_]


def _results(entries: Sequence[Entry]) -> int:
    return sum(block.get("type") == "tool_result" for entry in entries for block in entry.blocks)


def _rounds(entries: Sequence[Entry]) -> list[list[Entry]]:
    """Complete rounds, oldest first. The user's own words are kept elsewhere."""
    found: list[list[Entry]] = []
    current: list[Entry] = []
    response: Any = None
    for entry in entries:
        if entry.is_answer:
            if current and entry.message.get("id") != response:
                found.append(current)
                current = []
            response = entry.message.get("id")
            current.append(entry)
        elif entry.type == "user" and entry.is_tool_result and current:
            current.append(entry)
        elif current:
            found.append(current)
            current = []
    if current:
        found.append(current)
    return [_in_order(round_) for round_ in found if _is_whole(round_)]


def _in_order(round_: list[Entry]) -> list[Entry]:
    """The blocks of the response, then the results: calls made in parallel come mixed."""
    return sorted(round_, key=lambda entry: not entry.is_answer)


def _is_whole(round_: Sequence[Entry]) -> bool:
    called = {str(call.get("id")) for entry in round_ for call in entry.tool_calls}
    answered = {
        str(block.get("tool_use_id"))
        for entry in round_
        for block in entry.blocks
        if block.get("type") == "tool_result"
    }
    return called == answered


def _shown(entry: Entry, most: int) -> list[Block]:
    shown: list[Block] = []
    for block in entry.blocks:
        match block.get("type"):
            case "text" if str(block.get("text", "")).strip():
                shown.append({"type": "text", "text": elide(str(block["text"]), max(400, most))})
            case "tool_use":
                shown.append({**block, "input": _short_input(block.get("input"), max(400, most))})
            case "tool_result":
                words = elide(result_text(block), max(200, most))
                if block.get("is_error") and not words.strip():
                    words = WORDLESS
                shown.append({**block, "content": words})
    return shown


def _short_input(value: Any, most: int) -> dict[str, Any]:
    """The same arguments, in about `most` characters."""
    if not isinstance(value, dict):
        return {}
    short: dict[str, Any] = value
    for length in (most, most // 4, 200, 60, 20):
        if len(str(short)) <= most:
            break
        short = {key: _short_value(part, length) for key, part in value.items()}
    return short


def _short_value(value: Any, most: int) -> Any:
    if isinstance(value, str):
        return elide(value, most)
    if isinstance(value, list):
        return [_short_value(part, most) for part in value[: max(1, most // 20)]]
    if isinstance(value, dict):
        return {key: _short_value(part, most) for key, part in value.items()}
    return value
