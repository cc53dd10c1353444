"""What is decided, as tables."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from supervisor.core.classify import Verdict, classify
from supervisor.core.ending import ApiError, Ending, Exit, Moment, SessionFacts
from supervisor.core.policy import (
    AFTER_RESET,
    GAVE_UP,
    TRY_LATER,
    UNTOLD_RESET,
    Death,
    Decision,
    Finish,
    GiveUp,
    History,
    Park,
    Policy,
    Recover,
    Wait,
    decide,
    same_deaths,
    too_many,
)
from supervisor.core.rows import Remedy
from supervisor.core.table import PLANNED, ROWS, WARDS

NOON = 1_760_011_200.0  # 2025-10-09 12:00 UTC
NOW = Moment(steady=10_000.0, wall=NOON)
HOUR = 3600.0
OLD = 3600.0  # s of uptime; a crash after them is a new one
VERDICTS = {row.name: Verdict(row, "evidence") for row in ROWS}
CRASH, OOM = VERDICTS["silent exit"], VERDICTS["out of memory"]
RECOVERED = [row for row in ROWS if row.remedy in (Remedy.RESUME, Remedy.COMPACT)]
WAITED = [row for row in ROWS if row.remedy in (Remedy.WAIT, Remedy.RESET)]
LEFT = [row for row in ROWS if row.remedy in (Remedy.FINISH, Remedy.HAND)]
DEAD = Ending(Exit(code=1), turn_open=True, uptime=OLD, moment=NOW)


def deaths(count: int, cause: str = CRASH.row.name, at: float = NOW.steady) -> tuple[Death, ...]:
    return (Death(cause, at),) * count


def decided(
    verdict: Verdict, history: History | None = None, policy: Policy | None = None
) -> Decision:
    return decide(policy or Policy(), verdict, DEAD, history or History())


def limited(text: str, *, at: float | None = None) -> tuple[Verdict, Ending]:
    ended = replace(DEAD, error=ApiError(text, at=at))
    return classify(ended), ended


# What is no death.


@pytest.mark.parametrize("row", LEFT, ids=lambda row: row.name)
@pytest.mark.parametrize("relaunches", [0, 50, 99])
def test_what_is_no_death_is_the_end_of_the_run(row: object, relaunches: int) -> None:
    verdict = Verdict(row, "")  # type: ignore[arg-type]
    tired = History(relaunches, relaunches, deaths(9), thrashed=9, spent=99.0)
    hand = verdict.remedy is Remedy.HAND
    assert decided(verdict, tired) == Finish(hand=hand)


# The ladder.


def climb(verdict: Verdict) -> list[Decision]:
    """What is decided about the same death again and again, without an answer."""
    history, told = History(), []
    for _ in range(9):
        decision = decided(verdict, history)
        told.append(decision)
        if not isinstance(decision, Recover):
            break
        history = replace(
            history.died(verdict.row.name, NOW.steady),
            relaunches=history.relaunches + 1,
            barren=history.barren + 1,
            resumed=decision.resume,
        )
    return told


def test_a_crash_is_resumed_compacted_harder_and_harder_and_given_up_at_the_fifth() -> None:
    assert climb(CRASH) == [
        Recover(resume=True),
        Recover(0),
        Recover(1),
        Recover(2, facts_only=True),
        GiveUp("5 deaths without progress (silent exit)"),
    ]


def test_a_death_of_size_is_never_resumed_and_names_what_fills_the_context() -> None:
    assert climb(OOM) == [
        Recover(0),
        Recover(1, culprit=True),
        Recover(2, facts_only=True, culprit=True),
        Recover(2, facts_only=True, culprit=True),
        GiveUp("5 deaths without progress (out of memory)"),
    ]


def test_a_history_that_is_refused_is_no_matter_of_size() -> None:
    assert climb(VERDICTS["poisoned history"])[:2] == [Recover(0), Recover(1)]


@pytest.mark.parametrize("row", RECOVERED, ids=lambda row: row.name)
def test_every_recovery_is_given_up_in_the_end(row: object) -> None:
    verdict = Verdict(row, "")  # type: ignore[arg-type]
    told = climb(verdict)
    assert told[0] == Recover(resume=verdict.remedy is Remedy.RESUME)
    planned = verdict.row.name in PLANNED
    assert isinstance(told[-1], GiveUp) and len(told) == (9 if planned else 5)


@pytest.mark.parametrize(("uptime", "resumed"), [(0, False), (59, False), (60, True), (OLD, True)])
def test_a_crash_right_after_a_resume_is_the_same_crash_again(uptime: float, resumed: bool) -> None:
    ended = replace(DEAD, uptime=uptime)
    after = decide(Policy(), CRASH, ended, History(relaunches=1, resumed=True))
    assert after == Recover(resume=resumed)


def test_a_crash_right_after_a_compaction_that_was_answered_is_resumed() -> None:
    ended = replace(DEAD, uptime=1.0)
    assert decide(Policy(), CRASH, ended, History(relaunches=1)) == Recover(resume=True)


def test_a_crash_after_another_death_without_an_answer_is_not_resumed() -> None:
    assert decided(CRASH, History(1, 1, deaths(1, "out of memory"))) == Recover(0)


# Deaths in a window, by their cause.


@pytest.mark.parametrize(("count", "over"), [(0, False), (3, False), (4, True), (9, True)])
def test_the_fifth_death_of_a_cause_is_the_last(count: int, over: bool) -> None:
    assert isinstance(decided(CRASH, History(deaths=deaths(count))), GiveUp) == over


def test_deaths_of_other_causes_are_not_counted() -> None:
    assert decided(CRASH, History(deaths=deaths(9, "out of memory"))) == Recover(resume=True)


@pytest.mark.parametrize(("ago", "counts"), [(0, True), (1800, True), (1801, False)])
def test_only_deaths_within_the_window_count(ago: float, counts: bool) -> None:
    history = History(deaths=deaths(4, at=NOW.steady - ago))
    assert same_deaths(Policy(), history, CRASH.row.name, NOW.steady) == (4 if counts else 0)
    assert isinstance(decided(CRASH, history), GiveUp) == counts


def test_the_window_and_the_number_are_those_of_the_policy() -> None:
    history = History(deaths=deaths(1, at=NOW.steady - 50))
    assert isinstance(decided(CRASH, history, Policy(max_deaths=2, death_window=60)), GiveUp)
    assert decided(CRASH, history, Policy(max_deaths=2, death_window=40)) == Recover(resume=True)
    assert isinstance(decided(CRASH, None, Policy(max_deaths=1)), GiveUp)


@pytest.mark.parametrize(("barren", "over"), [(7, False), (8, True), (9, True)])
@pytest.mark.parametrize("row", RECOVERED, ids=lambda row: row.name)
def test_deaths_that_are_slow_and_of_many_causes_end_by_max_barren(
    row: object, barren: int, over: bool
) -> None:
    verdict = Verdict(row, "")  # type: ignore[arg-type]
    decision = decided(verdict, History(barren, barren))
    assert isinstance(decision, GiveUp) == over
    if isinstance(decision, GiveUp):
        assert f"{barren} relaunches in a row brought no answer" in decision.reason


def test_an_answer_forgets_deaths_and_waits_but_no_sums() -> None:
    tired = History(9, 5, deaths(4), True, 3, 5.0, 60.0, 1, 2.5, 1.0)
    assert tired.answered() == History(9, resumed=True, thrashed=1, spent=2.5, started=1.0)


@pytest.mark.parametrize("name", sorted(PLANNED))
def test_a_planned_ward_is_no_death(name: str) -> None:
    planned = VERDICTS[name]
    assert isinstance(decided(planned, History(deaths=deaths(9, name))), Recover)
    assert isinstance(decided(planned, None, Policy(max_deaths=1)), Recover)


def test_a_hang_is_a_death() -> None:
    assert {row.name for row in WARDS} - PLANNED == {"hang"}
    assert isinstance(decided(VERDICTS["hang"], History(deaths=deaths(4, "hang"))), GiveUp)


# Limits of the whole run.


@pytest.mark.parametrize(
    ("policy", "history", "reason"),
    [
        (Policy(), History(49), None),
        (Policy(), History(50), "50 relaunches, the most"),
        (Policy(max_relaunches=0), History(), "0 relaunches, the most"),
        (Policy(max_time=HOUR), History(started=NOW.steady - HOUR + 1), None),
        (Policy(max_time=HOUR), History(started=NOW.steady - HOUR), "had its 1 h"),
        (Policy(max_time=HOUR), History(), None),
        (Policy(), History(started=0.0), None),
        (Policy(max_cost=5.0), History(spent=4.99), None),
        (Policy(max_cost=5.0), History(spent=5.0), "$5.00, of $5.00"),
        (Policy(), History(spent=9_999.0), None),
    ],
)
def test_a_budget_that_is_used_up_is_the_end(
    policy: Policy, history: History, reason: str | None
) -> None:
    limit = too_many(policy, history, NOW)
    assert (limit is None) == (reason is None)
    assert reason is None or (limit and reason in limit)
    for verdict in (each for each in VERDICTS.values() if each.is_death):
        decision = decided(verdict, history, policy)
        over = GiveUp(limit or "", GAVE_UP)
        assert (decision == over) == (reason is not None), verdict.row.name


# Waiting.


@pytest.mark.parametrize("row", [row for row in ROWS if row.remedy is Remedy.WAIT])
@pytest.mark.parametrize(("waits", "seconds"), [(0, 2), (1, 4), (4, 32), (5, 60), (99, 60)])
def test_trouble_of_the_service_is_waited_out(row: object, waits: int, seconds: float) -> None:
    verdict = Verdict(row, "")  # type: ignore[arg-type]
    assert decided(verdict, History(waits=waits)) == Wait(seconds)


def test_chance_is_in_a_wait() -> None:
    ended = replace(DEAD, moment=replace(NOW, chance=1.0))
    assert decide(Policy(), VERDICTS["throttled"], ended, History()) == Wait(2.5)


@pytest.mark.parametrize("row", WAITED, ids=lambda row: row.name)
def test_a_wait_is_no_death(row: object) -> None:
    tired = History(49, 9, deaths(9, row.name))  # type: ignore[attr-defined]
    assert isinstance(decided(Verdict(row, ""), tired), Wait)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("history", "over"),
    [
        (History(waits=9, waiting_since=NOW.steady, waited=6 * HOUR - 60), False),
        (History(waits=9, waiting_since=NOW.steady, waited=6 * HOUR - 59), True),
        (History(waits=9, waiting_since=NOW.steady - 6 * HOUR + 60, waited=1.0), False),
        (History(waits=9, waiting_since=NOW.steady - 6 * HOUR + 59, waited=1.0), True),
        (History(waits=9, waiting_since=NOW.steady + 9 * HOUR, waited=1.0), False),
    ],
    ids=["by the sum", "by the sum, too long", "by the clock", "by the clock, too long", "back"],
)
def test_the_service_is_not_waited_for_without_end(history: History, over: bool) -> None:
    decision = decided(VERDICTS["overloaded"], history)
    if not over:
        assert decision == Wait(60.0)
        return
    assert isinstance(decision, GiveUp) and decision.code == TRY_LATER == 75
    assert "overloaded" in decision.reason and "6 h" in decision.reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Claude AI usage limit reached|1760014800", HOUR),
        ("5-hour limit reached ∙ resets 3pm", 3 * HOUR),
        ("You've hit your limit · resets 4pm (Europe/Rome)", 2 * HOUR),
        ("API Error: 429 Too many tokens per day, please wait before trying again.", 12 * HOUR),
    ],
)
def test_a_usage_limit_is_waited_for_until_its_reset(text: str, seconds: float) -> None:
    verdict, ended = limited(text)
    assert verdict.remedy is Remedy.RESET
    for since in (None, NOW.steady):  # 6 h, the most for the service, do not hold for it
        decision = decide(Policy(), verdict, ended, History(waiting_since=since))
        assert decision == Wait(seconds + AFTER_RESET, NOON + seconds + AFTER_RESET)


def test_the_hour_of_a_reset_is_that_after_the_words_were_said() -> None:
    yesterday = NOON - 2 * HOUR
    verdict, ended = limited("5-hour limit reached ∙ resets 11am", at=yesterday)
    assert decide(Policy(), verdict, ended, History()) == Wait(2.0)  # over already: 11am was


def test_a_reset_that_is_over_and_is_none_is_waited_for_like_the_service() -> None:
    verdict, ended = limited("Claude AI usage limit reached|1760011100", at=NOON - 300)
    assert decide(Policy(), verdict, ended, History(waits=3)) == Wait(16.0)


def test_a_limit_that_does_not_tell_its_end_is_tried_every_quarter_of_an_hour() -> None:
    verdict, ended = limited("Claude usage limit reached.")
    assert UNTOLD_RESET == 900.0
    assert decide(Policy(), verdict, ended, History()) == Wait(900.0)
    tired = History(waits=23, waiting_since=NOW.steady, waited=6 * HOUR - 899)
    given_up = decide(Policy(), verdict, ended, tired)
    assert isinstance(given_up, GiveUp) and given_up.code == TRY_LATER


@pytest.mark.parametrize(("days", "over"), [(0.9, False), (1.1, True), (6, True)])
def test_a_reset_that_is_too_far_off_is_not_waited_for(days: float, over: bool) -> None:
    verdict, ended = limited(f"Claude AI usage limit reached|{NOON + days * 24 * HOUR:.0f}")
    decision = decide(Policy(), verdict, ended, History())
    assert isinstance(decision, GiveUp) == over
    if isinstance(decision, GiveUp):
        assert decision.code == 75 and "24 h" in decision.reason
    patient = decide(Policy(max_reset=7 * 24 * HOUR), verdict, ended, History())
    assert isinstance(patient, Wait)


def test_a_reset_within_the_patience_for_the_service_is_waited_for() -> None:
    verdict, ended = limited("Claude AI usage limit reached|1760014800")
    decision = decide(Policy(max_reset=0.0), verdict, ended, History())
    assert isinstance(decision, Wait)


def test_a_zone_of_the_user_holds_where_none_is_told() -> None:
    verdict, ended = limited("5-hour limit reached ∙ resets 3pm")
    rome = Policy(zone=ZoneInfo("Europe/Rome"))
    assert decide(rome, verdict, ended, History()) == Wait(
        HOUR + AFTER_RESET, NOON + HOUR + AFTER_RESET
    )


# The others.


def test_credentials_are_parked_however_many_deaths() -> None:
    parked = VERDICTS["credentials expired"]
    assert decided(parked, History(49, 9, deaths(9, parked.row.name))) == Park()


def test_thrashing_is_compacted_once_and_given_up_the_second_time() -> None:
    thrash = VERDICTS["thrashing"]
    assert decided(thrash) == Recover(culprit=True)
    again = decided(thrash, History(1, thrashed=1))
    assert isinstance(again, GiveUp) and "second time" in again.reason
    assert isinstance(decided(thrash, History(1, thrashed=1).answered()), GiveUp)


def test_to_ask_is_not_to_decide() -> None:
    for verdict in VERDICTS.values():
        assert decided(verdict, None, Policy(ask=True)) == decided(verdict)


def test_the_facts_of_the_session_do_not_decide() -> None:
    rich = replace(DEAD, facts=SessionFacts("s1", "/s1", 9, 9, 9, 0.0, 9))
    assert decide(Policy(), CRASH, rich, History()) == decided(CRASH)


def test_the_defaults_are_those_of_the_documentation() -> None:
    assert Policy() == Policy(
        ask=False,
        max_barren=8,
        max_relaunches=50,
        max_deaths=5,
        death_window=1_800,
        max_wait=6 * HOUR,
        max_reset=24 * HOUR,
        max_park=12 * HOUR,
        max_time=0.0,
        max_cost=0.0,
        settle=0.6,
        grace=10.0,
        stop_grace=25.0,
    )
