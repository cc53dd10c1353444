"""A contestant that is a program: run apart, with a HOME of its own, and measured."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT")
LAUNCHER = """
import json, resource, subprocess, sys, time
begun = time.perf_counter()
status = subprocess.call(sys.argv[2:])
seconds = time.perf_counter() - begun
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    json.dump([status, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss], told)
"""
LAST_WORDS = 300  # characters of a failed program's stderr


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program went: exit status, output, seconds (wall, CPU), MB of memory at its peak."""

    status: int
    stdout: str
    stderr: str
    seconds: float
    cpu: float
    memory: float


def environment(home: Path, **more: str) -> dict[str, str]:
    """Nothing of the user's own: no credentials, no settings, no home."""
    inherited = {name: os.environ[name] for name in KEPT if name in os.environ}
    state = {"XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return {**inherited, "HOME": str(home), **state, **more}


def run(argv: Sequence[str], cwd: Path, env: Mapping[str, str]) -> Ran:
    """Runs to its end. Raises OSError where the program cannot be started.

    It is started by a small process: Linux counts the memory of the one that forks as the
    child's own, and this one may hold whole transcripts.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        with tempfile.NamedTemporaryFile() as told:
            subprocess.run(
                [sys.executable, "-I", "-S", "-c", LAUNCHER, told.name, *argv],
                cwd=cwd,
                env=env,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                check=False,
            )
            measured = told.read()
        out.seek(0)
        err.seek(0)
        stderr = err.read().decode(errors="replace")
        if not measured:
            raise OSError(f"{argv[0]} cannot be started: {stderr[-LAST_WORDS:]}")
        status, seconds, cpu, memory = json.loads(measured)
        return Ran(
            status=status,
            stdout=out.read().decode(errors="replace"),
            stderr=stderr,
            seconds=seconds,
            cpu=cpu,
            memory=memory / (1e6 if sys.platform == "darwin" else 1e3),
        )


def last_words(ran: Ran) -> str:
    """Why a program failed, as far as it said so, on one line."""
    said = " ".join((ran.stderr or ran.stdout).split())
    return f"exit {ran.status}: {said[-LAST_WORDS:]}"
