"""Branch: from the end of a file the same branch as with all of it in memory."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.claude import branch
from supervisor.claude.backward import Line, lines
from supervisor.claude.branch import Branch, NewestFirst
from supervisor.claude.entries import Entry
from supervisor.compaction.read import waiting

from ..chain import main_chain
from ..entries import Json, Transcript, call, line_of, text
from ..generated import examples


def newest_first(path: Path) -> list[Entry]:
    return list(NewestFirst(path))


def names(entries: list[Entry]) -> set[str]:
    return {entry.uuid for entry in entries}


def texts(entries: list[Entry]) -> list[str]:
    """What was said, oldest first, of entries that come newest first."""
    return [entry.text for entry in reversed(entries) if entry.text]


def expected(entries: list[Entry]) -> list[Entry]:
    """`main_chain`, and before a compaction that names no parent what stood there."""
    found = main_chain(entries)
    if found and found[0].type == "boundary" and found[0].parent is None:
        return [*expected(entries[: entries.index(found[0])]), *found]
    return found


# --- Generated transcripts


def parallel(transcript: Transcript, seed: int) -> None:
    """Calls of one response, whose results come in an order of their own; some never."""
    ids = [f"{len(transcript.lines)}{letter}" for letter in "ABC"[: 1 + seed % 3]]
    transcript.respond(text("calls"), *(call("Bash", {"command": each}, each) for each in ids))
    for at in range(len(ids)):
        if (seed >> at) % 5:
            transcript.result(f"output {ids[at - seed % 3]}", ids[at - seed % 3])


def rewind(transcript: Transcript, seed: int) -> None:
    """Back to an older entry, or to the very start: what came since is a dead branch."""
    chained = [
        line["uuid"] for line in transcript.lines if "uuid" in line and not line.get("isSidechain")
    ]
    at = seed % (len(chained) + 1)
    transcript.leaf = None if at == len(chained) and seed % 2 else chained[at % len(chained)]
    transcript.user(f"again {seed}")


def nameless(transcript: Transcript) -> None:
    """A compaction that does not name what came before it."""
    transcript.compaction("a summary")
    del transcript.lines[-2]["logicalParentUuid"]


STEPS: list[Callable[[Transcript, int], object]] = [
    lambda t, n: t.says(f"words {n}"),
    lambda t, n: t.user(f"message {n}"),
    lambda t, n: t.step(f"step {n}", f"output {n}"),
    lambda t, n: t.calls("Bash", command="sleep 9"),
    lambda t, n: t.queued(f"queued {n}"),
    lambda t, n: t.sidechain("aside"),
    lambda t, n: t.compaction("a summary"),
    lambda t, n: nameless(t),
    lambda t, n: t.error(),
    lambda t, n: t.turn_duration(),
    lambda t, n: t.bookkeeping(),
    lambda t, n: t.blob("a request"),
    lambda t, n: t.user("meta", isMeta=True),
    parallel,
    parallel,
    rewind,
]
SCRIPTS = st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 60)), min_size=1, max_size=25)
Script = list[tuple[Callable[[Transcript, int], object], int]]


def played(script: Script) -> Transcript:
    transcript = Transcript()
    transcript.user("the task")
    for play, seed in script:
        play(transcript, seed)
    return transcript


def read(data: bytes) -> tuple[list[Entry], NewestFirst]:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file.jsonl"
        path.write_bytes(data)
        reading = NewestFirst(path)
        return list(reading), reading


@examples(150)
@given(SCRIPTS)
def test_it_is_the_branch_that_is_found_with_all_in_memory(script: Script) -> None:
    transcript = played(script)
    found, reading = read(transcript.data())
    assert len(found) == len(names(found))  # each once
    assert names(found) == names(expected(transcript.entries))
    assert reading.skipped == 0


@examples(80)
@given(SCRIPTS)
def test_a_call_stands_before_its_result_and_the_chain_in_its_order(script: Script) -> None:
    transcript = played(script)
    found = read(transcript.data())[0][::-1]
    place = {entry.uuid: at for at, entry in enumerate(found)}
    for entry in found:
        if entry.parent in place:
            assert place[entry.parent] < place[entry.uuid]
    users = [entry.uuid for entry in found if entry.type == "user" and not entry.is_tool_result]
    in_file = [entry.uuid for entry in transcript.entries if entry.uuid in set(users)]
    assert users == in_file


@examples(80)
@given(SCRIPTS, st.integers(1, 400), st.integers(0, 60))
def test_torn_lines_lose_no_more_than_themselves(script: Script, cut: int, at: int) -> None:
    """A garbled line before a good one, and the end of the file cut off in a write."""
    transcript = played(script)
    whole = names(expected(transcript.entries))
    lines = transcript.data().splitlines(keepends=True)
    torn = at % len(lines)
    lines.insert(torn, b'{"type":"user","uui' + b"x" * cut + b"\n")
    found, reading = read(b"".join(lines) + b'{"type":"assistant","mess')
    assert names(found) == whole
    assert 1 <= reading.skipped <= 2  # what stands before the branch is not read


@examples(80)
@given(SCRIPTS, st.integers(0, 60))
def test_a_lost_parent_is_healed(script: Script, at: int) -> None:
    """A line of the chain is gone: all that the walk would still find stands there."""
    transcript = played(script)
    chain = expected(transcript.entries)
    lost = chain[at % len(chain)]
    lines = [line for line in transcript.lines if line.get("uuid") != lost.uuid]
    found, _ = read(b"".join(map(line_of, lines)))
    rest = [entry for entry in transcript.entries if entry.uuid != lost.uuid]
    assert names(expected(rest)) <= names(found)
    before = [each for each in chain[: at % len(chain)] if each.type == "user"]
    said = {each.uuid for each in before if not each.is_tool_result and not each.is_meta}
    forked = any(step is rewind for step, _ in script)
    assert forked or said <= names(found)


# --- One by one


def written(transcript: Transcript, folder: Path) -> Path:
    return transcript.write(folder)


def test_a_rewound_branch_is_left_out(tmp_path: Path) -> None:
    transcript = Transcript()
    first = transcript.user("one")["uuid"]
    transcript.says("dead")
    transcript.step("dead", "dead")
    transcript.leaf = first
    transcript.says("live")
    assert texts(newest_first(written(transcript, tmp_path))) == ["one", "live"]
    transcript.leaf = None
    transcript.user("from the very start")
    assert texts(newest_first(written(transcript, tmp_path))) == ["from the very start"]


def test_all_parallel_calls_and_their_results_are_of_the_branch(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("three")
    transcript.respond(*(call("Bash", {"command": each}, each) for each in "ABC"))
    for each in "CAB":
        transcript.result(f"output {each}", each)
    transcript.says("done")
    found = newest_first(written(transcript, tmp_path))
    results = [entry.blocks[0]["content"] for entry in found if entry.is_tool_result]
    assert sorted(results) == ["output A", "output B", "output C"]
    assert len(found) == 8


def test_a_result_of_a_dead_branch_is_not(tmp_path: Path) -> None:
    transcript = Transcript()
    first = transcript.user("one")["uuid"]
    transcript.respond(call("Bash", {"command": "a"}, "A"))
    transcript.leaf = first
    transcript.respond(call("Bash", {"command": "b"}, "B"))
    transcript.result("of the live one", "B")
    transcript.result("of the dead one", "A")
    transcript.leaf = next(
        line["uuid"] for line in transcript.lines if "of the live one" in str(line)
    )
    transcript.says("on")
    found = newest_first(written(transcript, tmp_path))
    assert "of the live one" in str([entry.blocks for entry in found])
    assert "of the dead one" not in str([entry.blocks for entry in found])


def test_a_compaction_goes_on_with_what_it_names(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.compaction("a summary")
    transcript.user("two")
    assert texts(newest_first(written(transcript, tmp_path))) == ["one", "a summary", "two"]


def test_one_that_names_nothing_goes_on_with_what_stands_before_it(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("one")
    nameless(transcript)
    transcript.user("two")
    assert texts(newest_first(written(transcript, tmp_path))) == ["one", "a summary", "two"]


def test_two_that_name_each_other_end(tmp_path: Path) -> None:
    transcript = Transcript()
    first = transcript.user("one")
    second = transcript.user("two")
    first["parentUuid"] = second["uuid"]
    assert texts(newest_first(written(transcript, tmp_path))) == ["one", "two"]
    second["parentUuid"] = second["uuid"]
    assert "two" in texts(newest_first(written(transcript, tmp_path)))


# --- Lost parents


@pytest.fixture
def scans(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often a file is read, from which end."""
    found: list[int] = []

    def counted(path: Path, end: int | None = None) -> Iterator[tuple[int, Line]]:
        found.append(path.stat().st_size if end is None else end)
        return lines(path, end)

    monkeypatch.setattr(branch, "lines", counted)
    return found


