"""Compose: the user's own words first, then what code knows, within a budget."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.compose import HEADING, Surroundings, compose, user_words
from supervisor.compaction.digest import Digest
from supervisor.compaction.digest.files import File
from supervisor.compaction.earlier import SECTIONS, sections
from supervisor.compaction.plan.budget import SMALLEST, Budget, tokens

from ..generated import examples
from .facts import bash, digest_of, said

TASK = "Sort the ledger of Ostrava.\n\n  Never touch the file budget-1972.xls, whatever happens."
AROUND = Surroundings("out of memory", ["/h/one.jsonl", "/h/two.jsonl"], "## main\n M ledger")
AMPLE = Budget(24_000)


def told(
    digest: Digest, narrative: str = "", around: Surroundings = AROUND, budget: Budget = AMPLE
) -> str:
    return str(compose(digest, narrative, around, budget))


def test_the_users_words_stand_first_and_word_for_word() -> None:
    later = 'No "annex"! ```and``` $HOME {x} %s'
    known = digest_of(
        said("user", TASK),
        said("assistant", "We keep sqlite, because the disk is small."),
        said("user", later),
    )
    context = told(known, "## Decisions\nThe notes.")
    assert TASK in context and later in context
    parts = (TASK, later, "We keep sqlite", "M ledger", "The notes.")
    order = [context.index(part) for part in parts]
    assert order == sorted(order)


def test_all_parts_are_there_in_their_order() -> None:
    known = digest_of(said("user", TASK), bash("make 1", "2 failed", failed=True), bash("go", None))
    known.summary = "the newer summary"
    known.files = {"read.py": File({"read": 1}), "new.py": File({"written": 1, "edited": 2})}
    known.commits = [("1a2b3c4", "Sort")]
    known.todos = [("completed", "Sort"), ("pending", "Count")]
    context = told(known)
    for words in (
        "out of memory",
        "/h/one.jsonl",
        "/h/two.jsonl",
        "the newer summary",
        "new.py: written, edited 2x",
        "read.py",
        "1a2b3c4 Sort",
        "[completed] Sort",
        "[pending] Count",
        "    2 failed",
        "make 1",
        "    ## main",
    ):
        assert words in context
    found = sections(context)
    assert list(found) == [key for key in SECTIONS if key in found]
    assert "go" in found["under_way"] and "make 1" in found["failure"]
    assert "the newer summary" not in told(known, "## Decisions\nThe notes.")


def test_what_is_not_known_has_no_heading() -> None:
    context = told(Digest(words=[TASK]), around=Surroundings("killed"))
    assert context.count("## ") == 1 and list(sections(context)) == ["words"]


def test_what_filled_the_context_is_named_where_it_is_known() -> None:
    around = Surroundings("killed", culprits=("Bash `cat big`: about 9,000 tokens at once",))
    found = sections(told(Digest(words=[TASK]), around=around))
    assert found["culprits"] == "- Bash `cat big`: about 9,000 tokens at once"


# --- The user's words


def test_words_that_fit_are_not_touched() -> None:
    words = [TASK, "x" * 3_000, "indented\n\n\n  so"]
    shown = user_words(words, 4_000)
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
    assert task.strip() in shown


@pytest.mark.parametrize("limit", [600, 2_000, 12_000])
def test_very_many_messages_stay_within_the_limit(limit: int) -> None:
    words = [TASK, *(f"message {n}: " + "go on " * 60 for n in range(300))]
    shown = user_words(words, limit)
    assert "Sort the ledger of Ostrava." in shown and "message 299" in shown
    assert "Never touch the file budget-1972.xls, whatever happens." in shown
    assert tokens(shown) <= limit * 1.2
    assert "messages are left out here" in shown


def test_a_very_long_message_is_no_long_context() -> None:
    lines = "\n".join(f"{n}: you must not do this, only that" for n in range(10_000))
    assert tokens(user_words([lines], 1_000)) < 1_300


RULES = st.builds("Never touch the folder part{}/ again.".format, st.integers(0, 99))
MESSAGES = st.lists(
    st.tuples(RULES, st.integers(0, 60), st.integers(0, 60)).map(
        lambda drawn: "go on with it. " * drawn[1] + drawn[0] + " And so forth." * drawn[2]
    ),
    min_size=1,
    max_size=12,
)


@examples(100)
@given(MESSAGES, st.integers(2_000, 12_000))
def test_what_is_forbidden_is_always_there(messages: list[str], total: int) -> None:
    """In its message or, where that is shortened or left out, as a rule."""
    known = Digest(words=list(dict.fromkeys(messages)))
    context = told(known, "z " * 5_000, budget=Budget(total))
    lost = [rule.text for rule in known.rules if rule.forbids and rule.text not in context]
    assert lost == []


# --- The budget as a whole


@pytest.mark.parametrize("total", [2_400, 6_000, 24_000])
def test_a_long_job_stays_within_the_budget(total: int) -> None:
    steps = [bash(f"step {n}", "x" * 3_000, failed=n % 7 == 0) for n in range(500)]
    known = digest_of(said("user", TASK), *steps)
    known.summary = "y" * 50_000
    for narrative in ("", "z" * 50_000, "- a note of the model\n" * 900):
        context = told(known, narrative, budget=Budget(total))
        assert TASK in context
        assert tokens(context) <= total


@pytest.mark.parametrize("total", [SMALLEST, 2_400, 6_000])
def test_the_facts_of_a_long_job_stay_within_the_budget_too(total: int) -> None:
    known = digest_of(said("user", TASK), bash("make", "x" * 9_000, failed=True))
    names = [f"/home/me/ledger/some/folder/file-{n}.py" for n in range(200)]
    known.files = {name: File({"edited": 1}) for name in names}
    known.commits = [(f"{n:07x}", f"A subject of the usual length, number {n}") for n in range(100)]
    known.todos = [("pending", f"A task of the usual length, number {n}") for n in range(100)]
    context = told(known, budget=Budget(total))
    assert TASK in context and "make" in sections(context)["failure"]
    assert tokens(context) <= total + HEADING


def test_the_tail_takes_of_the_budget_what_it_has() -> None:
    steps = [bash(f"deploy {n}", "x" * 300) for n in range(500)]
    known = digest_of(said("user", TASK), *steps)
    sizes = [
        tokens(str(compose(known, "", AROUND, Budget(4_000), (), tail)))
        for tail in (0, 1_000, 2_000)
    ]
    allowed = [4_000 - tail + 3 * HEADING for tail in (0, 1_000, 2_000)]
    assert all(size <= most for size, most in zip(sizes, allowed, strict=True))
    assert sizes == sorted(sizes, reverse=True) and sizes[2] < sizes[0] - 1_000


def test_the_files_that_changed_are_named_before_those_only_read() -> None:
    known = Digest(words=[TASK])
    known.files = {f"changed-{n}.py": File({"edited": 1}) for n in range(10)}
    known.files |= {f"read-{n}.py": File({"read": 1}) for n in range(90)}
    found = sections(told(known))
    assert all(f"changed-{n}.py: edited" in found["files"] for n in range(10))
    assert "read-89.py" in found["read"] and "read-0.py" not in found["read"]


def test_what_stands_in_the_tail_is_not_told_twice() -> None:
    first, last = bash("deploy first", "one"), bash("deploy last", "two")
    first.entry, last.entry = "a", "b"
    known = digest_of(said("user", TASK), first, last)
    context = str(compose(known, "", AROUND, AMPLE, {"b"}))
    assert "deploy first" in context and "deploy last" not in context
    assert "deploy last" in told(known)


def test_what_is_left_out_is_said() -> None:
    known = Digest(words=[TASK])
    known.commits = [(f"{n:07x}", "A subject " * 9) for n in range(300)]
    found = sections(told(known, budget=Budget(2_400)))["commits"]
    shown = found.count("\n- 0000")
    assert f"- … {300 - shown} more are left out; the transcript has them …" in found
    assert f"{299:07x}" in found and f"{0:07x} " not in found
