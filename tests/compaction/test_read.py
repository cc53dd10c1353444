"""Read: one conversation out of the transcripts of a run."""

from __future__ import annotations

from pathlib import Path

from supervisor.claude.rebuild import Kept, records, write
from supervisor.compaction.read import Conversation, read

from ..entries import Transcript

FIRST, SECOND, THIRD = (f"{n}1111111-2222-4333-8444-55555555555{n}" for n in (1, 2, 3))


def words(conversation: Conversation) -> list[str]:
    return [entry.text for entry in conversation.entries if entry.text]


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
    found = read([transcript.write(tmp_path)])
    assert words(found) == ["sort the ledger", "not the annex", "sorted"]
    assert len(found.entries) == 5 and found.missing == () and found.skipped == 0
    assert found.last is not None and found.last.text == "sorted"


def test_queued_words_are_read_where_a_kill_left_them_last(tmp_path: Path) -> None:
    transcript = said(FIRST, "sort the ledger")
    transcript.step("ls", "ledger")
    transcript.queued("not the annex")
    assert words(read([transcript.write(tmp_path)])) == ["sort the ledger", "not the annex"]


def test_sessions_follow_one_another_as_given(tmp_path: Path) -> None:
    paths = [said(name, f"in {name[0]}").write(tmp_path) for name in (SECOND, FIRST)]
    assert words(read(paths)) == ["in 2", "in 1"]
    assert words(read([*paths, paths[0]])) == ["in 2", "in 1"]


def test_a_file_that_is_gone_is_named_and_the_rest_used(tmp_path: Path) -> None:
    gone = tmp_path / f"{SECOND}.jsonl"
    found = read([said(FIRST, "words").write(tmp_path), gone])
    assert words(found) == ["words"] and found.missing == (gone,)


def test_nothing_at_all_is_an_empty_conversation(tmp_path: Path) -> None:
    assert read([]) == Conversation(())
    assert read([tmp_path / "none"]).last is None


def test_torn_lines_are_counted_over_all_files(tmp_path: Path) -> None:
    paths = [said(name, name[0]).write(tmp_path) for name in (FIRST, SECOND)]
    paths[0].write_bytes(b'{"torn\n' + paths[0].read_bytes())
    paths[1].write_bytes(paths[1].read_bytes() + b"\0\0\n" + b'{"type":"assis')
    found = read(paths)
    assert words(found) == ["1", "2"] and found.skipped == 3


def test_a_last_line_without_its_end_is_read(tmp_path: Path) -> None:
    path = said(FIRST, "one", "two").write(tmp_path)
    path.write_bytes(path.read_bytes().rstrip(b"\n"))
    assert words(read([path])) == ["one", "two"]


def test_live_is_what_stands_after_the_last_compaction(tmp_path: Path) -> None:
    transcript = said(FIRST, "one")
    transcript.compaction("first summary")
    transcript.user("two")
    transcript.compaction("second summary")
    transcript.user("three")
    found = read([transcript.write(tmp_path)])
    assert [entry.text for entry in found.live] == ["", "second summary", "three"]
    assert words(found) == ["one", "first summary", "two", "second summary", "three"]


def test_live_is_of_the_last_session_alone(tmp_path: Path) -> None:
    paths = [said(name, f"in {name[0]}").write(tmp_path) for name in (FIRST, SECOND)]
    assert [entry.text for entry in read(paths).live] == ["in 2"]


def test_a_rebuilt_session_brings_its_origin(tmp_path: Path) -> None:
    first = said(FIRST, "one", "kept")
    first.write(tmp_path)
    second = rebuilt(SECOND, first, tmp_path)
    second.user("two")
    second.write(tmp_path)
    third = rebuilt(THIRD, second, tmp_path)
    third.user("three")
    found = read([third.write(tmp_path)])
    assert words(found) == ["one", "kept", "two", "three"]  # each once
    assert [entry.text for entry in found.live][1] == "context of 3"


def test_where_the_origin_is_lost_its_rebuilt_words_stand_in(tmp_path: Path) -> None:
    first = said(FIRST, "one", "kept")
    second = rebuilt(SECOND, first, tmp_path)
    second.user("two")
    found = read([second.write(tmp_path)])
    assert words(found)[:2] == ["context of 2", "kept"] and words(found)[-1] == "two"
    assert found.missing == (tmp_path / f"{FIRST}.jsonl",)


def test_two_sessions_that_name_each_other_end(tmp_path: Path) -> None:
    first, second = said(FIRST, "one"), said(SECOND, "two")
    first.lines[0]["ccsup"] = {"from": SECOND}
    second.lines[0]["ccsup"] = {"from": FIRST}
    first.user("own word of 1")
    second.user("own word of 2")
    first.write(tmp_path)
    assert words(read([second.write(tmp_path)])) == ["own word of 1", "own word of 2"]


def test_an_origin_is_a_session_of_the_same_folder_and_no_path(tmp_path: Path) -> None:
    for told in ("../../secret", "/etc/passwd", "", None, 7, {"from": FIRST}):
        transcript = said(FIRST, "one")
        transcript.lines[0]["ccsup"] = {"from": told}
        found = read([transcript.write(tmp_path)])
        assert words(found) == ["one"] and found.missing == ()
