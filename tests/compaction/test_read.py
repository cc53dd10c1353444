"""Read: one conversation out of the transcripts of a run, newest entry first."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from supervisor.claude import branch
from supervisor.claude.entries import Entry
from supervisor.claude.rebuild import Kept, records, write
from supervisor.compaction.read import Place, Reading, waiting
from supervisor.compaction.record import Record
from supervisor.compaction.recorder import record

from ..entries import Transcript, line_of
from .facts import as_it_is

FIRST, SECOND, THIRD = (f"{n}1111111-2222-4333-8444-55555555555{n}" for n in (1, 2, 3))


def read(paths: Sequence[Path]) -> tuple[list[tuple[Entry, Place]], Reading]:
    """The entries, oldest first, and what the reading tells afterwards."""
    reading = Reading(paths)
    return list(reading)[::-1], reading


def words(paths: Sequence[Path]) -> list[str]:
    """What was said, less what stands in its own transcript too."""
    return [
        entry.text
        for entry, place in read(paths)[0]
        if entry.text and (place.stands_in or not place.ours)
    ]


def live(paths: Sequence[Path]) -> list[str]:
    return [entry.text for entry, place in read(paths)[0] if place.live]


def said(session: str, *messages: str) -> Transcript:
    transcript = Transcript(session)
    for message in messages:
        transcript.user(message)
    return transcript


def rebuilt(session: str, origin: Transcript, folder: Path) -> Transcript:
    """A session that ccsup made out of another: a context, one kept entry, and what follows."""
    lines = records(
        session=session,
        context=f"context of {session[0]}",
        kept=[Kept(entry, entry.blocks) for entry in origin.entries[-1:]],
        origin=origin.entries[-1],
        now="2026-11-22T11:00:00.000Z",
        new_uuid=iter(f"{session[0]}-{n}" for n in range(99)).__next__,
        tokens=(9, 1),
    )
    write(folder / f"{session}.jsonl", lines)
    transcript = Transcript(session)
    transcript.lines = lines
    transcript.leaf = lines[-1]["uuid"]
    return transcript


def test_a_session_is_read_without_its_bookkeeping(tmp_path: Path) -> None:
    transcript = said(FIRST, "sort the ledger")
    transcript.blob("a request")
    transcript.step("ls", "ledger")
    transcript.queued("not the annex")
    transcript.says("sorted")
    transcript.turn_duration()
    transcript.bookkeeping()
    path = transcript.write(tmp_path)
    assert words([path]) == ["sort the ledger", "not the annex", "sorted"]
    _, reading = read([path])
    assert (reading.missing, reading.skipped, reading.queued) == ([], 0, ())


def test_queued_words_are_read_where_a_kill_left_them_last(tmp_path: Path) -> None:
    transcript = said(FIRST, "sort the ledger")
    transcript.step("ls", "ledger")
    transcript.queued("not the annex")
    assert words([transcript.write(tmp_path)]) == ["sort the ledger", "not the annex"]


def test_sessions_follow_one_another_as_given(tmp_path: Path) -> None:
    paths = [said(name, f"in {name[0]}").write(tmp_path) for name in (SECOND, FIRST)]
    assert words(paths) == ["in 2", "in 1"]
    assert words([paths[1], *paths]) == ["in 2", "in 1"]  # each once


def test_a_file_that_is_gone_is_named_and_the_rest_used(tmp_path: Path) -> None:
    gone = tmp_path / f"{SECOND}.jsonl"
    paths = [said(FIRST, "words").write(tmp_path), gone]
    assert words(paths) == ["words"]
    assert record(paths, as_it_is).missing == (gone,)


def test_nothing_at_all_is_an_empty_record(tmp_path: Path) -> None:
    assert record([], as_it_is) == Record()
    found = record([tmp_path / "none"], as_it_is)
    assert found.last is None and found.steps == []


def test_torn_lines_are_counted_over_all_files(tmp_path: Path) -> None:
    paths = [said(name, name[0], "more").write(tmp_path) for name in (FIRST, SECOND)]
    first, second = paths[0].read_bytes().splitlines(keepends=True)
    paths[0].write_bytes(first + b'{"torn\n' + second)
    paths[1].write_bytes(paths[1].read_bytes() + b"\0\0\n" + b'{"type":"assis')
    assert words(paths) == ["1", "more", "2", "more"]
    assert record(paths, as_it_is).skipped == 3


def test_a_last_line_without_its_end_is_read(tmp_path: Path) -> None:
    path = said(FIRST, "one", "two").write(tmp_path)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert words([path]) == ["one", "two"]


def test_live_is_what_stands_after_the_last_compaction(tmp_path: Path) -> None:
    transcript = said(FIRST, "one")
    transcript.compaction("first summary")
    transcript.user("two")
    transcript.compaction("second summary")
    transcript.user("three")
    path = transcript.write(tmp_path)
    assert live([path]) == ["", "second summary", "three"]
    assert words([path]) == ["one", "first summary", "two", "second summary", "three"]


def test_live_is_of_the_last_session_alone(tmp_path: Path) -> None:
    paths = [said(name, f"in {name[0]}").write(tmp_path) for name in (FIRST, SECOND)]
    assert live(paths) == ["in 2"]


# --- Sessions that ccsup has rebuilt


def test_a_rebuilt_session_brings_its_origin(tmp_path: Path) -> None:
    first = said(FIRST, "one", "kept")
    first.write(tmp_path)
    second = rebuilt(SECOND, first, tmp_path)
    second.user("two")
    second.write(tmp_path)
    third = rebuilt(THIRD, second, tmp_path)
    third.user("three")
    path = third.write(tmp_path)
    assert words([path]) == ["one", "kept", "two", "three"]  # each once
    assert live([path])[1] == "context of 3"
    found = record([path], as_it_is)
    assert (found.contexts, found.summaries, found.missing) == ([], [], ())


def test_where_the_origin_is_lost_its_rebuilt_words_stand_in(tmp_path: Path) -> None:
    first = said(FIRST, "one", "kept")
    second = rebuilt(SECOND, first, tmp_path)
    second.user("two")
    path = second.write(tmp_path)
    assert words([path])[:2] == ["context of 2", "kept"] and words([path])[-1] == "two"
    found = record([path], as_it_is)
    assert found.missing == (tmp_path / f"{FIRST}.jsonl",)
    assert found.contexts == ["context of 2"]


def test_two_sessions_that_name_each_other_end(tmp_path: Path) -> None:
    first, second = said(FIRST, "one"), said(SECOND, "two")
    first.lines[0]["ccsup"] = {"from": SECOND}
    second.lines[0]["ccsup"] = {"from": FIRST}
    first.user("own word of 1")
    second.user("own word of 2")
    first.write(tmp_path)
    assert words([second.write(tmp_path)]) == ["own word of 1", "own word of 2"]


@pytest.mark.parametrize("told", ["../../secret", "/etc/passwd", "", None, 7, {"from": FIRST}])
def test_an_origin_is_a_session_of_the_same_folder_and_no_path(
    tmp_path: Path, told: object
) -> None:
    transcript = said(FIRST, "one")
    transcript.lines[0]["ccsup"] = {"from": told}
    path = transcript.write(tmp_path)
    assert words([path]) == ["one"] and read([path])[1].missing == []


# --- What was typed ahead


def queue(*operations: tuple[str, str | None]) -> list[bytes]:
    return [
        line_of({"type": "queue-operation", "operation": name, "content": content})
        for name, content in operations
    ]


def test_what_was_typed_ahead_and_never_taken_is_still_to_be_heard() -> None:
    assert waiting(queue(("enqueue", "a"), ("enqueue", "b"))) == ("a", "b")
    assert waiting(queue(("enqueue", "a"), ("enqueue", "b"), ("dequeue", None))) == ("b",)
    assert waiting(queue(("enqueue", "a"), ("enqueue", "b"), ("remove", "b"))) == ("a",)
    assert waiting(queue(("enqueue", "a"), ("popAll", None), ("enqueue", "c"))) == ("c",)
    assert waiting([b"torn", *queue(("dequeue", None))]) == ()


def test_the_queue_of_the_last_session_counts(tmp_path: Path) -> None:
    paths = [said(name, name[0]).write(tmp_path) for name in (FIRST, SECOND)]
    for path, content in zip(paths, "ab", strict=True):
        with path.open("ab") as file:
            file.write(b"".join(queue(("enqueue", content))))
    assert read(paths)[1].queued == ("b",)


def test_what_was_said_last_is_heard_whatever_was_taken_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branch, "QUEUED_BYTES", 2_000)
    path = said(FIRST, "one").write(tmp_path)
    taken = queue(("enqueue", "x" * 500), ("dequeue", None)) * 20
    with path.open("ab") as file:
        file.write(b"".join([*taken, *queue(("enqueue", "a"), ("enqueue", "b"))]))
    reading = read([path])[1]
    assert reading.queued == ("a", "b")
