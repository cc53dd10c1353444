"""The live branch of a transcript, newest first, in one pass that holds next to nothing.

The branch leads back from the last entry by its parents. Read from the end, its next entry is the
one whose uuid is wanted. Calls made in parallel fork the chain, so the other blocks of a response
and the results of its calls wait until the response is met; what waits too long is a dead branch.
Where a parent is lost, a second pass knows what stands in the file, and heals every break as it is
met.
"""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left
from collections import OrderedDict, deque
from collections.abc import Iterator
from pathlib import Path

from .backward import Line, lines
from .entries import Entry, ends_chain
from .quick import quick

MOST_HELD = 8 << 20  # bytes of lines that may still prove to belong to the branch
QUEUE = b'{"type":"queue-operation"'
MOST_QUEUED = 10_000  # records of the prompt queue that are kept, the newest ones
QUEUED_BYTES = 8 << 20  # of them, and the one that goes beyond
RESPONSES = 64  # ids of responses that are remembered
MOST_PASSED = 1 << 21  # uuids that are remembered while a parent is wanted
PLACE = 21  # bits of a place among them; the others are a hash of the uuid
TORN = re.compile(rb'\s*\{"parentUuid":"([^"\\]{1,80})","isSidechain":false,')  # the head of a line

Key = tuple[bool, str]  # what is waited for: an answer of this response, or the result of this call


class Passed:
    """The entries since the last one of the branch, newest first, in 8 bytes each."""

    def __init__(self) -> None:
        self._marks = array("Q")

    @property
    def is_full(self) -> bool:
        return len(self._marks) >= MOST_PASSED

    def note(self, uuid: str) -> None:
        if not self.is_full:
            self._marks.append(_hashed(uuid) << PLACE | len(self._marks))

    def clear(self) -> None:
        if self._marks:
            self._marks = array("Q")

    def sort(self) -> None:
        """To be done once, when all are noted."""
        self._marks = array("Q", sorted(self._marks))

    def is_before(self, uuid: str, place: int) -> bool:
        """Whether it stands in the file before what has this place; very rarely true of others."""
        hashed = _hashed(uuid)
        at = bisect_left(self._marks, (hashed + 1) << PLACE) - 1
        return at >= 0 and self._marks[at] > (hashed << PLACE) + place


def _hashed(uuid: str) -> int:
    return hash(uuid) & ((1 << 42) - 1)


class Branch:
    """Sorts entries that come newest first. `wanted` is the uuid of the next one.

    `known`: what is to come, where a parent was lost; one that does not come is not waited for.
    """

    def __init__(self, known: Passed | None = None) -> None:
        self.wanted: str | None = None
        self.begun = False
        self._known = known
        self._place = -1  # of the entry that is taken, among those that are known
        self._heals = known is not None  # the last parent was lost, nothing has come since
        self._responses: deque[object] = deque(maxlen=RESPONSES)
        self._held: OrderedDict[int, tuple[Entry, int]] = OrderedDict()  # oldest waiting first
        self._waiting: dict[Key, set[int]] = {}
        self._count = 0
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
        self._place += bool(entry.uuid)
        if not self.begun:
            if not (ends_chain(entry) or (self._heals and entry.type == "boundary")):
                return []
            self.begun = walked = True
            self._heals = False
        else:
            walked = bool(entry.uuid) and entry.uuid == self.wanted
        if walked:
            self.wanted = entry.parent
            # a compaction that does not name what came before it ends nothing
            self.begun = entry.type != "boundary" or self.wanted is not None
            if self.wanted is not None and not self._will_come(self.wanted):
                self.begun, self._heals = False, True  # what stands before it goes on
        elif not (entry.is_answer and entry.message.get("id") in self._responses):
            if entry.is_answer or entry.is_tool_result:
                self._hold(entry, size)
            return []
        return [*self._released(entry), entry] if entry.is_answer else [entry]

    def torn(self, line: Line) -> None:
        """A line that cannot be read; where a parent was lost it is this one, if it names its own.

        So a line that was torn behind a rewind does not bring back what was rewound.
        """
        named = TORN.match(line) if self._heals else None
        parent = str(named[1], "utf-8", "replace") if named else ""
        if parent and self._known and self._known.is_before(parent, self._place):
            self.begun, self.wanted, self._heals = True, parent, False

    def _will_come(self, uuid: str) -> bool:
        return self._known is None or self._known.is_before(uuid, self._place)

    def _hold(self, entry: Entry, size: int) -> None:
        self._held[self._count] = entry, size
        if key := _key(entry):
            self._waiting.setdefault(key, set()).add(self._count)
        self._count += 1
        self._size += size
        while self._size > MOST_HELD and len(self._held) > 1:
            self._let_go(next(iter(self._held)))

    def _let_go(self, at: int) -> Entry:
        entry, size = self._held.pop(at)
        self._size -= size
        if key := _key(entry):
            waiting = self._waiting[key]
            waiting.remove(at)
            if not waiting:
                del self._waiting[key]
        return entry

    def _released(self, entry: Entry) -> list[Entry]:
        """What waited for this response: its other blocks, and the results of its calls."""
        response = entry.message.get("id")
        if response is not None:
            self._responses.append(response)
        if not self._held:
            return []
        key = _key(entry)
        free = set(self._waiting.get(key, ())) if key else set()
        blocks = [entry, *(self._held[at][0] for at in free)]
        called = {str(call.get("id")) for each in blocks for call in each.tool_calls}
        for call in called:
            for at in self._waiting.get((False, call), ()):
                if _answered(self._held[at][0]) <= called:
                    free.add(at)
        return [self._let_go(at) for at in sorted(free)]


