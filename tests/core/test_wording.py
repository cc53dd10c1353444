"""What a person is told: what happened, the evidence, what comes next."""

from __future__ import annotations

import pytest

from supervisor.core import wording
from supervisor.core.classify import Verdict
from supervisor.core.commands import Way
from supervisor.core.ending import Ending, Exit, SessionFacts
from supervisor.core.events import Compacted
from supervisor.core.policy import Decision, Park, Recover, Wait
from supervisor.core.table import ROWS

VERDICTS = {row.name: Verdict(row, "last entry: …") for row in ROWS}
KILLED = VERDICTS["killed in the middle of a turn"]
FACTS = SessionFacts("s1", "/home/me/s1.jsonl", 284_000, 15)
ENDING = Ending(Exit(code=1), facts=FACTS)
NOWHERE = Ending(Exit(code=1))


def test_a_death_tells_what_happened_on_what_evidence_in_which_session() -> None:
    told = wording.death(VERDICTS["out of memory"], FACTS)
    assert told.splitlines() == [
        "Claude Code ran out of memory in the middle of the job.",
        "evidence  last entry: …",
        "session   s1 (284 KB, 15 tool calls since its launch)",
    ]


@pytest.mark.parametrize("verdict", VERDICTS.values(), ids=VERDICTS)
def test_every_death_tells_its_own_sentence_and_the_evidence(verdict: Verdict) -> None:
    told = wording.death(verdict, FACTS).splitlines()
    assert told[:2] == [verdict.row.told, "evidence  last entry: …"]


@pytest.mark.parametrize(
    ("decision", "words"),
    [
        (Recover(), "Compact the transcript"),
        (Recover(2, facts_only=True), "Compact the transcript"),
        (Recover(resume=True), "Resume the session in a fresh process"),
        (Wait(60.0), "Wait, and then resume"),
        (Park(), "Wait, and then resume"),
    ],
)
def test_a_question_says_what_it_asks_for(decision: Decision, words: str) -> None:
    assert wording.question(decision).startswith(words)
    assert wording.question(decision).endswith("? [Y/n] ")


def test_a_wait_tells_how_long_and_until_when() -> None:
    assert wording.waiting(Wait(2.5)) == "Waiting 2.5 s, then the session goes on."
    assert wording.waiting(Wait(10_820.0, 1_760_022_020.0)) == (
        "Waiting 3 h, until 2025-10-09 15:00 UTC, then the session goes on."
    )


def test_parking_tells_how_to_go_on() -> None:
    assert "aws sso login" in wording.PARKED and "Ctrl-C" in wording.PARKED


def test_what_cannot_be_resumed_tells_why_and_what_comes_next() -> None:
    assert wording.cannot_resume("12 MB") == (
        "The session cannot be resumed as it is (12 MB); it is compacted instead."
    )


@pytest.mark.parametrize(("count", "text"), [(0, "0 tool calls"), (1, "1 tool call "), (2, "2 t")])
def test_one_call_is_not_a_plural(count: int, text: str) -> None:
    facts = SessionFacts("s1", "/s1.jsonl", 1, count)
    assert text in wording.death(KILLED, facts)


def test_a_session_that_is_not_on_disk_is_not_named() -> None:
    assert "none on disk yet" in wording.death(KILLED, SessionFacts())


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1 KB"),
        (284_000, "284 KB"),
        (999_000, "999 KB"),
        (1_000_000, "1.0 MB"),
        (4_630_000, "4.6 MB"),
        (120_000_000, "120.0 MB"),
    ],
)
def test_a_size_is_told_in_decimal_units(count: int, text: str) -> None:
    assert wording.size(count) == text


@pytest.mark.parametrize("way", [Way.REBUILT, Way.PROMPT])
def test_a_relaunch_tells_the_way_the_tokens_the_author_and_the_session(way: Way) -> None:
    told = wording.relaunching(Compacted("s2", way, 61_234, 8_000, "by model-x, 900 characters"))
    for words in (way.value, "61,234 tokens became 8,000", "by model-x, 900 characters", "s2"):
        assert words in told


def test_a_context_that_did_not_shrink_is_not_said_to_have() -> None:
    told = wording.relaunching(Compacted("s2", Way.REBUILT, 8_000, 9_500, "by model-x"))
    assert "about 8,000 tokens, told with 1,500 of notes and headings" in told
    assert "became" not in told


def test_a_resumed_session_claims_no_compaction() -> None:
    told = wording.relaunching(Compacted("s1", Way.RESUMED, 61_234, 61_234, "all of it is there"))
    assert "Resuming the same session in a fresh process (all of it is there)" in told
    assert "session   s1" in told
    assert "tokens" not in told and "narrative" not in told
    assert "()" not in wording.relaunching(Compacted("s1", Way.RESUMED))


def test_a_relaunch_of_the_same_command_claims_no_compaction() -> None:
    told = wording.relaunching(Compacted(None))
    assert "same command" in told
    assert "tokens" not in told and "None" not in told


@pytest.mark.parametrize("way", Way)
def test_whether_a_relaunch_worked_names_the_way(way: Way) -> None:
    assert way.value in wording.took(way) and "relaunch worked" in wording.took(way)
    assert way.value in wording.did_not_take(way) and "other way" in wording.did_not_take(way)


def test_a_failed_compaction_tells_why_and_what_comes_next() -> None:
    assert wording.without_model("no region") == (
        "The compaction failed (no region); once more, without a model."
    )


def test_giving_up_tells_why_and_how_to_go_on() -> None:
    told = wording.gave_up("disk full", FACTS).splitlines()
    assert told[0] == "Giving up: disk full."
    assert "transcript /home/me/s1.jsonl" in told
    assert "to go on   ccsup run --resume s1" in [line.strip() for line in told]


@pytest.mark.parametrize("facts", [None, SessionFacts()])
def test_giving_up_without_a_transcript_names_none(facts: SessionFacts | None) -> None:
    assert wording.gave_up("disk full", facts) == "Giving up: disk full."


@pytest.mark.parametrize(
    "told",
    [wording.abandoned("SIGTERM", ENDING), wording.declined(ENDING)],
    ids=["abandoned", "no"],
)
def test_who_is_not_relaunched_is_told_how_to_go_on(told: str) -> None:
    assert "transcript /home/me/s1.jsonl" in told
    assert "to go on   ccsup run --resume s1" in told


@pytest.mark.parametrize("ending", [None, NOWHERE])
def test_without_a_session_there_is_no_way_to_go_on(ending: Ending | None) -> None:
    for told in (wording.abandoned("SIGTERM", ending), wording.declined(ending)):
        assert "relaunched" in told
        assert "--resume" not in told and "None" not in told


def test_being_stopped_names_the_signal() -> None:
    assert "SIGTERM" in wording.abandoned("SIGTERM", ENDING)
