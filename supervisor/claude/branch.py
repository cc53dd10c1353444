"""The live branch of a transcript, newest first, in one pass that holds next to nothing.

The same branch as `entries.main_chain` finds with all entries in memory: back from the last entry
by its parents. Read from the end, the next entry of the branch is the one whose uuid is wanted.
Calls made in parallel fork the chain, so the other blocks of a response and the results of its
calls wait until the response is met; what waits too long is a dead branch.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

from .backward import lines
from .entries import Entry, answers, ends_chain
from .quick import quick

MOST_HELD = 8 << 20  # bytes of lines that may still prove to belong to the branch
QUEUE = b'{"type":"queue-operation"'
RESPONSES = 64  # ids of responses that are remembered
BREAKS = 20  # parents that are nowhere, before what is older is given up


class Branch:
    """Sorts entries that come newest first. `wanted` is the uuid of the next one."""

    def __init__(self) -> None:
        self.wanted: str | None = None
        self.begun = False
        self._responses: deque[object] = deque(maxlen=RESPONSES)
        self._held: deque[tuple[Entry, int]] = deque()
        self._size = 0

    @property
    def is_broken(self) -> bool:
        """The parent that is wanted has not come."""
        return self.begun and self.wanted is not None

    @property
    def is_over(self) -> bool:
        return self.begun and self.wanted is None

    def take(self, entry: Entry, size: int) -> list[Entry]:
        """The entries that are now known to belong to the branch, newest first.

        `size`: bytes of the entry's line.
        """
        if entry.sidechain:
            return []
        if not self.begun:
            if not ends_chain(entry):
                return []
            self.begun = walked = True
        else:
            walked = bool(entry.uuid) and entry.uuid == self.wanted
        if walked:
            self.wanted = entry.parent
            # a compaction that does not name what came before it ends nothing
            self.begun = entry.type != "boundary" or self.wanted is not None
        elif not (entry.is_answer and entry.message.get("id") in self._responses):
            if entry.is_answer or entry.is_tool_result:
                self._hold(entry, size)
            return []
        return [*self._released(entry), entry] if entry.is_answer else [entry]

    def _hold(self, entry: Entry, size: int) -> None:
        self._held.append((entry, size))
        self._size += size
        while self._size > MOST_HELD and len(self._held) > 1:
            self._size -= self._held.popleft()[1]

    def _released(self, entry: Entry) -> list[Entry]:
        """What waited for this response: its other blocks, and the results of its calls."""
        response = entry.message.get("id")
        if response is not None:
            self._responses.append(response)
        if not self._held:
            return []
        free = [
            at
            for at, (each, _) in enumerate(self._held)
            if each.is_answer and response is not None and each.message.get("id") == response
        ]
        blocks = [entry, *(self._held[at][0] for at in free)]
        called = {call.get("id") for each in blocks for call in each.tool_calls}
        free += [
            at
            for at, (each, _) in enumerate(self._held)
            if not each.is_answer and answers(each) <= called
        ]
        found = [self._held[at][0] for at in sorted(free)]
        if free:
            kept = [each for at, each in enumerate(self._held) if at not in free]
            self._held = deque(kept)
            self._size = sum(size for _, size in kept)
        return found


class NewestFirst:
    """The entries of a file's live branch from its end; raises OSError while iterated.

    Afterwards `skipped` is the number of torn or garbled lines, and `queue` holds the records of
    the prompt queue, oldest first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skipped = 0
        self.queue: list[bytes] = []

    def __iter__(self) -> Iterator[Entry]:
        end: int | None = None
        for attempt in range(BREAKS + 1):
            branch, found = Branch(), None
            for offset, line in lines(self._path, end):
                if attempt == 0 and line[: len(QUEUE)] == QUEUE:
                    self.queue.insert(0, bytes(line))
                decoded = quick(line)
                if decoded is None:
                    self.skipped += attempt == 0
                    continue
                for entry in reversed(decoded):
                    taken = branch.take(entry, len(line))
                    yield from taken
                    found = offset if taken else found
                if branch.is_over:
                    break
            if not branch.is_broken or found is None or not found:
                return
            end = found  # a parent is lost (a torn line): what stands before it goes on
