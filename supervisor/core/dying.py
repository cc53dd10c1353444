"""The machine's actions when a child is gone: what it died of, and what is decided."""

from __future__ import annotations

from dataclasses import replace

from . import commands as do
from . import events as ev
from . import wording
from .classify import Verdict, classify
from .commands import Way
from .ending import Ending, Exit, Moment
from .policy import HARDEST, Decision, Finish, GiveUp, Park, Recover, Wait, decide, too_many
from .rows import Remedy
from .state import Parking, Phase, State, Step
from .table import ASKED_TO_END, PLANNED

TURN_FAILED = 1  # what claude -p itself exits with
OTHER_WAY = {Way.RESUMED: Way.REBUILT, Way.REBUILT: Way.PROMPT}


def bury(state: State, event: ev.Exited) -> Step:
    """The child is gone by itself."""
    ended = replace(_reaped(state, event.ending), ending=event.ending)
    verdict = classify(event.ending, state.policy.own)
    if state.stopping:
        return finish(ended)
    if not state.proved and not verdict.is_death and _refused(event.ending):
        return _other_way(ended, event.ending.moment, do.Announce(wording.did_not_take(state.way)))
    return _judge(ended, verdict)


def _reaped(state: State, ending: Ending) -> State:
    spent = state.history.spent + ending.facts.cost
    history = replace(state.history, spent=spent)
    return replace(state, returncode=_returncode(ending.exit), history=history)


def _refused(ending: Ending) -> bool:
    """A relaunch that Claude Code would not take, not a user who left."""
    code = _returncode(ending.exit)
    ended_it = ending.user_left or code - 128 in ASKED_TO_END
    return code != 0 and not ended_it and ending.error is None


def _other_way(state: State, now: Moment, *before: do.Command) -> Step:
    way = OTHER_WAY.get(state.way)
    if way is None:
        return finish(state)
    limit = too_many(state.policy, state.history, now)
    if limit is not None:
        return give_up(state, GiveUp(limit), *before)
    return compact(replace(state, way=way, decision=None), Recover(state.history.barren), *before)


def rest(state: State, event: ev.Exited) -> Step:
    """The child that we ended is gone; what it died of was judged before."""
    before = state.ending
    ended = _reaped(state, event.ending)
    if state.stopping or event.ending.user_left:
        return finish(ended)
    ended = replace(ended, returncode=TURN_FAILED)  # the signal that it died of was ours
    if before is None:  # its context had not arrived: the other way
        return _other_way(ended, event.ending.moment)
    known = replace(before, moment=event.ending.moment, facts=event.ending.facts)
    return _judge(replace(ended, ending=known), classify(known, state.policy.own))


def _judge(state: State, verdict: Verdict) -> Step:
    assert state.ending is not None
    now = state.ending.moment.steady
    history = state.history
    decision = decide(state.policy, verdict, state.ending, history)
    if verdict.is_death and isinstance(decision, Recover) and verdict.row.name not in PLANNED:
        history = history.died(verdict.row.name, now)
    if verdict.remedy is Remedy.THRASH:
        history = replace(history, thrashed=history.thrashed + 1)
    judged = replace(state, verdict=verdict, decision=decision, history=history)
    when = wording.when(state.ending.moment, state.history.started, state.policy.zone)
    facts = state.ending.facts
    told = do.Announce(wording.death(verdict, facts, when))
    match decision:
        case Finish(hand=True):
            return finish(judged, do.Announce(wording.handed(verdict, facts, when)))
        case Finish():
            return finish(judged)
        case GiveUp():
            return give_up(judged, decision, told)
        case _ if state.policy.ask:
            asking = replace(judged, phase=Phase.ASKING)
            return asking, (do.SetTimer(None), told, do.Ask(wording.question(decision)))
    return carry_out(judged, decision, told)


def carry_out(state: State, decision: Decision, *before: do.Command) -> Step:
    """Do what was decided: compact or resume at once, wait, or park."""
    assert state.ending is not None
    now = state.ending.moment
    match decision:
        case Wait(seconds):
            since = state.history.waiting_since
            begun = now.steady if since is None else since
            history = replace(
                state.history,
                waits=state.history.waits + 1,
                waiting_since=begun,
                waited=state.history.waited + seconds,
            )
            waiting = replace(state, phase=Phase.WAITING, history=history)
            told = do.Announce(wording.waiting(decision))
            return waiting, (*before, told, do.SetTimer(seconds, wording.GOES_ON))
        case Park():
            parking = state.parking
            first = parking is None
            if parking is None:
                parking = Parking(now.steady)
            parked = replace(state, phase=Phase.PARKED, parking=replace(parking, probing=False))
            told = do.Announce(wording.PARKED)
            refresh = (do.Refresh(),) if first else ()
            return parked, (do.SetTimer(None), *before, told, *refresh, do.Check())
        case Recover():
            return compact(replace(state, way=_way(state, decision)), decision, *before)
    return finish(state, *before)


def _way(state: State, decision: Recover) -> Way:
    if decision.resume:
        return Way.RESUMED
    return Way.REBUILT if state.way is Way.RESUMED else state.way


def compact(state: State, decision: Recover, *before: do.Command) -> Step:
    at_rest = state.ending is not None and state.ending.at_rest
    hardness, with_model = min(decision.hardness, HARDEST), not decision.facts_only
    order = do.Compact(hardness, state.way, with_model, decision.culprit, at_rest)
    compacting = replace(state, phase=Phase.COMPACTING, compaction=order)
    return compacting, (do.SetTimer(None), *before, order)


def give_up(state: State, decision: GiveUp, *before: do.Command) -> Step:
    facts = state.ending.facts if state.ending else None
    told = do.Announce(wording.gave_up(decision.reason, facts))
    return end(state, decision.code, *before, told, do.Deliver())


def finish(state: State, *before: do.Command) -> Step:
    return end(state, state.returncode, *before, do.Deliver())


def end(state: State, code: int, *before: do.Command) -> Step:
    return replace(state, phase=Phase.ENDED), (do.SetTimer(None), *before, do.Quit(code))


def _returncode(exit: Exit | None) -> int:
    return exit.returncode if exit is not None else 1
