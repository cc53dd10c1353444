"""A size that has killed a session steers the next ones below it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import pytest

from supervisor.claude.tally import Tally
from supervisor.core.ceiling import PERCENT, WINDOW, Ceiling, steering
from supervisor.core.ending import Ending, SessionFacts
from supervisor.core.rows import Row
from supervisor.core.table import FINISHED, ROWS
from supervisor.journal.ceilings import Ceilings
from supervisor.run.steering import ABOVE_FIRST, Steering

from .watched import large

PROJECT, MODEL = "/home/me/.claude/projects/-home-me-ledger", "us.anthropic.claude-sonnet-4-6"
ANOTHER = "global.anthropic.claude-haiku-4-5"
MODELS_WINDOW = 200_000
BEGINS = 18_000  # tokens of a first request
OF_SIZE = [row for row in ROWS if row.of_size]
DEATH = OF_SIZE[0]
THRASHING = next(row for row in ROWS if row.name == "thrashing")
OTHER = next(row for row in ROWS if row.name == "overloaded")


class Project:
    """Runs of one user in one project, one after the other."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {"HOME": str(home)}
        self.program = home / "bin" / "claude"
        self.ceilings = Ceilings(home)
        self.said: list[str] = []

    def begins(self, model: str = MODEL, project: str = PROJECT, *, on: bool = True) -> Steering:
        return Steering(
            self.ceilings,
            Path(project),
            model,
            self.env,
            MODELS_WINDOW,
            self.program,
            self.said.append,
            on=on,
        )

    def has_known(self, ceiling: Ceiling) -> None:
        self.ceilings.put(PROJECT, MODEL, ceiling)

    @property
    def knows(self) -> Ceiling | None:
        return self.ceilings.get(PROJECT, MODEL)

    def sets(self, **env: str) -> None:
        """In the user's Claude Code settings."""
        folder = self.home / ".claude"
        folder.mkdir(exist_ok=True)
        (folder / "settings.json").write_text(json.dumps({"env": env}))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def tally(answered: int = 0, *, first: int = BEGINS, step: int = 0) -> Tally:
    """Of a launch whose largest request that was answered had so many tokens."""
    found = Tally()
    found.first, found.largest, found.largest_step = first, answered, step
    return found


def dies(run: Steering, size: int, row: Row = DEATH, answered: int = 0, step: int = 0) -> None:
    facts = SessionFacts(context=size)
    run.note(Ending(exit=None, facts=facts), row, tally(answered or size - 5_000, step=step))


def ends_well(run: Steering, answered: int) -> None:
    run.note(Ending(exit=None, facts=SessionFacts(context=answered)), FINISHED, tally(answered))
    run.went_well()


def is_steered(env: Mapping[str, str]) -> bool:
    return WINDOW in env


# What is learned


@pytest.mark.parametrize("row", OF_SIZE, ids=lambda row: row.name)
def test_a_death_of_size_steers_the_next_child(project: Project, row: Row) -> None:
    run = project.begins()
    assert run.environment() == {}
    dies(run, 60_000, row, step=2_000)
    assert run.environment() == {WINDOW: "100000", PERCENT: "65"}
    assert project.knows == Ceiling(60_000, 2_000, base=BEGINS)