def holed(transcript: Transcript, folder: Path, *lost: str) -> Path:
    """The file of it without the lines in which one of these words stands."""
    path = transcript.write(folder)
    kept = [line for line in path.read_bytes().splitlines(True) if not has(line, lost)]
    path.write_bytes(b"".join(kept))
    return path


def has(line: bytes, words: Sequence[str]) -> bool:
    return any(word.encode() in line for word in words)


@pytest.mark.parametrize("breaks", [1, 40])
def test_any_number_of_lost_parents_is_healed_in_one_more_pass(
    tmp_path: Path, scans: list[int], breaks: int
) -> None:
    transcript = Transcript()
    transcript.user("the task")
    for number in range(breaks):
        transcript.user(f"message {number}")
        transcript.user(f"lost {number}")
        transcript.step(f"step {number}", "output")
    found = texts(newest_first(holed(transcript, tmp_path, "lost ")))
    assert found == ["the task", *(f"message {number}" for number in range(breaks))]
    assert len(scans) == 2


def test_a_file_without_a_lost_parent_is_read_once(tmp_path: Path, scans: list[int]) -> None:
    transcript = Transcript()
    transcript.bookkeeping()
    transcript.user("one")
    transcript.says("two")
    assert texts(newest_first(written(transcript, tmp_path))) == ["one", "two"]
    assert len(scans) == 1


