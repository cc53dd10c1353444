"""Ended: how a session ended, by the end of its transcript alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor.claude import backward
from supervisor.claude.ended import Ended, ended
from supervisor.core.rows import Remedy, Row

from ..entries import START, Transcript


def begun() -> Transcript:
    transcript = Transcript()
    transcript.user("Sort the ledger.")
    transcript.step("cat ledger", "Novak 7")
    return transcript


def of(transcript: Transcript, folder: Path, own: tuple[Row, ...] = ()) -> Ended:
    return ended(transcript.write(folder), own)


def test_an_error_at_the_end_is_quoted(tmp_path: Path) -> None:
    transcript = begun()
    transcript.error()
    transcript.bookkeeping()
    found = of(transcript, tmp_path)
    assert found.verdict.row.name == "out of memory" and found.verdict.is_death
    assert found.verdict.evidence == 'last entry: "API Error: Out of memory"'
    assert found.at == START + 3 and found.version == "2.1.330"


def test_a_user_who_leaves_by_a_command_leaves_a_dead_session(tmp_path: Path) -> None:
    transcript = begun()
    transcript.error()
    transcript.command("cost")
    transcript.command("exit")
    assert of(transcript, tmp_path).verdict.row.name == "out of memory"


def test_an_error_that_the_session_has_survived_is_none(tmp_path: Path) -> None:
    transcript = begun()
    transcript.error()
    transcript.user("Go on.")
    transcript.says("All is sorted.")
    assert of(transcript, tmp_path).verdict.row.name == "finished"


Ending = Callable[[Transcript], object]


@pytest.mark.parametrize(
    ("end", "evidence"),
    [
        (lambda t: t.says("All is sorted."), 'of the model: "All is sorted."'),
        (lambda t: t.interrupted(), 'of the user: "[Request interrupted by user]"'),
        (lambda t: (t.says("Done."), t.command("exit")), 'of the model: "Done."'),
        (lambda t: (t.says("Done."), t.compaction("Notes.")), 'of the model: "Done."'),
        (lambda t: (t.says("Done."), t.compaction("Notes."), t.command("x")), 'model: "Done."'),
    ],
    ids=["answered", "interrupted", "a slash command", "compacted at rest", "and a command"],
)
def test_a_request_that_is_answered_ends_well(tmp_path: Path, end: Ending, evidence: str) -> None:
    transcript = begun()
    end(transcript)
    found = of(transcript, tmp_path).verdict
    assert found.remedy is Remedy.FINISH and not found.is_death
    assert evidence in found.evidence and "unanswered" not in found.evidence


@pytest.mark.parametrize(
    ("end", "evidence"),
    [
        (lambda t: None, "a tool's result"),
        (lambda t: t.calls("Bash", command="make all"), "under way: Bash make all"),
        (lambda t: t.user("And the annex?"), 'of the user: "And the annex?"'),
        (lambda t: t.compaction("Notes."), "a tool's result"),
        (lambda t: (t.says("Done."), t.user("More?"), t.command("x")), "unanswered"),
    ],
    ids=["after a result", "in a call", "a new request", "compacted at work", "and a command"],
)
def test_a_request_that_is_not_answered_is_a_silent_end(
    tmp_path: Path, end: Ending, evidence: str
) -> None:
    transcript = begun()
    end(transcript)
    found = of(transcript, tmp_path).verdict
    assert found.row.name == "silent exit" and found.is_death
    assert found.evidence.startswith("a request still unanswered; ")
    assert evidence in found.evidence


def test_only_the_calls_without_a_result_are_under_way(tmp_path: Path) -> None:
    from ..entries import call

    transcript = begun()
    transcript.respond(
        call("Bash", {"command": "one"}, "c1"), call("Bash", {"command": "two"}, "c2")
    )
    transcript.result("done", "c1")
    evidence = of(transcript, tmp_path).verdict.evidence
    assert "under way: Bash two" in evidence and "Bash one" not in evidence


def test_words_of_an_error_in_a_result_are_no_error(tmp_path: Path) -> None:
    transcript = begun()
    transcript.step("cat log", "API Error: Out of memory")
    transcript.says("The log tells of an API Error: Out of memory.")
    assert of(transcript, tmp_path).verdict.row.name == "finished"


def test_a_users_own_row_comes_first(tmp_path: Path) -> None:
    own = Row("maintenance", Remedy.WAIT, "It is maintained.", text="the gateway rests")
    transcript = begun()
    transcript.error("API Error: 500 the gateway rests")
    assert of(transcript, tmp_path, (own,)).verdict.row is own
    assert of(transcript, tmp_path).verdict.row is not own


def test_what_ccsup_has_rebuilt_and_nobody_took_up_is_unfinished(tmp_path: Path) -> None:
    transcript = begun()
    transcript.says("All is sorted.")
    for line in transcript.lines:
        line["ccsup"] = {"from": "x"}
    found = of(transcript, tmp_path).verdict
    assert found.is_death and "nothing came of it" in found.evidence


def test_the_beginning_of_a_long_transcript_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    lines = backward.lines

    def counted(path: Path, end: int | None = None):  # type: ignore[no-untyped-def]
        for offset, line in lines(path, end):
            read.append(offset)
            yield offset, line

    monkeypatch.setattr("supervisor.claude.branch.lines", counted)
    transcript = Transcript()
    transcript.user("Sort the ledger.")
    for number in range(500):
        transcript.step(f"step {number}", "output")
    transcript.error()
    assert of(transcript, tmp_path).verdict.row.name == "out of memory"
    assert len(read) < 10
