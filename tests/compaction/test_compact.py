"""Compact: the whole way, from a run's transcripts to the next session's context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from supervisor.claude.entries import decode, main_chain
from supervisor.compaction.compact import Means, compact
from supervisor.compaction.digest import digest
from supervisor.compaction.order import Order, Result
from supervisor.compaction.plan import tokens
from supervisor.compaction.prompts import load
from supervisor.compaction.redact import redactor
from supervisor.demo.bedrock import Refuse, Reply, Request, Say, StandIn
from supervisor.demo.bedrock import text as words

from ..entries import SESSION, Transcript
from .conftest import Env

NEXT = "99999999-2222-4333-8444-555555555555"
TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls."
NOTES = "The ledger is sorted by date, for names repeat. The magic number is 48213."
SECRET = "glp" + "at-" + "AbCdEfGhIjKlMnOpQrSt"


@dataclass
class World:
    """Means without clock, chance or git; what was said is kept."""

    env: Mapping[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)

    def means(self) -> Means:
        numbers = count(1)
        return Means(
            env=self.env,
            summary_prompt=load("summary", ()),
            continue_prompt=load("continue", ()),
            resume_prompt=load("resume", ()),
            redact=redactor(self.env, b"key"),
            tree="## main\n M ledger",
            now="2026-11-22T11:00:00.000Z",
            new_uuid=lambda: f"uuid-{next(numbers)}",
            progress=self.progress.append,
            say=self.said.append,
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
    compact(ordered(tmp_path, dead()), World().means())
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
    assert "cat ledger" in (tmp_path / f"{third}.jsonl").read_text()  # of the first session


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
        calls = digest(main_chain(entry for line in lines for entry in decode(line) or ())).calls
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


# --- With a model


def answering(reply: Reply) -> tuple[StandIn, list[Request]]:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        asked.append(request)
        return reply

    return StandIn(answer), asked


def test_the_models_notes_stand_behind_what_code_knows(tmp_path: Path, env_of: Env) -> None:
    server, asked = answering(Say((words(NOTES),)))
    with server:
        world = World(env_of(server.url))
        transcript = dead()
        transcript.step("env", f"TOKEN is {SECRET}")
        result = compact(ordered(tmp_path, transcript, with_model=True), world.means())
    assert result.narrative == NOTES and NOTES in result.context
    assert result.context.index(TASK) < result.context.index(NOTES)
    assert result.told.startswith("by us.anthropic.claude-sonnet-4-6, ")
    assert result.usage is not None and result.usage["output_tokens"] == 20
    assert world.progress and world.said == ["asking us.anthropic.claude-sonnet-4-6 for a summary"]
    (request,) = asked
    material, instructions = request.messages[0]["content"]
    assert "sort ledger" in material["text"] and TASK in instructions["text"]
    assert SECRET not in json.dumps(request.body)


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (Say((words(""),)), "the model's answer was empty"),
        (Say((words("I'm sorry, I cannot help with this transcript at all."),)), "no account"),
        (Refuse(400, "bad", "ValidationException"), "ValidationException"),
    ],
    ids=["empty", "refusal", "error"],
)
def test_without_fit_notes_the_context_is_made_by_code(
    tmp_path: Path, env_of: Env, reply: Reply, reason: str
) -> None:
    server, _ = answering(reply)
    with server:
        world = World(env_of(server.url))
        result = compact(ordered(tmp_path, dead(), with_model=True), world.means())
    assert result.session == NEXT and TASK in result.context
    assert (result.narrative, result.usage) == ("", None)
    assert result.told.startswith("none: ") and reason in result.told


def test_a_model_that_is_not_allowed_is_followed_by_the_next(tmp_path: Path, env_of: Env) -> None:
    def answer(request: Request) -> Reply:
        if "sonnet" in request.model:
            return Refuse(403, "no access", "AccessDeniedException")
        return Say((words(NOTES),))

    with StandIn(answer) as server:
        world = World(env_of(server.url))
        result = compact(ordered(tmp_path, dead(), with_model=True), world.means())
    assert result.narrative == NOTES and "haiku" in result.told and len(world.said) == 2


def test_the_users_own_choice_is_not_replaced(tmp_path: Path, env_of: Env) -> None:
    server, asked = answering(Refuse(403, "no access", "AccessDeniedException"))
    with server:
        world = World(env_of(server.url))
        order = ordered(tmp_path, dead(), with_model=True, model="mine")
        assert compact(order, world.means()).narrative == ""
    assert [request.model for request in asked] == ["mine"]


def test_notes_that_were_paid_for_are_not_asked_for_again(tmp_path: Path) -> None:
    world = World({"ANTHROPIC_BEDROCK_BASE_URL": "http://127.0.0.1:1"})
    order = ordered(tmp_path, dead(), with_model=True, narrative=NOTES)
    result = compact(order, world.means())
    assert NOTES in result.context and world.said == []


def test_no_notes_are_asked_for_where_the_model_never_answered(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.error()
    world = World()
    result = compact(ordered(tmp_path, transcript, with_model=True), world.means())
    assert result.told == "not needed" and world.said == []


def test_an_invented_name_is_marked_in_the_context(tmp_path: Path, env_of: Env) -> None:
    server, _ = answering(Say((words(f"{NOTES} See src/invented.py."),)))
    with server:
        world = World(env_of(server.url))
        result = compact(ordered(tmp_path, dead(), with_model=True), world.means())
    assert "src/invented.py (unverified" in result.context
    assert tokens(result.context) < 2_000
