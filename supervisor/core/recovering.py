"""The machine's actions between two children: ask, wait, park, prepare, relaunch."""

from __future__ import annotations

from dataclasses import replace

from . import commands as do
from . import events as ev
from . import wording
from .backoff import duration, probe_delay
from .commands import Way
from .dying import carry_out, compact, end, finish, give_up
from .ending import Moment, signal_name
from .policy import NO_CREDENTIALS, GiveUp, Recover, too_many
from .state import Parking, Phase, State, Step

REFRESHED = "refreshed"  # the state of a look that the user's own command has made good
LOOK_AGAIN = 30.0  # s between two looks at the credentials; none of them reaches Bedrock
TRIED_AT_ONCE = 5  # changes of them; credentials that are others at every look prove nothing


def answer(state: State, event: ev.Consented) -> Step:
    if event.yes and state.decision is not None:
        return carry_out(state, state.decision)
    return finish(state, do.Announce(wording.declined(state.ending)))


def go_on(state: State, event: ev.TimerFired) -> Step:
    """The wait is over."""
    limit = too_many(state.policy, state.history, event.moment)
    if limit is not None:
        return give_up(state, GiveUp(limit))
    return compact(replace(state, way=Way.RESUMED), Recover(resume=True))


def look(state: State, event: ev.TimerFired) -> Step:
    """Are the credentials good again?"""
    if failed := _too_long(state, event.moment):
        return failed
    return state, (do.Check(),)


def weigh(state: State, event: ev.Checked) -> Step:
    """A look at the credentials has come back.

    Only those that have changed are tried at once; for others a small request asks, at
    growing distances, for a proxy or a bearer token shows no change. (An assumed role has a
    new fingerprint at every look: there the state counts.)
    """
    parking = state.parking
    assert parking is not None
    if failed := _too_long(state, event.moment):
        return failed
    now = event.moment.steady
    if event.state == REFRESHED:
        return _probe(state, parking, now)  # there is one refresh command a parking
    if parking.probing:
        if event.state == "good":
            told = do.Announce(wording.CREDENTIALS_GOOD)
            tried = replace(parking, probing=False, fingerprint=event.fingerprint)
            done = replace(state, parking=tried)
            return compact(replace(done, way=Way.RESUMED), Recover(resume=True), told)
        if event.state == "denied":
            return give_up(state, GiveUp(event.told, NO_CREDENTIALS))
        parking = replace(parking, probing=False, fingerprint=event.fingerprint)
        return _wait_on(state, parking, event.moment, event.told)
    known = parking.next_probe > 0
    changed = known and event.state == "unknown" and event.fingerprint != parking.fingerprint
    renewed = known and parking.expired
    fresh = parking.probes == 0 and event.state == "good"
    due = known and now >= parking.next_probe
    at_once = (changed or renewed) and parking.probes < TRIED_AT_ONCE
    if event.state != "expired" and (at_once or fresh or due):
        return _probe(state, parking, now)
    parking = replace(parking, expired=event.state == "expired")
    if not known:
        parking = replace(parking, fingerprint=event.fingerprint, next_probe=now + probe_delay(0))
    return _wait_on(state, parking, event.moment, event.told)


def _probe(state: State, parking: Parking, now: float) -> Step:
    probes = parking.probes + 1
    later = now + probe_delay(probes)
    asked = replace(parking, probing=True, probes=probes, next_probe=later, expired=False)
    return replace(state, parking=asked), (do.SetTimer(None), do.Check(probe=True))


def _wait_on(state: State, parking: Parking, now: Moment, told: str = "") -> Step:
    about = f"{told.rstrip('.')}; " if told else ""
    left = state.policy.max_park - (now.steady - parking.since)
    pause = min(LOOK_AGAIN, max(1.0, left))
    waiting = do.SetTimer(pause, f"{about}looking at the credentials again in")
    return replace(state, parking=replace(parking, waited=parking.waited + pause)), (waiting,)


def _too_long(state: State, now: Moment) -> Step | None:
    over = too_many(state.policy, state.history, now)
    if over is not None:
        return give_up(state, GiveUp(over))
    parking, limit = state.parking, state.policy.max_park
    if parking is None:
        return None
    if max(now.steady - parking.since, parking.waited) < limit:
        return None
    reason = f"the credentials were not renewed within {duration(limit)}"
    return give_up(state, GiveUp(reason, NO_CREDENTIALS))


def relaunch(state: State, event: ev.Compacted) -> Step:
    before = state.history
    waited = not isinstance(state.decision, Recover) and state.decision is not None
    history = replace(
        before,
        relaunches=before.relaunches + (not waited),
        barren=before.barren + (not waited),
        resumed=event.way is Way.RESUMED,
        spent=before.spent + event.cost,
    )
    starting = replace(
        state,
        phase=Phase.STARTING,
        compaction=None,
        ending=None,
        verdict=None,
        decision=None,
        way=event.way,
        proved=event.session is None,
        history=history,
    )
    spawn = do.Spawn(event.session, event.way)
    return starting, (do.Announce(wording.relaunching(event)), spawn)


def fall_back(state: State, event: ev.CompactionFailed) -> Step:
    """Once more without the model; if even that fails there is nothing to give."""
    order = state.compaction
    if order is not None and order.way is Way.RESUMED:
        rebuilt = replace(order, way=Way.REBUILT)
        told = do.Announce(wording.cannot_resume(event.reason))
        return replace(state, way=Way.REBUILT, compaction=rebuilt), (told, rebuilt)
    if order is not None and order.with_model:
        again = replace(order, with_model=False)
        told = do.Announce(wording.without_model(event.reason))
        return replace(state, compaction=again), (told, again)
    return give_up(state, GiveUp(event.reason))


def abandon(state: State, event: ev.StopRequested) -> Step:
    told = do.Announce(wording.abandoned(signal_name(event.signal), state.ending))
    return end(state, 128 + event.signal, do.Abandon(), told)


__all__ = ["abandon", "answer", "fall_back", "go_on", "look", "relaunch", "weigh"]
