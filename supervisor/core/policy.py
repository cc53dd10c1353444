"""decide(policy, verdict, ending, history) -> Decision: what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import tzinfo

from .backoff import delay, duration
from .classify import Verdict
from .ending import Ending, Moment
from .resets import reset_time
from .rows import Remedy, Row
from .table import PLANNED

GAVE_UP = 70  # sysexits.h EX_SOFTWARE; the fleet contract's "crash loop"
TRY_LATER = 75  # EX_TEMPFAIL
NO_CREDENTIALS = 77  # EX_NOPERM

HARDEST = 2  # a compaction that keeps a quarter
SOON = 60.0  # s after its start; a crash within them counts as the same crash again
AFTER_RESET = 20.0  # s; a limit's end is told in whole minutes
UNTOLD_RESET = 900.0  # s between two tries where a limit does not say when it ends


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's limits.

    Deaths without progress are counted by cause in a window (5 in 30 minutes, in the manner
    of s6-permafailon); `max_barren` holds whatever the cause and however slow the deaths, for
    a limit on deaths in a time span never fires once they are slow enough. Zero switches a
    limit of time or money off.
    """

    ask: bool = False
    max_barren: int = 8  # relaunches in a row after which the model never answered
    max_relaunches: int = 50  # in all, whatever the progress
    max_deaths: int = 5  # of one cause without progress, in `death_window`
    death_window: float = 1800.0  # s
    max_wait: float = 6 * 3600.0  # s of waiting for the service, without an answer
    max_reset: float = 24 * 3600.0  # s until a stated reset that is still waited for
    max_park: float = 12 * 3600.0  # s of waiting for credentials
    max_time: float = 0.0  # s since the first launch, after which nothing is relaunched
    max_cost: float = 0.0  # US dollars, likewise
    settle: float = 0.6  # s; a queued prompt of the user follows a dead turn at once
    grace: float = 10.0  # s between SIGTERM and SIGKILL; 0.14 to 0.45 s is measured
    stop_grace: float = 25.0  # s, when ccsup itself was asked to end; below the fleet's 30 s
    zone: tzinfo | None = None  # the user's, for a reset that names none
    own: tuple[Row, ...] = ()  # the user's rows of the table


@dataclass(frozen=True, slots=True)
class Death:
    """One death since the last progress."""

    cause: str
    at: float  # steady seconds


@dataclass(frozen=True, slots=True)
class History:
    """What the run has been through; all but the sums is forgotten at an answer."""

    relaunches: int = 0
    barren: int = 0  # relaunches after a death, since the model last answered
    deaths: tuple[Death, ...] = ()
    resumed: bool = False  # the last relaunch worked the same session up again
    waits: int = 0  # in a row
    waiting_since: float | None = None  # steady seconds
    waited: float = 0.0  # s that were asked for since then; a clock may lie, a sum does not
    thrashed: int = 0  # in all
    spent: float = 0.0  # US dollars, as far as known
    started: float | None = None  # steady seconds of the first launch

    def answered(self) -> History:
        """After an answer of the model: progress."""
        return replace(self, barren=0, deaths=(), waits=0, waiting_since=None, waited=0)

    def died(self, cause: str, at: float) -> History:
        return replace(self, deaths=(*self.deaths, Death(cause, at)))


@dataclass(frozen=True, slots=True)
class Finish:
    """The child's ending is the run's ending; `hand`: and the user has to do something."""

    hand: bool = False


@dataclass(frozen=True, slots=True)
class Recover:
    """Relaunch: resume the same session, or compact.

    `hardness` 0 is gentle, each step halves what is kept; `facts_only`: no model is asked.
    """

    hardness: int = 0
    resume: bool = False
    facts_only: bool = False
    culprit: bool = False  # name what fills the context


@dataclass(frozen=True, slots=True)
class Wait:
    """Wait, then resume the same session."""

    seconds: float
    until: float | None = None  # epoch seconds, where a reset is stated


@dataclass(frozen=True, slots=True)
class Park:
    """Wait for good credentials, then resume."""


