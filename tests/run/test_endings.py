"""Whole runs whose children die in every way; what follows, and what is left behind."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from ..host.actors import is_alive
from ..world import Job, World, bedrock, numbered
from .hurried import FINAL, PROMPT, STOP_GRACE, run, until, was_resumed, world_of

LEAVES = """
def leave():
    left = subprocess.Popen(["setsid", "sleep", "300"])
    with open("left", "a") as log:
        print(left.pid, file=log)
"""
LOOKS = """
with open("met", "a") as log:
    for line in (Path("left").read_text() if Path("left").exists() else "").split():
        state = Path(f"/proc/{line}/stat")
        if state.exists() and ") Z " not in state.read_text():
            print(line, file=log)
"""
STAYS = "while True: signal.pause()"
DEAF = "for number in (signal.SIGTERM, signal.SIGINT): signal.signal(number, signal.SIG_IGN)"


# A child that stands still


def test_a_frozen_child_is_ended_and_its_session_resumed(tmp_path: Path) -> None:
    world = world_of(tmp_path, "when_asked(2, lambda: os.kill(os.getpid(), signal.SIGSTOP))")
    with bedrock(world, Job(numbered(2))), run(world, *PROMPT, CCSUP_HANG="3s") as ended:
        assert ended.ends() == 0, ended.stderr
        assert ended.stdout.strip() == FINAL
        assert was_resumed(ended) and ended.left() == []
        [condemned] = ended.events("Condemned")
        assert condemned["ending"]["condemned"] == "hang"
        assert "stood still in the middle of the job" in ended.stderr
        assert "no word in the transcript or from a hook" in ended.stderr


def test_a_tool_that_is_silent_for_long_is_no_hang(tmp_path: Path) -> None:
    world, job = world_of(tmp_path), Job([("A long build.", "sleep 8; echo built")])
    with bedrock(world, job), run(world, *PROMPT, CCSUP_HANG="2s") as ended:
        assert ended.ends() == 0 and ended.stdout.strip() == FINAL
        assert len(ended.launches) == 1 and ended.stderr == ""
    assert ended.seconds > 8


# Signals


def deaf_world(folder: Path) -> World:
    """A child and two grandchildren that hear nothing, one in a session of its own."""
    below = f"import os, signal\n{DEAF}\nprint(os.getpid(), file=open('deaf', 'a'))\n{STAYS}"
    return world_of(
        folder,
        f"{DEAF}\n"
        f"subprocess.Popen([sys.executable, '-c', {below!r}])\n"
        f"subprocess.Popen([sys.executable, '-c', {below!r}], start_new_session=True)\n"
        f"{STAYS}\n",
    )


def test_a_child_that_hears_nothing_is_ended_with_all_below_it(tmp_path: Path) -> None:
    with run(deaf_world(tmp_path), *PROMPT) as ended:
        until(lambda: len(ended.told("deaf")) == 2)
        [launch] = ended.launches
        assert set(ended.left()) == {launch.pid, *map(int, ended.told("deaf"))}
        asked = time.monotonic()
        ended.process.send_signal(signal.SIGTERM)
        assert ended.ends() == 128 + signal.SIGKILL
        assert STOP_GRACE < time.monotonic() - asked < STOP_GRACE + 10
        assert ended.left() == [] and len(ended.launches) == 1


def test_nothing_outlives_a_ccsup_that_is_killed(tmp_path: Path) -> None:
    with run(deaf_world(tmp_path), *PROMPT) as ended:
        until(lambda: len(ended.told("deaf")) == 2)
        ended.process.kill()
        ended.ends()
        until(lambda: not ended.left())


def test_a_child_ends_with_a_ccsup_that_is_killed(tmp_path: Path) -> None:
    world = world_of(tmp_path, "when_asked(1, lambda: (once('ready'), signal.pause()))")
    with bedrock(world, Job([])), run(world, *PROMPT) as ended:
        until((world.cwd / "ready").exists)
        ended.process.kill()
        ended.ends()
        [launch] = ended.launches
        until(lambda: not is_alive(launch.pid))


def test_a_first_interrupt_is_the_childs_own_affair(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        "signal.signal(signal.SIGINT, lambda *_: once('heard'))\n"
        "once('ready')\n"
        "while not Path('heard').exists(): time.sleep(0.01)\n"
        f"time.sleep({STOP_GRACE + 2})\n"
        "print('what it had to say'); sys.exit(9)\n",
    )
    with run(world, *PROMPT) as ended:
        until((world.cwd / "ready").exists)
        ended.process.send_signal(signal.SIGINT)
        assert (ended.ends(), ended.stdout) == (9, "what it had to say\n")


def test_a_second_interrupt_bounds_its_time(tmp_path: Path) -> None:
    world = world_of(
        tmp_path,
        "def heard(*_):\n"
        "    print('heard', file=open('heard', 'a'), flush=True)\n"
        "signal.signal(signal.SIGINT, heard)\n"
        "once('ready')\n"
        f"{STAYS}\n",
    )
    with run(world, *PROMPT) as ended:
        until((world.cwd / "ready").exists)
        for count in (1, 2):
            ended.process.send_signal(signal.SIGINT)
            until(lambda count=count: len(ended.told("heard")) == count)  # type: ignore[misc]
        assert ended.ends() == 128 + signal.SIGKILL
        assert ended.left() == [] and len(ended.launches) == 1


# What a dead child leaves


@pytest.mark.parametrize(
    "death", ["os.kill(os.getpid(), signal.SIGKILL)", "os._exit(1)"], ids=["killed", "silent"]
)
def test_what_a_dead_child_left_is_gone_before_the_relaunch(tmp_path: Path, death: str) -> None:
    world = world_of(
        tmp_path, f"{LOOKS}\n{LEAVES}\nwhen_asked(2, lambda: (leave(), time.sleep(0.3), {death}))"
    )
    with bedrock(world, Job(numbered(2))), run(world, *PROMPT) as ended:
        assert ended.ends() == 0, ended.stderr
        assert was_resumed(ended) and ended.stdout.strip() == FINAL
        assert len(ended.told("left")) == 1 and ended.told("met") == []
        assert ended.left() == []


def test_what_a_child_left_that_ended_well_is_let_be(tmp_path: Path) -> None:
    world = world_of(tmp_path, f"{LEAVES}\nwhen_asked(1, leave)")
    with bedrock(world, Job([])), run(world, *PROMPT) as ended:
        assert ended.ends() == 0
        assert ended.left() == [int(pid) for pid in ended.told("left")]


# Silent exits


@pytest.mark.parametrize("code", [0, 1])
def test_a_silent_exit_in_the_middle_of_a_turn_is_resumed(tmp_path: Path, code: int) -> None:
    world = world_of(tmp_path, f"when_asked(2, lambda: os._exit({code}))")
    with bedrock(world, Job(numbered(2))), run(world, *PROMPT) as ended:
        assert ended.ends() == 0 and ended.stdout.strip() == FINAL
        assert was_resumed(ended)
        assert "said nothing" in ended.stderr


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_an_error_before_the_session_is_passed_on_as_it_is(tmp_path: Path, stream: str) -> None:
    refusal = "error: unknown option '--wrong-flag'"
    world = world_of(tmp_path, f'print("{refusal}", file=sys.{stream}); sys.exit(1)')
    with run(world, *PROMPT, "--wrong-flag") as ended:
        assert ended.ends() == 1
        assert (ended.stdout + ended.stderr).strip() == refusal
        assert len(ended.launches) == 1
