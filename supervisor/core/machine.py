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
from dataclasses import replace

from . import commands as do
from . import events as ev
from . import wording
from .classify import Verdict, classify
from .commands import Way
from .ending import Ending, Exit, signal_name
from .policy import GiveUp, History, Recover, decide, too_many
from .state import Action, Impossible, Phase, State, Step

ASKED_TO_END = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})
GAVE_UP = 70  # sysexits.h EX_SOFTWARE; the fleet contract's "crash loop"


def step(state: State, event: ev.Event) -> Step:
    """The next state and what to do; raises Impossible for a cell that says `no`."""
    return TABLE[state.phase][type(event)](state, event)


def no(state: State, event: ev.Event) -> Step:
    raise Impossible(f"{type(event).__name__} while {state.phase.value}")


def ignore(state: State, event: ev.Event) -> Step:
    return state, ()


def run(state: State, event: ev.Spawned) -> Step:
    return replace(state, phase=Phase.RUNNING), ()


def refuse(state: State, event: ev.SpawnFailed) -> Step:
    return _end(state, event.code, do.Announce(event.reason))


def trust(state: State, event: ev.Answered) -> Step:
    """The model is at work: the launch has worked, and it counts as progress."""
    if not state.proved and not event.linked:
        return _distrust(state)
    done = replace(state, proved=True, history=replace(state.history, barren=0))
    return done, () if state.proved else (do.Announce(wording.took(state.way)),)


def _distrust(state: State) -> Step:
    """It answers, but not to our context: end it and go the other way."""
    if state.way is Way.PROMPT:
        return replace(state, proved=True), ()
    told = do.Announce(wording.did_not_take(state.way))
    waiting = replace(state, phase=Phase.STOPPING, ending=None)
    return waiting, (told, do.Terminate(), do.SetTimer(state.policy.grace))


def doubt(state: State, event: ev.TurnDied) -> Step:
    if not classify(event.ending).is_death or state.stopping:
        return state, ()
    settling = replace(state, phase=Phase.SETTLING, ending=event.ending)
    return settling, (do.SetTimer(state.policy.settle),)


def doubt_again(state: State, event: ev.TurnDied) -> Step:
    """Another error has taken the place of the one that we are waiting on."""
    if classify(event.ending).is_death:
        return replace(state, ending=event.ending), ()
    return resume_watching(state, ev.TurnBegan())


def resume_watching(state: State, event: ev.TurnBegan) -> Step:
    return replace(state, phase=Phase.RUNNING, ending=None), (do.SetTimer(None),)


def terminate(state: State, event: ev.TimerFired) -> Step:
    """The dead turn has stayed dead."""
    return replace(state, phase=Phase.STOPPING), (do.Terminate(), do.SetTimer(state.policy.grace))


def insist(state: State, event: ev.TimerFired) -> Step:
    return state, (do.Kill(),)


def bury(state: State, event: ev.Exited) -> Step:
    """The child is gone by itself."""
    ended = replace(state, returncode=_returncode(event.ending.exit), ending=event.ending)
    verdict = classify(event.ending)
    if state.stopping:
        return _finish(ended)
    if not state.proved and not verdict.is_death and _refused(event.ending):
        if state.way is Way.PROMPT:
            return _finish(ended)
        return _other_way(ended, do.Announce(wording.did_not_take(state.way)))
    return _judge(ended, verdict)


def _refused(ending: Ending) -> bool:
    """A relaunch that Claude Code would not take, not a user who left."""
    code = _returncode(ending.exit)
    ended_it = ending.user_left or code - 128 in ASKED_TO_END
    return code != 0 and not ended_it and ending.error is None


def _other_way(state: State, *before: do.Command) -> Step:
    limit = too_many(state.policy, state.history)
    if limit is not None:
        return _give_up(state, limit, *before)
    return _compact(replace(state, way=Way.PROMPT), state.history.barren, *before)


