"""Output: over all launches, stdout is what one undisturbed claude would have printed."""

from __future__ import annotations

import json
from typing import Any

import pytest

from supervisor.claude.hooks import NAME, PINNED
from supervisor.claude.output import Stdout, for_format
from supervisor.core.ending import ApiError
from supervisor.core.errors import ERRORS
from supervisor.core.rows import Remedy

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
        "subtype": "success",
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
    out.feed(line(messages))  # nobody sets it aside
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


# --- Our hook that speaks after a compaction


def hook(subtype: str, number: str, stdout: str | None = None) -> Json:
    told = {"type": "system", "subtype": f"hook_{subtype}", "hook_id": number}
    return {**told, "hook_name": "SessionStart:compact"} | ({"stdout": stdout} if stdout else {})


OUR_HOOK = [hook("started", "1"), hook("response", "1", f"{PINNED}\n\nSort it.\n")]
THEIR_HOOK = [hook("started", "2"), hook("response", "2", "the style guide")]


def test_our_hook_leaves_a_stream_and_theirs_stays() -> None:
    out = for_format("stream-json")
    said = says("one")
    messages = [said, OUR_HOOK[0], THEIR_HOOK[0], OUR_HOOK[1], said, THEIR_HOOK[1], result("done")]
    assert out.feed(stream(*messages)) == stream(said, said, *THEIR_HOOK, result("done"))


@pytest.mark.parametrize("cut", range(0, 500, 23))
def test_our_hook_leaves_a_stream_that_is_cut_anywhere(cut: int) -> None:
    out = for_format("stream-json")
    data = stream(says("one"), *OUR_HOOK, *THEIR_HOOK, says("two"))
    found = out.feed(data[:cut]) + out.feed(data[cut:]) + out.deliver()
    assert found == stream(says("one"), *THEIR_HOOK, says("two"))


def test_no_other_line_is_touched_where_our_hook_leaves() -> None:
    out = for_format("stream-json")
    odd = b'{ "type":  "system", "subtype": "status" }\n'
    theirs = b'{ "odd": 1e-7, "type": "system", "subtype": "hook_%s", "hook_id": "2",'
    theirs += b' "hook_name": "SessionStart:compact" }\n'
    start, end = theirs % b"started", theirs % b"response"
    assert (
        out.feed(odd + stream(*OUR_HOOK) + start + odd + end + odd) == odd + odd + start + end + odd
    )


def test_behind_an_error_that_is_held_their_hook_keeps_its_place_and_ours_goes() -> None:
    out, _ = dead_stream()
    assert out.feed(stream(*OUR_HOOK, *THEIR_HOOK)) == b""
    assert out.feed(stream(says("I live"))) == stream(*DEATH, *THEIR_HOOK, says("I live"))


def test_our_hook_leaves_an_array_and_theirs_stays() -> None:
    out = for_format("json")
    out.feed(line([init(OURS, THEIRS), *OUR_HOOK, *THEIR_HOOK, says("one"), result("done")]))
    assert json.loads(out.deliver()) == [init(THEIRS), *THEIR_HOOK, says("one"), result("done")]


def test_our_hook_leaves_the_array_of_a_dead_attempt_too() -> None:
    out = for_format("json")
    out.feed(line([init(OURS), says("first step"), *OUR_HOOK, *THEIR_HOOK, *DEATH]))
    out.set_aside()
    out.feed(line([init(OURS), *OUR_HOOK, says("second step"), result("done", 3)]))
    told = json.loads(out.deliver())
    assert told[:-1] == [init(), says("first step"), *THEIR_HOOK, says("second step")]
    assert is_the_sum(told[-1])


def test_an_array_with_no_hook_of_ours_is_given_byte_for_byte() -> None:
    out = for_format("json")
    data = json.dumps([init(THEIRS), *THEIR_HOOK, result("done")], indent=1).encode()
    out.feed(data)
    assert out.deliver() == data


def test_an_array_of_other_things_than_messages_is_given_as_it_is() -> None:
    out = for_format("json")
    out.feed(b'[1, "two", null]\n')
    assert out.deliver() == b'[1, "two", null]\n'


# Errors as Claude Code words them: the words, its name for them, the HTTP status.
Told = tuple[str, str, int | None]
RECOVERED: dict[str, Told] = {
    "out of memory": (OOM, "unknown", None),
    "throttled": ("API Error: 429 Too many tokens, please wait", "rate_limit", 429),
    "503": ("API Error: 503 Service Unavailable", "server_error", 503),
    "503 by its status": ("API Error: something new", "unknown", 503),
    "overflow": ("API Error: 400 prompt is too long: 210000 tokens > 200000", "unknown", 400),
    "expired": (
        "API Error: 403 The security token included in the request is expired",
        "authentication_failed",
        403,
    ),
    "usage limit": ("You've hit your session limit · resets 3pm", "rate_limit", 429),
    "unknown": ("API Error: 418 I'm a teapot", "unknown", 418),
}
LEFT: dict[str, Told] = {
    "refusal": ("API Error: Claude Code is unable to respond to this request", "unknown", None),
    "login": ("Not logged in · Please run /login", "authentication_failed", None),
    "login by its kind": ("Please try once more", "authentication_failed", None),
    "billing": ("Credit balance is too low", "billing_error", None),
    "billing by its status": ("API Error: 402 {}", "unknown", 402),
    "not allowed": (
        "API Error: 403 not authorized to perform: bedrock:InvokeModel",
        "unknown",
        403,
    ),
}


def errors(told: Told) -> list[Json]:
    """How a launch tells an error: in the place of an answer, and as its result."""
    words, kind, status = told
    return [
        says(words, error=kind, api_error_status=status),
        result(words, 2, is_error=True, api_error_status=status),
    ]


