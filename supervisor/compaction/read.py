"""read: the conversation of a run, over all its sessions, as one sequence of entries."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..claude.entries import Entry, decode, main_chain
from ..claude.follow import CHUNK


@dataclass(frozen=True, slots=True)
class Conversation:
    """The main chain, oldest first, without what ccsup itself wrote into it.

    `skipped` counts lines that are torn or garbled, over all files. `live` is what the last
    session had in its context when it died: all that stands after its last compaction.
    """

    entries: tuple[Entry, ...]
    skipped: int = 0
    missing: tuple[Path, ...] = ()
    live: tuple[Entry, ...] = ()

    @property
    def last(self) -> Entry | None:
        return self.entries[-1] if self.entries else None


def read(paths: Sequence[Path]) -> Conversation:
    """Read the transcripts of a run's sessions, given in the order they lived.

    A file that cannot be read is named in `missing`, and the rest is still used.
    """
    entries: list[Entry] = []
    missing: list[Path] = []
    chain: list[Entry] = []
    skipped = 0
    for path in paths:
        found: list[Entry] = []
        try:
            for line in _lines(path):
                decoded = decode(line)
                if decoded is None:
                    skipped += 1
                found += decoded or ()
        except OSError:
            missing.append(path)
            continue
        chain = main_chain(found)
        entries += [
            entry
            for entry in chain
            if entry.type in ("user", "assistant", "attachment") and "ccsup" not in entry.raw
        ]
    start = max((at for at, entry in enumerate(chain) if entry.type == "boundary"), default=0)
    return Conversation(tuple(entries), skipped, tuple(missing), tuple(chain[start:]))


def _lines(path: Path) -> Iterator[bytes]:
    partial = b""
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            *whole, partial = (partial + chunk).split(b"\n")
            yield from whole
    if partial:
        yield partial
