"""Wait statuses as shells and people tell them."""

from __future__ import annotations

import signal

import pytest

from supervisor.core.ending import Ending, Exit, SessionFacts, signal_name


@pytest.mark.parametrize(
    ("exit", "returncode", "deadly_signal", "text"),
    [
        (Exit(code=0), 0, None, "exit 0"),
        (Exit(code=1), 1, None, "exit 1"),
        (Exit(signal=9), 137, 9, "killed by SIGKILL"),
        (Exit(signal=15), 143, 15, "killed by SIGTERM"),
        (Exit(code=137), 137, 9, "exit 137"),
        (Exit(code=129), 129, 1, "exit 129"),
        (Exit(code=128), 128, None, "exit 128"),
        (Exit(code=128 + signal.NSIG - 1), 127 + signal.NSIG, signal.NSIG - 1, None),
        (Exit(code=128 + signal.NSIG), 128 + signal.NSIG, None, None),
        (Exit(code=255), 255, None, "exit 255"),
    ],
    ids=str,
)
def test_a_wait_status(
    exit: Exit, returncode: int, deadly_signal: int | None, text: str | None
) -> None:
    assert exit.returncode == returncode
    assert exit.deadly_signal == deadly_signal
    assert text is None or str(exit) == text


def test_a_status_that_tells_nothing_is_a_failure() -> None:
    assert Exit().returncode == 1
    assert Exit().deadly_signal is None


def test_a_signal_has_its_name_and_one_without_its_number() -> None:
    assert signal_name(signal.SIGSEGV) == "SIGSEGV"
    assert signal_name(0) == "signal 0"
    assert str(Exit(signal=999)) == "killed by signal 999"


def test_an_ending_knows_nothing_that_it_was_not_told() -> None:
    ending = Ending(Exit(code=0))
    assert (ending.turn_open, ending.error, ending.user_left) == (False, None, False)
    assert ending.facts == SessionFacts(session=None, path=None, size=0, tool_calls=0)
