"""The machine's actions while the child lives."""

from __future__ import annotations

import signal
from dataclasses import replace

from . import commands as do
from . import events as ev
from . import wording
from .classify import classify
from .commands import Way
from .dying import end
from .state import Phase, State, Step

INTERRUPT_GRACE = 5.0  # s for a child that stands still to hear SIGINT


def run(state: State, event: ev.Spawned) -> Step:
    return replace(state, phase=Phase.RUNNING), ()


def refuse(state: State, event: ev.SpawnFailed) -> Step:
    return end(state, event.code, do.Announce(event.reason))


def trust(state: State, event: ev.Answered) -> Step:
    """The model is at work: the launch has worked, and it counts as progress."""
    if not state.proved and not event.linked and state.way is not Way.RESUMED:
        return _distrust(state)
    done = replace(state, proved=True, parking=None, history=state.history.answered())
    return done, () if state.proved else (do.Announce(wording.took(state.way)),)


def _distrust(state: State) -> Step:
    """It answers, but not to our context: end it and go the other way."""
    if state.way is not Way.REBUILT:
        return replace(state, proved=True), ()
    told = do.Announce(wording.did_not_take(state.way))
    waiting = replace(state, phase=Phase.STOPPING, ending=None, verdict=None, urged=1)
    return waiting, (told, do.Terminate(), do.SetTimer(state.policy.grace))


def doubt(state: State, event: ev.TurnDied) -> Step:
    if not classify(event.ending, state.policy.own).is_death or state.stopping:
        return state, ()
    settling = replace(state, phase=Phase.SETTLING, ending=event.ending)
    return settling, (do.SetTimer(state.policy.settle),)


def doubt_again(state: State, event: ev.TurnDied) -> Step:
    """Another error has taken the place of the one that we are waiting on."""
    if classify(event.ending, state.policy.own).is_death:
        return replace(state, ending=event.ending), ()
    return resume_watching(state, ev.TurnBegan())


def resume_watching(state: State, event: ev.TurnBegan) -> Step:
    return replace(state, phase=Phase.RUNNING, ending=None), (do.SetTimer(None),)


def terminate(state: State, event: ev.TimerFired) -> Step:
    """The dead turn has stayed dead."""
    stopping = replace(state, phase=Phase.STOPPING, urged=1)
    return stopping, (do.Terminate(), do.SetTimer(state.policy.grace))


def condemn(state: State, event: ev.Condemned) -> Step:
    """A ward wants it ended. What stands still is interrupted before it is terminated."""
    if state.stopping:
        return state, ()
    stopping = replace(state, phase=Phase.STOPPING, ending=event.ending, urged=0)
    if event.ending.condemned == "hang":
        return stopping, (do.Interrupt(), do.SetTimer(INTERRUPT_GRACE))
    return terminate(stopping, ev.TimerFired())


def insist(state: State, event: ev.TimerFired) -> Step:
    if state.urged == 0:
        return terminate(state, event)
    return replace(state, urged=state.urged + 1), (do.Kill(), do.SetTimer(state.policy.grace))


def end_it(state: State, event: ev.TimerFired) -> Step:
    """We were asked to end, and the child has had its time."""
    if not state.stopping:
        return state, ()
    return state, (do.Kill(), do.SetTimer(state.policy.grace))


def forward(state: State, event: ev.StopRequested) -> Step:
    """To the child, as it should be; then it has a bounded time.

    A first Ctrl-C has none: what it means is the child's affair.
    """
    return forward_early(replace(state, phase=Phase.RUNNING), event)


def forward_early(state: State, event: ev.StopRequested) -> Step:
    """Before the child is known to run; `forward` sets the phase of one that does."""
    stopping = replace(state, stopping=True)
    told = do.Forward(event.signal)
    if event.signal == signal.SIGINT and not state.stopping:
        return stopping, (do.SetTimer(None), told)
    return stopping, (told, do.SetTimer(state.policy.stop_grace))


def hold(state: State, event: ev.StopRequested) -> Step:
    """The child is being ended already."""
    return replace(state, stopping=True), ()
