"""Every ending that the model's service or a signal can provoke, on the real Claude Code."""

from __future__ import annotations

import os
import signal

import psutil
import pytest

from supervisor.demo.bedrock import BreakOff, Drop, Refuse, Reply, Request, Silence
from supervisor.host.processes import MARK

from ..world import Job, World, bedrock, numbered
from .test_headless import FLAGS, TASK, at
from .test_interactive import child_of, leave, person

GOES_ON = "goes on from an earlier one"  # what the context of a relaunched session begins with
EXPIRED = Refuse(
    403, "The security token included in the request is expired", "ExpiredTokenException"
)
THROTTLED = Refuse(429, "Too many tokens, please wait before trying again.", "ThrottlingException")
DOWN = Refuse(503, "Too many connections, please wait.", "ServiceUnavailableException")


def of_this_run(world: World) -> list[int]:
    """The processes that live in this world, by their HOME: claude and all that it left."""
    found = []
    for process in psutil.process_iter():
        try:
            env = process.environ()
            alive = process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            continue
        if env.get("HOME") == str(world.home) and MARK in env and alive:
            found.append(process.pid)
    return found


@pytest.mark.parametrize(
    ("death", "row", "times"),
    [
        (THROTTLED, "throttling requests", 3),
        (BreakOff("Too many tokens, please wait", "throttlingException"), "throttling requests", 2),
        (DOWN, "service is", 3),
        (Refuse(529, "Overloaded", "OverloadedException"), "overloaded", 3),
        (Drop(), "connection", 3),
    ],
    ids=["throttled", "throttled-in-mid-stream", "unavailable", "overloaded", "dropped"],
)
def test_what_passes_is_waited_for_and_never_compacted(
    world: World, death: Reply, row: str, times: int
) -> None:
    """429 on newer versions never reaches us: Claude Code goes on trying by itself."""
    job = Job(numbered(3), dies=at(*range(2, 2 + times)), death=death)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CLAUDE_CODE_MAX_RETRIES="1")
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert not job.summaries and len(world.transcripts()) == 1
    assert row in ended.stderr or ended.stderr == ""
    assert TASK in job.asked[-1].text() and "output-of-step-1" in job.asked[-1].text()


def test_credentials_that_stay_dead_end_the_run(world: World) -> None:
    job = Job(numbered(3), dies=lambda number, request: number > 1, death=EXPIRED)
    with bedrock(world, job) as server:
        ended = world.run("-p", TASK, *FLAGS, CCSUP_MAX_PARK="2s")
    assert ended.code == 77, ended.stderr
    assert len(server.requests) < 12 and not job.summaries
    assert "Parked" in ended.stderr and "not renewed" in ended.stderr


def test_credentials_that_are_no_credentials_are_not_hammered_at_a_refusal(world: World) -> None:
    denied = Refuse(403, "User: x is not authorized to perform: bedrock:I", "AccessDeniedException")
    job = Job(numbered(3), dies=lambda number, request: number > 1, death=denied)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CLAUDE_CODE_MAX_RETRIES="1")
    assert ended.code == 1 and not job.summaries
    assert "does not allow this" in ended.stderr and "Relaunching" not in ended.stderr
    assert "not authorized" in ended.stdout


@pytest.mark.parametrize(
    ("death", "told"),
    [
        (Refuse(400, "Input is too long for requested model."), "outgrown the model's context"),
        (
            Refuse(400, "messages.2: `tool_use` ids were found without `tool_result` blocks"),
            "holds what the model's service refuses",
        ),
        (
            Refuse(400, "messages.1.content.0: `thinking` or `redacted_thinking` blocks in the"
                   " latest assistant message cannot be modified."),
            "holds what the model's service refuses",
        ),
        (Refuse(413, "Request Entity Too Large", "Unknown"), "outgrown what"),
    ],
    ids=["too-long", "orphaned-tool-use", "thinking", "too-large"],
)  # fmt: skip
def test_what_repeats_itself_is_compacted(world: World, death: Reply, told: str) -> None:
    """As long as the same history is sent; newer versions try to mend it themselves."""

    def repeats(number: int, request: Request) -> bool:
        return number >= 3 and GOES_ON not in request.text()

    job = Job(numbered(4), dies=repeats, death=death)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert told in ended.stderr and len(world.transcripts()) > 1
    assert TASK in job.asked[-1].text()
    begun = [request.text() for request in job.asked if GOES_ON in request.text()]
    assert "output-of-step-2" in begun[0]


