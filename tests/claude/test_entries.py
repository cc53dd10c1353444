"""Entries: what a line of a transcript is, and which lines are the conversation."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from supervisor.claude.entries import Entry, decode, result_text
from supervisor.claude.quick import quick

from ..chain import main_chain
from ..entries import OUT_OF_MEMORY, START, Json, Transcript, call, line_of, text


def only(raw: Json) -> Entry:
    found = decode(line_of(raw))
    assert found is not None and len(found) == 1
    return found[0]


def words(entries: list[Entry]) -> list[str]:
    return [entry.text for entry in entries if entry.text]


def results(entries: list[Entry]) -> list[str]:
    return [
        block["content"]
        for entry in entries
        for block in entry.blocks
        if block["type"] == "tool_result"
    ]


def test_content_is_a_text_or_blocks() -> None:
    transcript = Transcript()
    plain = only(transcript.user("sort the ledger"))
    blocks = only(transcript.user([text("sort"), text("the ledger")]))
    assert plain.text == "sort the ledger"
    assert blocks.text == "sort\nthe ledger"
    assert blocks.parent == plain.uuid


def test_bookkeeping_is_no_entry() -> None:
    transcript = Transcript()
    transcript.bookkeeping()
    transcript.blob("a request")
    assert transcript.lines and transcript.entries == []


@pytest.mark.parametrize("kind", ["api-request-blob", "file-history-snapshot", "queue-operation"])
def test_bulk_is_passed_over_without_decoding(kind: str) -> None:
    assert decode(b'{"type":"' + kind.encode() + b'", and no JSON at all') == []


def test_a_line_that_only_quotes_bulk_is_decoded() -> None:
    assert only(Transcript().user('{"type":"api-request-blob"}')).text


def test_other_links_of_the_chain_are_kept_as_links() -> None:
    line = only(Transcript().turn_duration())
    assert (line.type, line.on_main_chain) == ("link", False)


@pytest.mark.parametrize(
    "line",
    [
        b'{"type":"user","uuid":"1","message":{"content":"cut',
        b"\0\0\0\0",
        b"words",
        b"[" * 100_000,
    ],
    ids=["torn", "NUL", "no JSON", "too deep"],
)
def test_a_torn_line_is_told_from_bookkeeping(line: bytes) -> None:
    assert decode(line) is None


@pytest.mark.parametrize("line", [b"", b"  \r", b"3", b'["user"]'])
def test_a_line_that_is_no_object_is_no_damage(line: bytes) -> None:
    assert decode(line) == []


def test_an_entry_behind_nul_bytes_is_found() -> None:
    line = line_of(Transcript().user("after the power cut"))
    found = decode(b"\0\0\0" + line)
    assert found is not None and words(found) == ["after the power cut"]


def test_two_entries_on_a_line_are_two() -> None:
    transcript = Transcript()
    transcript.user("one")
    transcript.user("two")
    found = decode(transcript.data().replace(b"\n", b""))
    assert found is not None and words(found) == ["one", "two"]


def test_an_entry_behind_a_torn_one_is_found() -> None:
    """2.1.116 goes on without a line feed after a write that SIGKILL cut off."""
    torn = line_of(Transcript().says("cut in the middle"))[:200]
    found = decode(torn + line_of(Transcript().user("and on")))
    assert found is not None and words(found) == ["and on"]


def test_bytes_that_are_no_utf8_do_not_lose_the_line() -> None:
    line = line_of(Transcript().user("a Latin-1 e: X")).replace(b"X", b"\xe9")
    found = decode(line)
    assert found is not None and words(found) == ["a Latin-1 e: \ufffd"]


def test_the_error_of_the_report_is_one() -> None:
    error = only(Transcript().error(OUT_OF_MEMORY, status=None)).api_error
    assert error is not None
    assert (error.text, error.kind, error.status) == (OUT_OF_MEMORY, "unknown", None)
    assert error.source == "transcript"


def test_an_errors_content_may_be_a_plain_text() -> None:
    raw = Transcript().error()
    raw["message"]["content"] = OUT_OF_MEMORY
    error = only(raw).api_error
    assert error is not None and error.text == OUT_OF_MEMORY


def test_an_older_error_without_the_flag_is_one_too() -> None:
    raw = Transcript().error(kind="rate_limit", apiErrorStatus=429)
    del raw["isApiErrorMessage"]
    error = only(raw).api_error
    assert error is not None and (error.kind, error.status) == ("rate_limit", 429)


def test_an_abbreviated_error_is_one_too() -> None:
    """As anthropics/claude-code#51755 has it: neither mark nor model."""
    message = {"role": "assistant", "stop_reason": "stop_sequence", "content": OUT_OF_MEMORY}
    entry = only({"type": "assistant", "message": message})
    assert entry.api_error is not None and not entry.is_answer
    message["content"] = f"It said: {OUT_OF_MEMORY}"
    assert only({"type": "assistant", "message": message}).api_error is None


def test_an_error_of_an_unknown_kind_is_still_one() -> None:
    error = only(Transcript().error(kind={"code": 7}, apiErrorStatus="x")).api_error
    assert error is not None and (error.kind, error.status) == ("unknown", None)


def test_words_about_an_error_are_none() -> None:
    transcript = Transcript()
    record = line_of(transcript.error()).decode()
    transcript.user(OUT_OF_MEMORY)
    transcript.says(OUT_OF_MEMORY, stop="stop_sequence")
    transcript.calls("Read", file_path="old.jsonl")
    transcript.result(record)
    transcript.stub()
    transcript.stub("API Error: it is said here that this is none")
    assert [entry.is_api_error for entry in transcript.entries] == [True, *[False] * 6]


