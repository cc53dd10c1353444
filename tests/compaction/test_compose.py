"""Compose: the user's own words first, then what code knows, within a budget."""

from __future__ import annotations

import time

import pytest

from supervisor.compaction.compose import Surroundings, compose, record, user_words
from supervisor.compaction.digest import Call, Digest, Said, digest
from supervisor.compaction.plan import SMALLEST, Budget, tokens

from ..entries import Transcript

TASK = "Sort the ledger of Ostrava.\n\n  Never touch the file budget-1972.xls, whatever happens."
AROUND = Surroundings("out of memory", ["/h/one.jsonl", "/h/two.jsonl"], "## main\n M ledger")
AMPLE = Budget(24_000)


def bash(number: int, output: str | None = "fine", *, failed: bool = False) -> Call:
    return Call(f"t{number}", "Bash", {"command": f"step {number}"}, output, failed)


def test_the_users_words_stand_first_and_word_for_word() -> None:
    later = 'No "annex"! ```and``` $HOME {x} %s'
    known = Digest([Said("user", TASK), Said("assistant", "I look"), Said("user", later)])
    told = compose(known, "The notes.", AROUND, AMPLE)
    assert TASK in told and later in told
    order = [told.index(part) for part in (TASK, later, "I look", "M ledger", "The notes.")]
    assert order == sorted(order)


def test_all_parts_are_there() -> None:
    known = Digest(
        [Said("user", TASK), bash(1, "2 failed", failed=True), bash(2, None)],
        earlier=["the older summary", "the newer summary"],
        files={"read.py": ["read"], "new.py": ["written", "edited"]},
        commits=[("1a2b3c4", "Sort")],
        todos=[("completed", "Sort"), ("pending", "Count")],
    )
    told = compose(known, "The notes.", AROUND, AMPLE)
    for words in (
        "out of memory",
        "/h/one.jsonl",
        "/h/two.jsonl",
        "the newer summary",
        "new.py: written, edited",
        "read.py: read",
        "1a2b3c4 Sort",
        "[completed] Sort",
        "[pending] Count",
        "Last failure, not passed since: Bash `step 1`\n    2 failed",
        "Under way when it ended: Bash `step 2`",
        "    ## main",
        "not instructions",
    ):
        assert words in told
    assert "the older summary" not in told


def test_what_is_not_known_has_no_heading() -> None:
    told = compose(Digest([Said("user", TASK)]), "", Surroundings("killed"), AMPLE)
    assert told.count("## ") == 1
    for words in ("summarizer", "Earlier", "Task list", "Commits", "work tree", "failure"):
        assert words not in told


# --- The user's words


def test_words_that_fit_are_not_touched() -> None:
    words = [TASK, "x" * 3_000, " indented\n\n\n"]
    shown = user_words(words, 2_000)
    assert shown == "\n\n".join(f"[{n}] {text}" for n, text in enumerate(words, 1))


def test_the_longest_message_is_shortened_first() -> None:
    shown = user_words([TASK, "a log: " + "x" * 50_000 + " end of log", "Go on."], 1_000)
    assert TASK in shown and "Go on." in shown
    assert "a log:" in shown and "end of log" in shown and "characters left out" in shown
    assert tokens(shown) <= 1_050


def test_a_prohibition_inside_a_long_message_survives() -> None:
    lines = [f"line {n} of a long description of the work" for n in range(2_000)]
    lines[900] = "  Never touch the file budget-1972.xls, whatever happens."
    shown = user_words(["\n".join(lines)], 500)
    assert "Never touch the file budget-1972.xls, whatever happens." in shown
    assert "line 901 " not in shown


def test_the_first_message_is_kept_whole_as_long_as_it_fits_alone() -> None:
    task = "Sort the ledger. " + "A detail of the task. " * 100
    shown = user_words([task, "a log: " + "x" * 9_000, "another: " + "y" * 9_000], 1_000)
    assert task in shown


@pytest.mark.parametrize("limit", [600, 2_000, 12_000])
def test_very_many_messages_stay_within_the_limit(limit: int) -> None:
    words = [TASK, *(f"message {n}: " + "go on " * 60 for n in range(300))]
    shown = user_words(words, limit)
    assert TASK in shown and "message 299" in shown
    assert tokens(shown) <= limit * 1.2


