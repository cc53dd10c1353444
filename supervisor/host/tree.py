"""A child and all that came of it: found, measured and ended, also those that left it."""

from __future__ import annotations

import os
import signal
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from .processes import Process, at, descendants, find_marked, lives, living, send

UNKILLABLE = 2.0  # s after which a process that SIGKILL does not end is let be
ROUND = 0.25  # s between two searches for leftovers


@dataclass(frozen=True, slots=True)
class Sample:
    """`rss` in bytes and `count` of what lives; `cpu` seconds of all that ever lived."""

    rss: int
    cpu: float
    count: int


@dataclass(frozen=True, slots=True)
class _Usage:
    """`reaped`: the CPU seconds of children it has waited for; only Linux tells them."""

    parent: int = 0
    own: float = 0.0
    reaped: float = 0.0
    rss: int = 0


class Tree:
    """A child and all that came of it, remembered when their parents die.

    A process that left (setsid, nohup, a daemon) is still known if it was seen once, is in
    the session or process group of one that was, or carries `marker`; see `sweep`.
    `root` is a child of this process, started already; `marker` is this launch's alone.
    """

    def __init__(self, root: int, marker: str | None = None) -> None:
        self._root, self._marker = at(root), marker
        self._known: dict[Process, _Usage] = {}  # also zombies, until they are reaped
        self._grounds: dict[tuple[str, int], Process | None] = {}  # and who leads there
        self._owed: defaultdict[int, float] = defaultdict(float)
        self._cpu = 0.0
        if self._root is not None:
            self._remember([self._root])

    def look(self) -> Sample:
        """Search, and measure what lives. `cpu` never falls.

        The last moments of a process between two looks count where its parent waits for it;
        on macOS, or of an orphan, they are lost.
        """
        living = self._search()
        usages = {process: _usage(process.pid) for process in self._known}
        self._forget([process for process in usages if at(process.pid) != process])
        for process, last in self._known.items():
            now = usages[process]
            if now is not None:
                self._count(process.pid, last, now)
                self._known[process] = now
        rss = sum(now.rss for each in living if (now := usages.get(each)) is not None)
        return Sample(rss, self._cpu, len(living))

    def alive(self) -> list[Process]:
        """The known ones that live, the root first, without a search for new ones."""
        return [process for process in self._known if lives(process)]

    def kill(self, number: int) -> int:
        """Send a signal to the root and all below it; the number that it was sent to."""
        return sum([send(process, number) for process in self._search()])

    def sweep(self, grace: float = 5.0) -> int:
        """After the child's death: end all that it left; the number of those that ended.

        SIGTERM, after `grace` seconds SIGKILL. That a user had claude start a process so
        that it outlives its parent (setsid, nohup) does not spare it: it is part of the run,
        and the next session would meet it as a port in use or a file that changes.
        """
        asked: set[Process] = set()
        deadline = time.monotonic() + grace  # time asleep is no time to end in
        while rest := self._leftovers():
            late = time.monotonic() >= deadline
            if time.monotonic() >= deadline + UNKILLABLE:
                break
            for process in rest:
                if late:
                    send(process, signal.SIGKILL)
                elif process not in asked:
                    send(process, signal.SIGTERM)
                    send(process, signal.SIGCONT)  # a stopped one would not hear it
            asked.update(rest)
            _await_end(rest, ROUND if late else min(ROUND, deadline - time.monotonic()))
        return len(asked.difference(rest))

    def _leftovers(self) -> list[Process]:
        if self._marker is not None:
            self._remember(find_marked(self._marker))
        return self._search()

    def _search(self) -> list[Process]:
        """All that live, those not yet known among them; their parents first."""
        found: dict[Process, None] = {}
        for start in self.alive():
            if start not in found:
                found.update(dict.fromkeys([start, *descendants(start.pid)]))
        for start in self._on_our_grounds({process.pid for process in found}):
            found.update(dict.fromkeys([start, *descendants(start.pid)]))
        self._grounds.clear()  # a number that nobody uses any more may be a stranger's soon
        self._remember(found)
        return list(found)

    def _remember(self, found: Iterable[Process]) -> None:
        for process in found:
            self._known.setdefault(process, _Usage())
            for ground in _grounds(process.pid) - _grounds(0):
                self._grounds[ground] = at(ground[1])

    def _on_our_grounds(self, found: set[int]) -> list[Process]:
        """Others in a session or process group that one of ours was in at the last search."""
        import psutil

        # Its number is nobody's while it lasts; a new leader means that it has not.
        lasting = {each for each, leader in self._grounds.items() if at(each[1]) in (leader, None)}
        if self._root is None or not lasting:
            return []
        pids = [pid for pid in psutil.pids() if pid not in found]
        there = living(pid for pid in pids if lasting & _grounds(pid))
        return [process for process in there if process.created >= self._root.created]

    def _forget(self, gone: list[Process]) -> None:
        """What they had counted will come again, as time of those that reaped them."""
        last = {process.pid: self._known.pop(process) for process in gone}
        for usage in last.values():
            heir = usage.parent
            for _ in last:
                heir = last[heir].parent if heir in last else heir
            self._owed[heir] += usage.own + usage.reaped
        owed = {process.pid: self._owed[process.pid] for process in self._known}
        self._owed = defaultdict(float, owed)

    def _count(self, pid: int, last: _Usage, now: _Usage) -> None:
        reaped = max(0.0, now.reaped - last.reaped)
        known = min(reaped, self._owed[pid])
        self._owed[pid] -= known
        self._cpu += max(0.0, now.own - last.own) + reaped - known


def _usage(pid: int) -> _Usage | None:
    import psutil

    try:
        process = psutil.Process(pid)
        with process.oneshot():
            spent, rss = process.cpu_times(), process.memory_info().rss
            reaped = spent.children_user + spent.children_system
            return _Usage(process.ppid(), spent.user + spent.system, reaped, rss)
    except psutil.Error:
        return None


def _grounds(pid: int) -> set[tuple[str, int]]:
    """The session and the process group of `pid` (0: ours); 0 is one outside our container."""
    try:
        own = {("session", os.getsid(pid)), ("group", os.getpgid(pid))}
    except OSError:
        return set()
    return {(kind, number) for kind, number in own if number}


def _await_end(processes: list[Process], timeout: float) -> None:
    """Until none of them lives. psutil.wait_procs would reap, and wait for zombies too."""
    deadline = time.monotonic() + timeout
    while time.monotonic() < deadline and any(map(lives, processes)):
        time.sleep(0.01)
