"""Record: texts no longer than they may be kept, and no secret cut in half."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.record import (
    MARGIN,
    MOST_PARTS,
    SEPARATOR,
    Call,
    Excerpt,
    excerpt,
    excerpts,
    left_out,
    shortened,
)
from supervisor.compaction.redact import redactor

from ..generated import examples
from .facts import as_it_is
from .planted import EVERY, Planted, pem

redact = redactor({}, b"key")
WORDS = "Some words of a long and dull output stand here.\n"
PART = 12  # characters in a row that tell something


def leaks(planted: Planted, shown: str) -> list[str]:
    core = planted.core
    parts = {core[at : at + PART] for at in range(max(1, len(core) - PART + 1))}
    return sorted(part for part in parts if part in shown)


# --- Lengths


def test_what_fits_is_kept_whole() -> None:
    kept = excerpt("abc", 3, as_it_is)
    assert (kept.head, kept.tail, kept.missing, str(kept)) == ("abc", "", 0, "abc")


@pytest.mark.parametrize("length", [0, 99, 100, 101, 100 + 2 * MARGIN, 101 + 2 * MARGIN, 90_000])
def test_an_excerpt_is_the_head_and_the_tail_and_says_what_is_missing(length: int) -> None:
    text = "".join(chr(33 + at % 90) for at in range(length))
    kept = excerpt(text, 100, as_it_is)
    assert len(kept) == min(100, length) and kept.missing == max(0, length - 100)
    assert text.startswith(kept.head) and text.endswith(kept.tail)
    assert (left_out(kept.missing) in str(kept)) is (length > 100)


@given(st.integers(0, 2_000), st.integers(2, 900), st.integers(2, 900))
@examples(100)
def test_shortened_twice_is_what_is_left_of_both_ends(length: int, first: int, then: int) -> None:
    text = "".join(chr(33 + at % 90) for at in range(length))
    kept = excerpt(text, first, as_it_is).shortened(then)
    assert len(kept) <= min(first, then)
    assert len(kept) + kept.missing == length
    assert text.startswith(kept.head) and text.endswith(kept.tail)


def test_several_texts_at_one_look_are_as_one_by_one() -> None:
    texts = [("a" * 5_000, 100), ("", 100), (WORDS * 900, 2_000), ("short", 3), (SEPARATOR, 50)]
    assert excerpts(texts, redact) == [excerpt(text, most, redact) for text, most in texts]


def test_a_mask_over_the_border_of_two_texts_mixes_nothing_up() -> None:
    key = pem("PRIVATE " + "KEY")
    begin, end = key.text[:400], key.text[400:]
    first, second, third = excerpts([(begin, 900), (end, 900), ("the last one", 900)], redact)
    assert leaks(key, f"{first}{second}") == [] and str(third) == "the last one"
    assert "redacted" in str(first) and "redacted" in str(second)


def test_a_json_value_keeps_its_shape() -> None:
    value = {"a": "x" * 50, "b": [{"c": "y" * 50}, 7, None], "d": True}
    short = shortened(value, 10, lambda text, most: text[:most])
    assert short == {"a": "x" * 10, "b": [{"c": "y" * 10}, 7, None], "d": True}
    assert len(shortened(list(range(500)), 10, lambda text, most: text)) == MOST_PARTS


# --- Secrets beside the cuts

MOST = 1_000
HEAD, TAIL, SIZE = 600, 400, 60_000


def planted_at(planted: Planted, at: int, size: int = SIZE) -> str:
    filler = WORDS * (size // len(WORDS) + 1)
    at = filler.rfind("\n", 0, max(0, min(size, at)) + 1) + 1
    return f"{filler[:at]}{planted.text}\n{filler[at:size]}"


PLACES = st.one_of(
    st.integers(0, SIZE),
    st.integers(-2_000, 400).map(lambda near: HEAD + near),
    st.integers(-2_000, 400).map(lambda near: SIZE - TAIL + near),
    st.integers(-400, 400).map(lambda near: HEAD + MARGIN + near),
    st.integers(-400, 400).map(lambda near: SIZE - TAIL - MARGIN + near),
)


@examples(400)
@given(st.sampled_from(EVERY), PLACES)
def test_no_half_of_a_secret_is_left_wherever_it_stands(planted: Planted, at: int) -> None:
    assert leaks(planted, str(excerpt(planted_at(planted, at), MOST, redact))) == []


@examples(100)
@given(st.sampled_from(EVERY), st.integers(0, 1_600))
def test_nor_in_a_text_that_is_hardly_too_long(planted: Planted, at: int) -> None:
    assert leaks(planted, str(excerpt(planted_at(planted, at, 1_600), MOST, redact))) == []


@pytest.mark.parametrize("lines", [10, 40, 120])
@pytest.mark.parametrize("start", range(0, 3_000, 450))
def test_no_line_of_a_key_block_is_left_across_either_cut(lines: int, start: int) -> None:
    key = pem("PRIVATE " + "KEY", lines)
    for text in (
        f"{'x' * start}\n{key.text}\n{'y ' * 20_000}",
        f"{'y ' * 20_000}\n{key.text}\n{'x' * start}",
        f"{'x' * start}\n{key.text}\n{WORDS * 3}",
    ):
        assert leaks(key, str(excerpt(text, MOST, redact))) == []


@pytest.mark.parametrize("at", range(0, 12_000, 700))
def test_a_secret_in_a_long_word_without_spaces_is_not_cut_in_half(at: int) -> None:
    for planted in EVERY[:8]:
        inside = "a" * at + "/" + planted.secret + "/" + "b" * (12_000 - at)
        assert leaks(planted, str(excerpt(inside, MOST, redact))) == []


def test_where_masks_make_a_window_short_its_far_end_is_not_kept() -> None:
    """Many long secrets in a row: what is kept must not reach what was not looked at whole."""
    long = [each for each in EVERY if len(each.core) > 150 and "\n" not in each.core][:6]
    assert len(long) > 2
    for shift in range(0, 400, 23):
        text = "z" * shift + "\n" + "\n".join(each.text for each in long * 40)
        shown = str(excerpt(text, MOST, redact))
        assert [part for each in long for part in leaks(each, shown)] == []


def test_half_a_phrase_at_the_far_end_of_a_short_window_is_not_kept() -> None:
    token = next(each for each in EVERY if each.kind == "aws-session-token")
    phrase = "kite7" + "plum rose4" + "oak bell9" + "stone"
    for shift in range(0, 400, 3):
        before = f"{token.text}\n{token.text}\n{'z' * shift}\n"
        shown = str(excerpt(f'{before}password = "{phrase}"\n{WORDS * 200}', MOST, redact))
        assert [word for word in phrase.split() if word in shown] == []


def test_what_tells_a_secret_may_stand_before_the_cut() -> None:
    """The window begins with the line: the name, and what is behind it."""
    value = "Tr0ub4dor" + "and3more"
    for gap in range(20, 700, 20):
        line = "Cookie: theme=" + "d" * gap + "; session=" + value + "; more=" + "e" * 40
        text = WORDS * 200 + line + "\n" + "f" * 330
        assert value not in str(excerpt(text, MOST, redact))


# --- Calls


@pytest.mark.parametrize(
    ("arguments", "brief"),
    [
        ({"description": "d", "command": "ls\n  -l"}, "ls -l"),
        ({"file_path": "a.py", "old_string": "x"}, "a.py"),
        ({"pattern": "x.*", "path": "src"}, "x.*"),
        ({"subject": "Mend", "n": 3}, "Mend"),
        ({}, ""),
    ],
)
def test_a_call_in_brief(arguments: dict[str, object], brief: str) -> None:
    assert Call("a", "Tool", arguments).brief == brief


def test_a_call_without_a_result_has_no_output() -> None:
    assert Call("a", "Tool", {}).output is None
    assert Call("a", "Tool", {}, Excerpt("")).output == ""
