"""Compact: the whole way, from a run's transcripts to the next session's context."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from supervisor.claude.entries import decode
from supervisor.compaction.backends.protocol import Backend, Limits, Request, Summary, SummaryFailed
from supervisor.compaction.compact import Means, compact
from supervisor.compaction.digest import digest
from supervisor.compaction.order import Order, Result
from supervisor.compaction.plan.budget import tokens
from supervisor.compaction.prompts import VARIABLES, load
from supervisor.compaction.recorder import record_of
from supervisor.compaction.redact import redactor

from ..chain import main_chain
from ..entries import SESSION, Transcript, call, line_of
from .facts import LIVE, as_it_is

NEXT = "99999999-2222-4333-8444-555555555555"
TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls."
SENTENCE = "The ledger is sorted: Dvorak 12 before Novak 7."
NOTES = "\n\n".join(f"{heading}\n{SENTENCE}" for heading in load("summary", ()).headings)
MODEL = "us.anthropic.claude-sonnet-4-6"
SECRET = "glp" + "at-" + "AbCdEfGhIjKlMnOpQrSt"


@dataclass
class Teller:
    """A backend with one answer, or one failure."""

    answer: str | SummaryFailed
    name: str = "scripted"
    asked: list[Request] = field(default_factory=list)

    def candidates(self) -> list[str]:
        return [MODEL]

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        self.asked.append(request)
        if isinstance(self.answer, SummaryFailed):
            raise self.answer
        progress(len(self.answer))
        return Summary(self.answer, request.model, input_tokens=100, output_tokens=20)

    def count(self, request: Request) -> int | None:
        return None


@dataclass
class World:
    """Means without clock, chance or git; what was said is kept."""

    backend: Backend | None = None
    compact_instructions: str = ""
    tree: str = "## main\n M ledger"
    said: list[str] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)

    def means(self) -> Means:
        numbers = count(1)
        return Means(
            prompts={name: load(name, ()) for name in VARIABLES},
            backend=self.backend,
            redact=redactor({}, b"key"),
            tree=self.tree,
            now="2026-11-22T11:00:00.000Z",
            new_uuid=lambda: f"uuid-{next(numbers)}",
            clock=lambda: 0.0,
            progress=self.progress.append,
            say=self.said.append,
            compact_instructions=self.compact_instructions,
        )


def dead(version: str = "2.1.330") -> Transcript:
    transcript = Transcript(version=version)
    transcript.user(TASK)
    transcript.says("I look first", stop="tool_use")
    transcript.step("cat ledger", "Novak 7\nDvorak 12")
    transcript.queued("Not on Sundays!")
    transcript.step("sort ledger", "Dvorak 12\nNovak 7")
    transcript.error()
    transcript.bookkeeping()
    return transcript


def ordered(folder: Path, *transcripts: Transcript, **changes: Any) -> Order:
    paths = [str(transcript.write(folder)) for transcript in transcripts]
    told = {"session": NEXT, "reason": "out of memory", "with_model": False, **changes}
    return Order(paths, **told)


def session_file(folder: Path) -> Path:
    return folder / f"{NEXT}.jsonl"


def file_of(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in session_file(folder).read_text().splitlines()]


# --- Without a model


def test_a_rebuilt_session_holds_all_that_code_knows(tmp_path: Path) -> None:
    order = ordered(tmp_path, dead())
    before = Path(order.transcripts[0]).read_bytes()
    result = compact(order, World().means())
    assert Path(order.transcripts[0]).read_bytes() == before
    lines = file_of(tmp_path)
    assert (result.session, result.way, result.leaf) == (NEXT, "REBUILT", lines[-1]["uuid"])
    assert lines[1]["message"]["content"] == result.context
    for told in (TASK, "Not on Sundays!", "out of memory", order.transcripts[0], "M ledger"):
        assert told in result.context
    assert "Dvorak 12" in session_file(tmp_path).read_text()
    assert all(line["ccsup"] == {"from": SESSION} for line in lines)
    assert (result.narrative, result.usage, result.skipped) == ("", None, 0)
    assert result.told == "left out: the context is made by code alone"
    assert result.tokens_before > 0 and result.tokens_after > 0


def test_the_next_session_is_told_to_go_on(tmp_path: Path) -> None:
    result = compact(ordered(tmp_path, dead()), World().means())
    assert result.prompt.startswith("[ccsup] ") and "(out of memory)" in result.prompt


def test_a_second_death_finds_the_users_words_and_not_ours(tmp_path: Path) -> None:
    first = dead()
    first.step("deploy ledger to the annex", "deployed")
    compact(ordered(tmp_path, first), World().means())
    lines = session_file(tmp_path).read_bytes().splitlines()
    second = Transcript(NEXT)
    second.lines = [json.loads(line) for line in lines]
    second.leaf = second.lines[-1]["uuid"]
    second.user("[ccsup] the work goes on here")
    second.step("count ledger", "2")
    second.user("And count it.")
    second.error()
    third = "77777777-2222-4333-8444-555555555555"
    result = compact(ordered(tmp_path, second, session=third), World().means())
    context = result.context
    for told in (TASK, "Not on Sundays!", "And count it."):
        assert context.count(told) == 1
    assert "[ccsup]" not in context and context.count("## The user's own words") == 1
    assert "deploy ledger" in (tmp_path / f"{third}.jsonl").read_text()  # of the first session


@pytest.mark.parametrize("way", ["PROMPT", "REBUILT"])
def test_the_context_may_be_a_first_prompt_instead(tmp_path: Path, way: str) -> None:
    """Asked for, or because an old version would pass over a rebuilt file."""
    transcript = dead(version="2.1.330" if way == "PROMPT" else "2.0.76")
    result = compact(ordered(tmp_path, transcript, way=way), World().means())
    assert (result.way, result.leaf, result.session) == ("PROMPT", None, NEXT)
    assert not session_file(tmp_path).exists()
    prompt = result.prompt
    assert prompt.startswith("[ccsup] ") and TASK in prompt and "Dvorak 12" in prompt
    assert prompt.index(TASK) < prompt.index("goes on here, unattended")


def test_a_file_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    order = ordered(tmp_path, dead())
    (tmp_path / f"{NEXT}.ccsup-partial").mkdir()
    with pytest.raises(OSError):
        compact(order, World().means())


def test_where_the_same_command_says_it_all_nothing_is_done(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.error()
    order = ordered(tmp_path, transcript, repeatable=True)
    assert compact(order, World().means()) == Result(None, "REBUILT")
    assert not session_file(tmp_path).exists()


@pytest.mark.parametrize(("repeatable", "answered"), [(False, False), (True, True)])
def test_else_it_is_compacted(tmp_path: Path, repeatable: bool, answered: bool) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    if answered:
        transcript.says("I look first")
    transcript.error()
    result = compact(ordered(tmp_path, transcript, repeatable=repeatable), World().means())
    assert result.session == NEXT and TASK in result.context


def test_where_nothing_was_written_the_hooks_words_are_used(tmp_path: Path) -> None:
    gone = str(tmp_path / f"{SESSION}.jsonl")
    order = Order([gone], session=NEXT, with_model=False, said=[TASK])
    result = compact(order, World().means())
    assert result.way == "PROMPT" and TASK in result.prompt
    assert compact(Order([gone], session=NEXT), World().means()).session is None


def test_unreadable_lines_are_counted(tmp_path: Path) -> None:
    order = ordered(tmp_path, dead())
    with Path(order.transcripts[0]).open("ab") as file:
        file.write(b'{"torn\n')
    assert compact(order, World().means()).skipped == 1


def test_a_rebuilt_file_reads_as_the_job_it_goes_on_from(tmp_path: Path) -> None:
    """Every death of a job of any length: no call without its result, no word lost."""
    whole = dead()
    for steps in range(1, 30):
        if steps % 5 == 0:
            whole.queued(f"Message {steps}.")
        whole.step(f"step {steps}", f"output {steps} " * 200)
        result = compact(ordered(tmp_path, whole), World().means())
        assert all(f"Message {n}." in result.context for n in range(5, steps + 1, 5))
        lines = session_file(tmp_path).read_bytes().splitlines()
        chain = main_chain(entry for line in lines for entry in decode(line) or ())
        calls = digest(record_of([(entry, LIVE) for entry in reversed(chain)], as_it_is)).calls
        assert calls and all(call.output is not None for call in calls)
        assert calls[-1].arguments["command"] == f"step {steps}"
        assert result.tokens_after < 0.6 * result.tokens_before + 1_500


def test_each_barren_relaunch_gets_less(tmp_path: Path) -> None:
    transcript = dead()
    for number in range(60):
        transcript.step(f"step {number}", "output " * 300)
    order = [ordered(tmp_path, transcript, hardness=hardness) for hardness in range(4)]
    after = [compact(each, World().means()).tokens_after for each in order]
    assert after == sorted(after, reverse=True) and after[3] < after[0] / 3


# --- Secrets and damage


def test_secrets_reach_neither_file_nor_prompt(tmp_path: Path) -> None:
    for way in ("REBUILT", "PROMPT"):
        transcript = dead()
        transcript.user(f"The token is {SECRET}.")
        transcript.step(f"curl -H {SECRET}", f"token: {SECRET}")
        result = compact(ordered(tmp_path, transcript, way=way), World().means())
        assert SECRET not in result.context + result.prompt
        assert "[redacted:gitlab-token:" in result.context
    assert SECRET not in session_file(tmp_path).read_text()


def pem(lines: int) -> tuple[str, list[str]]:
    body = [f"{number:04}" + "AbCdEfGhIjKlMnOp" * 3 for number in range(lines)]
    mark = "-----{} " + "PRIVATE " + "KEY-----"
    return "\n".join((mark.format("BEGIN"), *body, mark.format("END"))), body


@pytest.mark.parametrize("before", range(0, 4_000, 1_000))
def test_a_secret_is_masked_before_a_shortening_can_cut_it(tmp_path: Path, before: int) -> None:
    key, body = pem(40)
    transcript = dead()
    transcript.step("cat notes", "x" * before + "\n" + key + "\n" + "y" * 6_000)
    for _ in range(20):
        transcript.step("cat ledger", "z" * 3_000)
    transcript.step("cat notes again", "x" * before + "\n" + key + "\n" + "y" * 6_000)
    result = compact(ordered(tmp_path, transcript), World().means())
    written = result.context + session_file(tmp_path).read_text()
    assert [line for line in body if line in written] == []


def test_half_a_surrogate_pair_goes_no_further(tmp_path: Path) -> None:
    """Texts that JavaScript cut in an emoji hold one; as UTF-8 it cannot be written."""
    for way in ("REBUILT", "PROMPT"):
        transcript = dead()
        transcript.user("Mind the X.")
        transcript.step("echo", "cut in X")
        order = ordered(tmp_path, transcript, way=way)
        path = Path(order.transcripts[0])
        path.write_text(path.read_text().replace("X", "\\ud83d"))
        result = compact(order, World().means())
        assert "Mind the" in result.context
        (result.context + result.prompt).encode()


def test_a_secret_in_the_newest_rounds_is_masked_in_their_arguments_too(tmp_path: Path) -> None:
    transcript = dead()
    transcript.respond(call("Write", {"file_path": "a", "content": [f"x {SECRET}"]}, "w"))
    transcript.result("written", "w")
    compact(ordered(tmp_path, transcript), World().means())
    written = session_file(tmp_path).read_text()
    assert "toolu" in written or '"w"' in written
    assert SECRET not in written


# --- With a model


def test_the_models_notes_stand_behind_what_code_knows(tmp_path: Path) -> None:
    backend = Teller(NOTES)
    world = World(backend, compact_instructions="Keep all amounts.")
    transcript = dead()
    transcript.step("env", f"TOKEN is {SECRET}")
    result = compact(ordered(tmp_path, transcript, with_model=True), world.means())
    assert result.narrative == NOTES
    assert result.context.index(TASK) < result.context.index(SENTENCE)
    assert result.told.startswith(f"by {MODEL}, ")
    assert result.usage is not None and result.usage["output_tokens"] % 20 == 0
    assert result.usage["model"] == MODEL and result.cost > 0
    assert world.progress and world.said[0] == f"asking {MODEL} for a summary"
    request = backend.asked[0]
    assert "sort ledger" in request.material and TASK in request.instructions
    assert "Keep all amounts." in request.instructions
    assert SECRET not in str(backend.asked)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        ("", "the model's answer was empty"),
        ("I'm sorry, I cannot help with this transcript at all.", ""),
        (SummaryFailed("Bedrock answered 400"), "Bedrock answered 400"),
    ],
    ids=["empty", "refusal", "error"],
)
def test_without_fit_notes_the_context_is_made_by_code(
    tmp_path: Path, answer: str | SummaryFailed, reason: str
) -> None:
    result = compact(ordered(tmp_path, dead(), with_model=True), World(Teller(answer)).means())
    assert result.session == NEXT and TASK in result.context
    assert result.narrative == "" and "cannot help" not in result.context
    assert result.told.startswith("none: ") and reason in result.told
    assert (result.usage is None) is isinstance(answer, SummaryFailed)


def test_notes_that_were_paid_for_are_not_asked_for_again(tmp_path: Path) -> None:
    backend = Teller("other notes")
    order = ordered(tmp_path, dead(), with_model=True, narrative=NOTES)
    result = compact(order, World(backend).means())
    assert SENTENCE in result.context and backend.asked == []
    assert result.told == "as written before"


def test_no_notes_are_asked_for_where_the_model_never_answered(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.error()
    backend = Teller(NOTES)
    result = compact(ordered(tmp_path, transcript, with_model=True), World(backend).means())
    assert result.told == "not needed" and backend.asked == []


@pytest.mark.parametrize("with_model", [True, False])
def test_none_are_asked_for_where_that_is_not_wanted(tmp_path: Path, with_model: bool) -> None:
    backend = None if with_model else Teller(NOTES)
    result = compact(ordered(tmp_path, dead(), with_model=with_model), World(backend).means())
    assert result.told == "left out: the context is made by code alone"


def test_an_invented_name_is_marked_in_the_context(tmp_path: Path) -> None:
    backend = Teller(f"{NOTES} See src/invented.py.")
    result = compact(ordered(tmp_path, dead(), with_model=True), World(backend).means())
    assert "src/invented.py (unverified" in result.context
    assert "unverified" not in result.narrative.replace("src/invented.py (unverified", "")


# --- The budget


@pytest.mark.parametrize("total", [1_500, 4_000, 12_000])
def test_a_budget_that_is_given_holds_for_context_and_tail(tmp_path: Path, total: int) -> None:
    transcript = dead()
    for number in range(300):
        transcript.says(f"I decided {number}: `a_{number}` stays because of {number}.")
        transcript.step(f"step {number}", "output " * 300)
    result = compact(ordered(tmp_path, transcript, budget=total), World().means())
    assert 0.5 * total < result.tokens_after <= 1.05 * total + 100
    assert TASK in result.context
    assert result.parts is not None and result.parts[0]["name"] == "words"
    assert sum(part["tokens"] for part in result.parts) <= tokens(result.context)


def test_what_was_typed_ahead_and_never_taken_up_is_the_users_word(tmp_path: Path) -> None:
    order = ordered(tmp_path, dead())
    line = {"type": "queue-operation", "operation": "enqueue", "content": "And count it."}
    with Path(order.transcripts[0]).open("ab") as file:
        file.write(line_of(line))
    assert "And count it." in compact(order, World().means()).context
    with Path(order.transcripts[0]).open("ab") as file:
        file.write(line_of({**line, "operation": "dequeue"}))
    assert "And count it." not in compact(order, World().means()).context
