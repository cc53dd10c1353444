"""The whole life of a run, as conversations with the machine."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import Any, get_args

import pytest

from supervisor.core.classify import Verdict
from supervisor.core.commands import (
    Abandon,
    Ask,
    Command,
    Compact,
    Deliver,
    Forward,
    Kill,
    Quit,
    SetTimer,
    Spawn,
    Terminate,
    Way,
)
from supervisor.core.ending import ApiError, Ending, Exit, SessionFacts
from supervisor.core.events import (
    Answered,
    Compacted,
    CompactionFailed,
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
from supervisor.core.machine import GAVE_UP, TABLE, Impossible, Phase, State, ignore, no, step
from supervisor.core.policy import Decision, History, Policy
from supervisor.core.wording import QUESTION

from ..playbook import Playbook, Says

PROMPT = Way.PROMPT
OFF = SetTimer(None)
SETTLE, GRACE = SetTimer(Policy().settle), SetTimer(Policy().grace)
FACTS = SessionFacts("s1", "/home/me/s1.jsonl", 284_000, 15)
OOM = ApiError("API Error: Out of memory")
THROTTLED = ApiError("API Error: 429 Too many tokens, please wait before trying again.")

DIES = Exited(Ending(Exit(code=1), error=OOM, facts=FACTS))
TURN_DIES = TurnDied(Ending(None, error=OOM, facts=FACTS))
ENDS_WELL = Exited(Ending(Exit(code=0), facts=FACTS))
TERM = StopRequested(signal.SIGTERM)


def exits(code: int | None = None, killer: int | None = None, *, turn_open: bool = False) -> Exited:
    return Exited(Ending(Exit(code, killer), turn_open, facts=FACTS))


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
    assert ended << OFF << Deliver() << Quit(143)


def test_answers_without_a_relaunch_are_no_news() -> None:
    assert running() >> Answered() >> Answered() >> ENDS_WELL << OFF << Deliver() << Quit(0)


@pytest.mark.parametrize("code", [126, 127])
def test_a_program_that_cannot_be_started_ends_the_run(code: int) -> None:
    refused = Playbook() << Spawn() >> SpawnFailed(code, "claude: no such program")
    assert refused << OFF << Says("claude: no such program") << Quit(code)


def test_a_turn_that_failed_for_another_reason_is_left_to_the_user() -> None:
    throttled = running() >> TurnDied(Ending(None, error=THROTTLED, facts=FACTS))
    assert throttled >> ENDS_WELL << OFF << Deliver() << Quit(0)


# Deaths.


def test_a_death_by_exit_is_compacted_and_relaunched() -> None:
    life = running() >> DIES
    life << OFF << Says("ran out of memory", "API Error: Out of memory", "s1") << Compact(0)
    life >> compacted("s2") << Says("Relaunching", "60,000", "8,000") << Spawn("s2")
    life >> Spawned(8) >> Answered() << Says("relaunch took", "rebuilt session file")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_child_killed_in_the_middle_of_a_turn_is_relaunched() -> None:
    killed = running() >> exits(killer=signal.SIGKILL, turn_open=True)
    assert killed << OFF << Says("was killed", "SIGKILL", "unanswered") << Compact(0)


def test_a_dead_turn_is_given_a_moment_and_then_ended() -> None:
    life = running() >> TURN_DIES << SETTLE >> TimerFired() << Terminate() << GRACE
    life >> exits(143) << OFF << Says("ran out of memory", "alive at its prompt") << Compact(0)
    life >> compacted("s2") << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> Answered() << Says("relaunch took")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_the_patience_is_that_of_the_policy() -> None:
    dead = running(Policy(settle=7, grace=9)) >> TURN_DIES << SetTimer(7)
    assert dead >> TimerFired() << Terminate() << SetTimer(9)


def test_a_child_that_does_not_end_in_time_is_killed() -> None:
    stubborn = stopping() >> TimerFired() << Kill() >> exits(killer=signal.SIGKILL)
    assert stubborn << OFF << Says("ran out of memory") << Compact(0)


def test_a_turn_that_carries_on_while_it_settles_is_no_death() -> None:
    alive = settling() >> Answered() >> TurnBegan() << OFF >> TimerFired()
    assert alive >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_an_answer_that_was_only_read_late_does_not_save_the_turn() -> None:
    assert settling() >> Answered() >> TimerFired() << Terminate() << GRACE


def test_another_error_in_the_place_of_the_death_calls_it_off() -> None:
    other = settling() >> TurnDied(Ending(None, error=THROTTLED, facts=FACTS)) << OFF
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
    proved = relaunched() >> Answered() << Says("relaunch took") >> Answered()
    assert proved >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_an_answer_to_another_context_sends_us_the_other_way() -> None:
    life = relaunched() >> Answered(linked=False)
    life << Says("did not reach", "other way") << Terminate() << GRACE
    life >> exits(143) << OFF << Compact(1, PROMPT)
    life >> compacted("s3", PROMPT) << Says("first prompt") << Spawn("s3", PROMPT)
    life >> Spawned(9) >> Answered() << Says("relaunch took", "first prompt")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


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
    life >> Spawned(9) >> Answered() << Says("relaunch took")
    assert life >> ENDS_WELL << OFF << Deliver() << Quit(0)


def test_a_relaunch_refused_both_ways_ends_with_its_exit_code() -> None:
    assert relaunched_again() >> exits(3) << OFF << Deliver() << Quit(3)


def test_a_relaunch_that_failed_with_an_error_was_not_refused() -> None:
    throttled = relaunched() >> Exited(Ending(Exit(code=1), error=THROTTLED, facts=FACTS))
    assert throttled << OFF << Deliver() << Quit(1)


def test_a_proved_relaunch_that_exits_1_was_not_refused() -> None:
    proved = relaunched() >> Answered() << Says("relaunch took")
    assert proved >> exits(1) << OFF << Deliver() << Quit(1)


def test_a_first_launch_that_exits_1_was_not_refused() -> None:
    assert running() >> exits(1) << OFF << Deliver() << Quit(1)


def test_a_relaunch_killed_in_the_middle_of_a_turn_was_not_refused() -> None:
    killed = relaunched() >> exits(killer=signal.SIGKILL, turn_open=True)
    assert killed << OFF << Says("was killed") << Compact(1)


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
    assert ended << OFF << Deliver() << Quit(128 + number)


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
    life << Says("relaunch took", "first prompt")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0, PROMPT)


# Loops and limits.


def dies_again(life: Playbook, count: int) -> Playbook:
    """One more death without an answer, and the relaunch after it."""
    life >> DIES << OFF << Says("out of memory") << Compact(count)
    return life >> compacted("sN") << Says("Relaunching") << Spawn("sN") >> Spawned(10)


def test_deaths_without_an_answer_end_in_giving_up() -> None:
    life = dies_again(dies_again(relaunched(), 1), 2) >> DIES << OFF << Says("out of memory")
    life << Says("Giving up", "3 relaunches in a row", "/home/me/s1.jsonl")
    assert life << Deliver() << Quit(GAVE_UP)
    assert GAVE_UP == 70


def test_a_dead_turn_without_an_answer_counts_as_well() -> None:
    life = relaunched(Policy(max_barren=1)) >> TURN_DIES << SETTLE >> TimerFired()
    life << Terminate() << GRACE >> exits(143) << OFF << Says("out of memory")
    assert life << Says("Giving up", "1 relaunches in a row") << Deliver() << Quit(GAVE_UP)


def test_an_answer_sets_the_count_back() -> None:
    life = dies_again(dies_again(relaunched(), 1), 2) >> Answered() << Says("relaunch took")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0)


def test_an_answer_to_the_same_command_again_sets_the_count_back() -> None:
    life = compacting() >> compacted(None) << Says("same command") << Spawn() >> Spawned(8)
    assert life >> Answered() >> DIES << OFF << Says("out of memory") << Compact(0)


def test_an_answer_astray_is_no_progress() -> None:
    life = relaunched() >> Answered(linked=False)
    life << Says("did not reach") << Terminate() << GRACE >> exits(143) << OFF
    assert life << Compact(1, PROMPT)
    assert life.state.history == History(relaunches=1, barren=1)


def test_max_relaunches_holds_in_spite_of_progress() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> Answered() << Says("relaunch took")
    life >> DIES << OFF << Says("out of memory") << Says("Giving up", "1 relaunches, the most")
    assert life << Deliver() << Quit(GAVE_UP)


def test_a_run_below_max_relaunches_goes_on() -> None:
    life = relaunched(Policy(max_relaunches=2)) >> Answered() << Says("relaunch took")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0)


def test_max_relaunches_holds_for_the_other_way_after_a_refusal() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> exits(1) << OFF << Says("did not reach")
    assert life << Says("Giving up", "1 relaunches, the most") << Deliver() << Quit(GAVE_UP)


def test_max_relaunches_holds_for_the_other_way_after_an_answer_astray() -> None:
    life = relaunched(Policy(max_relaunches=1)) >> Answered(linked=False)
    life << Says("did not reach") << Terminate() << GRACE >> exits(143) << OFF
    assert life << Says("Giving up", "1 relaunches, the most") << Deliver() << Quit(GAVE_UP)


# With --ask.


def test_with_ask_a_yes_compacts() -> None:
    life = asking() >> Consented(yes=True) << OFF << Compact(0) >> compacted("s2")
    assert life << Says("Relaunching") << Spawn("s2")


def test_with_ask_a_no_ends_with_the_code_of_the_child() -> None:
    refused = asking() >> Consented(yes=False) << OFF
    refused << Says("Not relaunched", "claude --resume s1", "/home/me/s1.jsonl")
    assert refused << Deliver() << Quit(1)


def test_with_ask_a_yes_keeps_the_hardness() -> None:
    life = asking() >> Consented(yes=True) << OFF << Compact(0) >> compacted("s2")
    life << Says("Relaunching") << Spawn("s2") >> Spawned(8)
    life >> DIES << OFF << Says("out of memory") << Ask(QUESTION)
    assert life >> Consented(yes=True) << OFF << Compact(1)


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
    life << Spawn("s2") >> Spawned(8) >> Answered() << Says("relaunch took")
    assert life >> DIES << OFF << Says("out of memory") << Compact(0, with_model=True)


# A signal asks us to end.


def test_stopped_while_starting() -> None:
    stopped = Playbook() << Spawn() >> TERM << Forward(15) >> Spawned(7)
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_stopped_while_running_the_child_has_the_last_word() -> None:
    assert running() >> TERM << Forward(15) >> exits(0) << OFF << Deliver() << Quit(0)


@pytest.mark.parametrize("number", [signal.SIGHUP, signal.SIGINT, signal.SIGTERM])
def test_every_signal_is_forwarded_as_it_came(number: int) -> None:
    assert running() >> StopRequested(number) << Forward(number) >> StopRequested(15) << Forward(15)


def test_after_a_stop_no_death_is_recovered() -> None:
    assert running() >> TERM << Forward(15) >> DIES << OFF << Deliver() << Quit(1)


def test_after_a_stop_no_turn_is_ended_for_a_relaunch() -> None:
    stopped = running() >> TERM << Forward(15) >> TURN_DIES
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_after_a_stop_a_refused_relaunch_does_not_go_the_other_way() -> None:
    assert relaunched() >> TERM << Forward(15) >> exits(1) << OFF << Deliver() << Quit(1)


def test_stopped_while_a_turn_settles() -> None:
    stopped = settling() >> TERM << Forward(15) >> TimerFired() << Terminate() << GRACE
    assert stopped >> exits(143) << OFF << Deliver() << Quit(143)


def test_stopped_while_the_child_is_being_ended() -> None:
    assert stopping() >> TERM >> exits(143) << OFF << Deliver() << Quit(143)


def test_stopped_while_a_stubborn_child_is_being_ended() -> None:
    stubborn = stopping() >> TERM >> TimerFired() << Kill() >> exits(killer=signal.SIGKILL)
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
    TurnDied(Ending(None, error=THROTTLED)),
    TurnBegan(),
    DIES,
    ENDS_WELL,
    exits(1),
    exits(143),
    exits(killer=signal.SIGKILL, turn_open=True),
    compacted("s2"),
    compacted("s2", PROMPT),
    compacted(None),
    CompactionFailed("disk full"),
    Consented(yes=True),
    Consented(yes=False),
    TimerFired(),
    TERM,
)

LIVES = {Answered, TurnDied, TurnBegan, Exited}  # a child lives, or has just ended
ALWAYS = {TimerFired, StopRequested}
POSSIBLE: dict[Phase, set[type]] = {
    Phase.STARTING: {Spawned, SpawnFailed} | ALWAYS,
    Phase.RUNNING: LIVES | ALWAYS,
    Phase.SETTLING: LIVES | ALWAYS,
    Phase.STOPPING: LIVES | ALWAYS,
    Phase.ASKING: {Consented} | ALWAYS,
    Phase.COMPACTING: {Compacted, CompactionFailed} | ALWAYS,
    Phase.ENDED: set(get_args(Event)),
}


def state_in(phase: Phase) -> State:
    return State(phase=phase, ending=TURN_DIES.ending, compaction=Compact(0))


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
    if isinstance(value, tuple):
        return all(map(is_plain, value))
    return value is None or isinstance(value, Enum | str | int | float)


PLAIN = (State, Policy, History, Ending, Exit, ApiError, SessionFacts, Verdict)


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
        case Compacted(session=None):
            return state.phase is Phase.COMPACTING and state.way is Way.REBUILT
        case Compacted(way=way):
            taken = state.compaction.way if state.compaction else way
            return state.phase is Phase.COMPACTING and way in (taken, PROMPT)
        case _:
            return type(event) in POSSIBLE[state.phase]


SHORT = Policy(max_barren=1, max_relaunches=2)


@cache
def arcs(policy: Policy = SHORT) -> tuple[Arc, ...]:
    return tuple(explore(policy, SAMPLES))


def test_every_phase_can_be_reached() -> None:
    asked = Policy(ask=True, max_barren=1, max_relaunches=1)
    assert {after[0].phase for _, _, after, _ in arcs(asked)} == set(Phase)


def test_every_reachable_state_is_plain_data() -> None:
    assert all(is_plain(after[0]) for _, _, after, _ in arcs())


def test_a_run_ends_just_where_it_quits_and_quits_once_and_last() -> None:
    for (state, _), event, (new, _), commands in arcs():
        quits = [command for command in commands if isinstance(command, Quit)]
        ends = new.phase is Phase.ENDED and state.phase is not Phase.ENDED
        assert len(quits) == ends, (state, event)
        assert not quits or commands[-1] == quits[0]


def test_the_phase_follows_from_what_was_ordered() -> None:
    for (state, _), event, (new, _), commands in arcs():
        kinds = {type(command) for command in commands}
        assert (Spawn in kinds) == (new.phase is Phase.STARTING is not state.phase), event
        assert (Ask in kinds) == (new.phase is Phase.ASKING is not state.phase), event
        assert (Terminate in kinds) == (new.phase is Phase.STOPPING is not state.phase), event
        orders = [command for command in commands if isinstance(command, Compact)]
        assert not orders or (new.phase is Phase.COMPACTING and orders == [new.compaction]), event


def test_the_timer_runs_only_where_something_waits_for_it() -> None:
    for _, event, (new, armed), _ in arcs():
        if new.phase is Phase.SETTLING:
            assert armed, event
        assert not armed or new.phase in (Phase.SETTLING, Phase.STOPPING), event


def test_after_a_stop_nothing_is_ever_spawned_or_compacted() -> None:
    for (state, _), event, _, commands in arcs():
        if state.stopping:
            assert not any(isinstance(each, Spawn | Compact | Ask) for each in commands), event


def test_without_answers_no_run_goes_on_for_ever() -> None:
    silence = tuple(event for event in SAMPLES if not isinstance(event, Answered))
    reached = [after[0] for _, _, after, _ in explore(Policy(max_barren=2), silence)]
    assert max(state.history.relaunches for state in reached) <= 2 + 1  # one is the other way


def test_hardness_is_the_number_of_relaunches_without_an_answer() -> None:
    for (state, _), event, _, commands in arcs():
        for command in commands:
            if isinstance(command, Compact):
                assert command.hardness == state.history.barren, event
