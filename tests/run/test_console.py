"""ccsup's voice: on a terminal a line is drawn over itself, and a log is left in peace."""

from __future__ import annotations

import os

import pytest

from supervisor.run.console import Console

Captured = pytest.CaptureFixture[str]


def test_a_countdown_is_not_shown_where_no_line_can_be_redrawn(capfd: Captured) -> None:
    console = Console()
    console.countdown("going on in 30 s")
    console.say("Resuming.")
    assert capfd.readouterr().err == "ccsup: Resuming.\n"


def test_work_that_goes_on_is_told_there_too(capfd: Captured) -> None:
    """Nothing else tells that a long compaction is under way."""
    Console().progress("compacting")
    assert capfd.readouterr().err == "ccsup: compacting\n"


def test_a_countdown_is_drawn_on_a_terminal_and_wiped(
    capfd: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "isatty", lambda _: True)
    console = Console()
    console.countdown("going on in 30 s")
    console.say("Resuming.")
    assert capfd.readouterr().err == ("\r\x1b[Kccsup: going on in 30 s\r\x1b[Kccsup: Resuming.\n")


def test_a_countdown_is_drawn_on_a_screen_though_stderr_is_a_file(capfd: Captured) -> None:
    screen: list[bytes] = []
    Console(screen.append).countdown("going on in 30 s")
    assert screen == [b"\r\x1b[Kccsup: going on in 30 s"]
