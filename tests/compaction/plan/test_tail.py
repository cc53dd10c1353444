"""Tail: no cut parts what belongs together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from itertools import product

import pytest

from supervisor.claude.entries import Entry
from supervisor.claude.measure import tokens_of
from supervisor.claude.rebuild import Kept
from supervisor.compaction.plan.budget import tokens
from supervisor.compaction.plan.tail import tail

from ...chain import main_chain
from ...entries import Transcript, call, text

STEPS: dict[str, Callable[[Transcript], object]] = {
    "say": lambda t: t.says("words " * 20),
    "step": lambda t: t.step("echo " + "a" * 40, "output " * 60),
    "talk": lambda t: t.respond(text("I look"), call("Read", {"file_path": "a"}, f"t{t.leaf}")),
    "parallel": lambda t: parallel(t),
    "broken": lambda t: broken(t),
    "open": lambda t: t.calls("Bash", command="sleep 100"),
    "user": lambda t: t.user("go on"),
    "queued": lambda t: t.queued("and this"),
    "error": lambda t: t.error(),
    "compaction": lambda t: t.compaction("a summary " * 20),
}


def parallel(transcript: Transcript) -> None:
    names = [f"{len(transcript.lines)}{letter}" for letter in "ABC"]
    transcript.respond(text("three"), *(call("Bash", {"command": name}, name) for name in names))
    for name in names:
        transcript.result(f"output {name} " * 30, name)


def broken(transcript: Transcript) -> None:
    """Two calls, and the process died before the second result."""
    names = [f"{len(transcript.lines)}{letter}" for letter in "AB"]
    transcript.respond(*(call("Bash", {"command": name}, name) for name in names))
    transcript.result("of the first", names[0])


def _transcripts() -> Iterator[list[Entry]]:
    """Every sequence of three kinds of steps, cut off behind each of its lines."""
    for names in product(STEPS, repeat=3):
        transcript = Transcript()
        transcript.user("the task")
        for name in names:
            STEPS[name](transcript)
        entries = transcript.entries
        for end in range(len(entries) - 3, len(entries) + 1):
            yield main_chain(entries[:end])


@cache
def transcripts() -> list[list[Entry]]:
    return list(_transcripts())


def is_lawful(kept: list[Kept]) -> bool:
    """Each call has its result behind it, each result its call, each response is in one piece."""
    waiting: set[str] = set()
    for item in kept:
        for block in item.blocks:
            if block["type"] == "tool_use":
                waiting.add(block["id"])
            elif block["type"] == "tool_result":
                if block["tool_use_id"] not in waiting:
                    return False
                waiting.remove(block["tool_use_id"])
            elif block["type"] != "text":
                return False
    return not waiting


@pytest.mark.parametrize("limit", [0, 60, 200, 100_000])
def test_every_tail_keeps_each_call_with_its_result(limit: int) -> None:
    seen = 0
    for entries in transcripts():
        kept = tail(entries, limit)
        seen += bool(kept)
        assert is_lawful(kept), [entry.type for entry in entries]
        assert all(item.entry.is_answer or item.entry.is_tool_result for item in kept)
        at = [entries.index(item.entry) for item in kept]
        assert at == sorted(at)
    assert seen > 1_000 or limit == 0  # with no room even the newest round is left out


def test_a_call_without_its_result_would_be_seen() -> None:
    entries = next(each for each in transcripts() if each[-1].is_tool_result)
    assert not is_lawful([Kept(entries[-1], entries[-1].blocks)])
    assert not is_lawful([Kept(each, each.blocks) for each in entries if each.tool_calls])


def test_every_tail_keeps_a_response_whole() -> None:
    for entries in transcripts():
        kept = tail(entries, 60)
        chosen = {item.entry.message["id"] for item in kept if item.entry.is_answer}
        whole = [entry for entry in entries if entry.message.get("id") in chosen]
        assert [item.entry for item in kept if item.entry.is_answer] == whole


def test_calls_made_in_parallel_stand_before_their_results_however_mixed() -> None:
    transcript = Transcript()
    transcript.respond(*(call("Bash", {"command": name}, name) for name in "AB"))
    transcript.result("of A", "A")
    transcript.result("of B", "B")
    first, second, of_a, of_b = transcript.entries
    for mixed in ([first, of_a, second, of_b], [first, second, of_b, of_a]):
        kept = tail(mixed, 1_000)
        assert len(kept) == 4 and is_lawful(kept)
        assert [item.entry.is_answer for item in kept] == [True, True, False, False]


def rounds(count: int, output: int) -> list[Entry]:
    transcript = Transcript()
    transcript.user("the task")
    for number in range(count):
        transcript.step(f"echo {number}", f"<{number}>" + "x" * output)
    return transcript.entries


def shown(kept: list[Kept]) -> str:
    return "".join(str(block.get("content", "")) for item in kept for block in item.blocks)


def test_the_newest_rounds_are_kept_and_the_limit_holds() -> None:
    entries = rounds(20, 2_000)
    for limit in (600, 1_000, 3_000, 6_000):
        kept = tail(entries, limit)
        words = "".join(str(block) for item in kept for block in item.blocks)
        assert "<19>" in words
        assert tokens(words) < limit * 1.3 + 100  # the blocks' own spelling is not counted
    assert "<0>" not in shown(tail(entries, 6_000))
    assert "<0>" in shown(tail(entries, 20_000))


def test_the_newest_round_is_kept_shortened_rather_than_not() -> None:
    kept = tail(rounds(2, 100_000), 500)
    assert "<1>" in shown(kept) and "<0>" not in shown(kept)
    assert "characters left out" in shown(kept)
    assert tokens(shown(kept)) < 600


def test_a_large_argument_of_any_shape_is_shortened() -> None:
    edits = [{"old_string": "x" * 5_000, "new_string": "y" * 5_000} for _ in range(10)]
    for arguments in ({"content": "x" * 100_000}, {"edits": edits}):
        transcript = Transcript()
        transcript.respond(call("MultiEdit", {"file_path": "a.py", **arguments}, "a"))
        transcript.result("edited", "a")
        kept = tail(transcript.entries, 500)
        assert kept
        assert sum(tokens_of(block) for item in kept for block in item.entry.blocks) > 20_000
        assert sum(tokens(str(item.blocks)) for item in kept) < 1_000


def test_thinking_and_empty_words_are_left_out() -> None:
    transcript = Transcript()
    thinking = {"type": "thinking", "thinking": "hm", "signature": "s"}
    transcript.respond(thinking, text("  "), text("I look"), call("Bash", {"command": "ls"}, "a"))
    transcript.result("ledger", "a")
    kept = tail(transcript.entries, 1_000)
    assert [block["type"] for item in kept for block in item.blocks] == [
        "text",
        "tool_use",
        "tool_result",
    ]


def test_the_entries_themselves_are_not_changed() -> None:
    entries = rounds(2, 100_000)
    before = [str(entry.blocks) for entry in entries]
    tail(entries, 100)
    assert [str(entry.blocks) for entry in entries] == before


@pytest.mark.parametrize("odd", [["x"], {"a": 1}, None, 7])
def test_an_id_of_any_shape_ends_nothing(odd: object) -> None:
    transcript = Transcript()
    transcript.respond(text("I look"), call("Bash", {"command": "ls"}, "a"))
    transcript.result("ledger", "a")
    transcript.lines[-1]["message"]["content"][0]["tool_use_id"] = odd
    assert tail(transcript.entries, 1_000) == []  # a call without its result
    transcript.lines[-2]["message"]["content"][0]["id"] = odd
    assert len(tail(transcript.entries, 1_000)) == 3
