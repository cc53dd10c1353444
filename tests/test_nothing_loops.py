"""The same ending for ever: whatever it is, every run comes to its own end.

A world that only obeys: it starts what is to be started, lets timers fire and answers every
look; and each launch dies the same death. Its clock goes right, stands still, or jumps back by
an hour at each step.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from itertools import cycle

import pytest

from supervisor.core import commands as do
from supervisor.core import events as ev
from supervisor.core.commands import Way
from supervisor.core.ending import Ending, Exit, Moment
from supervisor.core.machine import Phase, State, step
from supervisor.core.policy import GAVE_UP, NO_CREDENTIALS, TRY_LATER, History, Policy
from supervisor.core.rows import Remedy, Row
from supervisor.core.table import PLANNED, ROWS

from .recorded import ending, of_row

CLOCKS = ("right", "still", "backwards")
PATIENT = (Remedy.WAIT, Remedy.RESET, Remedy.PARK)
RECOVERED = (Remedy.RESUME, Remedy.COMPACT)
HOUR = 3600.0
UPTIME = 1.0  # s


@dataclass
class World:
    """`dies`: what each launch dies of; `looks`: what a look at the credentials finds."""

    dies: Ending
    clock: str = "right"
    policy: Policy = field(default_factory=Policy)
    answers: bool = False
    resumes: bool = True  # a session can be resumed as it is
    looks: tuple[str, ...] = ("good",)
    renewed: bool = False  # credentials that are others at each look
    steady: float = 100_000.0
    wall: float = 1_760_000_000.0
    steps: int = 0

    def __post_init__(self) -> None:
        self.state = State(policy=self.policy, history=History(started=self.steady))
        self.ordered: list[do.Command] = [do.Spawn()]
        self.timer: float | None = None
        self._pending: deque[ev.Event] = deque([ev.Spawned(1)])
        self._looks = cycle(self.looks)
        self._alive = False

    def moment(self) -> Moment:
        return Moment(self.steady, self.wall, 0.5)

    def run(self, bound: int) -> World:
        while self.state.phase is not Phase.ENDED and self.steps < bound:
            self.steps += 1
            self.state, commands = step(self.state, self._next())
            self.ordered += commands
            for command in commands:
                self._obey(command)
            if self.clock == "backwards":
                self.steady, self.wall = self.steady - HOUR, self.wall - HOUR
        return self

    def _next(self) -> ev.Event:
        if self._pending:
            event = self._pending.popleft()
            if isinstance(event, ev.Spawned):
                self._live()
            return event
        if self.timer is not None:
            self._advance(self.timer)
            self.timer = None
            return ev.TimerFired(self.moment())
        assert self._alive, f"nothing will ever happen again: {self.state.phase}"
        return self._dead(replace(self.dies, exit=self.dies.exit or Exit(code=0)))

    def _advance(self, seconds: float) -> None:
        if self.clock != "still":
            self.steady, self.wall = self.steady + seconds, self.wall + seconds

    def _live(self) -> None:
        self._alive = True
        self._advance(UPTIME)
        if self.answers:
            self._pending.append(ev.Answered())
        living = replace(self.dies, exit=None, uptime=UPTIME, moment=self.moment())
        if self.dies.condemned is not None:
            self._pending.append(ev.Condemned(living))
        elif self.dies.exit is not None:
            self._pending.append(self._dead(self.dies))
        elif self.dies.error is not None:
            self._pending.append(ev.TurnDied(living))

    def _dead(self, ending: Ending) -> ev.Exited:
        self._alive = False
        return ev.Exited(replace(ending, uptime=UPTIME, moment=self.moment()))

    def _obey(self, command: do.Command) -> None:
        match command:
            case do.Spawn():
                self._pending.append(ev.Spawned(1))
            case do.Interrupt() | do.Terminate() | do.Kill() if self._alive:
                self._pending.append(self._dead(replace(self.dies, exit=Exit(code=143))))
            case do.Compact(way=Way.RESUMED) if not self.resumes:
                self._pending.append(ev.CompactionFailed("120 MB"))
            case do.Compact(way=way):
                self._pending.append(ev.Compacted("s2", way, 60_000, 8_000, "by a model"))
            case do.SetTimer(seconds):
                self.timer = seconds
            case do.Check():
                found = next(self._looks)
                print_of_them = str(self.steps) if self.renewed else "same"
                self._pending.append(ev.Checked(found, print_of_them, "told", self.moment()))

    def count(self, kind: type) -> int:
        return sum(isinstance(command, kind) for command in self.ordered)

    @property
    def ways(self) -> Counter[Way]:
        return Counter(each.way for each in self.ordered if isinstance(each, do.Compact))

    @property
    def code(self) -> int:
        last = self.ordered[-1]
        assert isinstance(last, do.Quit), f"after {self.steps} steps: {self.state.phase}"
        return last.code


def an_ending(row: Row) -> Ending:
    """Of this row: the first that is recorded."""
    return ending(of_row(row.name)[0])


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_the_same_ending_for_ever_comes_to_an_end(row: Row, clock: str) -> None:
    dies = an_ending(row)
    world = World(dies, clock).run(bound=3_500 if row.remedy is Remedy.PARK else 2_000)
    own = {0 if dies.exit is None else dies.exit.returncode}
    spawns = world.count(do.Spawn)
    match row.remedy:
        case Remedy.FINISH | Remedy.HAND:
            assert {world.code} == own and spawns == 1 and world.steps <= 5
            assert world.count(do.Announce) == (row.remedy is Remedy.HAND)
        case Remedy.WAIT | Remedy.RESET:
            assert world.code == TRY_LATER
            assert set(world.ways) <= {Way.RESUMED}
        case Remedy.PARK:
            assert world.code == NO_CREDENTIALS
            assert set(world.ways) <= {Way.RESUMED} and spawns <= 12
        case Remedy.THRASH:
            assert world.code == GAVE_UP and spawns == 2
        case _:
            assert world.code == GAVE_UP and world.steps < 100
            assert spawns <= (9 if row.name in PLANNED else 5)
    assert world.count(do.Quit) == 1


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("remedy", Remedy)
def test_whatever_a_row_of_the_user_orders_comes_to_an_end(remedy: Remedy, clock: str) -> None:
    own = (Row("mine", remedy, "It is mine.", text="overloaded", silent=True),)
    for dies in (an_ending(row_named("overloaded")), ending("silent-exit-0")):
        world = World(dies, clock, Policy(own=own)).run(bound=3_500)
        assert world.code in (GAVE_UP, TRY_LATER, NO_CREDENTIALS, 0, 1)


def row_named(name: str) -> Row:
    return next(row for row in ROWS if row.name == name)


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.remedy in RECOVERED], ids=lambda row: row.name
)
def test_progress_is_no_leave_to_go_on_for_ever(row: Row, clock: str) -> None:
    world = World(an_ending(row), clock, answers=True).run(bound=2_000)
    assert world.code == GAVE_UP
    assert world.count(do.Spawn) == 1 + 50


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.remedy in PATIENT], ids=lambda row: row.name
)
def test_a_wait_after_each_answer_compacts_nothing(row: Row, clock: str) -> None:
    world = World(an_ending(row), clock, answers=True).run(bound=500)
    assert set(world.ways) <= {Way.RESUMED}
    assert world.state.history.relaunches == 0


def test_thrashing_ends_the_second_time_whatever_was_answered_between() -> None:
    for clock in CLOCKS:
        world = World(an_ending(row_named("thrashing")), clock, answers=True).run(bound=100)
        assert world.code == GAVE_UP and world.count(do.Spawn) == 2


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.remedy not in PATIENT], ids=lambda row: row.name
)
def test_a_session_that_can_never_be_resumed_comes_to_an_end(row: Row, clock: str) -> None:
    world = World(an_ending(row), clock, resumes=False).run(bound=100)
    assert world.code is not None and world.count(do.Spawn) <= 9


@pytest.mark.parametrize("clock", CLOCKS)
@pytest.mark.parametrize("renewed", [False, True], ids=["the same", "others at each look"])
@pytest.mark.parametrize(
    "looks",
    [
        ("good",),
        ("unknown",),
        ("expired",),
        ("expired", "good"),
        ("expired", "good", "good"),
        ("expired", "unknown"),
        ("unknown", "good"),
        ("good", "unknown", "expired"),
    ],
    ids="-".join,
)
def test_parking_asks_seldom_and_ends(looks: tuple[str, ...], renewed: bool, clock: str) -> None:
    world = World(
        an_ending(row_named("credentials expired")), clock, looks=looks, renewed=renewed
    ).run(bound=3_500)
    assert world.code == NO_CREDENTIALS
    assert sum(order == do.Check(probe=True) for order in world.ordered) < 12
    assert world.count(do.Spawn) <= 12
    assert world.count(do.Refresh) == 1


def test_credentials_that_are_denied_end_the_run_at_the_first_request() -> None:
    world = World(an_ending(row_named("credentials expired")), looks=("good", "denied")).run(99)
    assert world.code == NO_CREDENTIALS and world.count(do.Spawn) == 1


@pytest.mark.parametrize("remedy", PATIENT)
def test_no_wait_goes_on_when_the_time_of_the_run_is_over(remedy: Remedy) -> None:
    row = next(row for row in ROWS if row.remedy is remedy)
    world = World(an_ending(row), policy=Policy(max_time=90.0), looks=("unknown",)).run(bound=99)
    assert world.code == (GAVE_UP if remedy is Remedy.PARK else TRY_LATER)
    assert world.count(do.Spawn) <= (8 if remedy is Remedy.WAIT else 1)


def test_a_world_of_deaths_of_all_kinds_comes_to_an_end() -> None:
    """Each launch dies of something else, and none is answered."""
    deaths = cycle([an_ending(row) for row in ROWS if row.remedy in (*PATIENT, *RECOVERED)])
    world = World(next(deaths))
    while world.state.phase is not Phase.ENDED and world.steps < 3_500:
        launches = world.count(do.Spawn)
        world.run(world.steps + 1)
        if world.count(do.Spawn) > launches:
            world.dies = next(deaths)
    assert world.code in (GAVE_UP, TRY_LATER, NO_CREDENTIALS)
