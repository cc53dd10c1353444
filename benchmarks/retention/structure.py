"""Whether a generated transcript is whole: what a reader of the real ones relies on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

Json = dict[str, Any]


def records(lines: Iterable[bytes]) -> Iterator[Json]:
    for line in lines:
        yield json.loads(line)


def main_chain(lines: Iterable[bytes]) -> list[Json]:
    """The records of the live branch, first to last, over compaction boundaries too.

    A response's parallel calls hang on the chain by their last result alone, so each
    record that is a result of a call on the chain belongs to it.
    """
    made = [record for record in records(lines) if "uuid" in record]
    by_uuid = {record["uuid"]: record for record in made}
    leaf = next(each for each in reversed(made) if not each["isSidechain"])
    live: set[str] = set()
    at: str | None = leaf["uuid"]
    while at is not None and at in by_uuid:  # a pruned transcript may end nowhere
        live.add(at)
        record = by_uuid[at]
        at = record["parentUuid"] or record.get("logicalParentUuid")
    return [
        record
        for record in made
        if record["uuid"] in live
        or (record.get("sourceToolAssistantUUID") in live and not record["isSidechain"])
    ]


def faults(lines: Iterable[bytes]) -> list[str]:
    """What is wrong with a transcript, in words; nothing where all is well."""
    found: list[str] = []
    known: set[str] = set()
    calls: set[str] = set()
    results: set[str] = set()
    responses: dict[str, int] = {}
    for number, record in enumerate(records(lines), 1):
        if "uuid" not in record:
            continue
        if record["uuid"] in known:
            found.append(f"line {number}: a uuid that was there before")
        known.add(record["uuid"])
        parent = record["parentUuid"]
        if parent is not None and parent not in known:
            found.append(f"line {number}: no such parent")
        message = record.get("message") or {}
        for block in _blocks(message.get("content")):
            if block["type"] == "tool_use":
                calls.add(block["id"])
            elif block["type"] == "tool_result":
                results.add(block["tool_use_id"])
                if block["tool_use_id"] not in calls:
                    found.append(f"line {number}: a result before its call")
        if record["type"] == "assistant" and not record["isSidechain"]:
            responses[message["id"]] = responses.get(message["id"], 0) + 1
    if calls != results:
        found.append(f"{len(calls ^ results)} calls and results without their other half")
    if responses and max(responses.values()) == 1:
        found.append("no response has more than one block")
    return found


def _blocks(content: Any) -> list[Json]:
    return content if isinstance(content, list) else []
