"""read: the conversation of a run, over all its sessions, newest entry first."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..claude.branch import NewestFirst
from ..claude.entries import Entry
from ..claude.sessions import UUID

LONGEST_LINEAGE = 200  # sessions that go on from one another


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entry stands. `live`: in the last session's context, behind its last compaction.
    `ours`: written by ccsup; `stands_in` for a transcript that is gone."""

    live: bool
    ours: bool = False
    stands_in: bool = False


class Reading:
    """The transcripts of a run's sessions, given in the order they lived.

    A session that ccsup rebuilt in an earlier run names the one it goes on from: that one is
    read behind it. Iterate it once; then `skipped` counts the lines that are torn or garbled,
    `missing` names the files that cannot be read, and `queued` is what the user had typed ahead.
    """

    def __init__(self, paths: Sequence[Path]) -> None:
        self._paths = list(paths)
        self._seen: set[Path] = set()
        self.skipped = 0
        self.missing: list[Path] = []
        self.queued: tuple[str, ...] = ()

    def __iter__(self) -> Iterator[tuple[Entry, Place]]:
        live = True
        for given in reversed(self._paths):
            path: Path | None = given
            length = 0
            while path is not None and path not in self._seen and length < LONGEST_LINEAGE:
                self._seen.add(path)
                length += 1
                origin: Path | None = None
                file = NewestFirst(path)
                try:
                    for entry in file:
                        origin = origin or _origin(entry, path)
                        yield entry, self._place(entry, path, live=live)
                        live = live and entry.type != "boundary"
                except OSError:
                    self.missing.append(path)
                self.skipped += file.skipped
                if len(self._seen) == 1:
                    self.queued = waiting(file.queue)
                live = False
                path = origin

    def _place(self, entry: Entry, path: Path, *, live: bool) -> Place:
        if entry.raw.get("ccsup") is None:
            return LIVE if live else OLD
        origin = _origin(entry, path)
        known = origin is not None and (origin in self._seen or os.access(origin, os.R_OK))
        return Place(live, ours=True, stands_in=not known or origin == path)


LIVE, OLD = Place(live=True), Place(live=False)


def _origin(entry: Entry, path: Path) -> Path | None:
    told = entry.raw.get("ccsup")
    session = told.get("from") if isinstance(told, dict) else None
    return (
        path.with_name(f"{session}.jsonl")
        if isinstance(session, str) and UUID.match(session)
        else None
    )


def waiting(queue: Sequence[bytes]) -> tuple[str, ...]:
    """What was put into the queue of prompts and never taken from it: it is still to be heard."""
    queued: list[str] = []
    for line in queue:
        try:
            told = json.loads(line)
        except (ValueError, RecursionError):
            continue
        match told.get("operation"), told.get("content"):
            case "enqueue", str(words):
                queued.append(words)
            case "popAll", _:
                queued.clear()
            case _, str(words) if words in queued:
                queued.remove(words)
            case _ if queued:
                queued.pop(0)
    return tuple(queued)
