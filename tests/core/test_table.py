"""The table of endings: complete, without doubles, the user's rows first."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import replace

import pytest

from supervisor.core.classify import classify
from supervisor.core.ending import ApiError, Ending, Exit
from supervisor.core.errors import ERRORS, UNKNOWN
from supervisor.core.rows import Remedy, Row
from supervisor.core.table import (
    ASKED_TO_END,
    CRASHES,
    FAILED,
    FINISHED,
    PLANNED,
    PROCESSES,
    ROWS,
    USER_LEFT,
    WARDS,
    is_left,
    row_of_error,
    row_of_process,
    ward,
)

from ..recorded import ENDINGS, of_row

KILLED = Ending(Exit(signal=signal.SIGKILL), turn_open=True)
THROTTLED = ApiError("API Error: 429 Too many tokens, please wait.", "rate_limit", 429)
REMEDIES = {
    "out of memory": "compact",
    "thrashing": "thrash",
    "daily quota": "reset",
    "throttled": "wait",
    "usage limit": "reset",
    "billing": "hand",
    "credentials expired": "park",
    "login needed": "hand",
    "refusal": "hand",
    "poisoned history": "compact",
    "unprocessable media": "compact",
    "context overflow": "compact",
    "request too large": "compact",
    "output limit": "resume",
    "overloaded": "wait",
    "connection lost": "wait",
    "service down": "wait",
    "compaction failed": "compact",
    "not allowed": "hand",
    "unknown error": "resume",
    "JavaScript heap exhausted": "compact",
    "killed by the kernel for memory": "resume",
    "killed in the middle of a turn": "resume",
    "crashed in the middle of a turn": "resume",
    "killed by its own command": "resume",
    "asked to end": "hand",
    "not read": "finish",
    "silent exit": "resume",
    "hang": "resume",
    "memory limit": "resume",
    "context threshold": "compact",
    "the user left": "finish",
    "finished": "finish",
    "failed": "finish",
}


def mine(remedy: Remedy = Remedy.HAND, **evidence: object) -> tuple[Row, ...]:
    return (Row("mine", remedy, "It is mine.", **evidence),)  # type: ignore[arg-type]


def test_every_row_has_its_remedy() -> None:
    assert {row.name: row.remedy.value for row in ROWS} == REMEDIES


def test_every_remedy_is_that_of_a_row() -> None:
    assert {row.remedy for row in ROWS} == set(Remedy)


def test_no_name_and_no_sentence_of_a_death_stands_for_two_kinds_of_rows() -> None:
    assert not [name for name, count in Counter(row.name for row in ROWS).items() if count > 1]
    sentences = Counter(row.told for row in ROWS)
    twice = [told for told, count in sentences.items() if count > 1]
    assert twice == ["Claude Code ran out of memory in the middle of the job."]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_every_row_tells_a_person_one_sentence_and_has_an_ending(row: Row) -> None:
    assert row.told.endswith(".") and row.told[0].isupper()
    assert of_row(row.name)


def test_no_ending_has_a_row_that_does_not_exist() -> None:
    assert {recorded["row"] for recorded in ENDINGS.values()} == set(REMEDIES)


def test_a_row_stands_where_its_evidence_is_looked_at() -> None:
    assert all(row.of_error and not row.of_process for row in ERRORS)
    assert all(row.of_process and not row.of_error for row in PROCESSES)
    assert all(row.ward and not row.of_process and not row.of_error for row in WARDS)
    assert not any(row.of_error or row.of_process for row in (UNKNOWN, USER_LEFT, FINISHED, FAILED))


def test_what_asks_for_an_end_is_no_crash() -> None:
    assert not ASKED_TO_END & CRASHES
    assert signal.SIGKILL not in ASKED_TO_END | CRASHES


def test_size_is_of_interest_only_where_something_is_compacted_for_it() -> None:
    assert {row.remedy for row in ROWS if row.of_size} == {Remedy.COMPACT}


@pytest.mark.parametrize("row", WARDS, ids=lambda row: row.name)
def test_a_ward_has_its_row(row: Row) -> None:
    assert ward(row.name) is row
    assert classify(Ending(None, condemned=row.name)).row is row


def test_only_wards_are_planned() -> None:
    assert {row.name for row in WARDS} >= PLANNED
    assert "hang" not in PLANNED


def test_another_reason_of_our_own_is_a_bug() -> None:
    with pytest.raises(KeyError):
        ward("the moon")


# The rows of the user.


def test_a_user_gives_a_known_text_another_remedy() -> None:
    own = mine(text="too many tokens")
    assert row_of_error(THROTTLED, own) is own[0]
    assert row_of_error(THROTTLED).name == "throttled"
    assert row_of_error(ApiError("API Error: Overloaded"), own).name == "overloaded"


def test_a_user_makes_an_unknown_text_known() -> None:
    moon = ApiError("API Error: 400 The moon is full.", "invalid_request", 400)
    assert row_of_error(moon, mine(text="the moon")).name == "mine"
    assert row_of_error(moon) is UNKNOWN


@pytest.mark.parametrize(
    "own",
    [mine(statuses=frozenset({418})), mine(kinds=frozenset({"moon"}))],
    ids=["status", "kind"],
)
def test_a_user_makes_a_status_or_a_kind_known(own: tuple[Row, ...]) -> None:
    assert row_of_error(ApiError("API Error: oops", "moon", 418), own) is own[0]
    assert row_of_error(ApiError("API Error: oops", "sun", 417), own) is UNKNOWN


def test_a_user_gives_a_known_status_or_kind_another_remedy() -> None:
    odd = ApiError("API Error: oops", "rate_limit", 429)
    assert row_of_error(odd).name == "throttled"
    assert row_of_error(odd, mine(statuses=frozenset({429}))).name == "mine"
    assert row_of_error(odd, mine(kinds=frozenset({"rate_limit"}))).name == "mine"


def test_the_first_row_of_a_user_counts() -> None:
    own = (*mine(text="too many tokens"), *mine(Remedy.PARK, text="too many"))
    assert row_of_error(THROTTLED, own) is own[0]
    assert row_of_error(THROTTLED, own[::-1]) is own[1]


@pytest.mark.parametrize(
    ("own", "ending"),
    [
        (mine(signals=frozenset({signal.SIGKILL})), KILLED),
        (mine(signals=frozenset({signal.SIGKILL})), replace(KILLED, exit=Exit(code=137))),
        (mine(signals=frozenset({signal.SIGKILL}), oom_killed=True), replace(KILLED, oom_kills=1)),
        (mine(silent=True, screen="moon"), replace(KILLED, screen="the moon")),
        (mine(silent=True), KILLED),
        (mine(signals=frozenset({signal.SIGTERM})), replace(KILLED, exit=Exit(signal=15))),
    ],
)
def test_a_user_gives_an_end_of_the_process_another_remedy(
    own: tuple[Row, ...], ending: Ending
) -> None:
    assert row_of_process(ending, own) is own[0]
    assert row_of_process(ending) in PROCESSES
    assert classify(ending, own).row is own[0]
    assert classify(replace(ending, turn_open=False), own).row is FAILED


def test_a_row_of_a_user_that_does_not_fit_changes_nothing() -> None:
    own = mine(text="the moon", signals=frozenset({signal.SIGUSR1}))
    for ending in (KILLED, Ending(None, error=THROTTLED), Ending(Exit(code=0))):
        assert classify(ending, own) == classify(ending)


def test_what_the_user_calls_left_is_left() -> None:
    assert not is_left(THROTTLED)
    assert is_left(THROTTLED, mine(text="too many tokens"))
    assert is_left(THROTTLED, mine(Remedy.FINISH, text="too many tokens"))
    assert not is_left(ApiError("Not logged in"), mine(Remedy.WAIT, text="not logged in"))


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row.name)
def test_what_is_finished_or_handed_over_is_left(row: Row) -> None:
    for name in of_row(row.name):
        if told := ENDINGS[name]["ending"].get("error"):
            assert is_left(ApiError(**told)) == (row.remedy is Remedy.HAND)


def test_the_screen_and_the_command_are_read_to_their_end_in_no_time() -> None:
    for words in (" ", "w", "kill", "heap out of ", "RangeError: "):
        ending = replace(KILLED, screen=words * 99_999, under_way=words * 99_999)
        assert row_of_process(ending) is not None


def test_a_row_of_the_users_own_comes_before_any_text_of_ours() -> None:
    own = (Row("my limit", Remedy.HAND, "told", statuses=frozenset({429})),)
    assert row_of_error(THROTTLED, own).name == "my limit"
    assert row_of_error(THROTTLED).name == "throttled"
    assert row_of_error(replace(THROTTLED, status=None), own).name == "throttled"


def test_a_curly_apostrophe_is_an_apostrophe() -> None:
    assert row_of_error(ApiError("You’ve hit your limit · resets 3pm")).name == "usage limit"
