"""decide(policy, verdict, history) -> Decision: what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from .classify import Verdict


@dataclass(frozen=True, slots=True)
class Policy:
    """The user's limits. One bound decides: deaths without progress.

    A limit on starts in a time span would never fire once the waits are long
    enough (systemd's backoff and start limit cancel each other that way).
    """

    ask: bool = False
    max_barren: int = 3  # relaunches in a row after which the model never answered
    max_relaunches: int = 50  # in all, whatever the progress
    settle: float = 0.6  # s; a queued prompt of the user follows a dead turn at once
    grace: float = 10.0  # s between SIGTERM and SIGKILL; 0.14 to 0.45 s is measured


@dataclass(frozen=True, slots=True)
class History:
    relaunches: int = 0
    barren: int = 0  # relaunches since the model last answered


@dataclass(frozen=True, slots=True)
class Finish:
    """The child's ending is the run's ending."""


@dataclass(frozen=True, slots=True)
class Recover:
    """Compact and relaunch; `hardness` 0 is gentle, each step halves what is kept."""

    hardness: int


@dataclass(frozen=True, slots=True)
class GiveUp:
    reason: str


Decision = Finish | Recover | GiveUp


def decide(policy: Policy, verdict: Verdict, history: History) -> Decision:
    if not verdict.is_death:
        return Finish()
    if history.barren >= policy.max_barren:
        return GiveUp(f"{history.barren} relaunches in a row brought no answer from the model")
    limit = too_many(policy, history)
    return Recover(hardness=history.barren) if limit is None else GiveUp(limit)


def too_many(policy: Policy, history: History) -> str | None:
    """Why there may be no more relaunches, if so."""
    if history.relaunches < policy.max_relaunches:
        return None
    return f"{history.relaunches} relaunches, the most that is allowed"
