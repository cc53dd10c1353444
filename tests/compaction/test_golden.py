"""Wherever a transcript is cut, what is made of it is a conversation that the API takes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.core.commands import Way
from supervisor.demo.validity import complaint

from ..entries import Json, Transcript
from ..generated import examples
from ..golden import SHAPES, TASK, cut, golden
from ..resumed import MARK, NEXT, as_claude_reads, compacted, expected, words_of

REBUILT, PROMPT = Way.REBUILT.name, Way.PROMPT.name
OTHER = "22222222-2222-4333-8444-555555555555"
# What a relaunch may be asked for: at first, after barren ones, with a budget of the user's.
ASKED: dict[str, dict[str, Any]] = {
    "at first": {},
    "harder": {"hardness": 1},
    "hardest": {"hardness": 4},
    "small": {"budget": 1_500},
    "large": {"budget": 24_000},
    "with the culprits": {"culprit": True, "died_at": [9_000], "steps": 2},
}


def next_messages(folder: Path, *sessions: bytes, **asked: Any) -> list[Json] | None:
    """What the next session's model is sent, None where there is nothing to go on from."""
    result = compacted(folder, *sessions, **asked)
    if result.session is None:
        return None
    if result.way == PROMPT:
        return [{"role": "user", "content": result.prompt}]
    return as_claude_reads(folder / f"{NEXT}.jsonl", result.prompt)


def check(messages: list[Json] | None, data: bytes, *, marked: bool = True) -> None:
    """The rules of the API hold, and what has to be handed on is there."""
    due = expected(data)
    if messages is None:
        assert due.is_empty
        return
    assert complaint({"messages": messages}) is None
    assert messages[-1]["role"] == "user"
    assert not {"thinking", "redacted_thinking", "image", "document"} & kinds(messages)
    told = words_of(messages)
    assert "API Error" not in told
    missing = {mark for mark in due.words | due.newest if mark not in told}
    assert not missing if marked else "W0" not in missing


def outputs(messages: list[Json]) -> set[str]:
    """The marks in the results of tools."""
    blocks = [block for message in messages for block in message["content"]]
    found = [block["content"] for block in blocks if block["type"] == "tool_result"]
    return set(MARK.findall("\n".join(found)))


def kinds(messages: list[Json]) -> set[str]:
    return {
        block["type"]
        for message in messages
        if not isinstance(message["content"], str)
        for block in message["content"]
    }


@pytest.mark.parametrize("name", SHAPES)
def test_wherever_a_transcript_ends_the_next_session_is_lawful(tmp_path: Path, name: str) -> None:
    """And it knows the user's words and the newest whole round; with room, as it stood."""
    small, large = golden(name).lines, golden(name, large=True).lines
    for end in range(len(small) + 1):
        for torn in (False, True):
            data = cut(small, end, torn=torn)
            check(next_messages(tmp_path, data), data)
            data = cut(large, end, torn=torn)
            messages = next_messages(tmp_path, data, budget=24_000)
            check(messages, data)
            assert expected(data).newest <= outputs(messages or [])


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
def test_whatever_is_asked_for_a_session_of_all_shapes_is_lawful_at_every_end(
    tmp_path: Path, asked: dict[str, Any]
) -> None:
    lines = golden(*SHAPES, large=True).lines
    for end in range(1, len(lines) + 1, 3):
        data = cut(lines, end, torn=end % 2 == 1)
        check(next_messages(tmp_path, data, **asked), data, marked=False)


def test_as_a_first_prompt_it_holds_the_same(tmp_path: Path) -> None:
    for name in SHAPES:
        lines = golden(name).lines
        for end in range(1, len(lines) + 1, 2):
            data = cut(lines, end)
            check(next_messages(tmp_path, data, way=PROMPT), data)


@given(
    st.lists(st.sampled_from(sorted(SHAPES)), max_size=12),
    st.lists(st.sampled_from(sorted(SHAPES)), max_size=3),
    st.floats(0, 1),
    st.booleans(),
    st.booleans(),
    st.sampled_from(sorted(ASKED)),
    st.sampled_from([REBUILT, PROMPT]),
)
@examples(100)
def test_any_mixture_cut_anywhere_is_lawful(
    names: list[str],
    earlier: list[str],
    at: float,
    torn: bool,
    large: bool,
    asked: str,
    way: str,
) -> None:
    """Also over two sessions of a run that share the ids of their calls."""
    lines = golden(*names, session=OTHER, large=large).lines
    data = cut(lines, round(at * len(lines)), torn=torn)
    before = [golden(*earlier).data()] if earlier else []
    with TemporaryDirectory() as folder:
        messages = next_messages(Path(folder), *before, data, way=way, **ASKED[asked])
    if not before:
        check(messages, data, marked=False)
    elif messages is not None:
        assert complaint({"messages": messages}) is None and TASK in words_of(messages)


def test_a_rebuilt_session_that_dies_is_rebuilt_with_all_that_came_before(tmp_path: Path) -> None:
    """Claude Code writes on behind the rebuilt entries; the third generation knows all words."""
    data, words = golden("parallel calls", "queued words").data(), {"W0", "W3", "W3b"}
    for generation, name in enumerate(("interleaved results", "thinking", "media"), 4):
        session = f"99999999-2222-4333-8444-{generation:012d}"
        result = compacted(tmp_path, data, session=session)
        rebuilt = (tmp_path / f"{session}.jsonl").read_bytes()
        after = Transcript(session)
        after.leaf = result.leaf
        after.user(result.prompt)
        after.user(f"W{generation}0 And the next shelf.")
        SHAPES[name](after, generation)
        words.add(f"W{generation}0")
        for end in range(2, len(after.lines) + 1):
            data = rebuilt + cut(after.lines, end)
            messages = next_messages(tmp_path, data)
            assert messages is not None and complaint({"messages": messages}) is None
            assert not {mark for mark in words if mark not in words_of(messages)}
            assert expected(data).newest <= set(MARK.findall(words_of(messages)))


def test_a_short_session_is_told_whole_however_little_a_step_was_worth(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    for n in range(1, 9):
        transcript.step(f"echo shelf {n}", f"R{n} apples")
    transcript.error()
    messages = next_messages(tmp_path, transcript.data())
    assert messages is not None
    assert {f"R{n}" for n in range(1, 9)} <= set(MARK.findall(words_of(messages)))
