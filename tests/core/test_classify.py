"""Every verdict, on a corpus of recorded endings: one file in endings/ each."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from supervisor.core.classify import Verdict, classify
from supervisor.core.ending import ApiError, Ending, Exit
from supervisor.core.rows import Remedy
from supervisor.core.table import ASKED_TO_END, CRASHES, ROWS

from ..recorded import ENDINGS, WITH_ERROR, ending

OOM = ApiError("API Error: Out of memory")
DEADLY = {*CRASHES, signal.SIGKILL}


def name_of(ending: Ending) -> str:
    return classify(ending).row.name


@pytest.mark.parametrize("name", ENDINGS)
def test_a_recorded_ending_has_its_row_and_its_evidence(name: str) -> None:
    recorded = ENDINGS[name]
    verdict = classify(ending(name))
    assert verdict.row.name == recorded["row"], recorded["about"]
    for words in recorded["evidence"]:
        assert words in verdict.evidence


def test_every_row_has_endings() -> None:
    assert {recorded["row"] for recorded in ENDINGS.values()} == {row.name for row in ROWS}


def test_a_recorded_ending_is_recorded_once() -> None:
    endings = [ending(name) for name in ENDINGS]
    assert len(set(endings)) == len(endings)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_what_nothing_is_done_about_is_no_death(row: object) -> None:
    verdict = Verdict(row, "")  # type: ignore[arg-type]
    assert verdict.is_death == (verdict.remedy not in (Remedy.FINISH, Remedy.HAND))


@pytest.mark.parametrize("name", WITH_ERROR)
def test_the_words_of_an_error_that_stand_in_no_error_are_nothing(name: str) -> None:
    """They are on the screen, in a command and in an answer: no death."""
    error = ending(name).error
    assert error is not None
    read = Ending(Exit(code=0), screen=error.text, under_way=error.text)
    assert name_of(read) == "finished"
    assert name_of(replace(read, exit=None)) == "finished"
    assert name_of(replace(read, exit=Exit(code=1))) == "failed"


def test_no_signal_at_the_prompt_is_a_death() -> None:
    for number in range(1, signal.NSIG):
        for exit in (Exit(signal=number), Exit(code=128 + number)):
            assert not classify(Ending(exit, oom_kills=1, screen="heap out of memory")).is_death


def test_a_signal_and_its_number_from_a_shell_mean_the_same() -> None:
    for number in range(1, signal.NSIG):
        killed = Ending(Exit(signal=number), turn_open=True)
        assert name_of(killed) == name_of(replace(killed, exit=Exit(code=128 + number)))


def test_in_the_middle_of_a_turn_each_signal_has_its_row() -> None:
    for number in range(1, signal.NSIG):
        name = name_of(Ending(Exit(signal=number), turn_open=True))
        if number in ASKED_TO_END:
            assert name == "asked to end"
        elif number == signal.SIGPIPE:
            assert name == "not read"
        elif number in DEADLY:
            assert name in ("killed in the middle of a turn", "crashed in the middle of a turn")
        else:
            assert name == "silent exit"


def test_every_other_end_in_the_middle_of_a_turn_is_a_silent_exit() -> None:
    for code in (*range(129), *range(128 + signal.NSIG, 256)):
        ended = Ending(Exit(code=code), turn_open=True)
        assert name_of(ended) == "silent exit"
        over = "finished" if code == 0 else "failed"
        assert name_of(replace(ended, turn_open=False)) == over
        assert name_of(replace(ended, begun=False)) == over  # refused: nothing was said
        assert name_of(replace(ended, reported=True)) == over  # and this one has said all


def test_a_turn_that_is_open_is_no_death_while_the_process_lives() -> None:
    assert not classify(Ending(None, turn_open=True)).is_death


def test_a_user_who_left_is_not_called_back_whatever_happened() -> None:
    for name in ENDINGS:
        left = replace(ending(name), user_left=True)
        assert name_of(left) == "the user left"


def test_an_error_is_what_the_session_ended_of_unless_a_signal_came_after_it() -> None:
    throttled = ApiError("API Error: 429 Too many tokens, please wait before trying again.")
    for number in (None, *range(1, signal.NSIG)):
        exit = Exit(code=1) if number is None else Exit(signal=number)
        ended = Ending(exit, turn_open=True, error=throttled)
        assert (name_of(ended) == "throttled") == (number is None)
        assert name_of(replace(ended, turn_open=False)) == "throttled"


def test_every_ending_has_a_verdict() -> None:
    exits = (None, Exit(), Exit(code=0), Exit(code=999), Exit(signal=9), Exit(signal=999))
    for exit in exits:
        for error in (None, ApiError(""), ApiError("\0" * 9)):
            for turn_open in (False, True):
                assert classify(Ending(exit, turn_open, error)).evidence


def test_the_evidence_quotes_the_error_but_not_without_end() -> None:
    verdict = classify(Ending(Exit(code=1), error=ApiError(f"{OOM.text} {'x' * 9_000}")))
    assert verdict.row.name == "out of memory"
    assert verdict.evidence.startswith('last entry: "API Error: Out of memory xxx')
    assert len(verdict.evidence) < 300


def test_the_evidence_quotes_the_command_but_not_without_end() -> None:
    killed = Ending(Exit(signal=9), turn_open=True, under_way="Bash: " + "x" * 9_000)
    assert "under way: Bash: xxx" in classify(killed).evidence
    assert len(classify(killed).evidence) < 300


def test_the_evidence_names_its_witness() -> None:
    hook = ApiError(OOM.text, source="hook")
    assert "StopFailure hook" in classify(Ending(None, error=hook)).evidence
    assert "last entry" in classify(Ending(None, error=OOM)).evidence
