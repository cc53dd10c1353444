"""What is decided, as a table."""

from __future__ import annotations

import pytest

from supervisor.core.classify import Cause, Verdict
from supervisor.core.policy import Decision, Finish, GiveUp, History, Policy, Recover, decide

POLICY = Policy(max_barren=3, max_relaunches=5)
DEATHS = [Cause.OUT_OF_MEMORY, Cause.KILLED]


def decided(relaunches: int, barren: int, cause: Cause = DEATHS[0]) -> Decision:
    return decide(POLICY, Verdict(cause, "evidence"), History(relaunches, barren))


@pytest.mark.parametrize("cause", DEATHS)
@pytest.mark.parametrize(
    ("relaunches", "barren", "hardness"), [(0, 0, 0), (1, 1, 1), (2, 2, 2), (4, 0, 0), (4, 1, 1)]
)
def test_a_death_is_recovered(cause: Cause, relaunches: int, barren: int, hardness: int) -> None:
    assert decided(relaunches, barren, cause) == Recover(hardness)


@pytest.mark.parametrize("cause", sorted(set(Cause) - set(DEATHS), key=str))
@pytest.mark.parametrize(("relaunches", "barren"), [(0, 0), (3, 3), (5, 0), (9, 9)])
def test_what_is_no_death_is_the_end_of_the_run(cause: Cause, relaunches: int, barren: int) -> None:
    assert decided(relaunches, barren, cause) == Finish()


@pytest.mark.parametrize(
    ("relaunches", "barren", "reason"),
    [
        (3, 3, "3 relaunches in a row brought no answer"),
        (4, 4, "4 relaunches in a row brought no answer"),
        (5, 0, "5 relaunches, the most that is allowed"),
        (6, 1, "6 relaunches, the most that is allowed"),
        (5, 3, "3 relaunches in a row brought no answer"),
    ],
)
def test_a_limit_that_is_reached_is_the_reason_to_give_up(
    relaunches: int, barren: int, reason: str
) -> None:
    decision = decided(relaunches, barren)
    assert isinstance(decision, GiveUp)
    assert reason in decision.reason


def test_a_limit_of_none_allows_none() -> None:
    for policy in (Policy(max_barren=0), Policy(max_relaunches=0)):
        decision = decide(policy, Verdict(Cause.KILLED, ""), History())
        assert isinstance(decision, GiveUp)


def test_to_ask_is_not_to_decide() -> None:
    verdict = Verdict(Cause.KILLED, "")
    assert decide(Policy(ask=True), verdict, History()) == decide(Policy(), verdict, History())


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert Policy() == Policy(False, max_barren=3, max_relaunches=50, settle=0.6, grace=10.0)
