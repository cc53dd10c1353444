"""Every verdict, on a corpus of recorded endings: one file in endings/ each."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

import pytest

from supervisor.core.classify import Cause, Verdict, classify, is_out_of_memory
from supervisor.core.ending import ApiError, Ending, Exit

ENDINGS = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "endings").glob("*.json"))
}
OOM = ApiError("API Error: Out of memory")


def ending(recorded: dict[str, Any]) -> Ending:
    known = dict(recorded)
    if known["exit"] is not None:
        name = known["exit"].get("signal")
        known["exit"] = Exit(known["exit"].get("code"), signal.Signals[name] if name else None)
    if "error" in known:
        known["error"] = ApiError(**known["error"])
    return Ending(**known)


@pytest.mark.parametrize("name", ENDINGS)
def test_a_recorded_ending_has_its_cause_and_its_evidence(name: str) -> None:
    recorded = ENDINGS[name]
    verdict = classify(ending(recorded["ending"]))
    assert verdict.cause is Cause[recorded["cause"]], recorded["about"]
    for words in recorded["evidence"]:
        assert words in verdict.evidence


def test_every_cause_has_endings() -> None:
    assert {recorded["cause"] for recorded in ENDINGS.values()} == {cause.name for cause in Cause}


def test_just_these_causes_are_deaths() -> None:
    deaths = {cause for cause in Cause if Verdict(cause, "").is_death}
    assert deaths == {Cause.OUT_OF_MEMORY, Cause.KILLED}


def test_no_signal_at_the_prompt_is_a_death() -> None:
    for number in range(1, signal.NSIG):
        assert not classify(Ending(Exit(signal=number))).is_death
        assert not classify(Ending(Exit(code=128 + number))).is_death


def test_a_signal_and_its_number_from_a_shell_mean_the_same() -> None:
    for number in range(1, signal.NSIG):
        killed = classify(Ending(Exit(signal=number), turn_open=True))
        told = classify(Ending(Exit(code=128 + number), turn_open=True))
        assert told.cause is killed.cause


def test_an_exit_code_that_tells_of_no_signal_is_never_a_death() -> None:
    for code in (*range(129), *range(128 + signal.NSIG, 256)):
        assert not classify(Ending(Exit(code=code), turn_open=True)).is_death


def test_a_turn_that_is_open_is_no_death_while_the_process_lives() -> None:
    assert not classify(Ending(None, turn_open=True)).is_death


def test_the_evidence_quotes_the_error_but_not_without_end() -> None:
    verdict = classify(Ending(Exit(code=1), error=ApiError(f"{OOM.text} {'x' * 9_000}")))
    assert verdict.cause is Cause.OUT_OF_MEMORY
    assert verdict.evidence.startswith('last entry: "API Error: Out of memory xxx')
    assert len(verdict.evidence) < 300


def test_the_evidence_names_its_witness() -> None:
    hook = ApiError(OOM.text, source="hook")
    assert "StopFailure hook" in classify(Ending(None, error=hook)).evidence
    assert "last entry" in classify(Ending(None, error=OOM)).evidence


def test_no_error_is_not_out_of_memory() -> None:
    assert not is_out_of_memory(None)
    assert is_out_of_memory(OOM)


@pytest.mark.parametrize("text", ["", "API Error:", "memory", "API Error: {" + "x" * 99_999])
def test_a_text_without_the_words_is_not_out_of_memory(text: str) -> None:
    assert not is_out_of_memory(ApiError(text))


def test_kind_and_status_do_not_decide() -> None:
    """`unknown` is only what Claude Code calls it, and a proxy may put any status there."""
    for kind, status in (("rate_limit", 429), ("invalid_request", 400), ("unknown", None)):
        assert is_out_of_memory(ApiError(OOM.text, kind, status))
        assert not is_out_of_memory(ApiError("API Error: Overloaded", kind, status))