def test_only_the_models_own_words_are_an_answer() -> None:
    transcript = Transcript()
    transcript.user("a request")
    transcript.says("an answer")
    transcript.stub()
    transcript.error()
    assert [entry.is_answer for entry in transcript.entries] == [False, True, False, False]


@pytest.mark.parametrize("prompt", ["not the annex", [text("not the annex")]])
def test_queued_words_are_read(prompt: str | list[Json]) -> None:
    entry = only(Transcript().queued(prompt))
    assert (entry.type, entry.text) == ("attachment", "not the annex")


def test_other_attachments_say_nothing() -> None:
    assert only(Transcript().attachment("skill_listing", content="many skills")).blocks == ()


def test_a_results_words_without_its_media() -> None:
    parts = [text("page 1"), {"type": "image", "source": {"data": "AAAA"}}, text("page 2")]
    assert result_text({"content": parts}) == "page 1\n[image]\npage 2"
    assert result_text({"content": "plain"}) == "plain"
    assert result_text({}) == ""


@pytest.mark.parametrize("decoder", [decode, quick])
def test_the_mark_of_a_refusal_is_kept_without_its_words(
    decoder: Callable[[bytes], list[Entry] | None],
) -> None:
    """Written since 2.1.205; a tool has no hand in it."""
    transcript = Transcript()
    transcript.calls("mcp__db__query", "a")
    line = transcript.result("The user doesn't want it", "a", failed=True)
    line |= {"toolUseResult": "User rejected tool use", "toolDenialKind": "user-rejected"}
    (entry,) = decoder(line_of(line)) or []
    assert entry.raw["toolDenialKind"] == "user-rejected"
    assert "toolUseResult" not in entry.raw
    (plain,) = decoder(line_of(transcript.user("sort the ledger"))) or []
    assert plain.raw.get("toolDenialKind") is None


def test_the_chain_leaves_rewound_branches_out() -> None:
    transcript = Transcript()
    transcript.user("first")
    transcript.says("answer")
    fork = transcript.leaf
    transcript.user("a wrong turn")
    transcript.step("rm ledger", "gone")
    transcript.leaf = fork
    transcript.user("the right turn")
    chain = main_chain(transcript.entries)
    assert words(chain) == ["first", "answer", "the right turn"]
    assert results(chain) == []


def test_the_chain_leaves_subagents_out() -> None:
    transcript = Transcript()
    transcript.user("first")
    transcript.sidechain("a subagent's task")
    transcript.says("answer")
    transcript.sidechain("the newest line")
    assert words(main_chain(transcript.entries)) == ["first", "answer"]


def test_the_chain_goes_on_over_attachments_and_bookkeeping() -> None:
    transcript = Transcript()
    transcript.user("first")
    transcript.attachment("date", date="2026-11-22")
    transcript.turn_duration()
    transcript.blob("a request")
    transcript.says("answer")
    transcript.bookkeeping()
    transcript.turn_duration()
    assert words(main_chain(transcript.entries)) == ["first", "answer"]


def test_the_chain_goes_back_over_a_compaction() -> None:
    transcript = Transcript()
    transcript.user("first")
    transcript.says("answer")
    transcript.compaction("what was said")
    transcript.user("second")
    assert words(main_chain(transcript.entries)) == ["first", "answer", "what was said", "second"]


def test_a_missing_parent_ends_the_chain() -> None:
    transcript = Transcript()
    transcript.leaf = "of another file"
    transcript.user("first")
    assert words(main_chain(transcript.entries)) == ["first"]


def test_a_circle_of_parents_ends_the_chain() -> None:
    transcript = Transcript()
    first = transcript.user("first")
    first["parentUuid"] = transcript.says("answer")["uuid"]
    assert words(main_chain(transcript.entries)) == ["first", "answer"]


def test_no_entries_are_no_chain() -> None:
    assert main_chain([]) == []


@pytest.mark.parametrize("order", ["ABC", "CBA", "CAB"])
def test_parallel_calls_stay_whole_in_whatever_order_they_end(order: str) -> None:
    """Measured on 2.1.116 and 2.1.330: a result's parent is its own call, and the next
    answer's parent is the result that came last."""
    transcript = Transcript()
    transcript.user("three at once")
    transcript.respond(*(call("Bash", {"command": name}, name) for name in "ABC"))
    for name in order:
        transcript.result(f"output {name}", name)
    transcript.says("done")
    chain = main_chain(transcript.entries)
    called = [each["id"] for entry in chain for each in entry.tool_calls]
    assert called == ["A", "B", "C"]
    assert results(chain) == [f"output {name}" for name in order]


def test_a_line_of_entries_survives_a_round_trip() -> None:
    raw = Transcript().says("ě😀")
    assert only(raw).raw == json.loads(line_of(raw))


@pytest.mark.parametrize(
    ("timestamp", "at"),
    [
        ("2026-11-22T10:00:00.000Z", START),
        ("2026-11-22T10:00:01.250Z", START + 1.25),
        ("2026-11-22T12:00:00+02:00", START),
        ("yesterday", None),
        ("", None),
        (1_795_341_600, None),
        (None, None),
        (["2026-11-22T10:00:00.000Z"], None),
    ],
    ids=str,
)
def test_an_entry_knows_when_it_was_written(timestamp: object, at: float | None) -> None:
    line = Transcript().error()
    line["timestamp"] = timestamp
    entry = only(line)
    assert entry.at == at
    assert entry.api_error is not None and entry.api_error.at == at


def test_an_entry_without_a_time_has_none() -> None:
    line = Transcript().user("sort the ledger")
    del line["timestamp"]
    assert only(line).at is None
