"""What Claude Code makes of a session file that it resumes: the messages that the model gets.

As seen with 2.1.116 and 2.1.330, which `tests/real/test_cuts.py` holds this against. Claude Code
mends a file that breaks the API's rules: it leaves out a result without its call and a call
without its result. Nothing is mended here, so that every such fault shows.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from supervisor.claude.entries import decode, result_text
from supervisor.compaction.compact import Means, compact
from supervisor.compaction.order import Order, Result
from supervisor.compaction.prompts import VARIABLES, load
from supervisor.compaction.redact import redactor
from supervisor.demo.bedrock import Request

from .chain import main_chain
from .entries import SESSION, Json

NEXT = "99999999-2222-4333-8444-555555555555"
PROMPTS = {name: load(name, ()) for name in VARIABLES}
MARK = re.compile(r"\b[WR]\d+[a-z]*\b")
SESSION_ID = re.compile(rb'"sessionId":"([0-9a-f-]{36})"')
REMINDER = "<system-reminder>"


def compacted(folder: Path, *sessions: bytes, **changes: Any) -> Result:
    """The next session of a run of these, without a model; a rebuilt file stands in `folder`."""
    names = [SESSION_ID.search(data) for data in sessions]
    paths = [folder / f"{name[1].decode() if name else SESSION}.jsonl" for name in names]
    for path, data in zip(paths, sessions, strict=True):
        path.write_bytes(data)
    (folder / f"{changes.get('session', NEXT)}.jsonl").unlink(missing_ok=True)
    told = {"session": NEXT, "reason": "out of memory", "with_model": False, **changes}
    numbers = count(1)
    means = Means(
        prompts=PROMPTS,
        backend=None,
        redact=redactor({}, b"key"),
        tree="## main",
        now="2026-11-22T11:00:00.000Z",
        new_uuid=lambda: f"{next(numbers):08x}-7777-4000-8000-000000000000",
        clock=lambda: 0.0,
        progress=lambda characters: None,
        say=lambda words: None,
    )
    return compact(Order([str(path) for path in paths], **told), means)


def as_claude_reads(path: Path, prompt: str) -> list[Json]:
    """The messages of a resumed file, from its last compaction on, and the prompt behind them.

    The chain of parents from the last entry counts. The blocks of one response are one message,
    also where results of its calls stand between them. What stands in the place of an answer is a
    message like any other. Behind anything but an answer Claude Code puts words of its own.
    """
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    known = {line["uuid"]: line for line in lines}
    assert len(known) == len(lines), "a uuid stands twice"
    chain: list[Json] = []
    at: str | None = lines[-1]["uuid"]
    while at is not None:
        chain.insert(0, known[at])
        at = known[at]["parentUuid"]
    assert chain == lines, "the chain of parents is not the order of the file"
    boundaries = [n for n, line in enumerate(chain) if line.get("subtype") == "compact_boundary"]
    assert chain[-1]["type"] == "assistant", "the file does not end in an answer"
    messages: list[Json] = []
    responses: dict[str, Json] = {}  # by id, since the last words of the user
    for line in chain[boundaries[-1] + 1 :]:
        message, blocks = line["message"], _blocks(line["message"]["content"])
        begun = responses.get(message.get("id"))
        if begun is not None:
            begun["content"] += blocks
            continue
        messages.append({"role": message["role"], "content": list(blocks)})
        if message["role"] == "assistant":
            responses[message["id"]] = messages[-1]
        elif any(block["type"] != "tool_result" for block in blocks):
            responses.clear()
    return [*messages, {"role": "user", "content": [{"type": "text", "text": prompt}]}]


def conversation(messages: list[Json]) -> list[tuple[str, Any]]:
    """The roles and blocks in their order, less the words that Claude Code itself adds."""
    return [
        (message["role"], {key: value for key, value in block.items() if key != "cache_control"})
        for message in messages
        if message["role"] != "system"
        for block in _blocks(message["content"])
        if not str(block.get("text", "")).startswith(REMINDER)
    ]


def _blocks(content: Any) -> list[Json]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else content


def words_of(messages: list[Json]) -> str:
    return Request(1, "", True, {"messages": messages}, 0).text()


@dataclass(frozen=True)
class Expected:
    """The marks of what the next session has to be told of a transcript."""

    words: frozenset[str]  # all that the user said
    newest: frozenset[str]  # the outputs of the newest whole round
    is_empty: bool  # nothing is there to go on from


def expected(data: bytes) -> Expected:
    """Read from the live branch with all of it in memory."""
    chain = main_chain([entry for line in data.split(b"\n") for entry in decode(line) or ()])
    words = [
        entry.text
        for entry in chain
        if entry.type == "attachment" or (entry.type == "user" and not entry.is_tool_result)
        if not entry.is_meta and not entry.is_summary
    ]
    rounds: dict[object, dict[str, str]] = {}
    results = {
        str(block["tool_use_id"]): (at, result_text(block))
        for at, entry in enumerate(chain)
        for block in entry.blocks
        if block.get("type") == "tool_result"
    }
    for at, entry in enumerate(chain):
        if entry.is_answer and entry.tool_calls:
            told = rounds.setdefault(entry.message.get("id"), {})
            for call in entry.tool_calls:
                found, output = results.get(str(call["id"]), (-1, ""))
                told[str(call["id"])] = output if found > at else ""
                if found < at:
                    told["missing"] = ""
    whole = [outputs for outputs in rounds.values() if "missing" not in outputs]
    newest = "\n".join(output[:20] for output in whole[-1].values()) if whole else ""
    return Expected(
        frozenset(MARK.findall("\n".join(words))),
        frozenset(MARK.findall(newest)),
        not any(entry.text or entry.tool_calls for entry in chain if entry.type != "boundary"),
    )
