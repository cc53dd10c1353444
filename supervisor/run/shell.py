"""Run: waits for the next event, steps the machine, performs its commands."""

from __future__ import annotations

import signal
import time
from collections import deque
from collections.abc import Callable
from dataclasses import asdict

from ..claude.output import Stdout
from ..compaction.order import Result
from ..core import commands as do
from ..core import events as ev
from ..core.classify import classify
from ..core.ending import Exit
from ..core.machine import Phase, State, step
from ..journal.runs import RunFolder
from ..settings import Settings
from ..terminal import signals
from ..terminal.child import CannotSpawn
from ..terminal.flow import Outlet
from ..terminal.loop import READ, Loop
from ..terminal.screen import Screen
from .asking import ask, in_foreground
from .console import Console
from .launcher import Launch, Launcher, Place
from .recovery import Recovery

LOOK = 0.2  # s between two looks at the transcript
LAST_HOOK = 0.15  # s; a hook's shell may outlive the child that started it
OWN_DELIVERY = 0.7  # s; a terminal gives ^C to the child itself, others must be passed on


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
    ) -> None:
        self.settings, self.place, self.folder = settings, place, folder
        self.loop, self.screen, self.stdout = loop, screen, stdout
        self.console = Console(screen.write if screen else None)
        self.launcher: Launcher  # set by the wiring: it needs our `printed`
        self.state = State(policy=settings.policy)
        self._events: deque[ev.Event] = deque()
        self._launch: Launch | None = None
        self._launches = 0
        self._timer: float | None = None
        self._look_at = 0.0
        self._late_signal: tuple[float, int] | None = None
        self._result: Result | None = None
        self._recovery = Recovery(settings, place, folder, loop, self.console, new_uuid)
        self._code: int | None = None
        self._out = Outlet(loop, 1, self._nobody_reads, self._room)

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
        if self._launch:
            self._launch.child.signal(signal.SIGTERM)
            self._launch.child.close()
            self._launch = None
        if self.folder.trouble:
            self.console.say(f"The journal is incomplete: {self.folder.trouble}")

    def printed(self, data: bytes) -> None:
        """The child has printed; what may go out now goes out."""
        if self.stdout is None:
            return
        self._out.write(self.stdout.feed(data))
        if self._out.full and self._launch:
            self._launch.child.pause()

    def _next_event(self, taken: signals.Signals) -> ev.Event:
        while not self._events:
            now = time.monotonic()
            deadlines = [self._timer, self._look_at if self._launch else now + 1]
            if self._late_signal:
                deadlines.append(self._late_signal[0])
            self.loop.turn(min(at for at in deadlines if at is not None) - now)
            for number in taken.take():
                self._noticed(number)
            self._look()
        return self._events.popleft()

    def _noticed(self, number: int) -> None:
        child = self._launch.child if self._launch else None
        if number in signals.STOPS:
            self._events.append(ev.StopRequested(number))
        elif number in signals.PASSED and child:
            child.signal(number)
        elif number == signal.SIGCHLD:
            self._look_at = 0.0
        elif child:
            child.resize()

    def _look(self) -> None:
        """The child, its session, the clock: what is new?"""
        now = time.monotonic()
        if self._late_signal and now >= self._late_signal[0]:
            if self._launch:
                self._launch.child.signal(self._late_signal[1])
            self._late_signal = None
        if self._launch and now >= self._look_at:
            self._look_at = now + LOOK
            exit = self._launch.child.reap()
            watch = self._launch.watch
            pid = self._launch.child.pid
            self._events += watch.poll(time.time(), pid, final=exit is not None)
            if (
                exit is not None
                and exit.returncode
                and watch.prompts
                and not watch.ending(exit).error
            ):
                self.loop.turn(LAST_HOOK)  # hooks are at work, and none has said why it ended
                self._events += watch.poll(time.time(), pid, final=True)
            if exit is not None:
                self._bury(exit)
        if failure := self._recovery.check(now):
            self._events.append(ev.CompactionFailed(failure))
        if self._timer is not None and now >= self._timer:
            self._timer = None
            self._events.append(ev.TimerFired())

    def _bury(self, exit: Exit) -> None:
        assert self._launch is not None
        launch, self._launch = self._launch, None
        launch.child.close()
        self.launcher.disconnect()
        ending = launch.watch.ending(exit)
        self._recovery.memory.bury(launch.watch, ending, launch.started)
        self._events.append(ev.Exited(ending))

    def _advance(self, event: ev.Event) -> None:
        self.state, orders = step(self.state, event)
        self.folder.append(
            {
                "at": round(time.time(), 3),
                "event": type(event).__name__,
                **asdict(event),
                "phase": self.state.phase.value,
                "commands": [type(order).__name__ for order in orders],
            }
        )
        for order in orders:
            self._perform(order)

    def _perform(self, order: do.Command) -> None:
        match order:
            case do.Spawn():
                self._spawn(order)
            case do.Forward(number):
                self._forward(number)
            case do.Terminate() if self._launch:
                self._launch.child.signal(signal.SIGTERM)
            case do.Kill() if self._launch:
                self._launch.child.kill()
            case do.Compact():
                self._compact(order)
            case do.Abandon():
                self._recovery.cancel()
            case do.SetTimer(seconds):
                self._timer = None if seconds is None else time.monotonic() + seconds
                self._events = deque(e for e in self._events if not isinstance(e, ev.TimerFired))
            case do.Ask(question):
                ask(self.loop, self.console, question, self._heard)
            case do.Announce(text) if self._launch is None or self.screen is None:
                self.console.say(text)  # else the child has the screen
            case do.Deliver() if self.stdout:
                self._out.write(self.stdout.deliver())
            case do.Quit(code):
                self._code = code

    def _spawn(self, order: do.Spawn) -> None:
        if self.stdout and self._launches:
            held = self.stdout.set_aside(self._recovery.memory.spent)
            self.folder.write(f"launch-{self._launches}.stdout", held)
        self._launches += 1
        try:
            self._launch = self.launcher.start(order, self._result)
        except CannotSpawn as error:
            self._events.append(ev.SpawnFailed(error.code, str(error)))
            return
        self._look_at = 0.0
        self.folder.append(
            {"launch": self._launches, "pid": self._launch.child.pid, "argv": self._launch.argv}
        )
        self._events.append(ev.Spawned(self._launch.child.pid))

    def _forward(self, number: int) -> None:
        if self._launch is None:
            return
        typed = self.screen is None and number in (signal.SIGINT, signal.SIGQUIT)
        if typed and in_foreground():
            self._late_signal = (time.monotonic() + OWN_DELIVERY, number)
        else:
            self._launch.child.signal(number)

    def _compact(self, order: do.Compact) -> None:
        ending = self.state.ending
        reason = classify(ending).cause.value if ending else "its context did not arrive"
        self._recovery.begin(order, reason, self.launcher.repeatable, self._compacted)

    def _compacted(self, answer: Result | str) -> None:
        if isinstance(answer, str):
            self._events.append(ev.CompactionFailed(answer))
            return
        self._result = answer
        before, after = answer.tokens_before, answer.tokens_after
        way = do.Way[answer.way]
        self._events.append(ev.Compacted(answer.session, way, before, after, answer.told))

    def _heard(self, yes: bool) -> None:
        self.console.answered()
        self._events.append(ev.Consented(yes))

    def _nobody_reads(self) -> None:
        if self._launch:
            self._launch.child.hang_up()

    def _room(self) -> None:
        if self._launch:
            self._launch.child.resume()

    def _flush(self) -> None:
        while not self._out.empty:
            self.loop.turn(1.0)
        if self._recovery.memory.compactions and self.state.phase is Phase.ENDED:
            self.console.say(f"The story of this run: {self.folder.path}/journal.jsonl")
