"""Quick: the same entries as the careful decoder gives, of whatever line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.claude.entries import Entry, decode
from supervisor.claude.quick import quick

from ..entries import Transcript, call, line_of, text
from ..generated import examples


def whole() -> Transcript:
    """A transcript with a line of every kind."""
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.blob("a request")
    transcript.respond(text("I look"), call("Bash", {"command": "ls", "timeout": 5}, "a"))
    transcript.result([text("ledger"), {"type": "image", "source": {}}], "a", failed=True)
    transcript.queued("not the annex")
    transcript.queued([text("nor this")])
    transcript.attachment("prompt_snapshot", content="x")
    transcript.sidechain("aside")
    transcript.interrupted()
    transcript.command("cost")
    transcript.stub()
    transcript.compaction("what was said")
    transcript.error(apiErrorStatus=529)
    transcript.turn_duration()
    transcript.bookkeeping()
    return transcript


def told(entry: Entry) -> tuple[Any, ...]:
    """All that anybody asks of an entry."""
    return (
        entry,
        entry.text,
        entry.message,
        entry.is_answer,
        entry.is_meta,
        entry.is_summary,
        entry.api_error,
        entry.at,
        entry.tool_calls,
        entry.on_main_chain,
        *(entry.raw.get(key) for key in ("cwd", "version", "sessionId", "gitBranch", "ccsup")),
    )


def same(line: bytes) -> list[Entry] | None:
    found, careful = quick(line), decode(line)
    assert (found is None) is (careful is None)
    assert [told(each) for each in found or ()] == [told(each) for each in careful or ()]
    return found


def test_every_kind_of_line_gives_the_same_entries() -> None:
    seen = {entry.type for line in whole().lines for entry in same(line_of(line)) or ()}
    assert seen == {"user", "assistant", "boundary", "attachment", "link"}


def test_the_mark_of_a_file_of_ours_is_kept() -> None:
    line = {**whole().lines[0], "ccsup": {"from": "x"}}
    found = same(line_of(line))
    assert found is not None and [entry.raw["ccsup"] for entry in found] == [{"from": "x"}]


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"  ",
        b"\0\0",
        b'{"torn',
        b"[]",
        b"7",
        b'{"type":7}',
        b'{"type":"user","uuid":"a","message":"words"}',
        b'{"type":"user","uuid":7,"message":{"content":[7,{"type":"text"}]}}',
        b'{"type":"user","uuid":"a","message":{"content":"cut \\ud83d"}}',
        b'{"type":"user","uuid":"a","message":{"content":"\xff"}}',
        b'{"type":"user","uuid":"a","x":NaN,"message":{"content":"y"}}',
        b'{"type":"user","uuid":"a","message":{"content":"' + b"[" * 9 + b'"}}',
        b'\0\0{"type":"user","uuid":"a","message":{"content":"y"}}',
    ],
)
def test_odd_lines_give_the_same_too(line: bytes) -> None:
    same(line)


def test_two_objects_on_a_line_are_two_entries() -> None:
    first, second = (line_of(line).strip() for line in whole().lines[2:4])
    assert len(same(first + second) or ()) == 2
    assert len(same(first[:-30] + second) or ()) == 1  # the first was cut off


@examples(150)
@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "type",
                        "uuid",
                        "parentUuid",
                        "message",
                        "content",
                        "attachment",
                        "isMeta",
                        "error",
                        "prompt",
                    ]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    )
)
def test_any_json_at_all_gives_the_same(value: Any) -> None:
    same(json.dumps(value).encode())
    if isinstance(value, dict):
        same(json.dumps({"type": "user", "uuid": "a", **value}).encode())
