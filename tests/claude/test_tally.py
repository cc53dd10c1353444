"""Tally: what a session has used, and how large its context is."""

from __future__ import annotations

from typing import Any

import pytest

from supervisor.claude.entries import decode
from supervisor.claude.measure import tokens_of
from supervisor.claude.models import cost
from supervisor.claude.tally import LONGEST, Tally

from ..entries import Json, Transcript, call, line_of, text

SONNET = "us.anthropic.claude-sonnet-4-6"
WORDS = "four" * 100  # tokens, by the estimate


class Session:
    """A tally, and a transcript whose lines it is told of one by one."""

    def __init__(self, words: int = 0) -> None:
        self.tally, self.transcript = Tally(words), Transcript()

    def _tell(self, line: Json, *, whole: bool = False) -> None:
        for entry in decode(line_of(line)) or ():
            self.tally.note(entry)
            if whole:
                self.tally.answered(entry)

    def user(self, words: str = WORDS) -> None:
        self._tell(self.transcript.user(words))

    def answers(self, *blocks: Json, model: str = SONNET, **usage: Any) -> None:
        for line in self.transcript.respond(*(blocks or (text(WORDS),))):
            line["message"]["model"] = model
            line["message"]["usage"] = usage
            self._tell(line, whole=True)

    def result(self, output: str, name: str, *, failed: bool = False) -> None:
        self._tell(self.transcript.result(output, name, failed=failed))


# --- The size of the context


def test_the_size_is_what_the_service_told_of_the_last_request() -> None:
    session = Session()
    session.user()
    session.answers(
        input_tokens=5,
        cache_read_input_tokens=20_000,
        cache_creation_input_tokens=300,
        output_tokens=40,
    )
    assert (session.tally.context, session.tally.size) == (20_345, 20_345)
    session.user()
    session.answers(input_tokens=30_000)
    assert session.tally.context == 30_000  # of the last alone, not of both


def test_what_came_after_the_last_answer_is_estimated() -> None:
    session = Session()
    session.user()
    assert session.tally.context == 100
    session.answers(call("Read", {}, "a"), input_tokens=20_000)
    session.result(WORDS * 3, "a")
    assert session.tally.context == 20_300


@pytest.mark.parametrize("usage", [{"input_tokens": 60, "output_tokens": 40}, {}])
def test_where_a_service_tells_too_few_tokens_the_estimate_of_all_stands_in(
    usage: dict[str, Any],
) -> None:
    session = Session()
    for _ in range(5):
        session.user()
        session.answers(**usage)
    assert session.tally.size == 1_000
    assert session.tally.context == (100 if usage else 1_000)


@pytest.mark.parametrize(
    ("usage", "told"),
    [
        ({"input_tokens": 60, "output_tokens": 40}, False),
        ({"input_tokens": 499}, False),
        ({"input_tokens": 500}, True),  # an estimate is an estimate
        ({"input_tokens": 30_000}, True),
        ({}, True),  # of nothing nothing can be said
    ],
)
def test_a_service_tells_the_tokens_or_a_fraction_of_them(
    usage: dict[str, Any], told: bool
) -> None:
    session = Session()
    assert session.tally.is_told
    for _ in range(5):
        session.user()
        session.answers(**usage)
    assert session.tally.is_told is told
    session.user(WORDS * 900)  # what came since is in no request yet
    assert session.tally.is_told is told
    session.tally.compacted()
    assert session.tally.is_told


def test_the_conversation_that_is_taken_up_counts_from_the_first() -> None:
    session = Session(7_000)
    assert (session.tally.context, session.tally.size) == (7_000, 7_000)
    session.user()
    assert session.tally.context == 7_100
    session.answers(input_tokens=22_000)
    assert (session.tally.context, session.tally.first) == (22_000, 22_000)


def test_after_a_compaction_of_claude_codes_own_the_size_begins_anew() -> None:
    session = Session(7_000)
    session.user()
    session.answers(input_tokens=90_000)
    session.tally.compacted()
    assert (session.tally.context, session.tally.size) == (0, 0)
    session.user()  # the summary
    assert (session.tally.context, session.tally.size) == (100, 100)
    assert session.tally.largest == 90_000  # that one was answered all the same


def test_the_first_and_the_largest_request_are_kept() -> None:
    session = Session()
    assert (session.tally.first, session.tally.largest) == (0, 0)
    for tokens in (18_000, 60_000, 25_000):
        session.user()
        session.answers(input_tokens=tokens)
    assert (session.tally.first, session.tally.largest) == (18_000, 60_000)


def test_the_largest_step_is_what_came_between_two_answers() -> None:
    session = Session()
    session.user()
    session.answers(call("Read", {}, "a"), call("Read", {}, "b"), input_tokens=20_000)
    session.result(WORDS * 4, "a")
    session.result(WORDS * 5, "b")
    session.answers(input_tokens=21_000)
    session.user()
    assert session.tally.largest_step == 900


@pytest.mark.parametrize("usage", [{"input_tokens": 100}, {}])
def test_neither_what_is_taken_up_nor_an_answer_is_a_step(usage: dict[str, Any]) -> None:
    """Else the step would be as large as the session, and no compaction would fit below it."""
    session = Session(50_000)
    for _ in range(3):
        session.user()
        session.answers(text(WORDS * 20), **usage)
    assert session.tally.largest_step == 100