def test_what_is_rewound_before_and_behind_a_lost_parent_stays_away(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("the task")
    for number in range(3):
        fork = transcript.says(f"so far {number}")["uuid"]
        transcript.user(f"withdrawn {number}")
        transcript.says(f"dead {number}")
        transcript.leaf = fork
        transcript.user(f"instead {number}")
        transcript.lines += [{"type": "attachment"}] * 5  # without a name
        transcript.user("lost")
    transcript.says("done")
    found = texts(newest_first(holed(transcript, tmp_path, '"lost"')))
    kept = [f"{words} {number}" for number in range(3) for words in ("so far", "instead")]
    assert found == ["the task", *kept, "done"]


def test_parents_that_stand_behind_their_children_are_lost_ones(
    tmp_path: Path, scans: list[int]
) -> None:
    """Each names itself, or the one behind it: none of them comes."""
    transcript = Transcript()
    for number in range(8):
        line = transcript.user(f"message {number}")
        line["parentUuid"] = line["uuid"]
    for line, behind in zip(transcript.lines[2:4], transcript.lines[3:5], strict=True):
        line["parentUuid"] = behind["uuid"]
    transcript.user("dead")
    transcript.leaf = transcript.lines[7]["uuid"]
    transcript.user("message 8")
    aside = Transcript("9" + transcript.session[1:]).user("dead")
    transcript.lines.insert(7, aside)
    path = written(transcript, tmp_path)
    rows = path.read_bytes().splitlines(True)
    rows[7] = rows[7].rstrip()  # two on a line
    path.write_bytes(b"".join(rows))
    assert texts(newest_first(path)) == [f"message {number}" for number in range(9)]
    assert len(scans) == 2


@pytest.mark.parametrize("why", ["too many", "taken for another"])
def test_where_the_branch_cannot_be_known_every_entry_is_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scans: list[int], why: str
) -> None:
    if why == "too many":
        monkeypatch.setattr(branch, "MOST_PASSED", 4)
    else:
        monkeypatch.setattr(branch, "_hashed", lambda uuid: 7)
    transcript = Transcript()
    for number in range(6):
        transcript.turn_duration()["parentUuid"] = None
        transcript.user(f"message {number}")["parentUuid"] = f"lost {number}"
        transcript.sidechain("aside")
    found = newest_first(written(transcript, tmp_path))
    assert texts(found) == [f"message {number}" for number in range(6)]
    assert len([entry for entry in found if entry.type == "link"]) >= 5
    assert len(scans) == (2 if why == "too many" else 3)


