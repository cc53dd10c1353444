"""What the user has said stays at hand for a session that compacts by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from supervisor.claude.hooks import PINNED
from supervisor.journal.runs import RunFolder
from supervisor.run.pins import LIMIT, PINS, Pins

TASK = "Sort the ledger. Never touch budget-1972.xls."


@pytest.fixture
def folder(tmp_path: Path) -> RunFolder:
    return RunFolder(tmp_path, "run")


def kept(folder: RunFolder) -> str:
    path = folder.path / PINS
    return path.read_text() if path.exists() else ""


def test_all_that_was_said_is_kept_word_for_word_and_in_order(folder: RunFolder) -> None:
    Pins(folder).keep([TASK], ["And the annex too."])
    told = kept(folder)
    assert told.startswith(PINNED)
    assert 0 < told.index(TASK) < told.index("And the annex too.")


@pytest.mark.parametrize(
    "words", ["[ccsup] The turn was broken off", "/compact", "  ", "<bash-input>ls</bash-input>"]
)
def test_what_the_user_has_not_said_to_the_model_is_not(folder: RunFolder, words: str) -> None:
    Pins(folder).keep([words])
    assert kept(folder) == ""


def test_it_is_written_anew_when_there_is_more_and_only_then(folder: RunFolder) -> None:
    pins = Pins(folder)
    pins.keep([TASK])
    (folder.path / PINS).unlink()
    pins.keep([TASK])
    assert kept(folder) == ""
    pins.keep([TASK], ["More."])
    assert "More." in kept(folder)


def test_it_stays_within_what_claude_code_takes_of_a_hook(folder: RunFolder) -> None:
    Pins(folder).keep([TASK, *(f"Message {n}: " + "words " * 400 for n in range(40))])
    assert TASK in kept(folder)
    assert len(kept(folder)) < 10_000 and LIMIT * 4 < 10_000
