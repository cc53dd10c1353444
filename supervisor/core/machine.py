"""step(state, event) -> (state, commands): where the run is now.

Rules of the machine:

1. Everything that decides where a run stands is here and in the three rooms of its actions
   (living, dying, recovering); nothing of it knows a clock, a file, a process or a terminal.
   Time arrives in events, effects leave as commands.
2. Each cell of TABLE is a named action. `ignore` may happen and means nothing; `no`
   cannot happen and raises. Nothing outside the table decides.
3. The state is plain data, so that it can be journaled at every step.

One round: STARTING -> RUNNING -> (SETTLING -> STOPPING) -> COMPACTING -> STARTING.
A child that dies by itself goes from RUNNING on at once; one whose turn has died while the
process lives is given a moment (SETTLING), for a queued message of the user may carry the
session on, and is then ended in good order (STOPPING). What was decided about the death may
want the user (ASKING), time (WAITING) or credentials (PARKED) first; COMPACTING also stands
for the look at a session that is to be resumed as it is.
"""

from __future__ import annotations

from . import events as ev
from .dying import bury, rest
from .living import (
    condemn,
    doubt,
    doubt_again,
    end_it,
    forward,
    forward_early,
    hold,
    insist,
    refuse,
    resume_watching,
    run,
    terminate,
    trust,
)
from .policy import GAVE_UP
from .recovering import abandon, answer, fall_back, go_on, look, relaunch, weigh
from .state import Action, Impossible, Phase, State, Step


def step(state: State, event: ev.Event) -> Step:
    """The next state and what to do; raises Impossible for a cell that says `no`."""
    return TABLE[state.phase][type(event)](state, event)


def no(state: State, event: ev.Event) -> Step:
    raise Impossible(f"{type(event).__name__} while {state.phase.value}")


def ignore(state: State, event: ev.Event) -> Step:
    return state, ()


EVENTS = (
    ev.Spawned, ev.SpawnFailed, ev.Answered, ev.TurnDied, ev.TurnBegan, ev.Condemned, ev.Exited,
    ev.Compacted, ev.CompactionFailed, ev.Consented, ev.TimerFired, ev.Checked, ev.StopRequested,
)  # fmt: skip

_ROWS: dict[Phase, tuple[Action, ...]] = {
    #                 Spawned Failed  Answered  TurnDied     TurnBegan        Condemned Exited
    #                 Compacted CompactionFailed Consented TimerFired  Checked StopRequested
    Phase.STARTING:   (run,    refuse, no,       no,          no,              no,      no,
                       no,      no,            no,        ignore,      ignore, forward_early),
    Phase.RUNNING:    (no,     no,     trust,    doubt,       ignore,          condemn, bury,
                       no,      no,            no,        end_it,      ignore, forward),
    Phase.SETTLING:   (no,     no,     trust,    doubt_again, resume_watching, ignore,  bury,
                       no,      no,            no,        terminate,   ignore, forward),
    Phase.STOPPING:   (no,     no,     ignore,   ignore,      ignore,          ignore,  rest,
                       no,      no,            no,        insist,      ignore, hold),
    Phase.ASKING:     (no,     no,     no,       no,          no,              no,      no,
                       no,      no,            answer,    ignore,      ignore, abandon),
    Phase.WAITING:    (no,     no,     no,       no,          no,              no,      no,
                       no,      no,            no,        go_on,       ignore, abandon),
    Phase.PARKED:     (no,     no,     no,       no,          no,              no,      no,
                       no,      no,            no,        look,        weigh,  abandon),
    Phase.COMPACTING: (no,     no,     no,       no,          no,              no,      no,
                       relaunch, fall_back,    no,        ignore,      ignore, abandon),
    Phase.ENDED:      (ignore, ignore, ignore,   ignore,      ignore,          ignore,  ignore,
                       ignore,  ignore,        ignore,    ignore,      ignore, ignore),
}  # fmt: skip

TABLE: dict[Phase, dict[type, Action]] = {
    phase: dict(zip(EVENTS, row, strict=True)) for phase, row in _ROWS.items()
}

__all__ = ["GAVE_UP", "TABLE", "Impossible", "Phase", "State", "step"]