def rest(state: State, event: ev.Exited) -> Step:
    """The child that we ended is gone; what it died of was judged before."""
    before = state.ending
    ended = replace(state, returncode=_returncode(event.ending.exit))
    if state.stopping or event.ending.user_left:
        return _finish(ended)
    if before is None:  # its context had not arrived: the other way
        return _other_way(ended)
    return _judge(ended, classify(before))


def _judge(state: State, verdict: Verdict) -> Step:
    assert state.ending is not None
    decision = decide(state.policy, verdict, state.history)
    told = do.Announce(wording.death(verdict, state.ending.facts))
    match decision:
        case Recover(hardness):
            if state.policy.ask:
                asking = replace(state, phase=Phase.ASKING)
                return asking, (do.SetTimer(None), told, do.Ask(wording.QUESTION))
            return _compact(state, hardness, told)
        case GiveUp(reason):
            return _give_up(state, reason, told)
        case _:
            return _finish(state)


def _compact(state: State, hardness: int, *before: do.Command) -> Step:
    order = do.Compact(hardness, state.way)
    compacting = replace(state, phase=Phase.COMPACTING, compaction=order)
    return compacting, (do.SetTimer(None), *before, order)


def answer(state: State, event: ev.Consented) -> Step:
    if event.yes:
        return _compact(state, state.history.barren)
    return _finish(state, do.Announce(wording.declined(state.ending)))


def relaunch(state: State, event: ev.Compacted) -> Step:
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
    spawn = do.Spawn(event.session, event.way)
    return starting, (do.Announce(wording.relaunching(event)), spawn)


def fall_back(state: State, event: ev.CompactionFailed) -> Step:
    """Once more without the model; if even that fails there is nothing to give."""
    order = state.compaction
    if order is not None and order.with_model:
        again = replace(order, with_model=False)
        told = do.Announce(wording.without_model(event.reason))
        return replace(state, compaction=again), (told, again)
    return _give_up(state, event.reason)


def forward(state: State, event: ev.StopRequested) -> Step:
    return replace(state, stopping=True), (do.Forward(event.signal),)


def hold(state: State, event: ev.StopRequested) -> Step:
    """The child is being ended already."""
    return replace(state, stopping=True), ()


def abandon(state: State, event: ev.StopRequested) -> Step:
    told = do.Announce(wording.abandoned(signal_name(event.signal), state.ending))
    return _end(state, 128 + event.signal, do.Abandon(), told)


def _give_up(state: State, reason: str, *before: do.Command) -> Step:
    told = do.Announce(wording.gave_up(reason, state.ending.facts if state.ending else None))
    return _end(state, GAVE_UP, *before, told, do.Deliver())


def _finish(state: State, *before: do.Command) -> Step:
    return _end(state, state.returncode, *before, do.Deliver())


def _end(state: State, code: int, *before: do.Command) -> Step:
    return replace(state, phase=Phase.ENDED), (do.SetTimer(None), *before, do.Quit(code))


def _returncode(exit: Exit | None) -> int:
    return exit.returncode if exit is not None else 1


EVENTS = (
    ev.Spawned, ev.SpawnFailed, ev.Answered, ev.TurnDied, ev.TurnBegan, ev.Exited,
    ev.Compacted, ev.CompactionFailed, ev.Consented, ev.TimerFired, ev.StopRequested,
)  # fmt: skip

_ROWS: dict[Phase, tuple[Action, ...]] = {
    #                 Spawned Failed  Answered  TurnDied TurnBegan       Exited
    #                 Compacted CompactionFailed Consented TimerFired StopRequested
    Phase.STARTING:   (run,    refuse, no,       no,      no,              no,
                       no,      no,            no,       ignore,    forward),
    Phase.RUNNING:    (no,     no,     trust,    doubt,   ignore,          bury,
                       no,      no,            no,       ignore,    forward),
    Phase.SETTLING:   (no,     no,     trust,    doubt_again, resume_watching, bury,
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

__all__ = ["GAVE_UP", "TABLE", "Impossible", "Phase", "State", "step"]