@dataclass(frozen=True, slots=True)
class GiveUp:
    reason: str
    code: int = GAVE_UP


Decision = Finish | Recover | Wait | Park | GiveUp


def decide(policy: Policy, verdict: Verdict, ending: Ending, history: History) -> Decision:
    """`history` holds the deaths before this one."""
    if not verdict.is_death:
        return Finish(hand=verdict.remedy is Remedy.HAND)
    limit = too_many(policy, history, ending.moment)
    if limit is not None:
        return GiveUp(limit)
    match verdict.remedy:
        case Remedy.WAIT | Remedy.RESET:
            return _wait(policy, verdict, ending, history)
        case Remedy.PARK:
            return Park()
        case Remedy.THRASH if history.thrashed:
            return GiveUp("the context fills up again at once, for the second time")
        case Remedy.THRASH:
            return Recover(culprit=True)
    deaths = same_deaths(policy, history, verdict.row.name, ending.moment.steady) + 1
    if deaths >= policy.max_deaths and verdict.row.name not in PLANNED:
        counted = "1 death" if deaths == 1 else f"{deaths} deaths"
        return GiveUp(f"{counted} without progress ({verdict.row.name})")
    if history.barren >= policy.max_barren:
        return GiveUp(f"{history.barren} relaunches in a row brought no answer from the model")
    return _relaunch(verdict, ending, history)


def same_deaths(policy: Policy, history: History, cause: str, now: float) -> int:
    """Deaths of this cause without progress, within the window that ends now."""
    start = now - policy.death_window
    return sum(death.cause == cause and death.at >= start for death in history.deaths)


def _relaunch(verdict: Verdict, ending: Ending, history: History) -> Recover:
    """The ladder: resume, compact, compact harder, the task and the facts alone."""
    again = history.resumed and (history.barren > 0 or ending.uptime < SOON)
    if verdict.remedy is Remedy.RESUME and not again and not history.barren:
        return Recover(resume=True)
    rung = max(0, history.barren - (1 if verdict.remedy is Remedy.RESUME else 0))
    culprit = verdict.row.of_size and history.barren > 0
    return Recover(min(rung, HARDEST), facts_only=rung > HARDEST - 1, culprit=culprit)


def _wait(policy: Policy, verdict: Verdict, ending: Ending, history: History) -> Decision:
    now = ending.moment
    since = history.waiting_since if history.waiting_since is not None else now.steady
    waited = max(history.waited, now.steady - since)
    until = None
    if verdict.remedy is Remedy.RESET:
        error = ending.error
        reset = reset_time(error.text, error.at or now.wall, policy.zone) if error else None
        until = reset + AFTER_RESET if reset is not None else None
        seconds = until - now.wall if until is not None else UNTOLD_RESET
        if until is not None and seconds <= AFTER_RESET / 2:  # it should be over, and is not
            until, seconds = None, delay(history.waits, now.chance)
    else:
        seconds = delay(history.waits, now.chance)
    started = now.steady if history.started is None else history.started
    if policy.max_time and now.steady - started + seconds >= policy.max_time:
        return GiveUp(f"{verdict.row.name}: waiting would pass the time of the run", TRY_LATER)
    longest = policy.max_wait if until is None else max(policy.max_wait, policy.max_reset)
    if waited + seconds > longest:
        most = f"{duration(longest)}, the most that is waited"
        return GiveUp(f"{verdict.row.name}, and it would take longer than {most}", TRY_LATER)
    return Wait(max(0.0, seconds), until)


def too_many(policy: Policy, history: History, now: Moment) -> str | None:
    """Why there may be no more relaunches, if so."""
    if history.relaunches >= policy.max_relaunches:
        return f"{history.relaunches} relaunches, the most that is allowed"
    started = history.started
    if policy.max_time and started is not None and now.steady - started >= policy.max_time:
        return f"the run has had its {duration(policy.max_time)}"
    if policy.max_cost and history.spent >= policy.max_cost:
        return f"the run has cost ${history.spent:.2f}, of ${policy.max_cost:.2f} that are allowed"
    return None
