"""From the stream of entries to the record: one pass, newest first, in bounded memory.

Each text is kept as an excerpt. Where the record grows over its bound, all excerpts are shortened
to the next length; where even the shortest are too many, only what changes the work is kept of
what is older. So the newest steps are the last to lose anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..claude.entries import Block, Entry, result_text
from ..claude.follow import size
from ..claude.measure import bytes_of, tokens_of
from .digest.rules import with_rules
from .earlier import is_context, notes_of
from .read import Place, Reading
from .record import Call, Excerpt, Record, Said, Step, cut, excerpt, excerpts, length_for, shortened
from .redact import Redactor, redact_values, strings

LENGTHS = (20_000, 4_000, 1_500, 600, 200, 80)  # characters of an output
LONGEST_SAID, SHORTEST_SAID = 64_000, 2_000  # characters of a message
LONGEST_ARGUMENT, SHORTEST_ARGUMENT = 4_000, 400
# A file so large fills the record for certain: its texts are short from the start.
LARGE = ((20_000_000, 0), (80_000_000, 1), (250_000_000, 2), (600_000_000, 3))  # (bytes, length)
BOUND = 12_000_000  # characters of the whole record
STEP = 500  # characters that a step counts beside its words: what the object itself takes
NEWEST = 400  # entries that are kept whole, and
NEWEST_SIZE = 4_000_000  # characters of them
LARGEST = 3  # outputs that are named
LONGEST_CALL = 160  # characters of a call that is named
TERSE = 3  # from this length on, what an edit writes is left to the file itself
CONTENT = frozenset({"content", "old_string", "new_string", "edits", "new_source"})
NAMES = 4_096  # of tools and arguments, that are remembered
REFUSED = "user-rejected"  # Claude Code's own mark of a call that the user did not want
WAITING = 500  # results whose calls are still to come
CHANGES = frozenset(
    {"Write", "Edit", "MultiEdit", "NotebookEdit", "TodoWrite", "TaskCreate", "TaskUpdate"}
)


def record(
    paths: Sequence[Path], redact: Redactor, look: Callable[[Entry, Place], None] | None = None
) -> Record:
    """Read the transcripts of a run, given in the order they lived; `look` sees each entry."""
    reading = Reading(paths)
    entries = reading if look is None else _seen(reading, look)
    found = record_of(entries, redact, sum(map(size, paths)))
    return replace(
        found,
        skipped=reading.skipped,
        missing=tuple(reading.missing),
        queued=tuple(map(redact, reading.queued)),
    )


def _seen(
    entries: Iterable[tuple[Entry, Place]], look: Callable[[Entry, Place], None]
) -> Iterator[tuple[Entry, Place]]:
    for entry, place in entries:
        look(entry, place)
        yield entry, place


def record_of(
    entries: Iterable[tuple[Entry, Place]], redact: Redactor, expected: int = 0
) -> Record:
    """The record of entries that come newest first, in files of about `expected` bytes."""
    recorder = Recorder(redact, expected)
    for entry, place in entries:
        recorder.take(entry, place)
    return recorder.finished()


class Recorder:
    def __init__(self, redact: Redactor, expected: int = 0) -> None:
        self._redact = redact
        self._name: Redactor = lru_cache(NAMES)(redact)
        self._found = Record()
        self._results: dict[str, tuple[str, bool, int, bool]] = {}
        self._level = next((level for most, level in LARGE if expected <= most), len(LARGE))
        self._size = 0
        self._newest_size = 0
        self._oldest: Entry | None = None

    def take(self, entry: Entry, place: Place) -> None:
        found = self._found
        words = sum(map(tokens_of, entry.blocks))
        found.total += words
        if place.live:
            found.live += words
        if entry.type not in ("user", "assistant", "attachment"):
            return
        summary = self._redact(entry.text) if entry.is_summary else ""
        ours = place.ours or is_context(summary)
        if ours and summary:
            found.notes = found.notes or notes_of(summary)
        if place.ours and not place.stands_in:
            return
        self._note(entry)
        if entry.is_summary:
            (found.contexts if ours else found.summaries).append(summary)
            return
        if entry.is_api_error or entry.is_meta:
            return
        for block in reversed(entry.blocks):
            match block.get("type"):
                case "text":
                    self._hear(entry, block)
                case "tool_result":
                    self._result(entry, block, live=place.live)
                case "tool_use":
                    self._call(entry, block)

    def finished(self) -> Record:
        found = self._found
        for parts in (found.steps, found.newest, found.summaries, found.contexts):
            parts.reverse()
        found.first_at = self._oldest.at if self._oldest else None
        found.last_at = found.last.at if found.last else None
        return found

    def _note(self, entry: Entry) -> None:
        found = self._found
        found.entries += 1
        found.cwd = _text(entry, "cwd") or found.cwd
        found.version = found.version or _text(entry, "version")
        self._oldest = entry
        found.answered = found.answered or entry.is_answer
        if len(found.newest) < NEWEST and self._newest_size < NEWEST_SIZE:
            found.newest.append(entry)
            self._newest_size += 4 * sum(map(tokens_of, entry.blocks))

    def _hear(self, entry: Entry, block: Block) -> None:
        who = "assistant" if entry.type == "assistant" else "user"
        if who == "assistant" and not entry.is_answer:
            return
        words = str(block.get("text", "")).strip()
        if words:
            length = LENGTHS[self._level]
            most = max(SHORTEST_SAID, length) if who == "assistant" else LONGEST_SAID
            cut_to = excerpt if who == "assistant" else with_rules
            self._keep(Said(who, cut_to(words, most, self._redact), entry.uuid))

    def _result(self, entry: Entry, block: Block, *, live: bool) -> None:
        text = result_text(block)
        if len(self._results) >= WAITING:
            self._results.pop(next(iter(self._results)))
        told = str(block.get("tool_use_id"))
        count = len(text) // 4 if live else 0
        refused = entry.raw.get("toolDenialKind") == REFUSED
        self._results.setdefault(told, (text, bool(block.get("is_error")), count, refused))

    def _call(self, entry: Entry, block: Block) -> None:
        given = block.get("input")
        told = str(block.get("id"))
        output, failed, count, refused = self._results.pop(told, (None, False, 0, False))
        name = self._name(str(block.get("name")))
        length = length_for(name, LENGTHS[self._level])
        arguments, result = self._excerpts(given if isinstance(given, dict) else {}, output, length)
        call = Call(told, name, arguments, result, failed, entry.uuid)
        call.refused = refused
        self._keep(call)
        largest = self._found.largest
        if count and (len(largest) < LARGEST or count > min(largest)[0]):
            largest.append((count, f"{call.name} `{call.brief[:LONGEST_CALL]}`"))
            largest.sort(reverse=True)
            del largest[LARGEST:]

    def _excerpts(
        self, given: dict[str, Any], output: str | None, length: int
    ) -> tuple[dict[str, Any], Excerpt | None]:
        """The arguments of a call and its result, masked and shortened."""
        most = max(SHORTEST_ARGUMENT, min(LONGEST_ARGUMENT, LENGTHS[self._level]))
        if self._level >= TERSE:
            given = {key: value for key, value in given.items() if key not in CONTENT}
        words = strings(given, self._redact)
        texts = [(value, most) for value in words.values()]
        if output is not None:
            texts.append((output, length))
        found = excerpts(texts, self._redact) if texts else []
        result = found.pop() if output is not None else None
        short = dict(zip(words, map(str, found), strict=True))
        arguments = {
            self._name(key): short[key] if key in short else self._other(key, given[key], most)
            for key in given
        }
        return arguments, result

    def _other(self, key: str, value: Any, most: int) -> Any:
        """Every other JSON value, masked at one look; texts too large for that come short."""
        if value is None or isinstance(value, bool | float):
            return value
        value = shortened(value, LONGEST_SAID, self._bounded)
        (found,) = redact_values({key: value}, self._redact).values()
        return shortened(found, most, cut)

    def _bounded(self, text: str, most: int) -> str:
        return text if len(text) <= most else str(excerpt(text, most, self._redact))

    def _keep(self, step: Step) -> None:
        hardest = self._level == len(LENGTHS) - 1
        if hardest and self._size > 2 * BOUND and not _is_vital(step):
            return
        self._found.steps.append(step)
        self._size += _size(step)
        while self._size > BOUND and self._level < len(LENGTHS) - 1:
            self._level += 1
            for each in self._found.steps:
                _shorten(each, LENGTHS[self._level])
            self._size = sum(map(_size, self._found.steps))


def _is_vital(step: Step) -> bool:
    return step.who == "user" if isinstance(step, Said) else step.name in CHANGES


def _size(step: Step) -> int:
    if isinstance(step, Said):
        return STEP + len(step.words)
    return STEP + bytes_of(step.arguments) + (len(step.result) if step.result is not None else 0)


def _shorten(step: Step, length: int) -> None:
    if isinstance(step, Said):
        most = max(SHORTEST_SAID, length) * (1 if step.who == "assistant" else 4)
        step.words = step.words.shortened(most)
        return
    step.arguments = shortened(step.arguments, max(SHORTEST_ARGUMENT, length), cut)
    if step.result is not None:
        step.result = step.result.shortened(length_for(step.name, length))


def masked(entry: Entry, redact: Redactor) -> Entry:
    """An entry that is kept whole, with every secret in it masked."""
    return replace(entry, blocks=tuple(redact_values(list(entry.blocks), redact)))


def _text(entry: Entry, key: str) -> str | None:
    value = entry.raw.get(key)
    return value if isinstance(value, str) else None
