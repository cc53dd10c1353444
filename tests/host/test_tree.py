"""A child and all that came of it is measured and ended; strangers are not. Real processes."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from supervisor.host import processes
from supervisor.host.processes import MARK
from supervisor.host.tree import Sample, Tree

from .actors import STAY, STUBBORN, actor, child_of, is_alive, mark, until

WAIT = "signal.pause()"
MEGABYTE = 1 << 20
linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")


def looked(tree: Tree, enough: Callable[[Sample], bool]) -> Sample:
    """The first sample that is enough."""
    samples: list[Sample] = []

    def look() -> bool:
        samples.append(tree.look())
        return enough(samples[-1])

    until(look)
    assert [each.cpu for each in samples] == sorted(each.cpu for each in samples)
    return samples[-1]


def pids(tree: Tree) -> list[int]:
    return [process.pid for process in tree.alive()]


# What is measured


@pytest.mark.parametrize("size", [60, 0])
def test_memory_of_the_whole_tree_is_seen(size: int) -> None:
    ready = "import os\nprint(os.getpid(), flush=True)\ninput()\n"
    eats = f"{ready}x = b'x' * ({size} << 20)\n{STAY}"
    parent = child_of(STAY, f"subprocess.run([sys.executable, '-c', {eats!r}])")
    with actor(parent, said=2) as (process, [_, eater]):
        tree = Tree(process.pid)
        before = tree.look()
        assert before.count == 3 and eater in pids(tree)
        assert process.stdout is not None
        say_go(process)
        assert process.stdout.readline() == f"{eater}\n"
        grown = tree.look().rss - before.rss
        assert grown > 55 * MEGABYTE if size else grown < 20 * MEGABYTE


def test_the_clock_of_a_busy_child_moves_and_of_a_waiting_one_does_not() -> None:
    busy = child_of("print(1, flush=True)\nwhile True: pass", WAIT)
    waits = child_of(STAY, WAIT)
    with actor(busy) as (working, _), actor(waits) as (waiting, _):
        one, other = Tree(working.pid), Tree(waiting.pid)
        start, still = one.look().cpu, other.look().cpu
        looked(one, lambda sample: sample.cpu > start + 0.4)
        assert other.look().cpu - still < 0.05
        one.kill(signal.SIGKILL)


BURN = "import time\nwhile time.process_time() < {}: pass\n"


@linux
def test_time_of_children_between_two_looks_counts() -> None:
    burn = f"subprocess.run([sys.executable, '-c', {BURN.format(0.3)!r}])"
    parent = child_of("print(1)", f"input()\n{burn}\n{burn}\nprint(2, flush=True)\ninput()")
    with actor(parent) as (process, _):
        tree = Tree(process.pid)
        before = tree.look().cpu
        assert process.stdout is not None
        say_go(process)
        assert process.stdout.readline() == "2\n"
        assert tree.look().cpu - before >= 0.55


@linux
def test_no_time_is_counted_twice_when_a_parent_inherits_it() -> None:
    """Looked at all the time: what was seen of a child comes again as its parent's."""
    inner = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {BURN.format(0.3)!r}])"
    burn = f"subprocess.run([sys.executable, '-c', {inner!r}])"
    spent = "print(*(round(100 * s) for s in [sum(os.times()[:4])]), flush=True)"
    parent = child_of("print(1)", f"{burn}\n{burn}\n{spent}\n{WAIT}")
    with actor(parent) as (process, _):
        tree = Tree(process.pid)
        descriptor = process.stdout.fileno() if process.stdout else -1
        os.set_blocking(descriptor, False)
        said = b""

        def over(_: Sample) -> bool:
            nonlocal said
            try:
                said += os.read(descriptor, 99)
            except BlockingIOError:
                pass
            return said.endswith(b"\n")

        seen = looked(tree, over)
        assert seen.cpu <= tree.look().cpu == pytest.approx(int(said) / 100, abs=0.2)


def test_what_a_dead_child_has_spent_is_not_forgotten() -> None:
    with actor(BURN.format(0.3) + STAY) as (process, _):
        tree = Tree(process.pid)
        before = tree.look()
        assert before.cpu >= 0.25 and before.count == 1 and before.rss > 0
        process.kill()
        process.wait()
        after = tree.look()
        assert after.cpu >= before.cpu and (after.rss, after.count) == (0, 0)


def test_of_nobody_there_is_nothing() -> None:
    with actor("print(1)") as (process, _):
        process.wait()
        tree = Tree(process.pid)
        assert tree.look() == Sample(0, 0.0, 0)
        assert tree.alive() == [] and tree.kill(signal.SIGKILL) == 0 and tree.sweep() == 0


# Who belongs to it


def leaves(code: str) -> str:
    """A child whose own child has a session of its own; the child goes, the other stays."""
    return child_of(code, "input()\nos._exit(0)")


def say_go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


def go(process: subprocess.Popen[str]) -> None:
    say_go(process)
    process.wait()