@pytest.mark.parametrize("name", ["KILL", "ABRT", "SEGV"])
def test_a_kill_is_resumed_in_the_same_session(world: World, name: str) -> None:
    steps = numbered(4)
    steps[2] = ("Now the hard one.", f"test -e once || {{ touch once; kill -{name} $PPID; }}")
    job = Job(steps)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "was killed in the middle of the job" in ended.stderr
    assert "Resuming the same session" in ended.stderr and TASK in job.asked[-1].text()
    assert not job.summaries and len(world.transcripts()) == 1
    assert not of_this_run(world)


@pytest.mark.parametrize("name", ["TERM", "HUP"])
def test_a_session_that_asks_itself_to_end_is_resumed(world: World, name: str) -> None:
    steps = numbered(4)
    steps[2] = (
        "Now the hard one.",
        f"test -e once || {{ touch once; kill -{name} $PPID; }}; sleep 9",
    )
    job = Job(steps)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "has ended Claude Code itself" in ended.stderr
    assert len(world.transcripts()) == 1 and not job.summaries


def test_a_second_kill_at_once_compacts(world: World) -> None:
    hard = ("Now the hard one.", "kill -KILL $PPID")
    job = Job([*numbered(2), hard, hard, *numbered(1)])
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "Resuming" in ended.stderr and "Relaunching with the compacted" in ended.stderr


def test_a_stream_that_stalls_is_a_hang(world: World) -> None:
    job = Job(numbered(3), dies=at(2), death=Silence(120))
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CCSUP_HANG="4s")
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "stood still" in ended.stderr and len(world.transcripts()) == 1


def test_a_frozen_child_that_hears_no_sigterm_is_killed(world: World) -> None:
    steps = numbered(3)
    steps[1] = ("Now the hard one.", "test -e once || { touch once; kill -STOP $PPID; }")
    job = Job(steps)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CCSUP_HANG="2s")
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "stood still" in ended.stderr and not of_this_run(world)


def test_a_long_silent_tool_is_no_hang(world: World) -> None:
    job = Job([("This takes long.", "test -e never || sleep 5"), *numbered(1)])
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CCSUP_HANG="1s")
    assert (ended.code, ended.stdout, ended.stderr) == (0, "Everything is done.\n", "")


def test_an_outage_at_a_terminal_is_waited_for(world: World) -> None:
    death = BreakOff("Too many tokens, please wait", "throttlingException")
    job = Job(numbered(3), dies=at(2), death=death)
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("Everything is done.")
        assert leave(someone) == 0
        assert someone.settings() == someone.before[:4]
    assert b"going on in" in someone.seen and not job.summaries
    assert len(world.transcripts()) == 1 and not of_this_run(world)


def test_a_child_that_is_frozen_at_a_terminal_is_killed_and_resumed(world: World) -> None:
    job = Job([("This takes long.", "test -e never || sleep 2"), *numbered(2)])
    with bedrock(world, job), person(world, "--hang", "3s") as someone:
        someone.submit(TASK)
        someone.wait_for("This takes long.")
        os.kill(child_of(someone, world), signal.SIGSTOP)
        someone.wait_for("Everything is done.")
        assert leave(someone) == 0
        assert someone.settings() == someone.before[:4]
    assert b"stood still" in someone.seen and not of_this_run(world)


def test_sigterm_to_ccsup_ends_the_child_and_all_below_it(world: World) -> None:
    job = Job([("This takes long.", "setsid sleep 300 & test -e never || sleep 300")])
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("This takes long.")
        while not any("sleep" in _name(pid) for pid in of_this_run(world)):
            assert someone.look()
        os.kill(someone.pid, signal.SIGTERM)
        assert someone.wait() == 128 + signal.SIGTERM
        assert someone.settings() == someone.before[:4]
    assert not of_this_run(world)


def test_the_death_of_ccsup_takes_the_child_along(world: World) -> None:
    job = Job([("This takes long.", "test -e never || sleep 300")])
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("This takes long.")
        child = psutil.Process(child_of(someone, world))
        os.kill(someone.pid, signal.SIGKILL)
        child.wait(timeout=20)
        assert not psutil.pid_exists(child.pid) or child.status() == psutil.STATUS_ZOMBIE


def _name(pid: int) -> str:
    try:
        return psutil.Process(pid).name()
    except psutil.Error:
        return ""