def test_a_larger_one_is_steered_by_the_window_alone(project: Project) -> None:
    run = project.begins()
    dies(run, 120_000)
    assert run.environment() == {WINDOW: str(120_000 * 95 // 100 - 2_500 + 33_000)}


@pytest.mark.parametrize("row", [row for row in ROWS if not row.of_size], ids=lambda row: row.name)
def test_another_ending_teaches_nothing(project: Project, row: Row) -> None:
    run = project.begins()
    dies(run, 60_000, row)
    assert project.knows is None and run.environment() == {}


def test_the_next_run_begins_with_what_was_learned(project: Project) -> None:
    dies(project.begins(), 60_000)
    assert is_steered(project.begins().environment())
    assert project.begins().ceiling_tokens == 60_000


def test_it_holds_for_one_project_and_one_model(project: Project) -> None:
    dies(project.begins(), 60_000)
    assert project.begins(model=ANOTHER).environment() == {}
    assert project.begins(project="/home/me/.claude/projects/-home-me-poems").environment() == {}


def test_what_was_learned_is_said_with_its_figures(project: Project) -> None:
    dies(project.begins(), 60_000)
    assert len(project.said) == 1
    assert "60,000" in project.said[0] and f"{Ceiling(60_000).threshold:,}" in project.said[0]


def test_a_size_that_cannot_be_steered_below_is_known_and_not_announced(project: Project) -> None:
    run = project.begins()
    dies(run, 30_000, step=4_000)
    assert run.environment() == {} and project.said == []
    assert project.knows == Ceiling(30_000, 4_000, base=BEGINS)


@pytest.mark.parametrize("more", [-1, 0])
def test_a_tiny_session_teaches_nothing(project: Project, more: int) -> None:
    run = project.begins()
    dies(run, BEGINS + ABOVE_FIRST + more, answered=BEGINS)
    assert (project.knows is not None) == (more >= 0), "it did not die of its size"


def test_a_size_that_was_answered_before_was_not_the_size(project: Project) -> None:
    run = project.begins()
    dies(run, 60_000, answered=60_000)
    assert project.knows is None
    dies(run, 60_001, answered=BEGINS)
    assert project.knows == Ceiling(60_001, base=BEGINS)


def test_a_larger_request_that_was_answered_lifts_the_ceiling(project: Project) -> None:
    project.has_known(Ceiling(60_000, 2_000))
    run = project.begins()
    dies(run, 75_000, OTHER, answered=70_000)
    assert project.knows == Ceiling(70_000, 2_000)
    assert run.environment() == steering(Ceiling(70_000, 2_000))


def test_a_smaller_one_does_not(project: Project) -> None:
    project.has_known(Ceiling(60_000, 2_000))
    dies(project.begins(), 75_000, OTHER, answered=60_000)
    assert project.knows == Ceiling(60_000, 2_000)


# How it is forgotten


def test_a_run_that_goes_well_close_to_it_relaxes_it(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    ends_well(project.begins(), answered=45_000)
    assert project.knows == Ceiling(72_000)


def test_a_small_run_that_goes_well_proves_nothing(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    ends_well(project.begins(), answered=20_000)
    assert project.knows == Ceiling(60_000)


def test_a_run_with_such_a_death_relaxes_nothing(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    run = project.begins()
    dies(run, 59_000)
    ends_well(run, answered=55_000)
    assert project.knows == Ceiling(59_000, 0, 2, BEGINS)


def test_after_many_good_runs_it_is_forgotten(project: Project) -> None:
    project.has_known(Ceiling(190_000))
    ends_well(project.begins(), answered=150_000)
    assert project.knows is None


# What stands in the way


@pytest.mark.parametrize("name", [WINDOW, PERCENT, "DISABLE_AUTO_COMPACT", "DISABLE_COMPACT"])
@pytest.mark.parametrize("where", ["environment", "settings"])
def test_what_the_user_has_set_is_respected_and_named_once(
    project: Project, name: str, where: str
) -> None:
    project.has_known(Ceiling(60_000))
    if where == "environment":
        project.env[name] = "90"
    else:
        project.sets(**{name: "90"})
    run = project.begins()
    assert run.environment() == {} and run.environment() == {}
    dies(run, 55_000)
    assert run.environment() == {}
    assert [name in said and "60,000" in said for said in project.said] == [True]


def test_what_stands_in_the_way_of_nothing_is_not_named(project: Project) -> None:
    project.env[WINDOW] = "150000"
    assert project.begins().environment() == {} and project.said == []


def test_other_settings_are_not_in_the_way(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    project.sets(ANTHROPIC_MODEL=MODEL)
    assert is_steered(project.begins().environment())


def test_switched_off_it_learns_and_does_nothing(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    run = project.begins(on=False)
    dies(run, 50_000)
    assert run.environment() == {} and project.said == []
    assert project.knows == Ceiling(50_000, 0, 2, BEGINS)
    answered_twice = tally(49_000)
    answered_twice._usage = {"msg_1": {}, "msg_2": {}}
    assert not run.too_large(answered_twice)


def test_thrashing_switches_it_off_for_the_run(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    run = project.begins()
    assert is_steered(run.environment())
    dies(run, 50_000, THRASHING)
    assert run.environment() == {}
    assert is_steered(project.begins().environment())


# How close it may come


def too_large_from(run: Steering, first: int = BEGINS) -> int:
    """The smallest size at which another request would be too large."""
    return next(size for size in range(200_000) if run.too_large(large(size, first)))


@pytest.mark.parametrize("known", [Ceiling(60_000, 2_000), Ceiling(120_000, 5_000)])
def test_one_that_is_steered_may_come_to_the_last_chance(project: Project, known: Ceiling) -> None:
    project.has_known(known)
    run = project.begins()
    assert is_steered(run.environment())
    assert too_large_from(run) == known.last_chance


@pytest.mark.parametrize("known", [Ceiling(30_000, 4_000), Ceiling(190_000, 5_000)])
def test_where_it_cannot_be_steered_it_ends_one_step_earlier(
    project: Project, known: Ceiling
) -> None:
    project.has_known(known)
    run = project.begins()
    assert not is_steered(run.environment())
    assert too_large_from(run) == known.last_chance - known.step


def test_one_that_has_died_though_it_was_steered_ends_one_step_earlier(project: Project) -> None:
    project.has_known(Ceiling(60_000, 2_000))
    run = project.begins()
    assert is_steered(run.environment())
    dies(run, 59_000)
    assert is_steered(run.environment()) and project.said == []
    assert too_large_from(run) == Ceiling(59_000).last_chance - 2_000


def test_one_that_has_died_unsteered_is_steered_first(project: Project) -> None:
    run = project.begins()
    assert not is_steered(run.environment())
    dies(run, 60_000, step=2_000)
    assert is_steered(run.environment()) and len(project.said) == 1
    assert too_large_from(run) == Ceiling(60_000).last_chance


def test_one_that_was_steered_and_died_of_another_thing_is_not_steered_in_vain(
    project: Project,
) -> None:
    project.has_known(Ceiling(60_000, 2_000))
    run = project.begins()
    run.environment()
    dies(run, 59_000, OTHER)
    assert too_large_from(run) == Ceiling(60_000).last_chance


def test_one_whose_own_setting_stands_in_the_way_was_not_steered(project: Project) -> None:
    project.env[WINDOW] = "150000"
    project.has_known(Ceiling(60_000, 2_000))
    run = project.begins()
    run.environment()
    dies(run, 59_000)
    assert too_large_from(run) == Ceiling(59_000).last_chance


def test_where_the_service_tells_too_few_tokens_it_ends_one_step_earlier(project: Project) -> None:
    """Claude Code goes by what it is told, and would never come to its threshold."""
    told_too_few = tally(55_000, step=2_000)
    told_too_few._words, told_too_few._told = 55_000, 100
    assert not told_too_few.is_told
    run = project.begins()
    run.environment()
    run.note(Ending(exit=None, facts=SessionFacts(context=60_000)), DEATH, told_too_few)
    assert project.knows == Ceiling(60_000, 2_000, base=BEGINS) and project.said == []
    assert too_large_from(run) == Ceiling(60_000).last_chance - 2_000


def test_the_next_run_hopes_anew(project: Project) -> None:
    project.has_known(Ceiling(60_000, 2_000))
    run = project.begins()
    run.environment()
    dies(run, 59_000)
    assert too_large_from(project.begins()) == Ceiling(59_000).last_chance


# Versions that do not compact by themselves


def version(project: Project, number: str, *, bedrock: bool = True) -> Steering:
    project.program = project.home / "share" / "claude" / "versions" / number
    if bedrock:
        project.env["CLAUDE_CODE_USE_BEDROCK"] = "1"
    return project.begins()


@pytest.mark.parametrize("number", ["2.1.154", "2.1.160", "2.1.216"])
def test_a_mute_version_is_given_a_window(project: Project, number: str) -> None:
    assert version(project, number).environment() == {WINDOW: str(MODELS_WINDOW)}


@pytest.mark.parametrize(
    "number", ["2.0.160", "2.1.153", "2.1.217", "2.1.330", "2.2.160", "claude"]
)
def test_one_that_speaks_is_given_none(project: Project, number: str) -> None:
    assert version(project, number).environment() == {}


def test_off_bedrock_none_is_mute(project: Project) -> None:
    assert version(project, "2.1.160", bedrock=False).environment() == {}


def test_bedrock_may_be_chosen_in_the_settings(project: Project) -> None:
    project.sets(CLAUDE_CODE_USE_BEDROCK="1")
    assert is_steered(version(project, "2.1.160", bedrock=False).environment())


def test_a_ceiling_is_the_better_window_for_a_mute_one(project: Project) -> None:
    project.has_known(Ceiling(60_000))
    assert version(project, "2.1.160").environment() == steering(Ceiling(60_000))


def test_a_window_of_the_user_is_left_to_a_mute_one(project: Project) -> None:
    project.env[WINDOW] = "150000"
    assert version(project, "2.1.160").environment() == {}
