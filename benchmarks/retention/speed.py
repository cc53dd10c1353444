"""The readers that a digest's speed is measured against, each as a program of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from .ccsup import ROOT
from .contestants import CannotRun
from .process import Ran, environment, last_words, run

READ = """
import sys
with open(sys.argv[1], "rb", buffering=0) as file:
    while file.read(1 << 20):
        pass
"""
LINES = """
import sys
with open(sys.argv[1], "rb", buffering=1 << 20) as file:
    for line in file:
        pass
"""
JSON = """
import json, sys
with open(sys.argv[1], "rb", buffering=1 << 20) as file:
    for line in file:
        json.loads(line)
"""


@dataclass(frozen=True, slots=True)
class Reader:
    name: str
    argv: tuple[str, ...]


def readers(path: Path, command: Sequence[str] = ()) -> list[Reader]:
    """Plain reading, reading by lines, json, and `command inspect FILE --json`."""
    ours = tuple(command) or (sys.executable, "-m", "supervisor")
    plain = {"read": READ, "lines": LINES, "json": JSON}
    found = [Reader(name, (sys.executable, "-c", code, str(path))) for name, code in plain.items()]
    return [*found, Reader("ccsup inspect", (*ours, "inspect", str(path), "--json"))]


def measure(readers: Sequence[Reader], home: Path, rounds: int) -> dict[str, list[Ran] | str]:
    """All readers in turn, `rounds` times over; why a reader failed where it did.

    Taking turns lets what changes on the machine meanwhile fall on all alike.
    """
    env = environment(home, PYTHONPATH=str(ROOT), PYTHONUTF8="1")
    found: dict[str, list[Ran] | str] = {reader.name: [] for reader in readers}
    for _ in range(rounds):
        for reader in readers:
            kept = found[reader.name]
            if isinstance(kept, str):
                continue
            try:
                kept.append(_once(reader, home, env))
            except CannotRun as error:
                found[reader.name] = str(error)
    return found


def _once(reader: Reader, home: Path, env: dict[str, str]) -> Ran:
    ran = run(reader.argv, home, env)
    if ran.status:
        raise CannotRun(last_words(ran))
    return ran


def rows(found: dict[str, list[Ran] | str], size: int) -> list[list[str]]:
    """A row a reader: MB/s, seconds, CPU seconds, MB of memory, speed against `json`."""
    json_runs = found["json"]
    reference = _median(json_runs, lambda ran: ran.seconds) if isinstance(json_runs, list) else 0.0
    made = []
    for name, ran in found.items():
        if isinstance(ran, str):
            made.append([f"{name}: not run ({ran[:120]})", "", "", "", "", ""])
            continue
        seconds = _median(ran, lambda one: one.seconds)
        made.append(
            [
                name,
                f"{size / 1e6 / seconds:,.0f}",
                f"{seconds:.2f}",
                f"{_median(ran, lambda one: one.cpu):.2f}",
                f"{max(one.memory for one in ran):.0f}",
                f"{reference / seconds:.2f}" if reference else "–",
            ]
        )
    return made


def _median(ran: list[Ran], of: Callable[[Ran], float]) -> float:
    return median(of(one) for one in ran)