def _key(entry: Entry) -> Key | None:
    """By what it is found: the id of its response, or the first of the calls that it answers."""
    if entry.is_answer:
        response = entry.message.get("id")
        return None if response is None else (True, str(response))
    return False, min(_answered(entry))


def _answered(entry: Entry) -> set[str]:
    results = (block for block in entry.blocks if block.get("type") == "tool_result")
    return {str(block.get("tool_use_id")) for block in results}


class NewestFirst:
    """The entries of a file's live branch from its end; raises OSError while iterated.

    Afterwards `skipped` is the number of torn or garbled lines, and `queue` holds the newest
    records of the prompt queue, oldest first.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.skipped = 0
        self._queue: list[bytes] = []
        self._queued_bytes = 0

    @property
    def queue(self) -> list[bytes]:
        return self._queue[::-1]

    def __iter__(self) -> Iterator[Entry]:
        branch, passed, found = Branch(), Passed(), None
        for offset, line in lines(self._path):
            if line[: len(QUEUE)] == QUEUE:
                self._enqueue(line)
            decoded = quick(line)
            if decoded is None:
                self.skipped += 1
                continue
            for entry in reversed(decoded):
                if taken := branch.take(entry, len(line)):
                    yield from taken
                    found = offset
                    passed.clear()
                elif branch.begun and offset != found and entry.uuid and not entry.sidechain:
                    passed.note(entry.uuid)
            if branch.is_over:
                return
        if branch.is_broken and found:  # a parent is lost (a torn line)
            yield from self._healed(found, passed)

    def _healed(self, end: int, passed: Passed) -> Iterator[Entry]:
        """What stands before `end` and goes on; all of it, where it cannot be known."""
        if not passed.is_full:
            passed.sort()
            branch = Branch(passed)
            for offset, line in lines(self._path, end):
                decoded = quick(line)
                if decoded is None:
                    branch.torn(line)
                for entry in reversed(decoded or ()):
                    if taken := branch.take(entry, len(line)):
                        yield from taken
                        end = offset
                if branch.is_over:
                    return
            if not branch.is_broken:
                return
        for _, line in lines(self._path, end):
            yield from (each for each in reversed(quick(line) or ()) if not each.sidechain)

    def _enqueue(self, line: Line) -> None:
        if len(self._queue) < MOST_QUEUED and self._queued_bytes < QUEUED_BYTES:
            self._queue.append(bytes(line))
            self._queued_bytes += len(line)
