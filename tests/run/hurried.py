"""Whole runs of a ccsup in a hurry: its fixed waits are short, all else is as it is.

The children are the demo's scripted claude, each with a trick of its own.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from supervisor.host.processes import find_marked, send

from ..programs import program
from ..world import World, make

PATIENCE = 40.0  # s; what is waited for takes a few
PROMPT, FINAL = ("-p", "Do it step by step"), "Everything is done."
GRACE, STOP_GRACE = 1.0, 2.0  # s, in the place of 10 and 25

CCSUP = f"""
from dataclasses import replace
from supervisor.core import living, policy, recovering
from supervisor.settings import Settings

living.INTERRUPT_GRACE, policy.AFTER_RESET, recovering.LOOK_AGAIN = 0.5, 0.2, 1.0
patient = Settings.policy.fget
hurried = dict(grace={GRACE}, stop_grace={STOP_GRACE})
Settings.policy = property(lambda settings: replace(patient(settings), **hurried))

from supervisor.cli import main
main()
"""

# A child tells of its launch, then plays its trick. `claude` is the scripted one.
CHILD = """
import json, os, signal, subprocess, sys, time
from pathlib import Path
from supervisor.demo import scripted_claude as claude

if "--help" in sys.argv:
    sys.exit()
told = {"mark": os.environ["CCSUP_LAUNCH"], "pid": os.getpid(), "argv": sys.argv[1:]}
with open("launches", "a") as log:
    print(json.dumps({**told, "at": time.time()}), file=log)

def once(name):
    try:
        Path(name).open("x").close()
    except FileExistsError:
        return False
    return True

def when_asked(number, trick):
    "In place of a request: that of this number, counted over all launches."
    ask = claude._ask
    def asked(messages):
        with open("asked", "a") as log:
            log.write("x")
        if Path("asked").stat().st_size == number:
            trick()
        return ask(messages)
    claude._ask = asked
"""


def world_of(folder: Path, trick: str = "") -> World:
    """A world whose claude plays `trick`, Python text, and then its part."""
    return make(folder, program(folder / "bin", f"{CHILD}\n{trick}\nclaude.main()\n"))


@dataclass(frozen=True)
class Launch:
    mark: str
    pid: int
    argv: list[str]
    at: float

    def option(self, name: str) -> str | None:
        return self.argv[self.argv.index(name) + 1] if name in self.argv else None


@dataclass
class Run:
    """A `ccsup run` that has been started."""

    world: World
    process: subprocess.Popen[bytes]
    began: float

    @property
    def stdout(self) -> str:
        return (self.world.home / "stdout").read_text()

    @property
    def stderr(self) -> str:
        return (self.world.home / "stderr").read_text()

    @property
    def launches(self) -> list[Launch]:
        return [Launch(**json.loads(line)) for line in self.told("launches")]

    def told(self, name: str) -> list[str]:
        """The whole lines of a file that the children write in the project."""
        path = self.world.cwd / name
        text = path.read_text() if path.exists() else ""
        return text[: text.rfind("\n") + 1].splitlines()

    def left(self) -> list[int]:
        """The processes of all its launches that live."""
        return [process.pid for launch in self.launches for process in find_marked(launch.mark)]

    def events(self, name: str) -> list[dict[str, Any]]:
        return [record for record in self.world.journal() if record.get("event") == name]

    def ends(self) -> int:
        """Its exit code."""
        return self.process.wait(PATIENCE)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began


@contextmanager
def run(
    world: World, *arguments: str, without: tuple[str, ...] = (), **extra: str
) -> Iterator[Run]:
    """`ccsup run ARGUMENTS` in the background; nothing of it outlives the test."""
    script = world.home / "ccsup.py"
    script.write_text(CCSUP)
    env = {name: value for name, value in world.env.items() if name not in without}
    with (world.home / "stdout").open("wb") as out, (world.home / "stderr").open("wb") as err:
        process = subprocess.Popen(
            [sys.executable, str(script), "run", *arguments],
            env={**env, **extra},
            cwd=world.cwd,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=err,
            start_new_session=True,
        )
    started = Run(world, process, time.monotonic())
    try:
        yield started
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        for launch in started.launches:
            for each in find_marked(launch.mark):
                send(each, signal.SIGKILL)


def until(holds: Callable[[], object]) -> None:
    """Look until it holds."""
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.02)


def was_resumed(ended: Run) -> bool:
    """A second launch took the first one's session up, and it was the last."""
    [first, second] = ended.launches
    session = first.option("--session-id")
    return session is not None and second.option("--resume") == session
