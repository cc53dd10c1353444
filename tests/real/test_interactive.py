"""The main job on the real Claude Code, at a terminal."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from supervisor.demo.bedrock import Silence

from ..screen import Person
from ..world import Job, World, bedrock, numbered
from .test_headless import TASK, at

READY = "bypass permissions"


@contextmanager
def person(world: World, *options: str, arguments: tuple[str, ...] = ()) -> Iterator[Person]:
    argv = world.ccsup(*options, "run", "--dangerously-skip-permissions", *arguments)
    someone = Person(argv, world.env, world.cwd)
    try:
        someone.wait_for(READY)
        yield someone
    finally:
        someone.close()


def child_of(someone: Person, world: World) -> int:
    """The pid of the claude that runs now, from the journal."""
    return [int(record["pid"]) for record in world.journal() if "launch" in record][-1]


def leave(someone: Person) -> int:
    someone.submit("/exit")
    return someone.wait()


def test_a_turn_dies_and_the_process_lives(world: World) -> None:
    job = Job(numbered(4), final="The ledger is sorted.", dies=at(3))
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("The ledger is sorted.")
        assert leave(someone) == 0
        assert someone.settings() == someone.before[:4]
    told = someone.seen.decode("utf-8", "replace")
    assert "ran out of memory" in told and "Relaunching" in told
    assert TASK in job.asked[3].text() and "output-of-step-2" in job.asked[3].text()
    assert len(job.summaries) == 1 and "narrative by us.anthropic" in told


def test_killed_in_the_middle_of_a_turn(world: World) -> None:
    job = Job(numbered(3, "echo step-{n}; test -e go || sleep 60"))
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("Decision 1")
        (world.cwd / "go").touch()
        os.kill(child_of(someone, world), signal.SIGKILL)
        someone.wait_for("Everything is done.")
        assert leave(someone) == 0
    assert b"was killed in the middle of the job" in someone.seen
    assert TASK in job.asked[-1].text()


def test_killed_at_its_prompt_is_no_death(world: World) -> None:
    job = Job(numbered(1), final="Done and idle.")
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        while not any("Done and idle." in path.read_text() for path in world.transcripts()):
            assert someone.look()
        os.kill(child_of(someone, world), signal.SIGKILL)
        assert someone.wait() in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert someone.settings() == someone.before[:4]
    assert not job.summaries and b"ccsup:" not in someone.seen


def test_a_user_who_leaves(world: World) -> None:
    for keys in ("\x03\x03", "\x04\x04"):
        with bedrock(world, Job([])), person(world) as someone:
            someone.type(keys[0])
            someone.type(keys[1])
            assert someone.wait() == 0
            assert b"ccsup:" not in someone.seen


def test_a_death_after_clear_is_that_of_the_new_session(world: World) -> None:
    job = Job([], final="The first answer.")
    with bedrock(world, job), person(world) as someone:
        someone.submit("An old matter: plums.")
        someone.wait_for("The first answer.")
        someone.submit("/clear")
        while "The first answer." in someone.text:
            assert someone.look()
        job.steps, job.final, job.dies = numbered(2), "The second answer.", at(3)
        someone.submit(TASK)
        someone.wait_for("The second answer.")
        assert leave(someone) == 0
    first = job.asked[3].text()
    assert TASK in first and "plums" not in first


def test_clear_after_a_recovery_leaves_the_old_task_behind(world: World) -> None:
    job = Job([], final="The first answer.", dies=at(1))
    with bedrock(world, job), person(world) as someone:
        someone.submit("An old matter: plums.")
        someone.wait_for("The first answer.")
        someone.submit("/clear")
        while "The first answer." in someone.text:
            assert someone.look()
        job.steps, job.final = numbered(2), "The second answer."
        dying = len(job.asked) + 2
        job.dies = at(dying)
        someone.submit(TASK)
        someone.wait_for("The second answer.")
        assert leave(someone) == 0
    first = job.asked[dying].text()
    assert TASK in first and "plums" not in first


def test_asked_first(world: World) -> None:
    for answer, code in (("y", 0), ("n", None)):
        job = Job(numbered(2), dies=at(2))
        with bedrock(world, job), person(world, "--ask") as someone:
            someone.submit(TASK)
            someone.wait_for("relaunch the session?", ever=True)
            someone.type(f"{answer}\n")
            if code is None:
                assert someone.wait() != 0
                someone.wait_for("to go on", ever=True)
                assert not job.summaries
            else:
                someone.wait_for("Everything is done.")
                assert leave(someone) == code


def test_ctrl_c_while_ccsup_is_at_work(world: World) -> None:
    job = Job(numbered(2), dies=at(2), summary=lambda request: Silence(60))
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("asking", ever=True)
        someone.type("\x03")
        assert someone.wait() == 130
        assert someone.settings() == someone.before[:4]
        someone.wait_for("to go on", ever=True)
    assert world.transcripts()


def test_the_window_size_reaches_the_child(world: World) -> None:
    with bedrock(world, Job([])), person(world) as someone:
        someone.resize(33, 101)
        terminal = os.open(os.readlink(f"/proc/{child_of(someone, world)}/fd/0"), os.O_RDONLY)
        while os.get_terminal_size(terminal) != (101, 33):
            assert someone.look()
        os.close(terminal)
        assert leave(someone) == 0
