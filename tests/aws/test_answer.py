"""What the supervisor asks a check and hears of it, without importing what is slow."""

from __future__ import annotations

import subprocess
import sys
from typing import get_args

import pytest

from supervisor.aws.answer import Check, State, command


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("mark", [None, "0123456789abcdef"])
def test_a_check_is_read_as_it_was_written(state: State, mark: str | None) -> None:
    check = Check(state, mark, "Zażółć gęślą jaźń.")
    assert Check.parse(check.line()) == check
    assert check.line().endswith(b"\n") and check.line().count(b"\n") == 1


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\n",
        b"\xff\xfe",
        b"Traceback",
        b"[]",
        b"7",
        b"{}",
        b'{"state": "well"}',
        b'{"state": []}',
    ],
)
def test_what_is_no_answer_is_not_known(line: bytes) -> None:
    check = Check.parse(line)
    assert (check.state, check.fingerprint) == ("unknown", None) and check.told


def test_a_fingerprint_of_another_kind_is_none() -> None:
    assert Check.parse(b'{"state": "good", "fingerprint": 7}') == Check("good", None, "")


def test_a_model_is_asked_only_by_a_probe() -> None:
    assert command("m", True)[-4:] == ["--timeout", "30", "--probe", "m"]
    assert command("m", True, 0.5)[-4:] == ["--timeout", "0.5", "--probe", "m"]
    for asked in (command("m", False), command(None, False), command(None, True)):
        assert "--probe" not in asked and "m" not in asked


def test_nothing_slow_is_imported() -> None:
    told = "import sys, supervisor.aws.answer as a; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    names = {name.partition(".")[0] for name in done.stdout.split()}
    assert "supervisor" in names and not names & {"anthropic", "boto3", "botocore", "asyncio"}
