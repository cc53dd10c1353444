"""Who is below whom, who carries the marker, and that a signal meets the right one."""

from __future__ import annotations

import os
import signal
import sys
from dataclasses import replace

import psutil
import pytest

from supervisor.host import processes
from supervisor.host.processes import MARK, at, descendants, find_marked, is_stopped, lives, send

from .actors import STAY, actor, child_of, mark

WAIT = "signal.pause()"


@pytest.fixture(autouse=True, params=["proc", "psutil"])
def both_ways(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What Linux tells for less, and what psutil tells everywhere."""
    if request.param == "proc" and not processes.PROC:
        pytest.skip("no /proc here")
    monkeypatch.setattr(processes, "PROC", request.param == "proc")


def test_a_process_is_stopped_until_it_is_continued() -> None:
    with actor(STAY) as (process, _):
        assert not is_stopped(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitpid(process.pid, os.WUNTRACED)
        assert is_stopped(process.pid)
        process.send_signal(signal.SIGCONT)
        os.waitpid(process.pid, os.WCONTINUED)
        assert not is_stopped(process.pid)


def test_both_ways_tell_the_same() -> None:
    ways = (processes._born(os.getpid()), processes._born_by_psutil(os.getpid()))
    assert ways[0] == ways[1]


def test_all_below_a_process_are_found_parents_first() -> None:
    three = child_of(child_of(STAY, "signal.pause()"), WAIT)
    with actor(child_of(three, WAIT), said=1) as (process, [child]):
        below = [each.pid for each in descendants(process.pid)]
        assert len(below) == 3 and len({*below}) == 3
        parents = [psutil.Process(pid).ppid() for pid in below]
        assert parents == [process.pid, *below[:2]]
        assert child in below


def test_a_process_without_children_has_nobody_below() -> None:
    with actor(STAY) as (process, _):
        assert descendants(process.pid) == []


def test_a_zombie_and_nobody_have_nobody_below() -> None:
    with actor("print(1)") as (process, _):
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert at(process.pid) is not None and descendants(process.pid) == []
        process.wait()
        assert at(process.pid) is None and descendants(process.pid) == []


def test_a_dead_child_of_the_living_is_not_below() -> None:
    code = child_of("print(1)", "os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)")
    with actor(f"{code}print(child.pid, flush=True)\n{WAIT}", said=2) as (process, [_, child]):
        assert [each.pid for each in psutil.Process(process.pid).children()] == [child]
        assert descendants(process.pid) == []


def test_a_process_lives_until_it_is_dead_reaped_or_not() -> None:
    with actor(STAY) as (process, _):
        known = at(process.pid)
        assert known is not None and lives(known)
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not lives(known)
        process.wait()
        assert not lives(known)


def test_a_signal_meets_the_process_itself() -> None:
    with actor(STAY) as (process, _):
        known = at(process.pid)
        assert known is not None and send(known, signal.SIGTERM)
        assert process.wait() == -signal.SIGTERM
        assert not send(known, signal.SIGTERM)


def test_a_signal_does_not_meet_another_with_the_same_number() -> None:
    with actor(STAY) as (process, _):
        known = at(process.pid)
        assert known is not None
        former = replace(known, created=known.created - 1)
        assert not lives(former) and not send(former, signal.SIGKILL)
        assert lives(known) and process.poll() is None


@pytest.mark.skipif(sys.platform != "linux", reason="psutil's Linux part is played with")
def test_setting_the_clock_makes_nobody_another(monkeypatch: pytest.MonkeyPatch) -> None:
    before, wall = at(os.getpid()), psutil.Process().create_time()
    boot = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot + 3600)
    assert psutil.Process().create_time() == wall + 3600
    assert at(os.getpid()) == before


def test_the_marked_are_found_wherever_they_went() -> None:
    leaves = child_of(STAY, "os._exit(0)")
    with actor(leaves, env={MARK: mark(1)}) as (process, [child]):
        process.wait()
        assert [each.pid for each in find_marked(mark(1))] == [child]


@pytest.mark.parametrize("env", [{}, {MARK: mark(11)}, {"X" + MARK: mark(1)}])
def test_those_with_another_marker_or_none_are_let_be(env: dict[str, str]) -> None:
    with actor(STAY, env=env):
        assert find_marked(mark(1)) == []


def test_the_dead_are_not_found() -> None:
    with actor(STAY, env={MARK: mark(2)}) as (process, _):
        assert [each.pid for each in find_marked(mark(2))] == [process.pid]
        process.kill()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert find_marked(mark(2)) == []


def test_whoever_asks_is_not_meant_nor_those_above() -> None:
    """A ccsup within a run of ccsup that was given its own marker by mistake."""
    asks = (
        "import signal\nfrom supervisor.host.processes import find_marked\n"
        f"print(len(find_marked({mark(3)!r})), flush=True)\nsignal.pause()\n"
    )
    with actor(child_of(asks, WAIT), env={MARK: mark(3)}) as (_, [count]):
        assert count == 0
        assert len(find_marked(mark(3))) == 2
