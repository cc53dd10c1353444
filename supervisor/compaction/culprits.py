"""culprits: which calls have filled a conversation, for they would fill the next one too."""

from __future__ import annotations

from collections.abc import Sequence

from ..claude.entries import Entry
from .digest import digest
from .plan import tokens
from .redact import Redactor

MOST = 3  # calls that are named
SHARE = 0.1  # of the conversation; smaller outputs are not what fills it
LONGEST = 160  # characters of a call


def largest_outputs(entries: Sequence[Entry], redact: Redactor) -> tuple[str, ...]:
    """The calls with the largest outputs, a line each: the call and the size of its output."""
    calls = [call for call in digest(entries).calls if call.output]
    sizes = {call.id: tokens(call.output or "") for call in calls}
    total = sum(sizes.values()) or 1
    largest = sorted(calls, key=lambda call: -sizes[call.id])[:MOST]
    return tuple(
        redact(f"{call.name} `{call.brief[:LONGEST]}`: about {sizes[call.id]:,} tokens at once")
        for call in largest
        if sizes[call.id] >= SHARE * total
    )
