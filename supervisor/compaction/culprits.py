"""culprits: which calls have filled a conversation, for they would fill the next one too."""

from __future__ import annotations

from .record import Record

SHARE = 0.1  # of the conversation; smaller outputs are not what fills it


def culprits(record: Record) -> tuple[str, ...]:
    """The calls with the largest outputs, a line each: the call and the size of its output."""
    return tuple(
        f"{call}: about {size:,} tokens at once"
        for size, call in record.largest
        if size >= SHARE * max(1, record.live)
    )
