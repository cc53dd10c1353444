"""plan: how much of what is kept, as a pure function of the conversation and a budget.

Token counts are bytes / 4, an estimate that needs no tokenizer; what a death teaches is a
size in the same unit, so that the error cancels out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from ..claude.entries import Block, Entry, result_text
from ..claude.rebuild import Kept

BYTES_PER_TOKEN = 4
LARGEST = 24_000  # tokens; a context that starts small leaves room for the work
SHARE = 0.2  # of the dead session's conversation: several steps fit into the rest
UNTOUCHED = 4_000  # tokens; a session this small did not die of its size
FEW_STEPS = 8  # answers between two deaths
SMALLEST = 1_200  # tokens; with less room than that no session can work at all


@dataclass(frozen=True, slots=True)
class Budget:
    """Tokens for the parts of the next session's context."""

    total: int

    @property
    def user_words(self) -> int:
        return self.total // 2

    @property
    def narrative(self) -> int:
        return self.total // 5

    @property
    def tail(self) -> int:
        return self.total * 3 // 10


@dataclass(frozen=True, slots=True)
class Deaths:
    """What the run's earlier deaths teach. `sizes`: tokens of each conversation that died;
    `steps`: answers of the model between the last two."""

    sizes: tuple[int, ...] = ()
    steps: int = 0


def budget(size: int, hardness: int, earlier: Deaths) -> Budget:
    """The budget for a conversation of `size` tokens.

    A small session is kept whole at first, for it hardly died of its size. Where sessions
    die again after a few steps, size is what kills, and a share of the smallest that died
    leaves room for several steps. Each barren relaunch (`hardness`) halves what is kept.
    """
    total = max(int(size * SHARE), min(size, UNTOUCHED))
    if earlier.sizes and 0 < earlier.steps <= FEW_STEPS:
        total = int(min(size, *earlier.sizes) * SHARE)
    return Budget(max(SMALLEST, min(LARGEST, total) >> hardness))


def tokens(text: str) -> int:
    return len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN


def tokens_of(entries: Sequence[Entry]) -> int:
    """The tokens of a conversation's words: texts, calls and results."""
    return sum(tokens(_words(block)) for entry in entries for block in entry.blocks)


def _words(block: Block) -> str:
    match block.get("type"):
        case "text":
            return str(block.get("text", ""))
        case "tool_use":
            return str(block.get("input", ""))
        case "tool_result":
            return result_text(block)
    return ""


def elide(text: str, most: int) -> str:
    """At most about `most` characters: the head and the tail, and what is between said."""
    if len(text) <= most:
        return text
    left_out = len(text) - most
    head = most * 3 // 5
    tail = most - head
    return f"{text[:head]}\n[… {left_out:,} characters left out …]\n{text[len(text) - tail :]}"


def fit(text: str, limit: int) -> str:
    """At most about `limit` tokens, shortened in the middle, whatever the script."""
    size = len(text.encode("utf-8", "replace"))
    if size <= limit * BYTES_PER_TOKEN:
        return text
    return elide(text, max(1, len(text) * limit * BYTES_PER_TOKEN // size))


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
        cost = sum(tokens(_words(block)) for item in shortened for block in item.blocks)
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
    return [round_ for round_ in found if _is_whole(round_)]


def _is_whole(round_: Sequence[Entry]) -> bool:
    called = {call.get("id") for entry in round_ for call in entry.tool_calls}
    answered = {
        block.get("tool_use_id")
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
                shown.append({**block, "content": elide(result_text(block), max(200, most))})
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
