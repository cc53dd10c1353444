"""Where an output goes to that takes nothing: one line, and exit code 74."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from supervisor.cli import streams

from ..world import ROOT

FULL = Path("/dev/full")


def told(redirected: str, home: Path) -> tuple[int, str, str]:
    found = subprocess.run(
        ["/bin/sh", "-c", f'exec "$0" -m supervisor {redirected}', sys.executable],
        cwd=home,
        env={"HOME": str(home), "PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    return found.returncode, found.stdout, found.stderr


@pytest.mark.skipif(not FULL.exists(), reason="no device that is full")
@pytest.mark.parametrize("command", ["prompts show summary", "--help"])
def test_a_full_disk_is_one_line(tmp_path: Path, command: str) -> None:
    code, _, said = told(f"{command} >/dev/full", tmp_path)
    assert code == 74
    assert said == "ccsup: the output cannot be written: No space left on device\n"


def test_a_closed_output_is_one_line(tmp_path: Path) -> None:
    code, _, said = told("prompts show summary >&-", tmp_path)
    assert (code, said.count("\n")) == (74, 1) and said.startswith("ccsup: the output cannot be")


def test_another_stream_that_is_closed_is_no_trouble(tmp_path: Path) -> None:
    code, printed, said = told("prompts show summary 2>&- <&-", tmp_path)
    assert code == 0 and printed and not said


def test_an_error_of_the_code_is_not_hidden() -> None:
    assert streams.told(OSError(errno.EINVAL, "Invalid argument")) is None
    assert streams.told(OSError(errno.EACCES, "Denied", "/x")) == "/x: Denied"
    assert streams.told(OSError(errno.ENOSPC, "Full")) == "the output cannot be written: Full"
