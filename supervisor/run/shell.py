"""Run: waits for the next event, steps the machine, performs its commands."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime

from ..aws.answer import Check
from ..claude.output import Stdout
from ..compaction.order import Result
from ..core import commands as do
from ..core import events as ev
from ..core import wording
from ..core.ending import Exit
from ..core.machine import State, step
from ..core.policy import History
from ..core.recovering import REFRESHED
from ..core.state import tell
from ..host.clock import steady
from ..journal.runs import RunFolder
from ..settings import Settings
from ..terminal import signals
from ..terminal.child import CannotSpawn, Child
from ..terminal.loop import READ, Loop
from ..terminal.screen import Screen
from .asking import ask
from .console import Console
from .launcher import Launcher, Place
from .lessons import Lessons
from .parking import Parking
from .pins import Pins
from .printing import Printing
from .recovery import Recovery
from .sentry import Sentry, moment
from .signalling import Signalling
from .steering import Steering
from .timer import Timer
from .wards import Limits

LOOK = 0.2  # s between two looks at the transcript


class Run:
    """One supervised run. `stdout` is None where the child has a terminal."""

    def __init__(
        self,
        settings: Settings,
        place: Place,
        folder: RunFolder,
        loop: Loop,
        screen: Screen | None,
        stdout: Stdout | None,
        new_uuid: Callable[[], str],
        limits: Limits,
        steering: Steering,
    ) -> None:
        self.settings, self.place, self.folder = settings, place, folder
        self.loop, self.screen = loop, screen
        self.console = Console(screen.write if screen else None)
        self.launcher: Launcher  # set by the wiring: it needs our `printing`
        policy = replace(settings.policy, zone=datetime.now().astimezone().tzinfo)
        self.state = State(policy=policy, history=History(started=steady()))
        self._limits, self._steering = limits, steering
        self._events: deque[ev.Event] = deque()
        self._sentry: Sentry | None = None
        self._launches = 0
        self._pins = Pins(folder)
        self._timer = Timer(self.console.countdown)
        self._look_at = 0.0
        self._result: Result | None = None
        self._lessons = Lessons(steering, folder)
        self._buried: Sentry | None = None  # of a child that is gone, not yet judged
        self._recovery = Recovery(settings, place, folder, loop, self.console, new_uuid)
        self._parking = Parking(loop, settings, place.env)
        self._code: int | None = None
        self._signalling = Signalling(lambda: self._child, on_terminal=screen is not None)
        self.printing = Printing(loop, stdout, lambda: self._child)

    def run(self) -> int:
        """From the first launch to the exit code."""
        with signals.Signals() as taken:
            self.loop.add(taken.descriptor, READ, lambda: None)
            self._perform(do.Spawn())
            while self._code is None:
                self._advance(self._next_event(taken))
            self.loop.remove(taken.descriptor)
        self._flush()
        return self._code

    def let_go(self) -> None:
        """Leave nothing behind, whatever happened: no child, no compaction."""
        self._recovery.cancel()
        self._parking.cancel()
        if self._sentry:
            self._sentry.launch.child.signal(signal.SIGTERM)
            self._sentry.launch.child.close()
            self._sentry = None
        if self.folder.trouble:
            self.console.say(f"The journal is incomplete: {self.folder.trouble}")

    @property
    def _child(self) -> Child | None:
        return self._sentry.launch.child if self._sentry else None

    def _next_event(self, taken: signals.Signals) -> ev.Event:
        while not self._events:
            now = steady()
            looks = self._look_at if self._sentry else now + 1
            deadlines = (self._timer.due, looks, self._signalling.due)
            self.loop.turn(min(at for at in deadlines if at is not None) - now)
            for number in taken.take():
                self._noticed(number)
            self._look()
        return self._events.popleft()

    def _noticed(self, number: int) -> None:
        if number in signals.STOPS:
            self._events.append(ev.StopRequested(number))
        elif number == signal.SIGCHLD:
            self._look_at = 0.0
        else:
            self._signalling.pass_on(number)

    def _look(self) -> None:
        """The child, its session, the clock: what is new?"""
        now = steady()
        self._signalling.look(now)
        if self._sentry and now >= self._look_at:
            self._look_at = now + LOOK
            found, exit = self._sentry.poll()
            self._events += found
            self._pins.keep(self._recovery.memory.said, self._sentry.launch.watch.prompts)
            if exit is not None:
                self._bury(self._sentry, exit)
        if failure := self._recovery.check(now):
            self._events.append(ev.CompactionFailed(failure))
        if (code := self._parking.refreshed()) is not None:
            self.console.say(f"The refresh command ended with {code}.")
            if code == 0:
                self._events.append(ev.Checked(REFRESHED, moment=moment()))
        if self._timer.look(now):
            self._events.append(ev.TimerFired(moment()))

    def _bury(self, sentry: Sentry, exit: Exit) -> None:
        self._sentry = None
        sentry.launch.child.close()
        self.launcher.disconnect()
        ending = sentry.ending(exit)
        self._recovery.memory.bury(sentry.launch.watch, ending, sentry.launch.started)
        self._buried = sentry
        self._events.append(ev.Exited(ending))

    def _advance(self, event: ev.Event) -> None:
        self.state, orders = step(self.state, event)
        told = {**asdict(event), **tell(self.state, orders)}
        self._note(event=type(event).__name__, **told)
        if isinstance(event, ev.Exited) and self._buried:
            self._lessons.learn(self._buried, self.state)
        for order in orders:
            self._perform(order)

    def _note(self, **record: object) -> None:
        self.folder.append({"at": round(time.time(), 3), **record})

    def _perform(self, order: do.Command) -> None:
        match order:
            case do.Spawn():
                self._spawn(order)
            case do.Forward(number):
                self._signalling.forward(number)
            case do.Interrupt() if self._child:
                self._child.signal(signal.SIGINT)
                self._child.signal(signal.SIGCONT)  # a stopped one would not hear it
            case do.Terminate() if self._child:
                self._child.signal(signal.SIGTERM)
            case do.Kill() if self._sentry:
                self._sentry.launch.tree.kill(signal.SIGKILL)
                self._sentry.launch.child.kill()
            case do.Compact():
                self._compact(order)
            case do.Abandon():
                self._recovery.cancel()
                self._parking.cancel()
            case do.SetTimer(seconds, told):
                self._timer.set(seconds, told)
                self._events = deque(e for e in self._events if not isinstance(e, ev.TimerFired))
            case do.Refresh():
                self._parking.refresh(self.console.say)
            case do.Check(probe):
                self._parking.look(probe, self._checked)
            case do.Ask(question):
                ask(self.loop, self.console, question, self._heard)
            case do.Announce(text) if self._sentry is None or self.screen is None:
                self._note(said=text)
                self.console.say(text)  # else the child has the screen
            case do.Deliver():
                self.printing.deliver()
            case do.Quit(code):
                self._note(exit=code)
                self._code = code

    def _spawn(self, order: do.Spawn) -> None:
        if self.screen is None and self._launches:
            held = self.printing.set_aside(self._recovery.memory.spent)
            self.folder.write(f"launch-{self._launches}.stdout", held)
        self._launches += 1
        self._parking.cancel()
        memory = self._recovery.memory
        try:
            launch = self.launcher.start(order, self._result, (memory.turns, memory.cost))
        except CannotSpawn as error:
            self._events.append(ev.SpawnFailed(error.code, str(error)))
            return
        self._sentry = Sentry(
            launch, self._limits, self._steering, self.loop.turn, lambda: self.printing.reported
        )
        self._look_at = 0.0
        self._note(launch=self._launches, pid=launch.child.pid, argv=launch.argv)
        self._events.append(ev.Spawned(launch.child.pid))

    def _checked(self, check: Check) -> None:
        self._events.append(ev.Checked(check.state, check.fingerprint, check.told, moment()))

    def _compact(self, order: do.Compact) -> None:
        reason = self.state.verdict.row.name if self.state.verdict else "its context was lost"
        self._recovery.begin(order, reason, self.launcher.repeatable, self._compacted)

    def _compacted(self, answer: Result | str) -> None:
        if isinstance(answer, str):
            self._events.append(ev.CompactionFailed(answer))
            return
        self._result = answer
        sizes = answer.tokens_before, answer.tokens_after
        way = do.Way[answer.way]
        self._events.append(ev.Compacted(answer.session, way, *sizes, answer.told, answer.cost))

    def _heard(self, yes: bool) -> None:
        self.console.answered()
        self._events.append(ev.Consented(yes))

    def _flush(self) -> None:
        self.printing.flush()
        if self._launches > 1 or self._lessons.endings:
            journal = f"{self.folder.path}/journal.jsonl"
            self.console.say(wording.story(self._lessons.endings, journal))
