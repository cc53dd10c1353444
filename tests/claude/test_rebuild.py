"""Rebuild: the file that ``--resume`` takes for a session that was just compacted."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterable
from itertools import count
from pathlib import Path

import pytest

from supervisor.claude.branch import NewestFirst
from supervisor.claude.entries import Entry
from supervisor.claude.rebuild import CLOSING, Kept, can_resume_rebuilt, records, write

from ..entries import SESSION, Json, Transcript, call, text

NEXT = "99999999-2222-4333-8444-555555555555"
NOW = "2026-11-22T11:00:00.000Z"


def dead() -> Transcript:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.says("first I look", stop="tool_use")
    transcript.step("ls", "ledger")
    transcript.error()
    return transcript


def rebuilt(transcript: Transcript, kept: Iterable[Entry] = ()) -> list[Json]:
    numbers = count(1)
    return records(
        session=NEXT,
        context="the context",
        kept=[Kept(entry, entry.blocks) for entry in kept],
        origin=transcript.entries[-1],
        now=NOW,
        new_uuid=lambda: f"uuid-{next(numbers)}",
        tokens=(900, 100),
    )


def test_the_records_are_a_chain_of_the_new_session() -> None:
    transcript = dead()
    lines = rebuilt(transcript, transcript.entries[1:4])
    assert [line["type"] for line in lines[:3]] == ["system", "user", "assistant"]
    assert lines[0]["subtype"] == "compact_boundary"
    assert lines[0]["compactMetadata"]["preTokens"] == 900
    assert [line["parentUuid"] for line in lines] == [None, *(line["uuid"] for line in lines[:-1])]
    assert lines[0]["logicalParentUuid"] == transcript.entries[-1].uuid
    assert len({line["uuid"] for line in lines}) == len(lines)
    for line in lines:
        assert (line["sessionId"], line["timestamp"]) == (NEXT, NOW)
        assert (line["cwd"], line["version"]) == ("/home/me/ledger", "2.1.330")
        assert line["ccsup"] == {"from": SESSION} and line["isSidechain"] is False


def test_the_context_is_a_summary_and_no_word_of_the_user() -> None:
    line = rebuilt(dead())[1]
    assert line["message"] == {"role": "user", "content": "the context"}
    assert line["isCompactSummary"] and line["isVisibleInTranscriptOnly"]


def test_the_kept_rounds_stand_as_they_were() -> None:
    transcript = dead()
    kept = transcript.entries[1:4]
    lines = rebuilt(transcript, kept)[2:-1]
    assert [line["message"]["content"] for line in lines] == [list(e.blocks) for e in kept]
    assert lines[0]["message"]["model"] == kept[0].message["model"]


def test_a_responses_blocks_share_an_id_and_responses_do_not() -> None:
    transcript = Transcript()
    transcript.respond(text("two"), *(call("Bash", {}, name) for name in "AB"))
    for name in "AB":
        transcript.result(name, name)
    transcript.says("done")
    lines = rebuilt(transcript, transcript.entries)[2:]
    ids = [line["message"].get("id") for line in lines if line["type"] == "assistant"]
    assert ids[0] == ids[1] == ids[2] != ids[3]


def test_calls_of_two_sessions_with_the_same_id_are_kept_apart() -> None:
    transcript = Transcript()
    for output in ("one", "two"):
        transcript.respond(call("Bash", {}, "toolu_1"))
        transcript.result(output, "toolu_1")
    lines = rebuilt(transcript, transcript.entries)[2:6]
    (first,), (one,), (second,), (two,) = (line["message"]["content"] for line in lines)
    assert first["id"] == one["tool_use_id"] != second["id"] == two["tool_use_id"]
    assert (one["content"], two["content"]) == ("one", "two")


@pytest.mark.parametrize(("upto", "closed"), [(2, False), (3, True), (4, True), (0, True)])
def test_a_file_ends_in_words_of_the_assistant(upto: int, closed: bool) -> None:
    """Else Claude Code puts words of its own there (facts/real-claude.md)."""
    transcript = dead()
    last = rebuilt(transcript, transcript.entries[1:upto])[-1]
    assert last["type"] == "assistant"
    assert (last["message"]["content"] == [{"type": "text", "text": CLOSING}]) is closed


def test_the_closing_words_are_no_answer_and_no_error(tmp_path: Path) -> None:
    path = tmp_path / f"{NEXT}.jsonl"
    write(path, rebuilt(dead()))
    last = next(iter(NewestFirst(path)))
    assert last.text == CLOSING
    assert not last.is_answer and not last.is_api_error


def test_a_file_is_written_whole_and_private(tmp_path: Path) -> None:
    path, lines = tmp_path / f"{NEXT}.jsonl", rebuilt(dead())
    before = os.umask(0)
    try:
        write(path, lines)
    finally:
        os.umask(before)
    assert [json.loads(line) for line in path.read_bytes().splitlines()] == lines
    assert path.read_bytes().endswith(b"\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_link_in_its_way_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    (tmp_path / f"{NEXT}.ccsup-partial").symlink_to(victim)
    with pytest.raises(OSError):
        write(tmp_path / f"{NEXT}.jsonl", rebuilt(dead()))
    assert victim.read_text() == "precious"
    assert not (tmp_path / f"{NEXT}.jsonl").exists()


def test_half_a_surrogate_pair_can_be_written(tmp_path: Path) -> None:
    """JavaScript cuts texts in the middle of a sign, and JSON can hold the half."""
    lines = rebuilt(dead())
    lines[1]["message"]["content"] = "cut in an emoji: \ud83d"
    write(tmp_path / "file.jsonl", lines)
    assert (tmp_path / "file.jsonl").read_text("utf-8")


@pytest.mark.parametrize(
    ("version", "can"),
    [
        ("1.0.128", False),
        ("2.0.76", False),
        ("2.1.0", True),
        ("2.1.330", True),
        ("10.0.1", True),
        (None, True),
        ("", True),
        ("next", True),
    ],
)
def test_old_versions_do_not_take_a_rebuilt_file(version: str | None, can: bool) -> None:
    assert can_resume_rebuilt(version) is can
