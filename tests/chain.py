"""The live branch with all entries in memory: what reading from the end is held against."""

from __future__ import annotations

from collections.abc import Iterable

from supervisor.claude.entries import Entry, answers, ends_chain


def main_chain(entries: Iterable[Entry]) -> list[Entry]:
    """The live branch, oldest first: back from the last main-chain entry by its parents.

    Rewinds and retries leave dead branches in the file; a compaction continues its
    parent by ``logicalParentUuid``; cycles and missing parents end the walk. Calls made in
    parallel fork the chain, so the other blocks of a response and the results that answer its
    calls belong to the branch too.
    """
    inside = [entry for entry in entries if not entry.sidechain]
    known = {entry.uuid: entry for entry in inside if entry.uuid}
    walked: set[str] = set()
    at = next((entry for entry in reversed(inside) if ends_chain(entry)), None)
    while at is not None and at.uuid not in walked:
        walked.add(at.uuid)
        at = known.get(at.parent) if at.parent else None
    responses = {
        entry.message.get("id") for entry in inside if entry.uuid in walked and entry.is_answer
    } - {None}
    spoken = walked | {
        entry.uuid for entry in inside if entry.is_answer and entry.message.get("id") in responses
    }
    called = {
        call.get("id") for entry in inside if entry.uuid in spoken for call in entry.tool_calls
    }
    return [
        entry
        for entry in known.values()
        if entry.uuid in spoken or (entry.is_tool_result and answers(entry) <= called)
    ]