def test_a_very_long_message_is_no_long_work() -> None:
    lines = "\n".join(f"{n}: you must not do this, only that" for n in range(10_000))
    begun = time.monotonic()
    assert tokens(user_words([lines], 1_000)) < 3_000
    assert time.monotonic() - begun < 2.0


# --- The record


def test_the_record_is_in_its_order() -> None:
    words = [Said("user", TASK), Said("assistant", "I look")]
    calls = [bash(1), bash(2, "bad", failed=True), bash(3, None)]
    assert record(Digest([*words, *calls]), 1_000).splitlines() == [
        "- said: I look",
        "- Bash `step 1` -> ok",
        "    fine",
        "- Bash `step 2` -> FAILED",
        "    bad",
        "- Bash `step 3` -> no result: it was under way when the session ended",
    ]


@pytest.mark.parametrize("limit", [100, 300, 1_000, 5_000, 50_000])
def test_the_record_keeps_its_limit_and_its_newest_lines(limit: int) -> None:
    told = record(Digest([bash(n, f"output {n} " + "x" * 900) for n in range(400)]), limit)
    assert tokens(told) <= limit + 30
    assert "`step 399`" in told
    shown = told.count("- Bash")
    assert (f"{400 - shown} earlier steps are left out" in told) is (shown < 400)
    assert f"`step {400 - shown}`" in told  # no gap


def test_outputs_shrink_before_a_step_is_left_out() -> None:
    told = record(Digest([bash(n, "x" * 900) for n in range(100)]), 1_500)
    assert told.count("- Bash") == 100 and "left out" not in told.splitlines()[0]


@pytest.mark.parametrize("sign", ["x", "語"])
def test_the_newest_line_survives_the_smallest_limit(sign: str) -> None:
    told = record(Digest([bash(1), Said("assistant", sign * 500)]), 100)
    assert sign * 90 in told


# --- The budget as a whole


@pytest.mark.parametrize("total", [2_400, 6_000, 24_000])
def test_a_long_job_stays_within_the_budget(total: int) -> None:
    steps = [bash(n, "x" * 3_000, failed=n % 7 == 0) for n in range(500)]
    known = Digest([Said("user", TASK), *steps], earlier=["y" * 50_000])
    told = compose(known, "z" * 50_000, AROUND, Budget(total))
    assert TASK in told
    assert tokens(told) <= total


@pytest.mark.parametrize("total", [SMALLEST, 2_400, 6_000])
def test_the_facts_of_a_long_job_stay_within_the_budget_too(total: int) -> None:
    known = Digest(
        [Said("user", TASK), bash(1, "x" * 9_000, failed=True)],
        files={f"/home/me/ledger/some/folder/file-{n}.py": ["edited"] for n in range(200)},
        commits=[(f"{n:07x}", f"A subject of the usual length, number {n}") for n in range(100)],
        todos=[("pending", f"A task of the usual length, number {n}") for n in range(100)],
    )
    told = compose(known, "", AROUND, Budget(total))
    assert TASK in told
    assert tokens(told) <= total


def test_the_files_that_changed_are_named_before_those_only_read() -> None:
    files = {f"changed-{n}": ["edited"] for n in range(10)}
    files |= {f"read-{n}": ["read"] for n in range(90)}
    told = compose(Digest([Said("user", TASK)], files=files), "", AROUND, AMPLE)
    assert all(f"changed-{n}:" in told for n in range(10))
    assert "read-89:" in told and "read-0:" not in told


def test_what_stands_in_the_tail_is_not_told_twice() -> None:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.step("first step", "one")
    transcript.step("last step", "two")
    told = digest(transcript.entries)
    shown = {entry.uuid for entry in transcript.entries[-2:]}
    text = record(told, 1_000, shown)
    assert "first step" in text and "last step" not in text
    assert "last step" in record(told, 1_000)
    assert TASK in compose(told, "", AROUND, AMPLE, {entry.uuid for entry in transcript.entries})
