"""A child that goes with its parent; orphans that are taken in. Each with its twin."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from supervisor.host.deathsig import die_with_parent

from .actors import stage

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Linux' prctl")

# It answers on a socket that only it holds: an end of file there is its death.
ECHO = """
import os, socket, sys
line = socket.socket(fileno=int(sys.argv[1]))
line.send(b'%d' % os.getpid())
while data := line.recv(99): line.send(data)
"""
PARENT = """
import signal, subprocess, sys
from supervisor.host.deathsig import die_with_parent
prepare = {prepare}
subprocess.Popen([sys.executable, '-c', {echo!r}, sys.argv[1]], preexec_fn=prepare,
                 pass_fds=[int(sys.argv[1])])
signal.pause()
"""


@contextmanager
def three(prepare: str) -> Iterator[tuple[int, socket.socket]]:
    """A parent below us and its child: the parent's pid, and a line to the child."""
    ours, theirs = socket.socketpair()
    ours.settimeout(20)
    code, fd = PARENT.format(prepare=prepare, echo=ECHO), theirs.fileno()
    with stage() as env, ours:
        parent = subprocess.Popen([sys.executable, "-c", code, str(fd)], pass_fds=[fd], env=env)
        theirs.close()
        assert int(ours.recv(99)) > 0
        try:
            yield parent.pid, ours
        finally:
            parent.kill()
            parent.wait()


def kill_and_reap(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_child_goes_when_its_parent_is_killed(number: signal.Signals) -> None:
    with three(f"die_with_parent({int(number)})") as (parent, line):
        kill_and_reap(parent)
        assert line.recv(99) == b"", "the end of the line"


def test_a_child_that_was_not_told_so_lives_on() -> None:
    with three("None") as (parent, line):
        kill_and_reap(parent)
        line.send(b"are you there?")
        assert line.recv(99) == b"are you there?"


def test_a_child_outlives_nothing_while_its_parent_lives() -> None:
    with three("die_with_parent()") as (_, line):
        line.send(b"are you there?")
        assert line.recv(99) == b"are you there?"


def code_of_fork(prepare_parent: int) -> int:
    """The exit code of a child whose parent, as far as it was told, had this number."""
    prepare = die_with_parent()
    assert prepare.__closure__ is not None
    cells = dict(zip(prepare.__code__.co_freevars, prepare.__closure__, strict=True))
    cells["parent"].cell_contents = prepare_parent
    return subprocess.run([sys.executable, "-c", ""], preexec_fn=prepare, check=False).returncode


def test_a_parent_that_died_before_the_kernel_was_told_takes_the_child_along() -> None:
    assert code_of_fork(os.getpid()) == 0
    assert code_of_fork(os.getppid()) == 128 + signal.SIGTERM
