"""The whole life of a run, as conversations with the machine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from enum import Enum
from functools import cache
from typing import Any, get_args

import pytest

from supervisor.core.backoff import probe_delay
from supervisor.core.classify import Verdict
from supervisor.core.commands import (
    Abandon,
    Ask,
    Check,
    Command,
    Compact,
    Deliver,
    Forward,
    Interrupt,
    Kill,
    Quit,
    Refresh,
    SetTimer,
    Spawn,
    Terminate,
    Way,
)
from supervisor.core.dying import TURN_FAILED
from supervisor.core.ending import ApiError, Ending, Exit, Moment, SessionFacts
from supervisor.core.events import (
    Answered,
    Checked,
    Compacted,
    CompactionFailed,
    Condemned,
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
from supervisor.core.living import INTERRUPT_GRACE
from supervisor.core.machine import GAVE_UP, TABLE, Impossible, Phase, State, ignore, no, step
from supervisor.core.policy import NO_CREDENTIALS, TRY_LATER, Death, Decision, History, Policy
from supervisor.core.recovering import LOOK_AGAIN, REFRESHED
from supervisor.core.rows import Remedy, Row
from supervisor.core.state import Parking
from supervisor.core.table import ASKED_TO_END
from supervisor.core.wording import GOES_ON, QUESTION

from ..playbook import Playbook, Says

PROMPT, RESUMED = Way.PROMPT, Way.RESUMED
OFF = SetTimer(None)
SETTLE, GRACE = SetTimer(Policy().settle), SetTimer(Policy().grace)
STOP_GRACE = SetTimer(Policy().stop_grace)
FACTS = SessionFacts("s1", "/home/me/s1.jsonl", 284_000, 15)
OOM = ApiError("API Error: Out of memory")
NO_LOGIN = ApiError("Not logged in · Please run /login", "authentication_failed")
THROTTLED = ApiError("API Error: 429 Too many tokens, please wait before trying again.")
EXPIRED = ApiError("API Error: 403 The security token included in the request is expired")
HOUR = 3600.0

DIES = Exited(Ending(Exit(code=1), error=OOM, facts=FACTS))
TURN_DIES = TurnDied(Ending(None, error=OOM, facts=FACTS))
CRASHES = Exited(Ending(Exit(code=139), turn_open=True, facts=FACTS, uptime=HOUR))
ENDS_WELL = Exited(Ending(Exit(code=0), facts=FACTS))
TERM, INT = StopRequested(signal.SIGTERM), StopRequested(signal.SIGINT)


def exits(code: int | None = None, killer: int | None = None, *, turn_open: bool = False) -> Exited:
    return Exited(Ending(Exit(code, killer), turn_open, facts=FACTS))


def condemned(ward: str, *, turn_open: bool = True) -> Condemned:
    return Condemned(Ending(None, turn_open, facts=FACTS, condemned=ward, uptime=HOUR))


def at(steady: float, wall: float = 1_760_011_200.0) -> Moment:  # 2025-10-09 12:00 UTC
    return Moment(steady, wall)


def fails(error: ApiError, steady: float = 0.0) -> Exited:
    return Exited(Ending(Exit(code=1), error=error, facts=FACTS, moment=at(steady)))


def compacted(session: str | None, way: Way = Way.REBUILT) -> Compacted:
    return Compacted(session, way, 60_000, 8_000, "by a model")


def running(policy: Policy | None = None) -> Playbook:
    return Playbook(policy) << Spawn() >> Spawned(7)


def compacting(policy: Policy | None = None) -> Playbook:
    return running(policy) >> DIES << OFF << Says("ran out of memory") << Compact(0)


def relaunched(policy: Policy | None = None) -> Playbook:
    """In the second launch, by the rebuilt file; the model has not answered yet."""
    dead = compacting(policy)
    return dead >> compacted("s2") << Says("Relaunching", "s2") << Spawn("s2") >> Spawned(8)


def relaunched_again(policy: Policy | None = None) -> Playbook:
    """In the third launch, by the other way; the model has not answered yet."""
    refused = relaunched(policy) >> exits(1)
    refused << OFF << Says("did not reach", "other way") << Compact(1, PROMPT)
    refused >> compacted("s3", PROMPT) << Says("Relaunching", "s3") << Spawn("s3", PROMPT)
    return refused >> Spawned(9)


def settling(policy: Policy | None = None) -> Playbook:
    return running(policy) >> TURN_DIES << SETTLE


def stopping(policy: Policy | None = None) -> Playbook:
    return settling(policy) >> TimerFired() << Terminate() << GRACE


def asking() -> Playbook:
    dead = running(Policy(ask=True)) >> DIES
    return dead << OFF << Says("ran out of memory", "evidence", "s1") << Ask(QUESTION)


# A life without a death.


@pytest.mark.parametrize("code", [0, 1, 3, 42, 143])
def test_the_exit_code_of_the_child_is_passed_on(code: int) -> None:
    assert running() >> exits(code) << OFF << Deliver() << Quit(code)


def test_a_child_killed_at_its_prompt_is_no_death() -> None:
    assert running() >> exits(killer=signal.SIGKILL) << OFF << Deliver() << Quit(137)


def test_a_child_that_was_asked_to_end_in_the_middle_of_a_turn_is_no_death() -> None:
    ended = running() >> exits(killer=signal.SIGTERM, turn_open=True)
    ended << OFF << Says("asked Claude Code to end", "SIGTERM", "session   s1")
    assert ended << Deliver() << Quit(143)


def test_a_child_whose_output_nobody_reads_ends_without_a_word() -> None:
    ended = running() >> exits(killer=signal.SIGPIPE, turn_open=True)
    assert ended << OFF << Deliver() << Quit(141)


@pytest.mark.parametrize("number", sorted(ASKED_TO_END), ids=lambda n: n.name)
def test_a_child_that_was_asked_to_end_at_its_prompt_ends_without_a_word(number: int) -> None:
    assert running() >> exits(killer=number) << OFF << Deliver() << Quit(128 + number)


def test_answers_without_a_relaunch_are_no_news() -> None:
    assert running() >> Answered() >> Answered() >> ENDS_WELL << OFF << Deliver() << Quit(0)


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_that_cannot_be_started_ends_the_run(code: int) -> None:
    refused = Playbook() << Spawn() >> SpawnFailed(code, "claude: no such program")
    assert refused << OFF << Says("claude: no such program") << Quit(code)


def test_a_turn_that_the_user_has_to_see_to_is_left_to_the_user() -> None:
    waiting = running() >> TurnDied(Ending(None, error=NO_LOGIN, facts=FACTS))
    assert waiting >> ENDS_WELL << OFF << Deliver() << Quit(0)


# Deaths.


def test_a_death_by_exit_is_compacted_and_relaunched() -> None:
    life = running() >> DIES
    life << OFF << Says("ran out of memory", "API Error: Out of memory", "s1") << Compact(0)
    life >> compacted("s2") << Says("Relaunching", "60,000", "8,000") << Spawn("s2")
    life >> Spawned(8) >> Answered() << Says("relaunch worked", "rebuilt session file")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_child_killed_in_the_middle_of_a_turn_is_relaunched() -> None:
    killed = running() >> exits(killer=signal.SIGKILL, turn_open=True)
    assert killed << OFF << Says("was killed", "SIGKILL", "unanswered") << Compact(0, RESUMED)


def test_a_dead_turn_is_given_a_moment_and_then_ended() -> None:
    life = running() >> TURN_DIES << SETTLE >> TimerFired() << Terminate() << GRACE
    life >> exits(143) << OFF << Says("ran out of memory", "alive at its prompt") << Compact(0)
    life >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> Answered() << Says("relaunch worked")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_the_patience_is_that_of_the_policy() -> None:
    dead = running(Policy(settle=7, grace=9)) >> TURN_DIES << SetTimer(7)
    assert dead >> TimerFired() << Terminate() << SetTimer(9)


def test_a_child_that_does_not_end_in_time_is_killed() -> None:
    stubborn = stopping() >> TimerFired() << Kill() << GRACE >> TimerFired() << Kill() << GRACE
    stubborn >> exits(killer=signal.SIGKILL)
    assert stubborn << OFF << Says("ran out of memory") << Compact(0)


def test_a_turn_that_carries_on_while_it_settles_is_no_death() -> None:
    alive = settling() >> Answered() >> TurnBegan() << OFF >> TimerFired()
    assert alive >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_an_answer_that_was_only_read_late_does_not_save_the_turn() -> None:
    assert settling() >> Answered() >> TimerFired() << Terminate() << GRACE


def test_another_error_in_the_place_of_the_death_calls_it_off() -> None:
    other = settling() >> TurnDied(Ending(None, error=NO_LOGIN, facts=FACTS)) << OFF
    assert other >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_another_death_in_the_place_of_the_death_is_waited_out() -> None:
    assert settling() >> TURN_DIES >> TimerFired() << Terminate() << GRACE


def test_a_second_dead_turn_after_one_that_carried_on_settles_anew() -> None:
    again = settling() >> TurnBegan() << OFF >> TURN_DIES << SETTLE
    assert again >> TimerFired() << Terminate() << GRACE


def test_a_child_that_exits_while_its_turn_settles_is_judged_at_once() -> None:
    assert settling() >> DIES << OFF << Says("ran out of memory", "exit 1") << Compact(0)


def test_a_user_who_leaves_after_a_dead_turn_is_let_go() -> None:
    left = settling() >> Exited(Ending(Exit(code=0), error=OOM, user_left=True))
    assert left << OFF << Deliver() << Quit(0)


def test_what_we_ended_is_judged_by_what_it_died_of() -> None:
    throttled = Exited(Ending(Exit(code=143), error=THROTTLED, facts=FACTS))
    assert stopping() >> throttled << OFF << Says("Out of memory") << Compact(0)


def test_late_words_of_a_child_being_ended_change_nothing() -> None:
    late = stopping() >> Answered() >> TurnBegan() >> TURN_DIES >> exits(143)
    assert late << OFF << Says("ran out of memory") << Compact(0)


def test_a_session_with_nothing_to_lose_is_started_by_its_own_command_again() -> None:
    again = compacting() >> compacted(None) << Says("relaunching the same command") << Spawn()
    assert again >> Spawned(8) >> Answered() >> ENDS_WELL << OFF << Deliver() << Quit(0)


# Is the relaunch proved?


def test_a_relaunch_is_announced_as_proved_once() -> None:
    proved = relaunched() >> Answered() << Says("relaunch worked") >> Answered()
    assert proved >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_an_answer_to_another_context_sends_us_the_other_way() -> None:
    life = relaunched() >> Answered(linked=False)
    life << Says("did not reach", "other way") << Terminate() << GRACE
    life >> exits(143) << OFF << Compact(1, PROMPT)
    life >> compacted("s3", PROMPT) << Says("first prompt") << Spawn("s3", PROMPT)
    life >> Spawned(9) >> Answered() << Says("relaunch worked", "first prompt")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_child_astray_that_does_not_end_in_time_is_killed() -> None:
    astray = relaunched() >> Answered(linked=False)
    astray << Says("did not reach") << Terminate() << GRACE >> TimerFired() << Kill() << GRACE
    assert astray >> exits(137) << OFF << Compact(1, PROMPT)


def test_an_answer_to_another_context_counts_while_a_turn_settles_too() -> None:
    astray = relaunched() >> TURN_DIES << SETTLE >> Answered(linked=False)
    astray << Says("did not reach") << Terminate() << GRACE
    assert astray >> exits(143) << OFF << Compact(1, PROMPT)


def test_after_the_first_launch_no_link_is_asked_for() -> None:
    first = running() >> Answered(linked=False)
    assert first >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_the_other_way_is_not_sent_the_other_way() -> None:
    last = relaunched_again() >> Answered(linked=False) >> Answered()
    assert last >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_refused_relaunch_goes_the_other_way() -> None:
    life = relaunched() >> exits(1)
    life << OFF << Says("did not reach", "other way") << Compact(1, PROMPT)
    life >> compacted("s3", PROMPT) << Says("first prompt") << Spawn("s3", PROMPT)
    life >> Spawned(9) >> Answered() << Says("relaunch worked")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_relaunch_refused_both_ways_ends_with_its_exit_code() -> None:
    assert relaunched_again() >> exits(3) << OFF << Deliver() << Quit(3)


def test_a_relaunch_that_failed_with_an_error_was_not_refused() -> None:
    failed = relaunched() >> Exited(Ending(Exit(code=1), error=NO_LOGIN, facts=FACTS))
    assert failed << OFF << Says("wants a login", "Not logged in") << Deliver() << Quit(1)


def test_a_proved_relaunch_that_exits_1_was_not_refused() -> None:
    proved = relaunched() >> Answered() << Says("relaunch worked")
    assert proved >> exits(1) << OFF << Deliver() << Quit(1)


def test_a_first_launch_that_exits_1_was_not_refused() -> None:
    assert running() >> exits(1) << OFF << Deliver() << Quit(1)


def test_a_relaunch_killed_in_the_middle_of_a_turn_was_not_refused() -> None:
    killed = relaunched() >> exits(killer=signal.SIGKILL, turn_open=True)
    assert killed << OFF << Says("was killed") << Compact(0)


def test_a_relaunch_that_ends_well_unseen_was_not_refused() -> None:
    assert relaunched() >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_relaunch_that_the_user_leaves_was_not_refused() -> None:
    left = relaunched() >> Exited(Ending(Exit(code=1), user_left=True, facts=FACTS))
    assert left << OFF << Deliver() << Quit(1)


@pytest.mark.parametrize(
    "number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM, signal.SIGQUIT], ids=lambda n: n.name
)
def test_a_relaunch_that_was_asked_to_end_was_not_refused(number: int) -> None:
    ended = relaunched() >> exits(killer=number, turn_open=True)
    assert ended << OFF << Says("asked Claude Code to end") << Deliver() << Quit(128 + number)


def test_a_new_launch_carries_nothing_of_the_death_before_it() -> None:
    life = relaunched()
    assert life
    assert (life.state.ending, life.state.compaction) == (None, None)


def test_a_turn_that_carried_on_is_forgotten() -> None:
    life = settling() >> TurnBegan() << OFF
    assert life
    assert life.state.ending is None


def test_the_way_that_was_taken_is_remembered() -> None:
    life = compacting() >> compacted("s2", PROMPT)  # this version takes no rebuilt file
    life << Says("first prompt") << Spawn("s2", PROMPT) >> Spawned(8) >> Answered()
    life << Says("relaunch worked", "first prompt")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0, PROMPT)


# Loops and limits.


def dies_again(life: Playbook, count: int) -> Playbook:
    """One more death without an answer, and the relaunch after it."""
    life >> DIES << OFF << Says("out of memory")
    life << Compact(min(count, 2), with_model=count < 2, culprit=True)
    return life >> compacted("sN") << Says("Relaunching") << Spawn("sN") >> Spawned(10)


def test_deaths_without_an_answer_end_in_giving_up() -> None:
    life = dies_again(dies_again(dies_again(relaunched(), 1), 2), 3) >> DIES << OFF
    life << Says("out of memory") << Says("Giving up: 5 deaths", "/home/me/s1.jsonl")
    assert life << Deliver() << Quit(GAVE_UP)
    assert GAVE_UP == 70


def test_a_dead_turn_without_an_answer_counts_as_well() -> None:
    life = relaunched(Policy(max_barren=1)) >> TURN_DIES << SETTLE >> TimerFired()
    life << Terminate() << GRACE >> exits(143) << OFF << Says("out of memory")
    assert life << Says("Giving up", "1 relaunches in a row") << Deliver() << Quit(GAVE_UP)


def test_an_answer_sets_the_count_back() -> None:
    life = dies_again(dies_again(relaunched(), 1), 2) >> Answered() << Says("relaunch worked")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0)


def test_an_answer_to_the_same_command_again_sets_the_count_back() -> None:
    life = compacting() >> compacted(None) << Says("same command") << Spawn() >> Spawned(8)
    assert life >> Answered() >> DIES << OFF << Says("out of memory") << Compact(0)


def test_an_answer_astray_is_no_progress() -> None:
    life = relaunched() >> Answered(linked=False)
    life << Says("did not reach") << Terminate() << GRACE >> exits(143) << OFF
    assert life << Compact(1, PROMPT)
    history = life.state.history
    assert history == History(1, 1, deaths=(Death("out of memory", 0.0),))


def test_max_relaunches_holds_in_spite_of_progress() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> Answered() << Says("relaunch worked")
    life >> DIES << OFF << Says("out of memory") << Says("Giving up", "1 relaunches, the most")
    assert life << Deliver() << Quit(GAVE_UP)


def test_a_run_below_max_relaunches_goes_on() -> None:
    life = relaunched(Policy(max_relaunches=2)) >> Answered() << Says("relaunch worked")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0)


def test_max_relaunches_holds_for_the_other_way_after_a_refusal() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> exits(1) << OFF << Says("did not reach")
    assert life << Says("Giving up", "1 relaunches, the most") << Deliver() << Quit(GAVE_UP)


def test_max_relaunches_holds_for_the_other_way_after_an_answer_astray() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> Answered(linked=False)
    life << Says("did not reach") << Terminate() << GRACE >> exits(143) << OFF
    assert life << Says("Giving up", "1 relaunches, the most") << Deliver() << Quit(GAVE_UP)


# Resumed as it was.


def resuming(policy: Policy | None = None) -> Playbook:
    dead = running(policy) >> CRASHES << OFF << Says("crashed", "exit 139")
    return dead << Compact(0, RESUMED)


def resumed(policy: Policy | None = None) -> Playbook:
    """In the second launch, of the same session; the model has not answered yet."""
    life = resuming(policy) >> compacted("s1", RESUMED) << Says("Resuming the same session", "s1")
    return life << Spawn("s1", RESUMED) >> Spawned(8)


def test_a_crash_is_resumed_in_a_fresh_process() -> None:
    life = resumed() >> Answered() << Says("relaunch worked", "the same session, resumed")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_crash_after_an_answer_is_resumed_again() -> None:
    life = resumed() >> Answered() << Says("relaunch worked")
    assert life >> CRASHES << OFF << Says("crashed") << Compact(0, RESUMED)


def test_a_crash_without_an_answer_climbs_the_ladder_to_its_end() -> None:
    life = resumed() >> CRASHES << OFF << Says("crashed") << Compact(0) >> compacted("s2")
    life << Says("Relaunching") << Spawn("s2") >> Spawned(9) >> CRASHES << OFF << Says("crashed")
    life << Compact(1) >> compacted("s3") << Says("Relaunching") << Spawn("s3") >> Spawned(10)
    life >> CRASHES << OFF << Says("crashed") << Compact(2, with_model=False) >> compacted("s4")
    life << Says("Relaunching") << Spawn("s4") >> Spawned(11) >> CRASHES << OFF << Says("crashed")
    life << Says("Giving up: 5 deaths without progress (crashed", "--resume s1")
    assert life << Deliver() << Quit(70)


def test_a_session_that_cannot_be_resumed_is_compacted_instead() -> None:
    life = resuming() >> CompactionFailed("120 MB") << Says("120 MB", "compacted instead")
    life << Compact(0) >> compacted("s2") << Says("Relaunching", "s2") << Spawn("s2")
    life >> Spawned(8) >> Answered() << Says("relaunch worked", "rebuilt")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_session_that_can_be_neither_resumed_nor_compacted_ends_the_run() -> None:
    life = resuming() >> CompactionFailed("120 MB") << Says("compacted instead") << Compact(0)
    life >> CompactionFailed("no region") << Says("no region") << Compact(0, with_model=False)
    life >> CompactionFailed("disk full") << OFF << Says("Giving up: disk full") << Deliver()
    assert life << Quit(70)


def test_a_refused_resume_is_rebuilt_and_then_put_into_a_prompt() -> None:
    life = resumed() >> exits(1) << OFF << Says("did not reach") << Compact(1)
    life >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(9)
    life >> exits(1) << OFF << Says("did not reach") << Compact(2, PROMPT)
    life >> compacted("s3", PROMPT) << Says("first prompt") << Spawn("s3", PROMPT) >> Spawned(10)
    assert life >> exits(1) << OFF << Deliver() << Quit(1)


def test_a_resumed_session_needs_no_link_to_count_as_progress() -> None:
    life = resumed() >> Answered(linked=False) << Says("relaunch worked", "the same session")
    assert life
    assert life.state.history == History(relaunches=1, resumed=True)


# What a launch costs.


def test_a_launch_is_paid_before_anything_is_decided_about_its_end() -> None:
    dear = Ending(Exit(code=139), turn_open=True, facts=SessionFacts("s1", cost=6.0))
    life = running(Policy(max_cost=5.0)) >> Exited(dear) << OFF << Says("crashed")
    assert life << Says("Giving up: the run has cost $6.00, of $5.00") << Deliver() << Quit(70)


def test_launches_and_summaries_are_added_up() -> None:
    cheap = Exited(Ending(Exit(1), error=OOM, facts=SessionFacts("s1", cost=1.5)))
    life = running(Policy(max_cost=5.0)) >> cheap << OFF << Says("out of memory") << Compact(0)
    life >> Compacted("s2", cost=2.0, narrative="by a model") << Says("Relaunching")
    life << Spawn("s2") >> Spawned(8) >> cheap << OFF << Says("out of memory")
    assert life << Says("the run has cost $5.00") << Deliver() << Quit(70)


def test_a_launch_astray_is_paid_too() -> None:
    astray = relaunched(Policy(max_cost=5.0)) >> Answered(linked=False)
    astray << Says("did not reach") << Terminate() << GRACE
    astray >> Exited(Ending(Exit(code=143), facts=SessionFacts("s2", cost=6.0))) << OFF
    assert astray << Says("the run has cost $6.00") << Deliver() << Quit(70)


# Thrashing.


def test_thrashing_is_compacted_once() -> None:
    thrash = fails(ApiError("Autocompact is thrashing: the context refilled to the limit"))
    life = running() >> thrash << OFF << Says("filled up again") << Compact(0, culprit=True)
    life >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> Answered() << Says("relaunch worked") >> thrash << OFF << Says("filled up again")
    assert life << Says("Giving up", "second time") << Deliver() << Quit(70)


# What is left to the user.


@pytest.mark.parametrize("code", [0, 1, 42])
def test_what_the_user_has_to_see_to_is_said_and_ends_the_run_with_its_own_code(code: int) -> None:
    handed = running() >> Exited(Ending(Exit(code=code), error=NO_LOGIN, facts=FACTS))
    assert handed << OFF << Says("wants a login", "Not logged in") << Deliver() << Quit(code)


def test_a_row_of_the_user_decides() -> None:
    own = (Row("mine", Remedy.HAND, "It is mine.", text="out of memory"),)
    life = running(Policy(own=own)) >> TURN_DIES
    assert life >> DIES << OFF << Says("It is mine.") << Deliver() << Quit(1)
    other = settling(Policy(own=(Row("mine", Remedy.HAND, "x.", text="too many"),)))
    assert other >> TurnDied(Ending(None, error=THROTTLED)) << OFF


# Wards.


def test_what_stands_still_is_interrupted_terminated_and_killed() -> None:
    hung = running() >> condemned("hang") << Interrupt() << SetTimer(INTERRUPT_GRACE)
    hung >> TimerFired() << Terminate() << GRACE >> TimerFired() << Kill() << GRACE
    hung >> TimerFired() << Kill() << GRACE
    assert hung >> exits(137) << OFF << Says("stood still") << Compact(0, RESUMED)


def test_what_stands_still_and_hears_is_resumed() -> None:
    hung = running() >> condemned("hang") << Interrupt() << SetTimer(INTERRUPT_GRACE)
    assert hung >> exits(130) << OFF << Says("stood still") << Compact(0, RESUMED)
    assert hung.state.history == History(deaths=(Death("hang", 0.0),))


@pytest.mark.parametrize(
    ("ward", "order"),
    [("memory limit", Compact(0, RESUMED)), ("context threshold", Compact(0))],
)
def test_a_planned_ward_terminates_at_once_and_is_no_death(ward: str, order: Compact) -> None:
    ended = running() >> condemned(ward) << Terminate() << GRACE
    ended >> exits(143) << OFF << Says("evidence") << order
    assert ended
    assert ended.state.history == History()


def test_a_condemned_child_that_does_not_end_is_killed() -> None:
    stubborn = running() >> condemned("memory limit") << Terminate() << GRACE
    assert stubborn >> TimerFired() << Kill() << GRACE


def test_a_child_that_is_being_ended_cannot_be_condemned_anew() -> None:
    assert stopping() >> condemned("hang") >> exits(143) << OFF << Says("memory") << Compact(0)
    assert settling() >> condemned("hang") >> TimerFired() << Terminate() << GRACE


def test_a_user_who_leaves_a_condemned_child_is_let_go() -> None:
    left = running() >> condemned("hang") << Interrupt() << SetTimer(INTERRUPT_GRACE)
    left >> Exited(Ending(Exit(code=0), user_left=True))
    assert left << OFF << Deliver() << Quit(0)


def test_hangs_without_an_answer_end_in_giving_up() -> None:
    life = running(Policy(max_deaths=1)) >> condemned("hang") << Interrupt()
    life << SetTimer(INTERRUPT_GRACE) >> exits(130) << OFF << Says("stood still")
    assert life << Says("Giving up: 1 death without progress (hang)") << Deliver() << Quit(70)


def test_every_launch_is_urged_anew() -> None:
    life = stopping() >> TimerFired() << Kill() << GRACE >> exits(137) << OFF << Says("memory")
    life << Compact(0) >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> condemned("hang") << Interrupt() << SetTimer(INTERRUPT_GRACE)
    assert life >> TimerFired() << Terminate() << GRACE >> TimerFired() << Kill() << GRACE


# Waiting.


def waiting(policy: Policy | None = None) -> Playbook:
    throttled = running(policy) >> fails(THROTTLED) << Says("throttling", "Too many tokens")
    return throttled << Says("Waiting 2.0 s") << SetTimer(2.0, GOES_ON)


def waited(policy: Policy | None = None) -> Playbook:
    """In the second launch, after a wait; the model has not answered yet."""
    life = waiting(policy) >> TimerFired(at(2.0)) << OFF << Compact(0, RESUMED)
    life >> compacted("s1", RESUMED) << Says("Resuming") << Spawn("s1", RESUMED)
    return life >> Spawned(8)


def test_trouble_of_the_service_is_waited_out_and_the_session_resumed() -> None:
    life = waited() >> Answered() << Says("relaunch worked", "the same session")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_each_wait_is_longer_until_the_model_answers() -> None:
    life = waited() >> fails(THROTTLED, 3.0) << Says("throttling") << Says("Waiting 4.0 s")
    life << SetTimer(4.0, GOES_ON) >> TimerFired(at(7.0)) << OFF << Compact(0, RESUMED)
    life >> compacted("s1", RESUMED) << Says("Resuming") << Spawn("s1", RESUMED) >> Spawned(9)
    life >> Answered() << Says("relaunch worked")
    life >> fails(THROTTLED, 9.0) << Says("throttling") << Says("Waiting 2.0 s")
    assert life << SetTimer(2.0, GOES_ON)


def test_a_wait_is_neither_a_death_nor_a_relaunch() -> None:
    life = waited()
    assert life
    assert life.state.history == History(resumed=True, waits=1, waiting_since=0.0, waited=2.0)


def test_a_service_that_does_not_come_back_ends_the_run() -> None:
    life = waited(Policy(max_wait=5.0)) >> fails(THROTTLED, 3.0) << OFF << Says("throttling")
    life << Says("Giving up: throttled", "--resume s1") << Deliver()
    assert life << Quit(TRY_LATER)
    assert TRY_LATER == 75


def test_a_turn_that_died_of_the_service_is_ended_waited_for_and_resumed() -> None:
    life = running() >> TurnDied(Ending(None, error=THROTTLED, facts=FACTS)) << SETTLE
    life >> TimerFired() << Terminate() << GRACE >> exits(143) << Says("throttling")
    assert life << Says("Waiting") << SetTimer(2.0, GOES_ON)


def test_a_usage_limit_is_waited_for_until_its_reset() -> None:
    life = running() >> fails(ApiError("5-hour limit reached ∙ resets 3pm"))
    life << Says("usage limit") << Says("Waiting 3 h", "until 2025-10-09 15:00 UTC")
    life << SetTimer(3 * HOUR + 20, GOES_ON) >> TimerFired(at(10_820.0)) << OFF
    assert life << Compact(0, RESUMED)


def test_a_usage_limit_whose_reset_is_far_off_ends_the_run() -> None:
    life = running() >> fails(ApiError("You've hit your limit · resets Oct 12, 9am")) << OFF
    life << Says("usage limit") << Says("Giving up: usage limit", "24 h") << Deliver()
    assert life << Quit(75)


def test_the_time_of_the_run_is_over_after_a_wait() -> None:
    life = waiting(Policy(max_time=HOUR))
    assert life
    life.state = replace(life.state, history=replace(life.state.history, started=-HOUR))
    after, commands = step(life.state, TimerFired(at(2.0)))
    assert after.phase is Phase.ENDED and commands[-1] == Quit(GAVE_UP)


def test_a_session_that_cannot_be_resumed_after_a_wait_is_compacted() -> None:
    life = waiting() >> TimerFired(at(2.0)) << OFF << Compact(0, RESUMED)
    life >> CompactionFailed("120 MB") << Says("compacted instead") << Compact(0)
    assert life >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(8)


def test_stopped_while_waiting() -> None:
    stopped = waiting() >> TERM << OFF << Abandon() << Says("SIGTERM", "--resume s1")
    assert stopped << Quit(143)


# Parked.


def probed() -> list[float]:
    """The looks at which credentials that show nothing are tried by a request."""
    found, due = [], probe_delay(0)
    while due < 12 * HOUR:
        found.append(due)
        due += probe_delay(len(found))
    return found


PROBED = probed()
LOOK = SetTimer(LOOK_AGAIN, "looking at the credentials again in")


def parking(policy: Policy | None = None) -> Playbook:
    expired = running(policy) >> fails(EXPIRED) << OFF << Says("credentials are expired")
    return expired << Says("Parked", "aws sso login") << Refresh() << Check()


def looked(state: str, steady: float, fingerprint: str = "a", told: str = "") -> Checked:
    return Checked(state, fingerprint, told, at(steady))


def parked(policy: Policy | None = None) -> Playbook:
    """Looked at once, and found expired."""
    return parking(policy) >> looked("expired", 1.0) << LOOK


def test_credentials_are_renewed_at_once_and_the_session_resumed() -> None:
    life = (
        parking() >> looked("good", 1.0) << OFF << Check(probe=True) >> looked("good", 2.0) << OFF
    )
    life << Says("good again") << Compact(0, RESUMED) >> compacted("s1", RESUMED)
    life << Says("Resuming") << Spawn("s1", RESUMED) >> Spawned(8) >> Answered()
    life << Says("relaunch worked") >> ENDS_WELL << OFF << Deliver() << Quit(0)
    assert life
    assert life.state.parking is None
    assert life.state.history == History(resumed=True)


def test_expired_credentials_are_looked_at_every_half_minute_and_never_tried() -> None:
    life = parked()
    for number in range(1, 99):
        steady = number * LOOK_AGAIN
        life >> TimerFired(at(steady)) << Check() >> looked("expired", steady) << LOOK
    assert life


def test_credentials_that_are_renewed_by_hand_are_tried_at_the_next_look() -> None:
    life = parked() >> TimerFired(at(31.0)) << Check() >> looked("good", 31.0, "b")
    life << OFF << Check(probe=True) >> looked("good", 32.0, "b") << OFF << Says("good again")
    assert life << Compact(0, RESUMED)


def test_what_is_told_of_the_credentials_is_told_with_the_time() -> None:
    life = parking() >> looked("expired", 1.0, told="SSO until 11:00.")
    told = "SSO until 11:00; looking at the credentials again in"
    assert life << SetTimer(LOOK_AGAIN, told)


def test_credentials_that_show_nothing_are_probed_at_growing_distances() -> None:
    """A bearer token, a proxy: whether they are good only a request can tell."""
    life, probes, steady = parking() >> looked("unknown", 0.0) << LOOK, [], 0.0
    while steady < 12 * HOUR - LOOK_AGAIN:
        steady += LOOK_AGAIN
        life >> TimerFired(at(steady)) << Check() >> looked("unknown", steady)
        if steady in PROBED:
            probes.append(steady)
            life << OFF << Check(probe=True) >> looked("expired", steady)
        life << LOOK
    life >> TimerFired(at(12 * HOUR)) << OFF << Says("Giving up", "within 12 h") << Deliver()
    assert life << Quit(NO_CREDENTIALS)
    assert len(probes) == len(PROBED) == 5
    assert len(probes) + 6 < 12, "with those of Claude Code itself"
    assert NO_CREDENTIALS == 77


def test_credentials_that_are_denied_end_the_run() -> None:
    life = parking() >> looked("good", 1.0) << OFF << Check(probe=True)
    life >> looked("denied", 2.0, told="no access to the model") << OFF
    life << Says("Giving up: no access to the model", "--resume s1") << Deliver()
    assert life << Quit(77)


def test_good_credentials_that_claude_code_does_not_take_are_not_tried_again_at_once() -> None:
    life = (
        parking() >> looked("good", 1.0) << OFF << Check(probe=True) >> looked("good", 2.0) << OFF
    )
    life << Says("good again") << Compact(0, RESUMED) >> compacted("s1", RESUMED)
    life << Says("Resuming") << Spawn("s1", RESUMED) >> Spawned(8) >> fails(EXPIRED, 3.0) << OFF
    life << Says("expired") << Says("Parked") << Check() >> looked("good", 4.0) << LOOK
    assert life >> TimerFired(at(34.0)) << Check() >> looked("good", 34.0) << LOOK


def test_renewed_credentials_that_claude_code_does_not_take_are_not_tried_again_at_once() -> None:
    life = parked() >> TimerFired(at(31.0)) << Check() >> looked("good", 31.0)
    life << OFF << Check(probe=True) >> looked("good", 32.0) << OFF << Says("good again")
    life << Compact(0, RESUMED) >> compacted("s1", RESUMED) << Says("Resuming")
    life << Spawn("s1", RESUMED) >> Spawned(8) >> fails(EXPIRED, 33.0) << OFF
    assert life << Says("expired") << Says("Parked") << Check() >> looked("good", 34.0) << LOOK


def test_the_patience_for_credentials_is_one_in_spite_of_launches_between() -> None:
    life = parking(Policy(max_park=60.0)) >> looked("good", 1.0) << OFF << Check(probe=True)
    life >> looked("good", 2.0) << OFF << Says("good again") << Compact(0, RESUMED)
    life >> compacted("s1", RESUMED) << Says("Resuming") << Spawn("s1", RESUMED) >> Spawned(8)
    life >> fails(EXPIRED, 50.0) << OFF << Says("expired") << Says("Parked") << Check()
    life >> looked("good", 60.0) << OFF << Says("Giving up") << Deliver()
    assert life << Quit(77)


def test_the_patience_for_credentials_ends_though_the_clock_stands_still() -> None:
    life = parking(Policy(max_park=60.0)) >> looked("expired", 0.0) << LOOK
    life >> TimerFired(at(0.0)) << Check() >> looked("expired", 0.0) << LOOK
    life >> TimerFired(at(0.0)) << OFF << Says("Giving up") << Deliver()
    assert life << Quit(77)


def waits(life: Playbook, steady: float, seconds: float) -> Playbook:
    """Looked at, found expired, and looked at again in so many seconds."""
    life >> looked("expired", steady)
    return life << SetTimer(seconds, "looking at the credentials again in")


def test_the_last_pause_is_no_longer_than_what_is_left_of_the_patience() -> None:
    life = waits(parking(Policy(max_park=40.0)), 1.0, LOOK_AGAIN) >> TimerFired(at(31.0)) << Check()
    waits(life, 31.0, 9.0) >> TimerFired(at(40.0)) << OFF
    assert life << Says("Giving up", "within 40 s") << Deliver() << Quit(NO_CREDENTIALS)


def test_a_pause_with_patience_enough_is_half_a_minute() -> None:
    assert waits(parking(Policy(max_park=40.0)), 10.0, LOOK_AGAIN)


def test_a_pause_is_never_shorter_than_a_second() -> None:
    """Else looks would follow each other as fast as processes start."""
    life = waits(parking(Policy(max_park=40.0)), 39.9, 1.0) >> TimerFired(at(40.9)) << OFF
    assert life << Says("Giving up") << Deliver() << Quit(NO_CREDENTIALS)


def test_what_was_waited_for_is_added_up_and_not_counted_in_looks() -> None:
    life = waits(parking(Policy(max_park=40.0)), 1.0, LOOK_AGAIN) >> TimerFired(at(31.0)) << Check()
    assert waits(life, 31.0, 9.0)
    assert life.state.parking is not None and life.state.parking.waited == 39.0


def test_what_the_refresh_command_has_renewed_is_tried_at_once() -> None:
    life = parking() >> looked("expired", 1.0) << LOOK >> looked(REFRESHED, 2.0)
    life << OFF << Check(probe=True) >> looked("good", 3.0) << OFF << Says("good again")
    assert life << Compact(0, RESUMED)


def test_the_refresh_command_may_end_before_the_first_look_has() -> None:
    life = parking() >> looked(REFRESHED, 1.0) << OFF << Check(probe=True)
    assert life >> looked("good", 2.0) << OFF << Says("good again") << Compact(0, RESUMED)


def test_a_refresh_command_that_ends_while_old_credentials_are_tried_has_them_tried_again() -> None:
    life = parking() >> looked("good", 1.0) << OFF << Check(probe=True) >> looked(REFRESHED, 2.0)
    life << OFF << Check(probe=True) >> looked("good", 3.0) << OFF << Says("good again")
    assert life << Compact(0, RESUMED)


def test_what_the_refresh_command_has_not_renewed_is_looked_at_as_before() -> None:
    life = parking() >> looked("expired", 1.0) << LOOK >> looked(REFRESHED, 2.0) << OFF
    life << Check(probe=True) >> looked("expired", 3.0) << LOOK
    assert life >> TimerFired(at(33.0)) << Check() >> looked("expired", 33.0) << LOOK


def test_a_refresh_command_that_ends_after_the_patience_has_is_too_late() -> None:
    life = parking(Policy(max_park=40.0)) >> looked(REFRESHED, 40.0) << OFF
    assert life << Says("Giving up") << Deliver() << Quit(NO_CREDENTIALS)


def test_a_refresh_command_that_ends_while_nobody_is_parked_changes_nothing() -> None:
    assert running() >> looked(REFRESHED, 1.0) >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_the_time_of_the_run_is_over_while_parked() -> None:
    life = parked(Policy(max_time=HOUR))
    assert life
    life.state = replace(life.state, history=replace(life.state.history, started=0.0))
    after, commands = step(life.state, TimerFired(at(HOUR)))
    assert after.phase is Phase.ENDED and commands[-1] == Quit(GAVE_UP)


def test_stopped_while_parked() -> None:
    stopped = parked() >> INT << OFF << Abandon() << Says("SIGINT", "--resume s1") << Quit(130)
    assert stopped >> looked("good", 9.0) >> TimerFired()


# With --ask.

WAIT_QUESTION = "Wait, and then resume the session? [Y/n] "


def test_with_ask_a_wait_is_asked_for() -> None:
    life = running(Policy(ask=True)) >> fails(THROTTLED) << OFF << Says("throttling")
    life << Ask(WAIT_QUESTION) >> Consented(yes=True) << Says("Waiting")
    assert life << SetTimer(2.0, GOES_ON)


def test_with_ask_parking_is_asked_for() -> None:
    life = running(Policy(ask=True)) >> fails(EXPIRED) << OFF << Says("expired")
    life << Ask(WAIT_QUESTION) >> Consented(yes=True) << OFF << Says("Parked")
    assert life << Refresh() << Check()


def test_with_ask_a_resume_is_asked_for() -> None:
    life = running(Policy(ask=True)) >> CRASHES << OFF << Says("crashed")
    life << Ask("Resume the session in a fresh process? [Y/n] ")
    assert life >> Consented(yes=True) << OFF << Compact(0, RESUMED)


@pytest.mark.parametrize("dies", [fails(THROTTLED), fails(EXPIRED)])
def test_with_ask_a_no_to_a_wait_ends_the_run(dies: Exited) -> None:
    life = running(Policy(ask=True)) >> dies << OFF << Says("evidence") << Ask(WAIT_QUESTION)
    life >> Consented(yes=False) << OFF << Says("Not relaunched", "--resume s1") << Deliver()
    assert life << Quit(1)


def test_with_ask_nothing_is_asked_about_what_is_left_to_the_user() -> None:
    life = running(Policy(ask=True)) >> fails(NO_LOGIN) << OFF << Says("wants a login")
    assert life << Deliver() << Quit(1)


def test_with_ask_a_yes_compacts() -> None:
    life = asking() >> Consented(yes=True) << OFF << Compact(0) >> compacted("s2")
    assert life << Says("Relaunching") << Spawn("s2")


def test_with_ask_a_no_ends_with_the_code_of_the_child() -> None:
    refused = asking() >> Consented(yes=False) << OFF
    refused << Says("Not relaunched", "ccsup run --resume s1", "/home/me/s1.jsonl")
    assert refused << Deliver() << Quit(1)


def test_with_ask_a_no_after_a_crash_ends_with_the_code_of_the_child() -> None:
    refused = running(Policy(ask=True)) >> CRASHES << OFF << Says("crashed")
    refused << Ask("Resume the session in a fresh process? [Y/n] ") >> Consented(yes=False)
    assert refused << OFF << Says("Not relaunched") << Deliver() << Quit(139)


@pytest.mark.parametrize(
    "end", [exits(0), exits(143), exits(killer=signal.SIGKILL)], ids=["0", "143", "SIGKILL"]
)
def test_with_ask_a_no_about_a_child_that_we_ended_tells_a_failed_turn(end: Exited) -> None:
    refused = running(Policy(ask=True)) >> TURN_DIES << SETTLE >> TimerFired()
    refused << Terminate() << GRACE >> end << OFF << Says("memory") << Ask(QUESTION)
    refused >> Consented(yes=False) << OFF << Says("Not relaunched") << Deliver()
    assert refused << Quit(TURN_FAILED)
    assert TURN_FAILED == 1


def test_the_code_of_a_child_that_we_ended_is_not_that_of_the_next() -> None:
    life = stopping() >> exits(143) << OFF << Says("memory") << Compact(0) >> compacted("s2")
    life << Says("Relaunching") << Spawn("s2") >> Spawned(8) >> Answered()
    assert life << Says("relaunch worked") >> exits(3) << OFF << Deliver() << Quit(3)


def test_with_ask_a_yes_keeps_the_hardness() -> None:
    life = asking() >> Consented(yes=True) << OFF << Compact(0) >> compacted("s2")
    life << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> DIES << OFF << Says("out of memory") << Ask(QUESTION)
    assert life >> Consented(yes=True) << OFF << Compact(1, culprit=True)


def test_with_ask_nothing_is_asked_where_nothing_can_be_done() -> None:
    life = running(Policy(ask=True, max_barren=0)) >> DIES << OFF << Says("out of memory")
    assert life << Says("Giving up") << Deliver() << Quit(GAVE_UP)


def test_with_ask_nothing_is_asked_about_a_good_end() -> None:
    assert running(Policy(ask=True)) >> ENDS_WELL << OFF << Deliver() << Quit(0)


# Compactions that fail.


def test_a_failed_compaction_is_tried_once_more_without_a_model() -> None:
    life = compacting() >> CompactionFailed("no region") << Says("no region", "without a model")
    life << Compact(0, with_model=False) >> compacted("s2")
    assert life << Says("Relaunching") << Spawn("s2")


def test_a_compaction_that_failed_twice_ends_the_run() -> None:
    life = compacting() >> CompactionFailed("no region") << Says("without a model")
    life << Compact(0, with_model=False) >> CompactionFailed("disk full") << OFF
    life << Says("Giving up: disk full", "/home/me/s1.jsonl") << Deliver()
    assert life << Quit(GAVE_UP)


def test_the_second_try_keeps_hardness_and_way() -> None:
    life = relaunched() >> exits(1) << OFF << Says("other way") << Compact(1, PROMPT)
    life >> CompactionFailed("no region") << Says("no region")
    assert life << Compact(1, PROMPT, with_model=False)


def test_the_model_is_asked_again_at_the_next_death() -> None:
    life = compacting() >> CompactionFailed("no region") << Says("no region")
    life << Compact(0, with_model=False) >> compacted("s2") << Says("Relaunching")
    life << Spawn("s2") >> Spawned(8) >> Answered() << Says("relaunch worked")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0, with_model=True)


# A signal asks us to end.


def test_stopped_while_starting() -> None:
    stopped = Playbook() << Spawn() >> TERM << Forward(15) << STOP_GRACE >> Spawned(7)
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_a_child_stopped_while_starting_has_a_bounded_time_too() -> None:
    stubborn = Playbook() << Spawn() >> TERM << Forward(15) << STOP_GRACE >> Spawned(7)
    assert stubborn >> TimerFired() << Kill() << GRACE


def test_stopped_before_it_could_be_started() -> None:
    stopped = Playbook() << Spawn() >> TERM << Forward(15) << STOP_GRACE
    stopped >> SpawnFailed(127, "claude: no such program")
    assert stopped << OFF << Says("no such program") << Quit(127)


def test_stopped_while_running_the_child_has_the_last_word() -> None:
    assert running() >> TERM << Forward(15) << STOP_GRACE >> exits(0) << OFF << Deliver() << Quit(0)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGQUIT, signal.SIGTERM])
def test_every_signal_is_forwarded_as_it_came_and_gives_a_bounded_time(number: int) -> None:
    stopped = running() >> StopRequested(number) << Forward(number) << STOP_GRACE
    assert stopped >> StopRequested(15) << Forward(15) << STOP_GRACE


def test_what_a_first_ctrl_c_means_is_the_affair_of_the_child() -> None:
    asked = running() >> INT << OFF << Forward(2)
    assert asked >> Answered() >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_second_ctrl_c_gives_a_bounded_time() -> None:
    asked = running() >> INT << OFF << Forward(2) >> INT << Forward(2) << STOP_GRACE
    assert asked >> TimerFired() << Kill() << GRACE


def test_a_ctrl_c_after_another_signal_takes_no_time_back() -> None:
    asked = running() >> TERM << Forward(15) << STOP_GRACE >> INT << Forward(2) << STOP_GRACE
    assert asked >> TimerFired() << Kill() << GRACE


def test_a_stopped_child_that_does_not_end_in_time_is_killed_until_it_is_gone() -> None:
    stubborn = running() >> TERM << Forward(15) << STOP_GRACE
    stubborn >> TimerFired() << Kill() << GRACE >> TimerFired() << Kill() << GRACE
    assert stubborn >> exits(killer=9, turn_open=True) << OFF << Deliver() << Quit(137)


def test_the_time_of_a_stopped_child_is_that_of_the_policy() -> None:
    assert running(Policy(stop_grace=7)) >> TERM << Forward(15) << SetTimer(7)


def test_after_a_stop_no_ward_ends_the_child() -> None:
    stopped = running() >> TERM << Forward(15) << STOP_GRACE >> condemned("hang")
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_after_a_stop_no_death_is_recovered() -> None:
    assert running() >> TERM << Forward(15) << STOP_GRACE >> DIES << OFF << Deliver() << Quit(1)


def test_after_a_stop_no_turn_is_ended_for_a_relaunch() -> None:
    stopped = running() >> TERM << Forward(15) << STOP_GRACE >> TURN_DIES
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_after_a_stop_a_refused_relaunch_does_not_go_the_other_way() -> None:
    stopped = relaunched() >> TERM << Forward(15) << STOP_GRACE >> exits(1)
    assert stopped << OFF << Deliver() << Quit(1)


def test_stopped_while_a_turn_settles() -> None:
    stopped = settling() >> TERM << Forward(15) << STOP_GRACE >> TimerFired() << Kill() << GRACE
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_stopped_while_the_child_is_being_ended() -> None:
    assert stopping() >> TERM >> exits(143) << OFF << Deliver() << Quit(143)


def test_stopped_while_a_stubborn_child_is_being_ended() -> None:
    stubborn = stopping() >> TERM >> TimerFired() << Kill() << GRACE
    stubborn >> exits(killer=signal.SIGKILL)
    assert stubborn << OFF << Deliver() << Quit(137)


def test_stopped_while_asking() -> None:
    stopped = asking() >> TERM << OFF << Abandon()
    assert stopped << Says("SIGTERM", "nothing was relaunched", "--resume s1") << Quit(143)


def test_stopped_while_compacting() -> None:
    stopped = compacting() >> StopRequested(signal.SIGINT) << OFF << Abandon()
    stopped << Says("SIGINT", "nothing was relaunched", "--resume s1") << Quit(130)
    assert stopped >> compacted("s2") >> CompactionFailed("cancelled")


def test_a_run_that_has_ended_hears_nothing_any_more() -> None:
    ended = running() >> ENDS_WELL << OFF << Deliver() << Quit(0)
    for event in SAMPLES:
        ended >> event
    assert ended


# By exhaustion.

SAMPLES: tuple[Event, ...] = (
    Spawned(7),
    SpawnFailed(127, "claude: no such program"),
    Answered(),
    Answered(linked=False),
    TURN_DIES,
    TurnDied(Ending(None, error=NO_LOGIN)),
    TurnBegan(),
    condemned("hang"),
    condemned("memory limit"),
    DIES,
    CRASHES,
    fails(THROTTLED),
    fails(EXPIRED),
    fails(NO_LOGIN),
    ENDS_WELL,
    exits(1),
    exits(143),
    exits(killer=signal.SIGKILL, turn_open=True),
    compacted("s2"),
    compacted("s2", PROMPT),
    compacted("s2", RESUMED),
    compacted(None),
    CompactionFailed("disk full"),
    Consented(yes=True),
    Consented(yes=False),
    TimerFired(),
    looked("good", 0.0),
    looked("expired", 0.0),
    looked("unknown", 0.0),
    looked("denied", 0.0),
    looked(REFRESHED, 0.0),
    TERM,
)

LIVES = {Answered, TurnDied, TurnBegan, Condemned, Exited}  # a child lives, or has just ended
ALWAYS = {TimerFired, Checked, StopRequested}
POSSIBLE: dict[Phase, set[type]] = {
    Phase.STARTING: {Spawned, SpawnFailed} | ALWAYS,
    Phase.RUNNING: LIVES | ALWAYS,
    Phase.SETTLING: LIVES | ALWAYS,
    Phase.STOPPING: LIVES | ALWAYS,
    Phase.ASKING: {Consented} | ALWAYS,
    Phase.WAITING: ALWAYS,
    Phase.PARKED: ALWAYS,
    Phase.COMPACTING: {Compacted, CompactionFailed} | ALWAYS,
    Phase.ENDED: set(get_args(Event)),
}


def state_in(phase: Phase) -> State:
    return State(phase=phase, ending=TURN_DIES.ending, compaction=Compact(0), parking=Parking(0.0))


def cells() -> Iterator[tuple[Phase, Event]]:
    for phase in Phase:
        for event in SAMPLES:
            yield phase, event


def test_every_cell_of_the_table_is_filled() -> None:
    assert set(TABLE) == set(Phase)
    for row in TABLE.values():
        assert set(row) == set(get_args(Event))
        assert all(map(callable, row.values()))


def test_every_kind_of_event_has_a_sample() -> None:
    assert {type(event) for event in SAMPLES} == set(get_args(Event))


@pytest.mark.parametrize("phase", Phase)
def test_just_the_possible_events_are_possible(phase: Phase) -> None:
    assert {kind for kind, action in TABLE[phase].items() if action is not no} == POSSIBLE[phase]


@pytest.mark.parametrize("phase", Phase)
def test_an_impossible_event_raises_and_changes_nothing(phase: Phase) -> None:
    for event in (each for each in SAMPLES if type(each) not in POSSIBLE[phase]):
        state = state_in(phase)
        with pytest.raises(Impossible, match=f"{type(event).__name__} while {phase.value}"):
            step(state, event)
        assert state == state_in(phase)


def test_a_possible_event_is_answered_and_leaves_the_old_state_alone() -> None:
    for phase, event in cells():
        if type(event) in POSSIBLE[phase]:
            state = state_in(phase)
            new, commands = step(state, event)
            assert isinstance(new, State) and isinstance(commands, tuple)
            assert state == state_in(phase)


def test_an_ignored_event_changes_nothing_and_orders_nothing() -> None:
    for phase, event in cells():
        if TABLE[phase][type(event)] is ignore:
            assert step(state_in(phase), event) == (state_in(phase), ())


def is_plain(value: Any) -> bool:
    """Frozen dataclasses, tuples, enums and scalars: what a journal can hold."""
    if is_dataclass(value) and not isinstance(value, type):
        frozen = value.__dataclass_params__.frozen  # type: ignore[attr-defined]
        return frozen and all(is_plain(getattr(value, field.name)) for field in fields(value))
    if isinstance(value, tuple | frozenset):
        return all(map(is_plain, value))
    return value is None or isinstance(value, Enum | str | int | float)


PLAIN = (
    State, Policy, History, Death, Parking, Ending, Exit, ApiError, SessionFacts, Moment,
    Verdict, Row,
)  # fmt: skip


@pytest.mark.parametrize(
    "kind",
    [*map(get_args, (Event, Command, Decision)), PLAIN],
    ids=["events", "commands", "decisions", "facts"],
)
def test_values_are_frozen_and_have_no_other_attributes(kind: tuple[type, ...]) -> None:
    for each in kind:
        assert each.__dataclass_params__.frozen, each  # type: ignore[attr-defined]
        assert "__slots__" in vars(each), each


Node = tuple[State, bool]  # with: is the timer set?
Arc = tuple[Node, Event, Node, tuple[Command, ...]]


def explore(policy: Policy, events: tuple[Event, ...]) -> Iterator[Arc]:
    """Every transition that the shell and these events can bring about."""
    first: Node = (State(policy=policy), False)
    seen, front = {first}, [first]
    while front:
        state, armed = before = front.pop()
        if state.phase is Phase.ENDED or state.urged > MOST_URGED:
            continue  # nothing happens any more; it would be killed for ever
        for event in events:
            if not is_lawful(event, state, armed):
                continue
            new, commands = step(state, event)
            timer = armed and not isinstance(event, TimerFired)
            for command in commands:
                timer = command.seconds is not None if isinstance(command, SetTimer) else timer
            after: Node = (new, timer)
            yield before, event, after, commands
            if after not in seen:
                seen.add(after)
                front.append(after)


def is_lawful(event: Event, state: State, armed: bool) -> bool:
    """Would the shell send it here? A timer that is not set never fires."""
    match event:
        case TimerFired():
            return armed
        case Checked(state="refreshed"):  # at any time, and once
            parking = state.parking
            return state.phase is Phase.PARKED and parking is not None and parking.probes < 2
        case Checked():
            return state.phase is Phase.PARKED and not armed  # else nobody has looked
        case Compacted(session=None):
            return state.phase is Phase.COMPACTING and state.way is Way.REBUILT
        case Compacted(way=way):
            taken = state.compaction.way if state.compaction else way
            old = PROMPT if taken is Way.REBUILT else taken  # an old version takes no file
            return state.phase is Phase.COMPACTING and way in (taken, old)
        case _:
            return type(event) in POSSIBLE[state.phase]


MOST_URGED = 2
SHORT = Policy(max_barren=1, max_relaunches=2, max_wait=2.0, max_park=LOOK_AGAIN)
ALIKE = (ENDS_WELL, exits(143), fails(NO_LOGIN), condemned("memory limit"), CRASHES)
TELLING = tuple(event for event in SAMPLES if event not in ALIKE)


@cache
def arcs(policy: Policy = SHORT) -> tuple[Arc, ...]:
    return tuple(explore(policy, TELLING))


def test_every_phase_can_be_reached() -> None:
    asked = replace(SHORT, ask=True, max_relaunches=1)
    assert {after[0].phase for _, _, after, _ in arcs(asked)} == set(Phase)


def test_every_reachable_state_is_plain_data() -> None:
    reached = {after[0] for _, _, after, _ in arcs()}
    held = {getattr(state, each.name) for state in reached for each in fields(State)}
    assert all(is_plain(value) for value in held)


def test_a_run_ends_just_where_it_quits_and_quits_once_and_last() -> None:
    for (state, _), event, (new, _), commands in arcs():
        quits = [command for command in commands if isinstance(command, Quit)]
        ends = new.phase is Phase.ENDED and state.phase is not Phase.ENDED
        assert len(quits) == ends, (state, event)
        assert not quits or commands[-1] == quits[0]


def test_the_phase_follows_from_what_was_ordered() -> None:
    for (state, _), event, (new, _), commands in arcs():
        kinds = {type(command) for command in commands}
        begun = new.phase is not state.phase
        assert (Spawn in kinds) == (new.phase is Phase.STARTING and begun), event
        assert (Ask in kinds) == (new.phase is Phase.ASKING and begun), event
        assert Terminate not in kinds or new.phase is Phase.STOPPING, event
        assert Interrupt not in kinds or (new.phase is Phase.STOPPING and begun), event
        assert Check not in kinds or new.phase is Phase.PARKED, event
        assert Refresh not in kinds or (new.phase is Phase.PARKED and begun), event
        orders = [command for command in commands if isinstance(command, Compact)]
        assert not orders or (new.phase is Phase.COMPACTING and orders == [new.compaction]), event


def test_a_child_is_ended_before_another_is_started() -> None:
    alive = {Phase.RUNNING, Phase.SETTLING, Phase.STOPPING}
    for (state, _), event, (new, _), _ in arcs():
        if state.phase in alive and new.phase not in alive:
            assert isinstance(event, Exited)
        if state.phase not in alive and new.phase in alive:
            assert (state.phase, type(event)) == (Phase.STARTING, Spawned)


def test_the_timer_runs_just_where_something_waits_for_it() -> None:
    for _, event, (new, armed), _ in arcs():
        if new.phase in (Phase.SETTLING, Phase.STOPPING, Phase.WAITING):
            assert armed, event
        if armed and new.phase in (Phase.STARTING, Phase.RUNNING):
            assert new.stopping, event
        assert not armed or new.phase not in (Phase.ASKING, Phase.COMPACTING, Phase.ENDED), event


def test_whoever_is_parked_looks_or_will_look() -> None:
    for _, event, (new, armed), commands in arcs():
        if new.phase is Phase.PARKED and not isinstance(event, StopRequested):
            assert armed != any(isinstance(command, Check) for command in commands), event


def test_after_a_stop_nothing_is_ever_spawned_or_compacted() -> None:
    for (state, _), event, _, commands in arcs():
        if state.stopping:
            assert not any(isinstance(each, Spawn | Compact | Ask) for each in commands), event


def test_every_kill_is_followed_up() -> None:
    for _, event, _, commands in arcs():
        if Kill() in commands:
            assert commands[-1] == GRACE, event


def test_without_answers_no_run_goes_on_for_ever() -> None:
    silence = tuple(event for event in TELLING if not isinstance(event, Answered))
    reached = [after[0] for _, _, after, _ in explore(SHORT, silence)]
    assert max(state.history.relaunches for state in reached) == 1 + 1  # one is the other way


def test_a_wait_and_a_parking_lead_to_the_same_session_or_to_an_end() -> None:
    waits = {Phase.WAITING, Phase.PARKED}
    for (state, _), event, (new, _), _ in arcs():
        if state.phase in waits and new.phase not in {*waits, Phase.ENDED}:
            assert new.compaction == Compact(0, RESUMED), event


def test_hardness_never_exceeds_the_relaunches_without_an_answer() -> None:
    for (state, _), event, _, commands in arcs():
        for command in commands:
            if isinstance(command, Compact):
                assert command.hardness <= min(state.history.barren, 2), event
