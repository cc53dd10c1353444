"""The run's one timer: it fires once, and what it waits for is shown where a line is redrawn."""

from __future__ import annotations

import pytest

from supervisor.run import timer
from supervisor.run.console import Console
from supervisor.run.timer import Timer


@pytest.fixture(autouse=True)
def _begins_at_a_hundred(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timer, "steady", lambda: 100.0)


def test_it_fires_once_and_not_before_its_time() -> None:
    shown: list[str] = []
    waits = Timer(shown.append)
    waits.set(30.0)
    assert [waits.look(now) for now in (100.0, 129.9, 130.0, 131.0)] == [False, False, True, False]
    assert shown == [], "nothing was told"


def test_what_it_waits_for_is_shown_with_the_time_that_is_left() -> None:
    shown: list[str] = []
    waits = Timer(shown.append)
    waits.set(3_600.0, "going on in")
    for now in (100.0, 3_450.0, 3_690.5, 3_700.0):
        waits.look(now)
    assert shown == ["going on in 1 h", "going on in 4 min 10 s", "going on in 9.5 s"]


def test_a_new_one_replaces_the_old_and_none_cancels_it() -> None:
    shown: list[str] = []
    waits = Timer(shown.append)
    waits.set(1.0, "going on in")
    waits.set(50.0)
    assert not waits.look(149.0) and waits.look(150.0)
    waits.set(1.0, "going on in")
    waits.set(None)
    assert waits.due is None and not waits.look(9_999.0) and shown == []


def test_a_log_is_not_filled_with_the_time_that_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    waits = Timer(Console().countdown)
    waits.set(3_600.0, "going on in")
    for now in range(100, 3_700):
        assert not waits.look(now)
    assert waits.look(3_700.0) and capfd.readouterr().err == ""


def test_a_screen_shows_the_time_that_is_left(capfd: pytest.CaptureFixture[str]) -> None:
    screen: list[bytes] = []
    waits = Timer(Console(screen.append).countdown)
    waits.set(30.0, "going on in")
    waits.look(100.0)
    assert screen == [b"\r\x1b[Kccsup: going on in 30 s"]
    assert "going on in 30 s" in capfd.readouterr().err