def test_what_is_no_word_is_a_parent_behind_a_break_too(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("the task")
    link = transcript.turn_duration()["uuid"]
    for words in ("one", "lost", "done"):
        transcript.user(words)
    assert link in names(newest_first(holed(transcript, tmp_path, '"lost"')))


def test_a_compaction_whose_summary_is_lost_is_still_one(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("the task")
    transcript.compaction("lost")
    transcript.user("on")
    found = newest_first(holed(transcript, tmp_path, '"lost"'))
    assert [entry.type for entry in found] == ["user", "boundary", "user"]


@pytest.mark.parametrize("sidechain", [False, True])
def test_a_torn_line_does_not_bring_back_what_was_rewound(tmp_path: Path, sidechain: bool) -> None:
    """Its head still names its own parent, unless it is the line of a subagent."""
    transcript = Transcript()
    transcript.user("the task")
    fork = transcript.says("so far")["uuid"]
    transcript.user("withdrawn")
    transcript.says("dead")
    transcript.leaf = fork
    transcript.user("instead", isSidechain=sidechain)
    transcript.says("done")
    path = written(transcript, tmp_path)
    rows = path.read_bytes().splitlines(True)
    rows[4] = rows[4][:200] + b"\n"
    path.write_bytes(b"".join(rows))
    dead = ["withdrawn", "dead"] if sidechain else []
    assert texts(newest_first(path)) == ["the task", "so far", *dead, "done"]


def test_a_torn_line_of_a_dead_branch_tells_nothing(tmp_path: Path) -> None:
    transcript = Transcript()
    first = transcript.user("the task")["uuid"]
    fork = transcript.user("one")["uuid"]
    transcript.leaf = first
    transcript.user("dead")
    transcript.leaf = fork
    for words in ("two", "lost", "done"):
        transcript.user(words)
    path = holed(transcript, tmp_path, '"lost"')
    rows = path.read_bytes().splitlines(True)
    rows[2] = rows[2][:200] + b"\n"
    path.write_bytes(b"".join(rows))
    assert texts(newest_first(path)) == ["the task", "one", "two", "done"]


def test_a_torn_line_whose_parent_is_lost_too_tells_nothing(
    tmp_path: Path, scans: list[int]
) -> None:
    transcript = Transcript()
    for words in ("the task", "lost", "torn", "done"):
        transcript.user(words)
    path = holed(transcript, tmp_path, '"lost"')
    rows = path.read_bytes().splitlines(True)
    rows[1] = rows[1][:200] + b"\n"
    path.write_bytes(b"".join(rows))
    assert texts(newest_first(path)) == ["the task", "done"]
    assert len(scans) == 2


# --- More of a file


def test_two_objects_on_a_line_are_both_read(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.user("two")
    path = tmp_path / "file.jsonl"
    path.write_bytes(transcript.data().replace(b"}\n{", b"}{"))
    assert texts(newest_first(path)) == ["one", "two"]


def test_the_queue_of_prompts_is_given_oldest_first(tmp_path: Path) -> None:
    lines: list[Json] = [
        {"type": "queue-operation", "operation": "enqueue", "content": each} for each in "ab"
    ]
    transcript = Transcript()
    transcript.user("one")
    transcript.lines += lines
    reading = NewestFirst(written(transcript, tmp_path))
    assert texts(list(reading)) == ["one"]
    assert [b'"a"' in line for line in reading.queue] == [True, False]


@pytest.mark.parametrize("bound", ["MOST_QUEUED", "QUEUED_BYTES"])
def test_of_the_queue_the_newest_records_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, bound: str
) -> None:
    transcript = Transcript()
    transcript.user("one")
    for number in range(30):
        words = f"words {number:02d}"
        for what in ({"operation": "enqueue", "content": words}, {"operation": "dequeue"}):
            transcript.lines.append({"type": "queue-operation", **what})
    transcript.lines.append(
        {"type": "queue-operation", "operation": "enqueue", "content": "still to be heard"}
    )
    monkeypatch.setattr(branch, bound, 5 if bound == "MOST_QUEUED" else 300)
    reading = NewestFirst(written(transcript, tmp_path))
    list(reading)
    assert b"still to be heard" in reading.queue[-1] and b"words 29" in reading.queue[-3]
    assert len(reading.queue) == 5
    assert waiting(reading.queue) == ("still to be heard",)


# --- Memory


def test_what_waits_is_found_without_looking_at_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A long dead branch waits, while a long live one is gone through."""
    looked_at = 0

    def counted(entry: Entry) -> set[str]:
        nonlocal looked_at
        looked_at += 1
        return answered(entry)

    answered = branch._answered
    monkeypatch.setattr(branch, "_answered", counted)
    transcript = Transcript()
    transcript.user("one")
    for number in range(100):
        transcript.step(f"live {number}", "output")
    leaf = transcript.leaf
    for number in range(100):
        transcript.step(f"dead {number}", "output")
    transcript.leaf = leaf
    transcript.user("on")
    sorting = Branch()
    found = [each for entry in reversed(transcript.entries) for each in sorting.take(entry, 1)]
    assert names(found) == names(main_chain(transcript.entries)) and len(found) == 202
    assert len(sorting._held) == 200
    assert looked_at <= 200


def test_what_is_released_comes_in_the_order_in_which_it_waited(tmp_path: Path) -> None:
    transcript = Transcript()
    first = transcript.user("one")["uuid"]
    transcript.respond(text("words"), *(call("Bash", {"command": each}, each) for each in "ABC"))
    for each in "BCA":
        transcript.result(f"of {each}", each)
    transcript.user([{"type": "tool_result", "tool_use_id": each, "content": ""} for each in "CB"])
    transcript.user([{"type": "tool_result", "tool_use_id": each, "content": ""} for each in "AX"])
    transcript.leaf = transcript.lines[1]["uuid"]
    transcript.user("on")
    found = [entry.uuid for entry in newest_first(written(transcript, tmp_path))]
    waited = [line["uuid"] for line in reversed(transcript.lines[2:9])]
    assert found == [transcript.lines[-1]["uuid"], *waited, transcript.lines[1]["uuid"], first]


def test_ids_that_are_no_words_do_no_harm(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.step("ls", "ledger")
    transcript.lines[1]["message"]["id"] = ["odd"]
    transcript.lines[1]["message"]["content"][0]["id"] = {"odd": 1}
    transcript.lines[2]["message"]["content"][0]["tool_use_id"] = {"odd": 1}
    transcript.leaf = transcript.lines[1]["uuid"]
    transcript.user("two")
    assert len(newest_first(written(transcript, tmp_path))) == 4


def test_what_waits_is_bounded_and_what_has_waited_longest_goes_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(branch, "MOST_HELD", 5_000)
    transcript = Transcript()
    first = transcript.user("one")["uuid"]
    for number in range(200):
        transcript.step(f"dead {number}", "x" * 500)
    transcript.leaf = first
    transcript.respond(*(call("Bash", {"command": each}, each) for each in "AB"))
    transcript.result("of A", "A")
    transcript.result("of B", "B")
    sorting = Branch()
    found: list[Entry] = []
    most = 0
    for line, entry in zip(reversed(transcript.lines), reversed(transcript.entries), strict=True):
        found += sorting.take(entry, len(line_of(line)))
        most = max(most, sorting._size)
        assert sorting._size == sum(size for _, size in sorting._held.values())
        assert sum(map(len, sorting._waiting.values())) == len(sorting._held)
        assert all(sorting._waiting.values())
    assert 4_000 < most <= 5_000
    assert names(found) == names(main_chain(transcript.entries))


@pytest.mark.parametrize("before", [True, False])
def test_what_has_begun_to_wait_last_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    """The result of a parallel call, before a long dead branch and behind it."""
    monkeypatch.setattr(branch, "MOST_HELD", 5_000)
    transcript = Transcript()
    first = transcript.user("one")["uuid"]
    transcript.respond(*(call("Bash", {"command": each}, each) for each in "AB"))
    transcript.result("of A", "A")
    waits = transcript.lines.pop()
    transcript.leaf = first
    for number in range(40):
        transcript.step(f"dead {number}", "x" * 500)
    transcript.lines.insert(3 if before else len(transcript.lines), waits)
    transcript.result("of B", "B")
    transcript.lines[-1]["uuid"] = transcript.leaf = "last"
    found = newest_first(written(transcript, tmp_path))
    assert (waits["uuid"] in names(found)) == before


def test_one_line_that_is_larger_than_the_bound_is_held_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(branch, "MOST_HELD", 1_000)
    transcript = Transcript()
    transcript.user("one")
    transcript.respond(*(call("Bash", {"command": each}, each) for each in "AB"))
    transcript.result("y" * 9_000, "A")
    transcript.result("of B", "B")
    found = newest_first(written(transcript, tmp_path))
    assert names(found) == names(main_chain(transcript.entries))


def test_a_session_whose_process_died_in_its_first_line_is_empty(tmp_path: Path) -> None:
    path = tmp_path / "file.jsonl"
    path.write_bytes(b'{"type":"us')
    reading = NewestFirst(path)
    assert list(reading) == [] and reading.skipped == 1
