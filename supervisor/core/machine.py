"""step(state, event) -> (state, commands): where the run is now.

Rules of this file:

1. Everything that decides where a run stands is here; nothing here knows a clock, a
   file, a process or a terminal. Time arrives as TimerFired, effects leave as commands.
2. Each cell of TABLE is a named action. `ignore` may happen and means nothing; `no`
   cannot happen and raises. Nothing outside the table decides.
3. The state is plain data, so that it can be journaled at every step.

One round: STARTING -> RUNNING -> (SETTLING -> STOPPING) -> COMPACTING -> STARTING.
A child that dies by itself goes from RUNNING to COMPACTING at once; one whose turn has
died while the process lives is given a moment (SETTLING), for a queued message of the
user may carry the session on, and is then ended in good order (STOPPING).
"""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import Any

from . import wording
from .classify import Cause, Verdict, classify
from .commands import (
    Abandon,
    Announce,
    Ask,
    Command,
    Compact,
    Deliver,
    Forward,
    Kill,
    Quit,
    SetTimer,
    Spawn,
    Terminate,
    Way,
)
from .ending import Ending, Exit, signal_name
from .events import (
    Answered,
    Compacted,
    CompactionFailed,
    Consented,
    Event,
    Exited,
    Spawned,
    SpawnFailed,
    StopRequested,
    TimerFired,
    TurnBegan,
    TurnDied,
)
from .policy import GiveUp, History, Policy, Recover, decide

GAVE_UP = 70  # sysexits.h EX_SOFTWARE; the fleet contract's "crash loop"


class Phase(Enum):
    STARTING = "starting"
    RUNNING = "running"
    SETTLING = "settling"
    STOPPING = "stopping"
    ASKING = "asking"
    COMPACTING = "compacting"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class State:
    policy: Policy = field(default_factory=Policy)
    phase: Phase = Phase.STARTING
    history: History = field(default_factory=History)
    way: Way = Way.REBUILT
    proved: bool = True  # this launch's context has shown itself in an answer
    ending: Ending | None = None  # the death that is being dealt with
    compaction: Compact | None = None  # the one under way
    returncode: int = 0  # of the last child
    stopping: bool = False  # we were asked to end: no more relaunches


Step = tuple[State, tuple[Command, ...]]
Action = Callable[[State, Any], Step]


def step(state: State, event: Event) -> Step:
    """The next state and what to do; raises Impossible for a cell that says `no`."""
    return TABLE[state.phase][type(event)](state, event)


class Impossible(Exception):
    """An event that cannot happen in this phase: a bug of ours."""


def no(state: State, event: Event) -> Step:
    raise Impossible(f"{type(event).__name__} while {state.phase.value}")


def ignore(state: State, event: Event) -> Step:
    return state, ()


def run(state: State, event: Spawned) -> Step:
    return replace(state, phase=Phase.RUNNING), ()


def refuse(state: State, event: SpawnFailed) -> Step:
    return _end(state, event.code, Announce(event.reason))


def trust(state: State, event: Answered) -> Step:
    """The model is at work: the launch has worked, and it counts as progress."""
    if state.proved:
        if not state.history.barren:
            return state, ()
        return replace(state, history=replace(state.history, barren=0)), ()
    if not event.linked:
        return _distrust(state)
    done = replace(state, proved=True, history=replace(state.history, barren=0))
    return done, (Announce(wording.took(state.way)),)


def _distrust(state: State) -> Step:
    """It answers, but not to our context: end it and go the other way."""
    if state.way is Way.PROMPT:
        return replace(state, proved=True), ()
    waiting = replace(state, phase=Phase.STOPPING, ending=None)
    return waiting, (
        Announce(wording.did_not_take(state.way)),
        Terminate(),
        SetTimer(state.policy.grace),
    )


def doubt(state: State, event: TurnDied) -> Step:
    if not classify(event.ending).is_death or state.stopping:
        return state, ()
    settling = replace(state, phase=Phase.SETTLING, ending=event.ending)
    return settling, (SetTimer(state.policy.settle),)


def resume_watching(state: State, event: TurnBegan) -> Step:
    return replace(state, phase=Phase.RUNNING, ending=None), (SetTimer(None),)


def carry_on(state: State, event: Answered) -> Step:
    """An answer while we settle: read late, or the session lives after all."""
    running, commands = trust(state, event)
    if running.phase is Phase.STOPPING:
        return running, commands
    return running, commands


def terminate(state: State, event: TimerFired) -> Step:
    """The dead turn has stayed dead."""
    assert state.ending is not None
    stopping = replace(state, phase=Phase.STOPPING)
    return stopping, (Terminate(), SetTimer(state.policy.grace))


def insist(state: State, event: TimerFired) -> Step:
    return state, (Kill(),)


def bury(state: State, event: Exited) -> Step:
    """The child is gone by itself."""
    ended = replace(state, returncode=_returncode(event.ending.exit), ending=event.ending)
    verdict = classify(event.ending)
    if state.stopping:
        return _finish(ended)
    if not state.proved and not verdict.is_death and _refused(event.ending):
        return _other_way(ended, event.ending)
    return _judge(ended, verdict)


def _refused(ending: Ending) -> bool:
    """A relaunch that Claude Code would not take, not a user who left."""
    left = {128 + number for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM)}
    code = _returncode(ending.exit)
    return code != 0 and code not in left and not ending.user_left


