"""Output: over all launches, stdout is what one undisturbed claude would have printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from supervisor.claude.hooks import NAME
from supervisor.claude.output import Stdout, add_totals, for_format

Json = dict[str, Any]

OOM = "API Error: Out of memory"
OURS: Json = {"name": NAME, "path": "/state/plugin-1", "source": "ccsup@inline"}
THEIRS: Json = {"name": "linter", "path": "/plugins/linter"}


def line(message: Any) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def init(*plugins: Json) -> Json:
    return {"type": "system", "subtype": "init", "plugins": list(plugins), "model": "sonnet"}


def says(words: str, **more: Any) -> Json:
    return {"type": "assistant", "message": {"content": [{"type": "text", "text": words}]}, **more}


def result(words: str, turns: int = 1, **more: Any) -> Json:
    return {
        "type": "result",
        "is_error": words.startswith("API Error"),
        "result": words,
        "num_turns": turns,
        "total_cost_usd": 0.25 * turns,
        "duration_ms": 100 * turns,
        "usage": {"input_tokens": 10 * turns, "service_tier": "standard"},
        "modelUsage": {"sonnet": {"outputTokens": turns, "contextWindow": 200_000}},
        "permission_denials": [{"turn": turns}],
        "session_id": f"s{turns}",
        **more,
    }


DEATH = [says(OOM, error="unknown"), result(OOM, 2)]


def stream(*messages: Json) -> bytes:
    return b"".join(line(message) for message in messages)


def parsed(data: bytes) -> list[Any]:
    return [json.loads(each) for each in data.splitlines()]


def is_the_sum(message: Json) -> bool:
    """Of `result(…, 2)` and `result(…, 3)`, said by the second."""
    return message == {
        **result("done", 3),
        "num_turns": 5,
        "total_cost_usd": 1.25,
        "duration_ms": 500,
        "usage": {"input_tokens": 50, "service_tier": "standard"},
        "modelUsage": {"sonnet": {"outputTokens": 5, "contextWindow": 200_000}},
        "permission_denials": [{"turn": 2}, {"turn": 3}],
    }


# --- Text


def test_a_text_comes_out_at_the_end_as_it_is() -> None:
    out = for_format("text")
    assert out.feed(b"half ") == out.feed(b"\xff\x00done\n") == b""
    assert out.deliver() == b"half \xff\x00done\n"
    assert out.deliver() == b""


def test_the_text_of_a_dead_attempt_is_set_aside() -> None:
    out = for_format("text")
    out.feed(OOM.encode())
    assert out.set_aside({"num_turns": 2}) == OOM.encode()
    out.feed(b"done\n")
    assert out.deliver() == b"done\n"


# --- JSON


@pytest.mark.parametrize(
    "data",
    [
        b'{ "type": "result",  "total_cost_usd": 0.00001 }\n',
        b"API Error: no JSON at all",
        b"[1,",
        b"",
        b'[{"type":"result","total_cost_usd":0.00001,"cut":"\\ud83d"}]\n',
    ],
    ids=["spaces", "no JSON", "cut", "nothing", "array"],
)
def test_json_of_an_undisturbed_run_is_given_byte_for_byte(data: bytes) -> None:
    out = for_format("json")
    assert out.feed(data) == b""
    assert out.deliver() == data


def test_the_totals_of_a_result_count_every_launch() -> None:
    out = for_format("json")
    out.feed(line(result(OOM, 2)))
    assert out.set_aside() == line(result(OOM, 2))
    out.feed(line(result("done", 3)))
    assert is_the_sum(json.loads(out.deliver()))


def test_where_a_killed_launch_printed_nothing_its_known_totals_count() -> None:
    out = for_format("json")
    assert out.set_aside({"num_turns": 4, "usage": {"input_tokens": 7}}) == b""
    out.feed(line(result("done", 3)))
    told = json.loads(out.deliver())
    assert (told["num_turns"], told["usage"]["input_tokens"]) == (7, 37)
    assert told["total_cost_usd"] == 0.75


def test_three_launches_are_three_summands() -> None:
    out = for_format("json")
    for turns in (1, 2):
        out.feed(line(result(OOM, turns)))
        out.set_aside({"num_turns": 1_000})
    out.feed(line(result("done", 3)))
    assert json.loads(out.deliver())["num_turns"] == 6


def test_an_array_holds_the_messages_of_all_launches() -> None:
    out = for_format("json")
    out.feed(line([init(OURS, THEIRS), says("first step"), *DEATH]))
    out.set_aside()
    out.feed(line([init(OURS, THEIRS), says("second step"), result("done", 3)]))
    told = json.loads(out.deliver())
    assert told[:-1] == [init(THEIRS), says("first step"), says("second step")]
    assert is_the_sum(told[-1])


def test_an_array_of_a_living_session_keeps_its_error() -> None:
    out = for_format("json")
    messages = [init(THEIRS), says("API Error: 400", error="invalid_request"), result("API Error")]
    out.feed(line(messages))
    assert json.loads(out.deliver()) == messages


def test_an_undisturbed_array_loses_our_plugin_and_nothing_else() -> None:
    out = for_format("json")
    data = b'[{"type":"system","subtype":"init","plugins":[%s]}, {"cost": 0.00001}]\n'
    out.feed(data % line(OURS).strip())
    assert out.deliver() == data % b""


# --- A stream of JSON


def test_a_stream_flows_line_by_line() -> None:
    out = for_format("stream-json")
    whole = stream(says("one"), {"type": "user", "message": {}})
    assert out.feed(whole[:10]) == b""
    assert out.feed(whole[10:-4]) == line(says("one"))
    assert out.feed(whole[-4:]) == line({"type": "user", "message": {}})
    assert out.deliver() == b""


def test_a_stream_passes_what_is_no_json_and_a_piece_at_the_end() -> None:
    out = for_format("stream-json")
    odd = b"[SandboxDebug] words\n\n3\n" + b'{"type":   "assistant" }\n'
    assert out.feed(odd + b"a piece") == odd
    assert out.deliver() == b"a piece"


@pytest.mark.parametrize("cut", range(0, 200, 7))
def test_a_stream_may_be_cut_anywhere(cut: int) -> None:
    out = for_format("stream-json")
    data = stream(init(OURS, THEIRS), says("ě😀"), result("done"))
    found = out.feed(data[:cut]) + out.feed(data[cut:]) + out.deliver()
    assert parsed(found) == [init(THEIRS), says("ě😀"), result("done")]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b'"plugins":[%s]', b'"plugins":[]'),
        (b'"plugins":[%s,{"name":"linter"}]', b'"plugins":[{"name":"linter"}]'),
        (b'"plugins":[{"name":"linter"},%s]', b'"plugins":[{"name":"linter"}]'),
    ],
    ids=["alone", "first", "last"],
)
def test_our_plugin_goes_byte_for_byte(before: bytes, after: bytes) -> None:
    rest = b'{"type":"system","subtype":"init",%s,  "odd spaces":1e-7}\n'
    out = for_format("stream-json")
    assert out.feed(rest % (before % line(OURS).strip())) == rest % after


def test_our_plugin_goes_even_where_it_is_spelt_otherwise() -> None:
    out = for_format("stream-json")
    spelt = json.dumps(init(OURS, THEIRS)).encode() + b"\n"  # with spaces
    assert parsed(out.feed(spelt)) == [init(THEIRS)]


def test_an_init_without_our_plugin_is_not_touched() -> None:
    out = for_format("stream-json")
    spelt = json.dumps(init(THEIRS)).encode() + b"\n"
    assert out.feed(spelt) == spelt


def dead_stream() -> tuple[Stdout, bytes]:
    """After the death of a first launch; with what went out until then."""
    out = for_format("stream-json")
    told = out.feed(stream(init(OURS), says("first step"), *DEATH))
    return out, told


def test_a_death_is_held_back() -> None:
    out, told = dead_stream()
    assert parsed(told) == [init(), says("first step")]
    assert out.set_aside() == stream(*DEATH)


def test_a_relaunch_does_not_open_the_stream_again() -> None:
    out, _ = dead_stream()
    out.set_aside()
    start = {"type": "system", "subtype": "hook_started", "hook_name": "SessionStart:resume"}
    other = {"type": "system", "subtype": "hook_started", "hook_name": "PreToolUse:Bash"}
    answer = {"type": "control_response", "response": {"request_id": "ccsup-7"}}
    theirs = {"type": "control_response", "response": {"request_id": "7"}}
    told = out.feed(stream(init(OURS), start, other, answer, theirs, result("done", 3)))
    assert parsed(told)[:2] == [other, theirs]
    assert is_the_sum(parsed(told)[2])


def test_the_first_launch_opens_it() -> None:
    out = for_format("stream-json")
    start = {"type": "system", "subtype": "hook_started", "hook_name": "SessionStart:startup"}
    assert parsed(out.feed(stream(start, init()))) == [start, init()]


def test_a_launch_that_died_before_its_opening_leaves_it_to_the_next() -> None:
    out = for_format("stream-json")
    out.set_aside()
    assert parsed(out.feed(stream(init(OURS)))) == [init()]


def test_an_error_that_is_no_death_flows() -> None:
    out = for_format("stream-json")
    messages = stream(
        says("API Error: 429 Too many tokens", error="rate_limit"),
        result("API Error: 429 Too many tokens"),
        says(OOM),  # words of the model about it
        result(OOM, is_error=False),
    )
    assert out.feed(messages) == messages


def test_a_held_error_is_given_where_nobody_relaunches() -> None:
    out, _ = dead_stream()
    assert out.feed(b"a piece") == b""
    assert out.deliver() == stream(*DEATH) + b"a piece"


def test_a_held_error_is_released_when_the_session_lives() -> None:
    out, _ = dead_stream()
    user = {"type": "user", "message": {}}
    assert out.feed(stream(user)) == b""  # in its order, behind the error
    assert out.feed(stream(says("I live"))) == stream(*DEATH, user, says("I live"))
    assert out.feed(stream(user)) == stream(user)


def test_a_release_does_not_tear_the_line_that_follows() -> None:
    out, _ = dead_stream()
    data = stream(says("I live"), says("and go on"))
    told = out.feed(data[:-20])
    told += out.feed(data[-20:])
    assert told == stream(*DEATH) + data


# --- Totals


def test_totals_add_numbers_only() -> None:
    one = {"num_turns": 1, "usage": {"a": 1, "tier": "x", "fast": True, "new": None}, "result": "x"}
    other = {"num_turns": 2, "usage": {"a": 2, "tier": "y", "fast": True, "b": 3}}
    assert add_totals(one, other) == {
        "num_turns": 3,
        "usage": {"a": 3, "tier": "y", "fast": True, "b": 3, "new": None},
    }
    assert add_totals({}, {"result": "x"}) == {}
