"""What a person is told: what happened, the evidence, what comes next."""

from __future__ import annotations

import pytest

from supervisor.core import wording
from supervisor.core.classify import Cause, Verdict
from supervisor.core.commands import Way
from supervisor.core.ending import Ending, Exit, SessionFacts
from supervisor.core.events import Compacted

FACTS = SessionFacts("s1", "/home/me/s1.jsonl", 284_000, 15)
ENDING = Ending(Exit(code=1), facts=FACTS)
NOWHERE = Ending(Exit(code=1))


def test_a_death_tells_what_happened_on_what_evidence_in_which_session() -> None:
    told = wording.death(Verdict(Cause.OUT_OF_MEMORY, "last entry: …"), FACTS)
    assert told.splitlines() == [
        "Claude Code ran out of memory in the middle of the job.",
        "evidence  last entry: …",
        "session   s1 (284 KB, 15 tool calls since its launch)",
    ]


def test_every_death_has_its_own_sentence() -> None:
    deaths = [cause for cause in Cause if Verdict(cause, "").is_death]
    sentences = {wording.death(Verdict(cause, ""), FACTS).splitlines()[0] for cause in deaths}
    assert len(sentences) == len(deaths) and all(sentences)


@pytest.mark.parametrize(("count", "text"), [(0, "0 tool calls"), (1, "1 tool call "), (2, "2 t")])
def test_one_call_is_not_a_plural(count: int, text: str) -> None:
    facts = SessionFacts("s1", "/s1.jsonl", 1, count)
    assert text in wording.death(Verdict(Cause.KILLED, ""), facts)


def test_a_session_that_is_not_on_disk_is_not_named() -> None:
    assert "none on disk yet" in wording.death(Verdict(Cause.KILLED, ""), SessionFacts())


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


@pytest.mark.parametrize("way", Way)
def test_a_relaunch_tells_the_way_the_tokens_the_author_and_the_session(way: Way) -> None:
    told = wording.relaunching(Compacted("s2", way, 61_234, 8_000, "by model-x, 900 characters"))
    for words in (way.value, "61,234 tokens became 8,000", "by model-x, 900 characters", "s2"):
        assert words in told


def test_a_relaunch_of_the_same_command_claims_no_compaction() -> None:
    told = wording.relaunching(Compacted(None))
    assert "same command" in told
    assert "tokens" not in told and "None" not in told


@pytest.mark.parametrize("way", Way)
def test_whether_a_relaunch_took_names_the_way(way: Way) -> None:
    assert way.value in wording.took(way) and "took" in wording.took(way)
    assert way.value in wording.did_not_take(way) and "other way" in wording.did_not_take(way)


def test_a_failed_compaction_tells_why_and_what_comes_next() -> None:
    assert wording.without_model("no region") == (
        "The compaction failed (no region); once more, without a model."
    )


def test_giving_up_tells_why_and_how_to_go_on() -> None:
    told = wording.gave_up("disk full", FACTS).splitlines()
    assert told[0] == "Giving up: disk full."
    assert "transcript /home/me/s1.jsonl" in told
    assert any("claude --resume s1" in line for line in told)


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
    assert "claude --resume s1" in told


@pytest.mark.parametrize("ending", [None, NOWHERE])
def test_without_a_session_there_is_no_way_to_go_on(ending: Ending | None) -> None:
    for told in (wording.abandoned("SIGTERM", ending), wording.declined(ending)):
        assert "relaunched" in told
        assert "--resume" not in told and "None" not in told


def test_being_stopped_names_the_signal() -> None:
    assert "SIGTERM" in wording.abandoned("SIGTERM", ENDING)
