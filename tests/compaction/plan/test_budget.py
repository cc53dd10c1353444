"""Budget: how much is kept, and what a text takes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.plan.budget import (
    LARGEST,
    SMALLEST,
    UNTOUCHED,
    Deaths,
    budget,
    elide,
    fit,
    tokens,
)

from ...generated import examples


def test_the_parts_are_no_more_than_the_whole() -> None:
    for size in (0, 5_000, 50_000, 500_000):
        for hardness in range(6):
            found = budget(size, hardness, Deaths())
            parts = found.narrative + found.tail
            assert parts <= found.total
            assert SMALLEST <= found.total <= LARGEST


def test_a_small_session_is_kept_whole() -> None:
    assert budget(UNTOUCHED - 1, 0, Deaths()).total == UNTOUCHED - 1
    assert budget(UNTOUCHED * 2, 0, Deaths()).total == UNTOUCHED


def test_a_large_one_is_kept_by_a_share() -> None:
    assert budget(100_000, 0, Deaths()).total == 20_000
    assert budget(1_000_000, 0, Deaths()).total == LARGEST


def test_each_barren_relaunch_halves_what_is_kept() -> None:
    totals = [budget(100_000, hardness, Deaths()).total for hardness in range(6)]
    assert totals == [20_000, 10_000, 5_000, 2_500, 1_250, SMALLEST]


def test_deaths_after_a_few_steps_teach_the_size_that_kills() -> None:
    assert budget(9_000, 0, Deaths((30_000, 10_000), steps=3)).total == 1_800 < UNTOUCHED
    assert budget(40_000, 0, Deaths((30_000, 50_000), steps=8)).total == 6_000


@pytest.mark.parametrize("earlier", [Deaths((10_000,), 9), Deaths((10_000,), 0), Deaths((), 3)])
def test_deaths_after_long_work_or_none_teach_nothing(earlier: Deaths) -> None:
    assert budget(9_000, 0, earlier) == budget(9_000, 0, Deaths())


def test_tokens_are_bytes_by_four() -> None:
    assert (tokens(""), tokens("abcdefgh"), tokens("ěěěě")) == (0, 2, 2)
    assert tokens("\ud83d" * 4) == 1  # half a pair is no crash


def test_a_text_is_shortened_in_its_middle() -> None:
    assert elide("abcdef", 6) == "abcdef"
    assert elide("a" * 600 + "b" * 400, 100) == (
        "a" * 60 + "\n[… 900 characters left out …]\n" + "b" * 40
    )
    assert elide("abcdef", 0) == "\n[… 6 characters left out …]\n"


SAID = tokens("\n[… 1,234,567 characters left out …]\n") + 1


@examples(200)
@given(
    st.lists(st.tuples(st.sampled_from(["x", "ě", "語", "😀"]), st.integers(0, 900)), max_size=5),
    st.integers(1, 800),
)
def test_what_is_fitted_has_no_more_tokens_whatever_the_scripts(
    runs: list[tuple[str, int]], limit: int
) -> None:
    text = "".join(sign * count for sign, count in runs)
    fitted = fit(text, limit)
    assert tokens(fitted) <= limit + SAID
    assert (fitted == text) is (len(text.encode()) <= limit * 4)


def test_what_is_fitted_uses_the_room() -> None:
    for sign in "x語":
        assert tokens(fit(sign * 9_000, 500)) > 480
