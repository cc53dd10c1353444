"""Our own hook is kept from the reader; a hook of the user's is told as before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from supervisor.claude.hooks import PINNED
from supervisor.claude.own_hooks import AFTER_COMPACTION, OwnHooks

Json = dict[str, Any]
OURS, THEIRS = f"{PINNED}\n\nNever touch legacy/.\n", "remember the style guide\n"


def started(number: str, hook: str = AFTER_COMPACTION) -> Json:
    return {"type": "system", "subtype": "hook_started", "hook_id": number, "hook_name": hook}


def response(number: str, stdout: Any, hook: str = AFTER_COMPACTION) -> Json:
    return {**started(number, hook), "subtype": "hook_response", "stdout": stdout}


def line(message: Json) -> bytes:
    return json.dumps(message).encode() + b"\n"


def sifted(*messages: Json) -> list[Json]:
    """What goes out, one after the other."""
    hooks, out = OwnHooks(), b""
    for message in messages:
        found = hooks.sift(message, line(message))
        out += line(message) if found is None else found
    return [json.loads(each) for each in out.splitlines()]


SAYS = {"type": "assistant", "message": {"content": []}}
CASES: dict[str, tuple[list[Json], list[Json]]] = {
    "ours": ([started("1"), response("1", OURS)], []),
    "theirs": ([started("1"), response("1", THEIRS)], [started("1"), response("1", THEIRS)]),
    "interleaved": (
        [started("1"), started("2"), response("2", THEIRS), response("1", OURS)],
        [started("2"), response("2", THEIRS)],
    ),
    "interleaved the other way": (
        [started("1"), started("2"), response("1", OURS), response("2", THEIRS)],
        [started("2"), response("2", THEIRS)],
    ),
    "ours without its start": ([response("1", OURS)], []),
    "theirs without its start": ([response("1", THEIRS)], [response("1", THEIRS)]),
    "theirs that says nothing": (
        [started("1"), response("1", "")],
        [started("1"), response("1", "")],
    ),
    "theirs that quotes ours": (
        [started("1"), response("1", "> " + OURS)],
        [started("1"), response("1", "> " + OURS)],
    ),
    "theirs after ours, of the same id": (
        [started("1"), response("1", OURS), response("1", THEIRS)],
        [response("1", THEIRS)],
    ),
}


@pytest.mark.parametrize(("messages", "left"), CASES.values(), ids=CASES)
def test_ours_goes_and_theirs_stays(messages: list[Json], left: list[Json]) -> None:
    assert sifted(*messages) == left


@pytest.mark.parametrize("name", [name for name in CASES if "same id" not in name])
def test_an_array_is_sifted_alike(name: str) -> None:
    messages, left = CASES[name]
    assert OwnHooks().sift_all([SAYS, *messages, SAYS]) == [SAYS, *left, SAYS]


@pytest.mark.parametrize(
    "message",
    [
        SAYS,
        {"type": "system", "subtype": "init"},
        started("1", "PreToolUse:Bash"),
        response("1", OURS, "SessionStart:startup"),
        response("1", OURS, "PreToolUse:Bash"),
        {"type": "user", "hook_name": AFTER_COMPACTION, "subtype": "hook_response", "stdout": OURS},
        {**started("1"), "subtype": "hook_progress"},
    ],
)
def test_what_is_no_such_hook_is_no_affair_of_ours(message: Json) -> None:
    assert OwnHooks().sift(message, line(message)) is None


@pytest.mark.parametrize("stdout", [None, 3, [], {"a": 1}])
def test_an_odd_shape_is_theirs(stdout: Any) -> None:
    assert sifted(response("1", stdout)) == [response("1", stdout)]


def test_messages_without_an_id_break_nothing() -> None:
    bare = {key: value for key, value in response("1", OURS).items() if key != "hook_id"}
    assert sifted(bare) == [] and SAYS in OwnHooks().sift_all([bare, SAYS])


def test_a_hook_that_was_cut_off_is_told_at_the_end_and_once() -> None:
    hooks = OwnHooks()
    assert hooks.sift(started("1"), line(started("1"))) == b""
    assert hooks.rest() == line(started("1")) and hooks.rest() == b""