def _other_way(state: State, ending: Ending) -> Step:
    if state.way is Way.PROMPT or ending.error is not None:
        return _finish(state)
    told = Announce(wording.did_not_take(state.way))
    return _compact(replace(state, way=Way.PROMPT), state.history.barren, told)


def rest(state: State, event: Exited) -> Step:
    """The child that we ended is gone; what it died of was judged before."""
    before = state.ending
    ended = replace(state, returncode=_returncode(event.ending.exit))
    if state.stopping:
        return _finish(ended)
    if before is None:  # its context had not arrived: the other way
        return _compact(replace(ended, way=Way.PROMPT), state.history.barren)
    return _judge(ended, classify(before))


def _judge(state: State, verdict: Verdict) -> Step:
    assert state.ending is not None
    decision = decide(state.policy, verdict, state.history)
    told = Announce(wording.death(verdict, state.ending.facts))
    match decision:
        case Recover(hardness):
            if state.policy.ask:
                asking = replace(state, phase=Phase.ASKING)
                return asking, (SetTimer(None), told, Ask(wording.QUESTION))
            return _compact(state, hardness, told)
        case GiveUp(reason):
            gave_up = Announce(wording.gave_up(reason, state.ending.facts))
            return _end(state, GAVE_UP, told, gave_up, Deliver())
        case _:
            return _finish(state)


def _compact(state: State, hardness: int, *before: Command) -> Step:
    order = Compact(hardness, state.way)
    compacting = replace(state, phase=Phase.COMPACTING, compaction=order)
    return compacting, (SetTimer(None), *before, order)


def answer(state: State, event: Consented) -> Step:
    if event.yes:
        return _compact(state, state.history.barren)
    return _finish(state, Announce(wording.declined(state.ending)))


def relaunch(state: State, event: Compacted) -> Step:
    history = state.history
    starting = replace(
        state,
        phase=Phase.STARTING,
        compaction=None,
        ending=None,
        way=event.way,
        proved=event.session is None,
        history=History(history.relaunches + 1, history.barren + 1),
    )
    spawn = Spawn(event.session, event.way)
    return starting, (Announce(wording.relaunching(event)), spawn)


def fall_back(state: State, event: CompactionFailed) -> Step:
    """Once more without the model; if even that fails there is nothing to give."""
    order = state.compaction
    if order is not None and order.with_model:
        again = replace(order, with_model=False)
        told = Announce(wording.without_model(event.reason))
        return replace(state, compaction=again), (told, again)
    reason = wording.gave_up(event.reason, state.ending.facts if state.ending else None)
    return _end(state, GAVE_UP, Announce(reason), Deliver())


def forward(state: State, event: StopRequested) -> Step:
    return replace(state, stopping=True), (Forward(event.signal),)


def hold(state: State, event: StopRequested) -> Step:
    """The child is being ended already."""
    return replace(state, stopping=True), ()


def abandon(state: State, event: StopRequested) -> Step:
    told = Announce(wording.abandoned(signal_name(event.signal), state.ending))
    return _end(state, 128 + event.signal, Abandon(), told)


def _finish(state: State, *before: Command) -> Step:
    return _end(state, state.returncode, *before, Deliver())


def _end(state: State, code: int, *before: Command) -> Step:
    return replace(state, phase=Phase.ENDED), (SetTimer(None), *before, Quit(code))


def _returncode(exit: Exit | None) -> int:
    return exit.returncode if exit is not None else 1


EVENTS = (
    Spawned, SpawnFailed, Answered, TurnDied, TurnBegan, Exited,
    Compacted, CompactionFailed, Consented, TimerFired, StopRequested,
)  # fmt: skip

_ROWS: dict[Phase, tuple[Action, ...]] = {
    #                 Spawned Failed  Answered  TurnDied TurnBegan       Exited
    #                 Compacted CompactionFailed Consented TimerFired StopRequested
    Phase.STARTING:   (run,    refuse, no,       no,      no,              no,
                       no,      no,            no,       ignore,    forward),
    Phase.RUNNING:    (no,     no,     trust,    doubt,   ignore,          bury,
                       no,      no,            no,       ignore,    forward),
    Phase.SETTLING:   (no,     no,     carry_on, ignore,  resume_watching, bury,
                       no,      no,            no,       terminate, forward),
    Phase.STOPPING:   (no,     no,     ignore,   ignore,  ignore,          rest,
                       no,      no,            no,       insist,    hold),
    Phase.ASKING:     (no,     no,     no,       no,      no,              no,
                       no,      no,            answer,   ignore,    abandon),
    Phase.COMPACTING: (no,     no,     no,       no,      no,              no,
                       relaunch, fall_back,    no,       ignore,    abandon),
    Phase.ENDED:      (ignore, ignore, ignore,   ignore,  ignore,          ignore,
                       ignore,  ignore,        ignore,   ignore,    ignore),
}  # fmt: skip

TABLE: dict[Phase, dict[type, Action]] = {
    phase: dict(zip(EVENTS, row, strict=True)) for phase, row in _ROWS.items()
}

__all__ = ["GAVE_UP", "TABLE", "Cause", "Impossible", "Phase", "State", "step"]
