"""What a row is: by what it is told, named and shown."""

from __future__ import annotations

import signal
from dataclasses import replace

import pytest

from supervisor.core.ending import ApiError, Ending, Exit
from supervisor.core.rows import Remedy, Row

ROW = Row("mine", Remedy.HAND, "It is mine.", text=r"the moon is full\b")
KILLED = Ending(Exit(signal=signal.SIGKILL), turn_open=True)


@pytest.mark.parametrize("remedy", Remedy)
def test_every_remedy_is_told_in_its_own_words(remedy: Remedy) -> None:
    assert remedy.told
    assert [each for each in Remedy if each.told == remedy.told] == [remedy]
    assert Remedy(remedy.value) is remedy


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\n  ",
        "API Error: ",
        "API Error:",
        "API Error ",
        "api error: ",
        "API Error: 400 ",
        "API Error: (400) ",
        "API Error: 400 - ",
        "API Error: 400 · ",
        "API Error: 400: ",
        "API Error: Request rejected (429) - ",
        "API Error: Request rejected (429) · ",
        "Request rejected (429) · ",
        "Please run /login · API Error: 403 ",
        "Error: Error during compaction: Error: ",
        "Error during compaction: API Error: ",
        "API Error: ValidationException: ",
        "API Error: 400 ValidationException: ",
        "RangeError: ",
        'API Error (500 {"message":"',
        'API Error: 500 {"type":"error","error":{"type":"api_error","message" : "',
        "API Error: 400 messages.0.content.12.image.source.base64: ",
        "messages.3: ",
    ],
)
def test_what_claude_code_puts_before_the_words_is_passed_over(before: str) -> None:
    assert ROW.is_told_by(ApiError(f"{before}The moon is full."))
    assert not ROW.is_told_by(ApiError(f"{before}They say: The moon is full."))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "API Error:",
        "See API Error: The moon is full.",
        "The tool said: the moon is full",
        "API Error: 400 400 the moon is full",
        "API Error: 4000 the moon is full",
        "API Error: the moon is fuller",
        "API Error: the moon is",
        'API Error: {"message":"It said: the moon is full"}',
        "API Error: {" + "x" * 999 + '"message":"the moon is full',
    ],
)
def test_the_words_elsewhere_are_not_the_error(text: str) -> None:
    assert not ROW.is_told_by(ApiError(text))


def test_a_row_without_words_is_told_by_none() -> None:
    assert not replace(ROW, text="").is_told_by(ApiError(""))
    assert not replace(ROW, text="").is_told_by(ApiError("The moon is full."))


def test_a_row_is_named_by_a_kind_or_a_status() -> None:
    row = replace(ROW, text="", kinds=frozenset({"moon"}), statuses=frozenset({418}))
    assert row.is_named_by(ApiError("", kind="moon"))
    assert row.is_named_by(ApiError("", status=418))
    assert not row.is_named_by(ApiError("moon 418"))
    assert not ROW.is_named_by(ApiError("The moon is full."))


def test_a_row_is_of_errors_or_of_processes() -> None:
    assert ROW.of_error and not ROW.of_process
    killed = Row("mine", Remedy.HAND, "It is mine.", signals=frozenset({9}))
    assert killed.of_process and not killed.of_error
    assert replace(killed, signals=frozenset(), silent=True).of_process


def row(**evidence: object) -> Row:
    return Row("mine", Remedy.HAND, "It is mine.", **evidence)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("mine", "ending", "shown"),
    [
        (row(signals={9}), KILLED, True),
        (row(signals={9}), replace(KILLED, exit=Exit(code=137)), True),
        (row(signals={11}), KILLED, False),
        (row(signals={9}), replace(KILLED, exit=None), False),
        (row(signals={9}), replace(KILLED, exit=Exit(code=9)), False),
        (row(text="x"), KILLED, False),
        (row(ward=True), KILLED, False),
        (row(screen="moon"), replace(KILLED, screen="moon"), False),
        (row(signals={9}, screen="moon"), replace(KILLED, screen="a\nmoon\nb"), True),
        (row(signals={9}, screen="moon"), replace(KILLED, screen="sun"), False),
        (row(signals={9}, under_way="moon"), replace(KILLED, under_way="a moon"), True),
        (row(signals={9}, under_way="moon"), replace(KILLED, screen="moon"), False),
        (row(signals={9}, oom_killed=True), replace(KILLED, oom_kills=2), True),
        (row(signals={9}, oom_killed=True), KILLED, False),
        (row(silent=True), replace(KILLED, exit=Exit(code=1)), True),
        (row(silent=True), replace(KILLED, exit=Exit(code=0)), True),
        (row(silent=True), replace(KILLED, exit=Exit(code=1), reported=True), False),
        (row(silent=True), replace(KILLED, exit=Exit(code=1), begun=False), False),
        (row(silent=True, screen="moon"), replace(KILLED, screen="sun"), False),
        (row(signals={9}), replace(KILLED, reported=True, begun=False), True),
    ],
)
def test_a_row_is_shown_by_all_of_its_evidence(mine: Row, ending: Ending, shown: bool) -> None:
    assert mine.is_shown_by(ending) == shown