@pytest.mark.parametrize("seen", [True, False])
def test_one_that_left_is_known_if_it_was_seen(seen: bool) -> None:
    with actor(leaves(STAY)) as (process, [left]):
        tree = Tree(process.pid)
        if seen:
            assert tree.look().count == 2
        go(process)
        assert tree.look().count == int(seen)
        assert pids(tree) == [left] * seen
        assert tree.kill(signal.SIGTERM) == int(seen)
        if seen:
            until(lambda: not is_alive(left))
        assert is_alive(left) is not seen


@pytest.mark.parametrize("session", [True, False])
def test_an_orphan_in_the_session_of_the_child_is_known_unseen(session: bool) -> None:
    """Without a session of its own the child shares ours, where strangers are too."""
    with actor(child_of(STAY, "input()", "start_new_session=False"), session=session) as (
        process,
        [left],
    ):
        tree = Tree(process.pid)
        go(process)
        assert tree.look().count == int(session) and pids(tree) == [left] * session


def test_children_of_one_that_left_are_known_too() -> None:
    with actor(leaves(child_of(STAY, WAIT))) as (process, [inner]):
        tree = Tree(process.pid)
        assert tree.look().count == 3
        go(process)
        assert tree.look().count == 2 and inner in pids(tree)
        assert tree.sweep() == 2 and not is_alive(inner)


def test_another_child_of_ours_is_no_part_of_it() -> None:
    with actor(child_of(STAY, WAIT)) as (process, _), actor(STAY) as (stranger, _):
        tree = Tree(process.pid, mark(4))
        tree.look()
        assert tree.sweep() == 2
        assert process.wait() == -signal.SIGTERM and stranger.poll() is None


# How it is ended


def test_a_grandchild_that_left_and_hears_no_sigterm_is_ended() -> None:
    with actor(leaves(STUBBORN), env={MARK: mark(5)}) as (process, [left]):
        tree = Tree(process.pid, mark(5))
        go(process)
        assert tree.look().count == 0, "neither seen nor in its session"
        start = time.monotonic()
        assert tree.sweep(grace=0.3) == 1
        assert not is_alive(left) and time.monotonic() - start >= 0.3


def test_without_the_marker_it_escapes() -> None:
    with actor(leaves(STUBBORN), env={MARK: mark(6)}) as (process, [left]):
        tree = Tree(process.pid)
        go(process)
        assert tree.sweep(grace=0.1) == 0 and is_alive(left)


@pytest.mark.parametrize("grace", [20.0, 0.0])
def test_one_that_hears_sigterm_may_end_in_good_order(tmp_path: Path, grace: float) -> None:
    note = tmp_path / "note"
    tidy = f"def go(*_): open({str(note)!r}, 'w').close(); os._exit(0)\n"
    code = f"import os, signal\n{tidy}signal.signal(signal.SIGTERM, go)\n{STAY}"
    with actor(leaves(code)) as (process, [left]):
        tree = Tree(process.pid)
        tree.look()
        go(process)
        start = time.monotonic()
        assert tree.sweep(grace) == 1 and not is_alive(left)
        assert note.exists() == (grace > 0) and time.monotonic() - start < 10


def test_a_stopped_one_is_ended_by_sigterm_too() -> None:
    with actor(STAY) as (process, _):
        tree = Tree(process.pid)
        process.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, process.pid, os.WSTOPPED)
        start = time.monotonic()
        assert tree.sweep(grace=20) == 1 and time.monotonic() - start < 10
        assert process.wait() == -signal.SIGTERM


def test_one_born_while_the_others_end_is_ended_too() -> None:
    """It starts another when it is told to go."""
    again = (
        "import signal, subprocess, sys\n"
        f"def go(*_): subprocess.Popen([sys.executable, '-c', {STUBBORN!r}]); sys.exit()\n"
        f"signal.signal(signal.SIGTERM, go)\n{STAY}"
    )
    with actor(again, env={MARK: mark(8)}) as (process, _):
        assert process.stdout is not None
        tree = Tree(process.pid, mark(8))
        assert tree.sweep(grace=1) == 2
        assert process.stdout.read().count("\n") <= 1, "its end: nobody holds it"


def test_the_wait_status_of_the_child_is_left_to_its_parent() -> None:
    with actor(STAY) as (process, _):
        assert Tree(process.pid).sweep() == 1
        assert os.waitpid(process.pid, 0) == (process.pid, signal.SIGTERM)
        process.returncode = -signal.SIGTERM


def test_a_zombie_that_nobody_reaps_is_not_waited_for() -> None:
    with actor(STAY) as (process, _):
        tree = Tree(process.pid)
        start = time.monotonic()
        assert tree.sweep(grace=20) == 1 and time.monotonic() - start < 10


def test_a_number_given_out_again_is_not_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    with actor(child_of(STAY, WAIT)) as (process, _):
        monkeypatch.setattr(processes, "PROC", False)
        tree = Tree(process.pid)
        assert tree.look().count == 2
        with monkeypatch.context() as patch:
            create_time = psutil.Process.create_time
            patch.setattr(psutil.Process, "create_time", lambda self: create_time(self) + 1)
            assert tree.kill(signal.SIGKILL) == 0 and tree.sweep(0) == 0
        assert process.poll() is None
        tree = Tree(process.pid)
        assert tree.kill(signal.SIGKILL) == 2
