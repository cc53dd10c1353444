"""The user's refresh command: it is run, and its end is told once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from supervisor.run.parking import Parking
from supervisor.settings import Settings
from supervisor.terminal.loop import Loop


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}


def code_of(parking: Parking, patience: float = 10.0) -> int | None:
    end = time.monotonic() + patience
    while time.monotonic() < end:
        if (code := parking.refreshed()) is not None:
            return code
        time.sleep(0.01)
    return None


def parkings(env: dict[str, str], command: str) -> Iterator[Parking]:
    parking = Parking(Loop(), Settings(refresh=command), env)
    parking.refresh(lambda _: None)
    yield parking
    parking.cancel()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_of_the_refresh_command_is_told_once(env: dict[str, str], code: int) -> None:
    for parking in parkings(env, f"sh -c 'exit {code}'"):
        assert code_of(parking) == code
        assert parking.refreshed() is None


def test_a_refresh_command_that_runs_has_not_ended(env: dict[str, str]) -> None:
    for parking in parkings(env, "sleep 60"):
        assert code_of(parking, patience=0.3) is None
        parking.cancel()
        assert parking.refreshed() is None


@pytest.mark.parametrize("command", ["", "/no/such/command"])
def test_where_none_was_started_none_has_ended(env: dict[str, str], command: str) -> None:
    for parking in parkings(env, command):
        assert parking.refreshed() is None
