"""Over one launch: what the child, its session and its processes tell, as events."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable
from dataclasses import replace

from ..core import events as ev
from ..core.ending import Ending, Exit, Moment
from ..host import memory
from ..host.clock import steady
from .launcher import Launch
from .steering import Steering
from .wards import Limits, Wards

# s; a hook's shell may outlive the child that started it: on a busy machine by a second
LAST_HOOK, LAST_HOOK_OF_A_KILL, LOOK = 2.0, 0.15, 0.05
SWEEP = 1.0  # s between SIGTERM and SIGKILL for what a dead child has left
CONTROL = re.compile(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)|[\x00-\x08\x0b-\x1f]"
)
SHOWN = 600  # characters of the last screen lines that are kept


def moment() -> Moment:
    return Moment(steady(), time.time(), random.random())  # noqa: S311 (jitter)


class Sentry:
    """`reported`: whether the launch has printed a result; gives None where it has a terminal.

    `was_killed`: the child has ended in no good order, and may have left processes.
    """

    def __init__(
        self,
        launch: Launch,
        limits: Limits,
        steering: Steering,
        turn: Callable[[float], None],
        reported: Callable[[], bool | None],
    ) -> None:
        self.launch = launch
        self._turn, self._reported = turn, reported
        on_terminal = reported() is None
        self.was_killed = False
        self._wards = Wards(
            limits,
            launch.watch,
            launch.tree,
            steering,
            launch.child.pid,
            on_terminal=on_terminal,
            now=launch.started,
        )
        self._shown = 0
        self._condemned = False

    def poll(self) -> tuple[list[ev.Event], Exit | None]:
        """What is new, and the wait status when the child has ended."""
        child, watch = self.launch.child, self.launch.watch
        exit = child.reap()
        found: list[ev.Event] = [*watch.poll(time.time(), child.pid, final=exit is not None)]
        if exit is not None and exit.returncode and watch.prompts:
            # hooks are at work, and the one that says why it ended may outlive it
            patience = LAST_HOOK if exit.deadly_signal is None else LAST_HOOK_OF_A_KILL
            due = steady() + patience
            while not watch.ending(exit).error and (left := due - steady()) > 0:
                self._turn(min(left, LOOK))
                found += watch.poll(time.time(), child.pid, final=True)
        if exit is None and not self._condemned:
            found += self._ward()
        self.was_killed = self._condemned or (exit is not None and exit.deadly_signal is not None)
        return found, exit

    def _ward(self) -> list[ev.Event]:
        now = steady()
        if self.launch.child.shown != self._shown:
            self._shown = self.launch.child.shown
            self._wards.shown(now)
        found = self._wards.look(now)
        if found is None:
            return []
        self._condemned = True
        name, evidence = found
        at_rest = not self.launch.watch.turn_open
        ending = replace(
            self.ending(None), condemned=name, screen=evidence, error=None, at_rest=at_rest
        )
        return [ev.Condemned(ending)]

    def ending(self, exit: Exit | None) -> Ending:
        """All that is known at this moment."""
        known = self.launch.watch.ending(exit)
        before, now = self.launch.oom_kills, memory.oom_kills()
        facts = replace(known.facts, rss=self._wards.rss)
        return replace(
            known,
            facts=facts,
            reported=self._has_reported(exit),
            oom_kills=max(0, now - before) if before is not None and now is not None else 0,
            screen=last_lines(self.launch.child.tail),
            uptime=steady() - self.launch.started,
            moment=moment(),
        )

    def _has_reported(self, exit: Exit | None) -> bool:
        """Where no hook speaks, a user who leaves a terminal leaves in silence."""
        told = self._reported()
        if told is not None:
            return told
        return exit is not None and exit.returncode == 0 and not self.launch.watch.hooked

    def sweep(self) -> int:
        """End what a dead child has left behind; how many that were."""
        return self.launch.tree.sweep(SWEEP)


def last_lines(shown: bytes) -> str:
    """The last words on a screen, without the codes that drew them."""
    return CONTROL.sub(b"", shown).decode("utf-8", "replace").strip()[-SHOWN:]
