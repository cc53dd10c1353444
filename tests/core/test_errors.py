"""The words of errors: the right ones, their negative twins, and those without end."""

from __future__ import annotations

import re
import time
from dataclasses import replace

import pytest

from supervisor.core.ending import ApiError
from supervisor.core.errors import ERRORS, UNKNOWN
from supervisor.core.rows import Row
from supervisor.core.table import row_of_error

from ..recorded import ENDINGS, WITH_ERROR, error

LONG = 100_000  # characters
PROSE = (
    "A long answer about errors, as a model likes to write them, goes on and on; somewhere in "
    "the midst of it, and by no means at its beginning, stand the words "
)
LITERAL = [name for name in WITH_ERROR if ENDINGS[name]["row"] != UNKNOWN.name]


def name_of(text: str, kind: str = "unknown", status: int | None = None) -> str:
    return row_of_error(ApiError(text, kind, status)).name


def told_by(name: str) -> Row | None:
    return next((row for row in ERRORS if row.is_told_by(error(name))), None)


BY_WORDS = [name for name in LITERAL if told_by(name)]


@pytest.mark.parametrize("name", BY_WORDS)
def test_words_decide_before_any_kind_and_status(name: str) -> None:
    row = row_of_error(error(name))
    for kind in ("unknown", "rate_limit", "invalid_request", "authentication_failed", "overloaded"):
        for status in (None, 400, 402, 403, 413, 429, 529):
            assert row_of_error(replace(error(name), kind=kind, status=status)) is row


@pytest.mark.parametrize("name", BY_WORDS)
def test_words_in_the_middle_of_an_error_are_not_its_words(name: str) -> None:
    assert row_of_error(ApiError(PROSE + error(name).text)) is UNKNOWN
    assert row_of_error(ApiError("API Error: 400 " + PROSE + error(name).text)) is UNKNOWN


@pytest.mark.parametrize("name", BY_WORDS)
def test_neither_case_nor_what_follows_counts(name: str) -> None:
    row, told = row_of_error(error(name)), error(name).text
    for text in (told.upper(), told.lower(), f" \n{told}\n", f"{told} And so on."):
        assert row_of_error(ApiError(text)) is row


def test_every_row_with_words_is_told_by_a_recorded_ending() -> None:
    by_words = {row.name for name in BY_WORDS if (row := told_by(name))}
    assert by_words == {row.name for row in ERRORS if row.text}


def test_every_row_with_a_kind_or_a_status_is_named_by_a_recorded_ending() -> None:
    named = {ENDINGS[name]["row"] for name in LITERAL if name not in BY_WORDS}
    assert named == {row.name for row in ERRORS if row.kinds or row.statuses}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("API Error: 429 Too many tokens, please wait before trying again.", "throttled"),
        ("API Error: 400 Too many tokens, please wait before trying again.", "throttled"),
        ("API Error: 429 Too many tokens per day, please wait.", "daily quota"),
        ("API Error: 400 Too many input tokens", "context overflow"),
        ("API Error: (not your usage limit) · Rate limited", "unknown error"),
        (
            "API Error: Server is temporarily limiting requests (not your usage limit)",
            "throttled",
        ),
        ("Rate limit reached for requests", "throttled"),
        ("Weekly limit reached ∙ resets 7pm", "usage limit"),
        ("Opus weekly limit reached ∙ resets 7pm", "usage limit"),
        ("Context limit reached · /compact or /clear to continue", "context overflow"),
        ("Context window limit reached", "unknown error"),
        ("You've reached your Opus limit. Run /usage-credits", "billing"),
        ("You've reached your Opus limit · resets 3pm", "usage limit"),
        ("You're out of extra usage", "billing"),
        ("You're out of extra usage · resets 3pm", "usage limit"),
        ("Error during compaction: Error: Conversation too long.", "compaction failed"),
        ("Error during compaction: API Error: Connection error.", "connection lost"),
        ("Error during compaction: API Error: Out of memory", "out of memory"),
        ("Prompt is too long · automatic compaction failed: x", "context overflow"),
        ("API Error: 503 Too many connections, please wait before trying again.", "throttled"),
        ("API Error: Connection closed mid-response", "connection lost"),
        ("API Error: Server error mid-response", "connection lost"),
        ("API Error: 403 The security token included is expired", "credentials expired"),
        ("Please run /login · API Error: 403 ExpiredTokenException", "credentials expired"),
        ("Please run /login · API Error: 401 Invalid authentication credentials", "login needed"),
    ],
)
def test_words_that_are_easily_mistaken(text: str, name: str) -> None:
    assert name_of(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "API Error: Out of memoryless regions",
        "API Error: CUDA out of memory. Tried to allocate 2.00 GiB",
        "API Error: The tool ran out of memory",
        "API Error: JavaScript heap",
        "API Error: terminatedness",
        "API Error: abortedly",
        "API Error: 5290 of them",
        "API Error: The prompt is too long",
        "API Error: Autocompaction is thrashing",
        "API Error: No token has expired",
        "API Error: 400 invalid_request_error",
    ],
)
def test_words_that_run_on_or_only_sound_alike_are_not_known(text: str) -> None:
    assert name_of(text) == UNKNOWN.name


@pytest.mark.parametrize("status", [None, 200, 400, 418, 429, 500])
def test_neither_kind_nor_status_tells_of_memory_context_or_history(status: int | None) -> None:
    for kind in ("unknown", "invalid_request", "rate_limit", "server_error", ""):
        row = row_of_error(ApiError("API Error: oops", kind, status))
        assert not row.of_size and row.name not in ("poisoned history", "unprocessable media")


@pytest.mark.parametrize("row", ERRORS, ids=lambda row: row.name)
def test_a_row_of_errors_is_complete(row: Row) -> None:
    assert row.of_error and not row.of_process and not row.ward
    assert row.told.endswith(".") and row.source
    assert not re.compile(row.text or "x").match("")


ENDLESS = [
    " ", "\n", "w", "5", "500 ", "{", "(", '"', ".", "a-", "a ", "-a- ", "limit ", "Error",
    "Error: ", "Exception: ", "messages.", "messages.0: ", "image", "image ", '"message":',
    '"message":"', "tool_use", "API Error", "API Error: ", "resets", "please ", "· ", "\\", "\0",
    "é", "exceeds the ",
]  # fmt: skip
BEGINNINGS = [
    "",
    "API Error: ",
    "API Error: 500",
    "API Error (500 {",
    "messages.",
    "You've hit your",
]


def slow(text: str) -> float:
    started = time.perf_counter()
    row_of_error(ApiError(text))
    return time.perf_counter() - started


@pytest.mark.parametrize("unit", ENDLESS, ids=repr)
def test_a_text_without_end_takes_no_time(unit: str) -> None:
    for beginning in BEGINNINGS:
        assert slow(beginning + unit * (LONG // len(unit)) + "x") < 2.0


@pytest.mark.parametrize("name", WITH_ERROR)
def test_known_words_again_and_again_take_no_time(name: str) -> None:
    told = error(name).text
    assert slow("x" + told * (LONG // len(told))) < 2.0
    assert slow(told[:-1] * (LONG // len(told))) < 2.0
