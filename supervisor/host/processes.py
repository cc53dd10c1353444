"""Processes: who has a number now, who is below whom, who carries a run's marker."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

MARK = "CCSUP_LAUNCH"  # the environment variable that a run's processes inherit
PROC = Path("/proc/self/stat").exists()  # psutil reads the boot time too: twice the cost
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Process:
    """A process itself, and not only its number, which the kernel gives out again.

    `created`: seconds from the boot to its start; setting the clock does not change them.
    """

    pid: int
    created: float


def at(pid: int) -> Process | None:
    """The process that has this number now, a zombie too."""
    found = _born(pid)
    return Process(pid, found[0]) if found is not None else None


def lives(process: Process) -> bool:
    """Whether it runs, still is the same, and is no zombie."""
    return _born(process.pid) == (process.created, True)


def _born(pid: int) -> tuple[float, bool] | None:
    """When it was created, and whether it runs."""
    if not PROC:
        return _born_by_psutil(pid)
    try:
        line = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:
        return None
    fields = line[line.rindex(b")") + 2 :].split()  # from the third on; see proc_pid_stat(5)
    return int(fields[19]) / TICKS, fields[0] not in (b"Z", b"X", b"x")


def _born_by_psutil(pid: int) -> tuple[float, bool] | None:
    import psutil

    try:
        found = psutil.Process(pid)
        runs = found.status() not in (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
        return round(found.create_time() - psutil.boot_time(), 2), runs
    except psutil.Error:
        return None


def is_stopped(pid: int) -> bool:
    """Whether a signal (SIGSTOP) holds the process: it runs no more, and hears only SIGKILL."""
    import psutil

    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_STOPPED)
    except psutil.Error:
        return False


def send(process: Process, number: int) -> bool:
    """Send a signal, never to another process that has its number now. False: not sent."""
    if not lives(process):
        return False
    try:
        os.kill(process.pid, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def descendants(pid: int) -> list[Process]:
    """All living ones below `pid`, parents first; of a zombie or nobody there are none."""
    import psutil

    try:
        below = psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
    return living(child.pid for child in below)


def find_marked(marker: str, *, starts: bool = False) -> list[Process]:
    """The living ones started with CCSUP_LAUNCH=`marker`, wherever they have gone to.

    With `starts`: all whose marker starts so.

    Only those that this user may look into. A program that empties its environment, or
    writes its title over it, escapes. This process and those above it are never meant.
    """
    import psutil

    above = {os.getpid(), *(parent.pid for parent in psutil.Process().parents())}
    found = []
    for pid in psutil.pids():
        try:
            if pid not in above and _fits(psutil.Process(pid).environ().get(MARK), marker, starts):
                found.append(pid)
        except (psutil.Error, OSError):
            pass  # gone, or not ours to read
    return living(found)


def _fits(found: str | None, marker: str, starts: bool) -> bool:
    return found is not None and (found == marker or (starts and found.startswith(marker)))


def living(pids: Iterable[int]) -> list[Process]:
    """Those of the numbers behind which a process lives."""
    found = [(pid, _born(pid)) for pid in pids]
    return [Process(pid, born[0]) for pid, born in found if born is not None and born[1]]
