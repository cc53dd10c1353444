"""Recorder: the conversation in its order, bounded whatever the transcripts hold."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

import pytest

from supervisor.claude.entries import Entry
from supervisor.claude.measure import tokens_of
from supervisor.compaction import recorder
from supervisor.compaction.digest import digest
from supervisor.compaction.read import Place
from supervisor.compaction.record import Call, Record, Said
from supervisor.compaction.recorder import masked, record_of
from supervisor.compaction.redact import redactor

from ..entries import Transcript, call, text
from .facts import LIVE, as_it_is, known, recorded
from .planted import EVERY


def told(transcript: Transcript) -> list[tuple[object, ...]]:
    return [
        (step.who, step.text)
        if isinstance(step, Said)
        else (step.name, step.arguments, step.output)
        for step in recorded(transcript).steps
    ]


def calls(found: Record) -> list[Call]:
    return [step for step in found.steps if isinstance(step, Call)]


# --- What is in it


def test_the_record_is_the_conversation_in_its_order() -> None:
    transcript = Transcript()
    transcript.user("  sort the ledger \n")
    transcript.respond(text("first I look"), call("Bash", {"command": "ls"}, "a"))
    transcript.result("ledger", "a")
    transcript.queued("not the annex")
    transcript.says("sorted")
    assert told(transcript) == [
        ("user", "sort the ledger"),
        ("assistant", "first I look"),
        ("Bash", {"command": "ls"}, "ledger"),
        ("user", "not the annex"),
        ("assistant", "sorted"),
    ]
    assert known(transcript).words == ["sort the ledger", "not the annex"]


def test_what_nobody_said_is_no_word_of_anybody() -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.user("made by the machine", isMeta=True)
    transcript.attachment("skill_listing", content="skills")
    transcript.sidechain("aside")
    transcript.stub()
    transcript.error()
    transcript.user("   ")
    assert told(transcript) == [("user", "sort the ledger")]


def test_an_earlier_summary_is_kept_apart() -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.compaction("the older summary")
    transcript.compaction("the newer summary")
    transcript.user("go on")
    found = recorded(transcript)
    assert found.summaries == ["the older summary", "the newer summary"]
    assert digest(found).summary == "the newer summary"
    assert digest(found).words == ["sort the ledger", "go on"]


def test_parallel_calls_get_each_its_own_result() -> None:
    transcript = Transcript()
    transcript.respond(*(call("Bash", {"command": name}, name) for name in "ABC"))
    for name in "CAB":
        transcript.result(f"output {name}", name, failed=name == "B")
    transcript.leaf = transcript.lines[-1]["uuid"]
    transcript.says("done")
    found = {each.id: (each.output, each.failed) for each in calls(recorded(transcript))}
    assert found == {"A": ("output A", False), "B": ("output B", True), "C": ("output C", False)}


def test_a_result_without_its_call_is_no_crash() -> None:
    transcript = Transcript()
    transcript.step("ls", "ledger")
    entries = transcript.entries[1:]
    assert record_of([(entry, LIVE) for entry in entries], as_it_is).steps == []


def test_a_call_without_its_result_has_none() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="sleep 9")
    (found,) = calls(recorded(transcript))
    assert found.result is None and found.output is None


def test_what_is_known_beside_the_steps() -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.lines[0]["cwd"] = "/where/it/began"
    assert not recorded(transcript).answered
    transcript.says("two")
    transcript.error()
    transcript.lines[-1]["version"] = "2.1.331"
    found = recorded(transcript)
    assert (found.cwd, found.version, found.entries) == ("/where/it/began", "2.1.331", 3)
    assert found.answered and found.last is not None and found.last.is_api_error
    assert found.last_at is not None and found.first_at is not None
    assert found.last_at - found.first_at == 2.0


def test_the_live_size_counts_words_calls_and_results_and_nothing_else() -> None:
    transcript = Transcript()
    transcript.user("x" * 400)
    transcript.step("y" * 400, "z" * 400)
    assert 300 <= recorded(transcript).live < 330
    transcript.blob("w" * 4_000)
    transcript.attachment("prompt_snapshot", content="w" * 4_000)
    assert recorded(transcript).live < 330
    old = Place(live=False)
    assert record_of([(entry, old) for entry in transcript.entries], as_it_is).live == 0


def test_a_tokens_estimate_is_of_words_alone() -> None:
    assert tokens_of(text("ě" * 8)) == 4
    assert tokens_of({"type": "thinking", "thinking": "x" * 400}) == 0
    image = {"type": "image", "source": {"data": "x" * 4_000}}
    assert tokens_of({"type": "tool_result", "content": [image]}) < 10


# --- Secrets


@pytest.mark.parametrize("planted", EVERY[:12], ids=lambda each: str(each.kind))
def test_no_secret_gets_into_the_record(planted: object) -> None:
    secret, core = planted.text, planted.core  # type: ignore[attr-defined]
    transcript = Transcript()
    transcript.user(f"It is {secret} now")
    transcript.says(f"I saw {secret} there")
    transcript.respond(
        call("Bash", {"command": f"use {secret} it", "list": [f"a {secret} b"]}, "A")
    )
    transcript.result(f"got {secret} back", "A")
    transcript.compaction(f"Summary: {secret} end")
    transcript.user("go on")
    redact = redactor({}, b"key")
    found = record_of([(entry, LIVE) for entry in reversed(transcript.entries)], redact)
    assert core not in str(found.steps) + str(found.summaries) + str(found.largest)
    assert str(found.steps).count("redacted") >= 4
    assert core in str([entry.blocks for entry in found.newest])  # these are masked when used
    assert core not in str([masked(entry, redact).blocks for entry in found.newest])


PHRASE = "Zx81" + "Qlmw77"
TOKEN = "glp" + "at-" + "Ab12" * 6


@pytest.mark.parametrize(
    "given",
    [
        {"user": "bob", "pass" + "word": PHRASE},
        {"api_" + "key": PHRASE},
        {"opts": {"client_secret": PHRASE}},
        {"headers": {"Authorization": f"Bearer {PHRASE}"}},
        {"argv": ["mysql", "--pass" + "word", PHRASE]},
        {"pass" + "word": [PHRASE]},
        {"pass" + "word": {"pass" + "word": int("12345678")}},
        {TOKEN: 1},
        {"env": {TOKEN: 1}},
        {"edits": [{"text": "x" * 80_000}, {"text": f"it is {TOKEN} " * 9}]},
    ],
    ids=lambda given: str(given)[:40],
)
def test_no_secret_of_a_structured_argument_gets_into_the_record(given: dict[str, object]) -> None:
    transcript = Transcript()
    transcript.user("go on")
    transcript.respond(call("mcp__db__connect", given, "A"))
    transcript.result("got it", "A")
    redact = redactor({}, b"key")
    found = record_of([(entry, LIVE) for entry in reversed(transcript.entries)], redact)
    for shown in (
        str(found.steps) + str(found.largest),
        str([masked(entry, redact).blocks for entry in found.newest]),
    ):
        assert "redacted" in shown
        assert not any(each in shown for each in (PHRASE, TOKEN, "12345678"))


def test_of_a_long_nested_text_both_ends_are_kept() -> None:
    transcript = Transcript()
    for size in (3_000, 30_000, 90_000):
        long = "begin" + "x" * size + "end"
        transcript.respond(call("MultiEdit", {"edits": [{"new_string": long}]}, str(size)))
    for each in calls(recorded(transcript)):
        kept = each.arguments["edits"][0]["new_string"]
        assert kept.startswith("begin" + "x" * 2_000) and kept.endswith("x" * 900 + "end")
        assert len(kept) < 4_100


def test_nor_one_of_a_tools_name() -> None:
    transcript = Transcript()
    transcript.user("go on")
    transcript.respond(call(f"mcp_{TOKEN}", {"a": 1}, "A"))
    transcript.result("got it", "A")
    redact = redactor({}, b"key")
    found = record_of([(entry, LIVE) for entry in reversed(transcript.entries)], redact)
    assert TOKEN not in str(found.steps) + str(found.largest)
    assert calls(found)[0].name.startswith("mcp_[redacted:")


def test_a_call_takes_one_look_and_names_are_looked_at_once() -> None:
    transcript = Transcript()
    for name in map(str, range(20)):
        transcript.respond(call("Edit", {"file_path": name, "old_string": "x" * 30}, name))
        transcript.result("done", name)
    looks: list[str] = []
    record_of(
        [(entry, LIVE) for entry in reversed(transcript.entries)],
        lambda text: looks.append(text) or text,  # type: ignore[func-returns-value]
    )
    assert len(looks) == 20 + len(("Edit", "file_path", "old_string"))


# --- Memory


def flood(count: int, output: int) -> Iterator[Entry]:
    """A transcript of huge outputs, newest first, made while it is read."""
    filler = "x" * output
    for number in reversed(range(count)):
        transcript = Transcript()
        transcript.user(f"Never do {number}.") if number % 50 == 0 else None
        transcript.calls("Bash", f"id{number}", command=f"step {number}")
        transcript.result(f"<{number}>{filler}<end {number}>", f"id{number}")
        transcript.calls("Edit", f"e{number}", file_path=f"f{number}.py", new_string="y" * 90)
        yield from reversed(transcript.entries)


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(recorder, "BOUND", 200_000)
    monkeypatch.setattr(recorder, "NEWEST", 10)
    return 200_000


def size_of(found: Record) -> int:
    return sum(map(recorder._size, found.steps))


def of_flood(count: int, output: int) -> Record:
    return record_of(((entry, LIVE) for entry in flood(count, output)), as_it_is)


def test_a_flood_stays_under_the_bound_and_the_newest_lose_last(narrow: int) -> None:
    found = of_flood(100, 3_000)
    assert size_of(found) <= narrow
    steps = [each.brief for each in calls(found) if each.name == "Bash"]
    assert steps[-1] == "step 99"
    newest = calls(found)[-2].output or ""
    assert newest.startswith("<99>") and newest.endswith("<end 99>")


def test_without_the_bound_nothing_would_be_shortened() -> None:
    found = of_flood(60, 3_000)
    assert all(len(each.output or "") > 3_000 for each in calls(found) if each.name == "Bash")


def test_what_is_too_much_even_so_is_left_out_but_never_what_changes_the_work(narrow: int) -> None:
    found = of_flood(900, 400)
    steps = [each.brief for each in calls(found) if each.name == "Bash"]
    kept = len(steps)
    assert kept < 900 and steps == [f"step {number}" for number in range(900 - kept, 900)]
    edits = [each.brief for each in calls(found) if each.name == "Edit"]
    assert edits == [f"f{number}.py" for number in range(900)]
    said = [step.text for step in found.steps if isinstance(step, Said)]
    assert said == [f"Never do {number}." for number in range(0, 900, 50)]


def test_arguments_of_every_shape_count(narrow: int) -> None:
    """Else a flood of lists would not be seen to grow."""
    todos = [{"content": "x" * 100, "status": "pending"}] * 20
    transcript = Transcript()
    for number in range(100):
        transcript.calls("TodoWrite", f"m{number}", todos=todos)
    found = recorded(transcript)
    kept = sum(len(str(each.arguments)) for each in calls(found))
    assert recorder._size(calls(found)[0]) > 2_000
    assert kept < 3 * size_of(found)


def test_of_a_file_known_to_be_large_the_texts_are_short_from_the_start() -> None:
    entries = [(entry, LIVE) for entry in islice(flood(5, 30_000), 15)]
    lengths = []
    for expected in (0, 50_000_000, 10**9):
        found = record_of(entries, as_it_is, expected)
        lengths.append(max(len(each.output or "") for each in calls(found)))
    assert lengths == sorted(lengths, reverse=True) and len(set(lengths)) == 3


def test_a_long_task_list_is_whole_at_every_length(monkeypatch: pytest.MonkeyPatch) -> None:
    transcript = Transcript()
    todos = [{"status": "pending", "content": f"task {number}"} for number in range(50)]
    transcript.calls("TodoWrite", todos=todos)
    transcript.result("noted")
    entries = [(entry, LIVE) for entry in reversed(transcript.entries)]
    for expected in (0, 10**9):
        assert len(digest(record_of(entries, as_it_is, expected)).todos) == 50


def test_the_newest_entries_are_whole_and_few(narrow: int) -> None:
    found = of_flood(20, 3_000)
    assert len(found.newest) == 10 and found.entries > 20
    assert found.newest[-1].tool_calls[0]["id"] == "e19"


def test_results_whose_calls_never_come_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recorder, "WAITING", 5)
    transcript = Transcript()
    for number in range(50):
        transcript.calls("Bash", f"id{number}", command="x")
        transcript.result("y", f"id{number}")
    taking = recorder.Recorder(as_it_is)
    for entry in reversed([each for each in transcript.entries if each.is_tool_result]):
        taking.take(entry, LIVE)
        assert len(taking._results) <= 5
    assert taking.finished().steps == []
