"""read: the conversation of a run, over all its sessions, as one sequence of entries."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..claude.entries import Entry, decode, main_chain
from ..claude.follow import CHUNK
from ..claude.sessions import UUID

QUEUE = b'{"type":"queue-operation"'
LONGEST_LINEAGE = 200  # sessions that go on from one another


@dataclass(frozen=True, slots=True)
class Conversation:
    """The main chain, oldest first, without what ccsup itself wrote into it.

    `skipped` counts lines that are torn or garbled, over all files. `live` is what the last
    session had in its context when it died: all that stands after its last compaction;
    `queued` what the user had typed ahead and the session never took up.
    """

    entries: tuple[Entry, ...]
    skipped: int = 0
    missing: tuple[Path, ...] = ()
    live: tuple[Entry, ...] = ()
    queued: tuple[str, ...] = ()

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None


def read(paths: Sequence[Path]) -> Conversation:
    """Read the transcripts of a run's sessions, given in the order they lived.

    A session that ccsup rebuilt in an earlier run names the one it goes on from: that one
    is read before it. Where it is gone, what the rebuilt file holds of it is used. A file
    that cannot be read is named in `missing`, and the rest is still used.
    """
    files: dict[Path, _File] = {}
    missing: list[Path] = []
    for path in paths:
        _add(path, files, missing)
    chosen = list(files.values())
    entries = [entry for file in chosen for entry in file.conversation(set(files))]
    chain = chosen[-1].chain if chosen else []
    start = max((at for at, entry in enumerate(chain) if entry.type == "boundary"), default=0)
    skipped = sum(file.skipped for file in chosen)
    queued = chosen[-1].queued if chosen else ()
    return Conversation(tuple(entries), skipped, tuple(missing), tuple(chain[start:]), queued)


@dataclass(frozen=True, slots=True)
class _File:
    chain: list[Entry]
    skipped: int
    origin: Path | None  # the transcript that a rebuilt session goes on from
    queued: tuple[str, ...]

    def conversation(self, known: set[Path]) -> list[Entry]:
        """What was said in it; ccsup's own entries only stand in for a lost origin."""
        return [
            entry
            for entry in self.chain
            if entry.type in ("user", "assistant", "attachment")
            and ("ccsup" not in entry.raw or self.origin not in known)
        ]


def _add(
    path: Path,
    files: dict[Path, _File],
    missing: list[Path],
    on_the_way: frozenset[Path] = frozenset(),
) -> None:
    if path in files or path in missing or path in on_the_way:
        return
    found: list[Entry] = []
    queued: list[str] = []
    skipped = 0
    try:
        for line in _lines(path):
            if line.startswith(QUEUE):
                _queue(line, queued)
            decoded = decode(line)
            skipped += decoded is None
            found += decoded or ()
    except OSError:
        missing.append(path)
        return
    chain = main_chain(found)
    origin = next(filter(None, (_origin(entry, path) for entry in chain)), None)
    if origin is not None and len(on_the_way) < LONGEST_LINEAGE:
        _add(origin, files, missing, on_the_way | {path})
    files[path] = _File(chain, skipped, origin, tuple(queued))


def _queue(line: bytes, queued: list[str]) -> None:
    """Follow the queue of prompts: what is enqueued and never taken is still to be heard."""
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return
    match told.get("operation"), told.get("content"):
        case "enqueue", str(words):
            queued.append(words)
        case "popAll", _:
            queued.clear()
        case _, str(words) if words in queued:
            queued.remove(words)
        case _ if queued:
            queued.pop(0)


def _origin(entry: Entry, path: Path) -> Path | None:
    told = entry.raw.get("ccsup")
    session = told.get("from") if isinstance(told, dict) else None
    return (
        path.with_name(f"{session}.jsonl")
        if isinstance(session, str) and UUID.match(session)
        else None
    )


def _lines(path: Path) -> Iterator[bytes]:
    partial = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            *whole, partial = (partial + chunk).split(b"\n")
            yield from whole
    if partial:
        yield partial