@pytest.mark.parametrize(
    ("block", "tokens"),
    [
        (text("four" * 3), 3),
        (text("ěšč" * 4), 6),  # bytes count
        (call("Bash", {}, "a"), 0),
        (call("Bash", {"command": "x" * 400}, "a"), 103),
        ({"type": "tool_result", "content": [text("x" * 80), {"type": "image"}]}, 22),
        ({"type": "image", "source": {"data": "A" * 10_000}}, 0),
        ({"type": "thinking", "thinking": "x" * 400}, 0),
        ({"type": "text"}, 0),
    ],
    ids=["text", "not ASCII", "a bare call", "a call", "a result", "an image", "a thought", "none"],
)
def test_a_blocks_tokens_are_its_words(block: Json, tokens: int) -> None:
    assert tokens_of(block) == tokens


# --- Calls


def test_a_call_is_open_until_its_result() -> None:
    session = Session()
    session.user()
    session.answers(call("Bash", {"command": "ls"}, "a"), call("Read", {"file_path": "/x"}, "b"))
    assert session.tally.open_calls == {"a": "Bash ls", "b": "Read /x"}
    session.result("done", "b")
    assert session.tally.open_calls == {"a": "Bash ls"}
    session.result("done", "a")
    assert session.tally.open_calls == {} and session.tally.tool_calls == 2


def test_a_new_request_gives_up_what_was_open() -> None:
    session = Session()
    session.user()
    session.answers(call("Bash", {"command": "sleep 100"}, "a"))
    session.user("never mind")
    assert session.tally.open_calls == {} and session.tally.tool_calls == 1


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ({"description": "kills", "command": "pkill  -f\n claude"}, "Bash pkill -f claude"),
        ({"url": "http://x"}, "Bash http://x"),
        ({"command": 3, "other": "x"}, "Bash "),
        ("no object", "Bash "),
    ],
)
def test_a_call_is_told_on_one_line(arguments: Any, told: str) -> None:
    session = Session()
    session.answers(call("Bash", arguments, "a"))
    assert session.tally.open_calls == {"a": told}


def test_a_long_call_is_cut() -> None:
    session = Session()
    session.answers(call("Bash", {"command": "x" * 10_000}, "a"))
    assert len(session.tally.open_calls["a"]) == LONGEST


def cut(output: str, *, failed: bool = True) -> Session:
    """A session whose one call has this result."""
    session = Session()
    session.user()
    session.answers(call("Bash", {"command": "kill -TERM $PPID"}, "a"))
    session.result(output, "a", failed=failed)
    return session


@pytest.mark.parametrize("code", [129, 130, 137, 143])
@pytest.mark.parametrize("form", ["Exit code {}", "\nExit code {}\nTerminated"])
def test_a_call_whose_command_was_killed_is_cut_short(code: int, form: str) -> None:
    tally = cut(form.format(code)).tally
    assert (tally.cut_short, tally.open_calls) == ("Bash kill -TERM $PPID", {})


@pytest.mark.parametrize(
    "output",
    [
        "Exit code 1",
        "Exit code 1437",
        "Exit code 13",
        "Exit code 124",
        "It said: Exit code 143",
        "",
    ],
)
def test_another_failure_of_a_command_cuts_nothing_short(output: str) -> None:
    assert cut(output).tally.cut_short == ""


def test_a_command_that_only_prints_such_words_is_not_cut_short() -> None:
    assert cut("Exit code 143", failed=False).tally.cut_short == ""


def test_what_is_followed_by_anything_was_not_cut_short() -> None:
    answered, asked, other = cut("Exit code 143"), cut("Exit code 143"), cut("Exit code 143")
    answered.answers()
    asked.user("never mind")
    other.answers(call("Read", {}, "b"))
    other.result("a ledger", "b")
    assert [each.tally.cut_short for each in (answered, asked, other)] == ["", "", ""]


def test_a_result_of_no_known_call_is_not_cut_short() -> None:
    session = Session()
    session.answers(call("Bash", {"command": "kill 1"}, "a"))
    session.user("never mind")  # it is given up
    session.result("Exit code 143", "a", failed=True)
    assert session.tally.cut_short == ""


# --- Totals


def test_the_blocks_of_a_response_are_paid_for_once() -> None:
    session = Session()
    usage: dict[str, Any] = {"input_tokens": 1_000, "output_tokens": 200}
    session.answers(text("one"), text("two"), call("Bash", {}, "a"), **usage)
    session.result("done", "a")
    session.answers(**usage)
    assert session.tally.answers == 2
    assert session.tally.cost == pytest.approx(2 * cost(SONNET, usage))
    assert session.tally.totals() == {
        "num_turns": 2,
        "usage": {"input_tokens": 2_000, "output_tokens": 400},
    }


def test_each_answer_costs_what_its_own_model_costs() -> None:
    session = Session()
    session.answers(input_tokens=1_000)
    session.answers(model="us.anthropic.claude-opus-4-6", input_tokens=1_000)
    assert session.tally.cost == pytest.approx(0.003 + 0.005)
    assert session.tally.model == "us.anthropic.claude-opus-4-6"


def test_a_usage_that_is_none_counts_nothing() -> None:
    session = Session()
    session.answers(input_tokens=None, output_tokens="many", service_tier="standard")
    line = session.transcript.says("done")
    line["message"]["usage"] = None
    session._tell(line, whole=True)
    assert session.tally.cost == 0 and session.tally.answers == 2
    assert session.tally.totals()["usage"] == {"input_tokens": 0, "output_tokens": 0}


def test_a_tally_that_heard_nothing_tells_nothing() -> None:
    tally = Tally()
    assert tally.totals() == {"num_turns": 0, "usage": {}}
    assert (tally.cost, tally.size, tally.answers, tally.model) == (0, 0, 0, "")