@pytest.mark.parametrize("told", RECOVERED.values(), ids=RECOVERED)
def test_an_error_that_is_recovered_is_held(told: Told) -> None:
    out = for_format("stream-json")
    data = stream(*errors(told))
    assert out.feed(data) == b"" and out.reported
    assert out.set_aside() == data
    assert out.deliver() == b""


@pytest.mark.parametrize("told", RECOVERED.values(), ids=RECOVERED)
def test_an_error_that_is_recovered_leaves_the_array(told: Told) -> None:
    out = for_format("json")
    out.feed(line([init(), says("first step"), *errors(told)]))
    out.set_aside()
    out.feed(line([init(), result("done", 3)]))
    found = json.loads(out.deliver())
    assert found[:-1] == [init(), says("first step")] and is_the_sum(found[-1])


@pytest.mark.parametrize("told", LEFT.values(), ids=LEFT)
def test_an_error_that_is_left_to_the_user_flows_at_once(told: Told) -> None:
    out = for_format("stream-json")
    data = stream(*errors(told))
    assert out.feed(data) == data and out.reported


@pytest.mark.parametrize("told", LEFT.values(), ids=LEFT)
def test_the_result_of_an_error_that_is_left_flows_whatever_its_words(told: Told) -> None:
    """Alone it would be unknown, and held; a status may stand in the error only."""
    out = for_format("stream-json")
    error, _ = errors(told)
    unknown = result("API Error: what was said above", is_error=True)
    assert out.feed(stream(error, unknown)) == stream(error, unknown)


def test_an_unknown_result_that_follows_no_such_error_is_held() -> None:
    refused, _ = errors(LEFT["refusal"])
    unknown = result("API Error: what was said above", is_error=True)
    for before in ([], [refused, says("I go on")], [refused, says("and so", error=None)]):
        out = for_format("stream-json")
        assert out.feed(stream(*before, unknown)) == stream(*before)


def test_the_json_of_an_error_comes_at_the_end_or_is_set_aside() -> None:
    for told in (*RECOVERED.values(), *LEFT.values()):
        out = for_format("json")
        data = line(errors(told)[1])
        assert out.feed(data) == b"" and out.reported
        assert out.deliver() == data
        out.feed(data)
        assert out.set_aside() == data and not out.reported


@pytest.mark.parametrize(
    "subtype", ["error_max_turns", "error_max_budget_usd", "error_during_execution"]
)
def test_a_result_that_is_no_success_is_a_result(subtype: str) -> None:
    """The turns are used up: that is what the user has asked for."""
    out = for_format("stream-json")
    data = stream(says("a step"), result("API Error", subtype=subtype, is_error=True))
    assert out.feed(data) == data
    out = for_format("json")
    out.feed(line([init(), result("API Error", 2, subtype=subtype, is_error=True)]))
    out.set_aside()
    out.feed(line([init(), result("done", 3)]))
    assert [message.get("subtype") for message in json.loads(out.deliver())] == [
        "init",
        subtype,
        "success",
    ]


def test_words_of_the_model_about_an_error_flow() -> None:
    messages = stream(*(says(words) for words, _, _ in RECOVERED.values()))
    messages += stream(result(OOM, is_error=False))
    assert for_format("stream-json").feed(messages) == messages


@pytest.mark.parametrize("format", ["json", "stream-json"])
def test_which_errors_are_left_is_for_the_caller_to_say(format: str) -> None:
    heard: list[ApiError] = []

    def left(error: ApiError) -> bool:
        heard.append(error)
        return "teapot" in error.text

    for name, held in (("unknown", False), ("throttled", True)):
        out = for_format(format, left)
        data = stream(*errors(RECOVERED[name]))
        if format == "json":
            data = line([json.loads(each) for each in data.splitlines()])
        assert out.feed(data) == (b"" if held or format == "json" else data)
        out.set_aside()
        assert {error.status for error in heard} <= {418, 429} and heard


def test_every_row_that_is_left_to_the_user_has_its_example() -> None:
    handed = {row.name for row in ERRORS if row.remedy is Remedy.HAND}
    assert {name.partition(" by ")[0] for name in LEFT} >= {
        name.partition(" need")[0] for name in handed
    }


@pytest.mark.parametrize(
    "message",
    [
        {"type": "assistant", "error": "unknown", "message": None},
        {"type": "assistant", "error": "unknown", "message": {"content": ["words", 3]}},
        {"type": "assistant", "error": "unknown", "message": "words"},
        {"type": "assistant", "error": "unknown"},
        {"type": "result", "subtype": "success", "is_error": True, "result": None},
        {"type": "result", "subtype": "success", "is_error": True, "api_error_status": "503"},
    ],
)
def test_an_odd_shape_of_an_error_breaks_nothing(message: Json) -> None:
    out = for_format("stream-json")
    assert out.feed(stream(message)) + out.deliver() == stream(message)


# --- Whether a result was printed


@pytest.mark.parametrize(
    ("format", "data", "reported"),
    [
        ("text", b"", False),
        ("text", b" \n", False),
        ("text", b"done\n", True),
        ("text", OOM.encode(), True),
        ("json", b"", False),
        ("json", line(result("done")), True),
        ("stream-json", b"", False),
        ("stream-json", stream(init(), says("a step")), False),
        ("stream-json", stream(init(), says("a step"), result("done")), True),
        ("stream-json", stream(*DEATH), True),
        ("stream-json", line(result("done"))[:-1], False),
    ],
)
def test_a_format_knows_whether_a_result_was_printed(
    format: str, data: bytes, reported: bool
) -> None:
    out = for_format(format)
    out.feed(data)
    assert out.reported is reported
    out.set_aside()
    assert not out.reported  # the next launch has still to report


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
