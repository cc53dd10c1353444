"""The real Claude Code resumes what was composed, wherever the dead session was cut off."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from supervisor.core.commands import Way
from supervisor.demo.bedrock import Request, Say, StandIn, text
from supervisor.demo.validity import complaint

from .. import world as worlds
from ..entries import Json, line_of
from ..golden import CUTS, cut_at
from ..resumed import MARK, NEXT, as_claude_reads, compacted, conversation, expected, words_of
from ..world import World
from .test_headless import FLAGS

AT_ONCE = 3
LARGE = 24_000  # tokens: so that many rounds stand in the file verbatim
ANSWER = "It is taken up."


@dataclass
class Case:
    """A dead session, what was made of it, and the world in which it is resumed."""

    name: str
    world: World
    data: bytes
    prompt: str
    messages: list[Json]  # that are expected to be sent
    resume: tuple[str, ...] = ("--resume", NEXT)

    @property
    def file(self) -> Path:
        return _project(self.world) / f"{NEXT}.jsonl"


def _project(world: World) -> Path:
    name = "".join(each if each.isalnum() else "-" for each in str(world.cwd))
    return world.home / ".claude" / "projects" / name


def prepared(world: World, name: str, way: Way = Way.REBUILT) -> Case:
    """In a HOME of its own."""
    assert world.claude is not None
    folder = world.home / f"{way.name} {name}"
    own = worlds.make(folder, world.claude)
    _project(own).mkdir(parents=True)
    data = cut_at(name, world.claude.parts[-5])
    result = compacted(_project(own), data, way=way.name, budget=LARGE)
    assert result.session == NEXT and result.way == way.name
    prompt = f"{result.prompt}\n\nThis is the case: {name}."
    if way is Way.PROMPT:
        messages = [{"role": "user", "content": [{"type": "text", "text": prompt}]}]
        return Case(name, own, data, prompt, messages, ())
    found = as_claude_reads(_project(own) / f"{NEXT}.jsonl", prompt)
    return Case(name, own, data, prompt, found)


def fault(case: Case, server: StandIn) -> str | None:
    """What is wrong when claude goes on with a case, None where nothing is."""
    case.world.url = server.url
    ended = case.world.run("-p", *case.resume, case.prompt, *FLAGS, bare=True)
    if (ended.code, ended.stdout) != (0, f"{ANSWER}\n"):
        return f"claude ended with {ended.code}: {ended.stdout}{ended.stderr}"
    sent = [each for each in server.requests if _is_of(each, case)]
    if len(sent) != 1:
        return f"{len(sent)} requests"
    if conversation(sent[0].messages) != conversation(case.messages):
        return f"something else was sent: {conversation(sent[0].messages)}"
    due = expected(case.data)
    missing = (due.words | due.newest) - set(MARK.findall(words_of(sent[0].messages)))
    return f"not told: {sorted(missing)}" if missing else None


def _is_of(request: Request, case: Case) -> bool:
    return request.from_agent and f"This is the case: {case.name}." in request.text()


def faults(cases: list[Case]) -> tuple[dict[str, str], list[str]]:
    """The faults by the names of the cases, and what the model's service has complained of."""
    with (
        StandIn(lambda request: Say((text(ANSWER),)), strict=True) as server,
        ThreadPoolExecutor(AT_ONCE) as pool,
    ):
        found = list(pool.map(lambda case: fault(case, server), cases))
        told = {case.name: why for case, why in zip(cases, found, strict=True) if why}
        return told, server.complaints


def test_wherever_a_session_was_cut_off_claude_goes_on_with_what_was_made_of_it(
    world: World,
) -> None:
    """And its model is sent exactly what `as_claude_reads` says, with nothing mended."""
    cases = [prepared(world, name) for name in CUTS]
    assert len(cases) >= 12
    assert all(complaint({"messages": case.messages}) is None for case in cases)
    assert faults(cases) == ({}, [])


def test_likewise_where_the_context_is_a_first_prompt(world: World) -> None:
    assert faults([prepared(world, "two results of three", Way.PROMPT)]) == ({}, [])


def without_calls(block: Json) -> Json | None:
    return None if block["type"] == "tool_use" else block


def one_name_for_all(block: Json) -> Json:
    return {**block, "id": "toolu_x"} if block["type"] == "tool_use" else block


def wordless(block: Json) -> Json:
    return {**block, "text": ""} if block["type"] == "text" else block


def break_(case: Case, change: Callable[[Json], Json | None]) -> None:
    """Change each block of the answers in the rebuilt file, or take it out."""
    lines: list[Json] = []
    for line in map(json.loads, case.file.read_text().splitlines()):
        if line["type"] == "assistant":
            found = [change(block) for block in line["message"]["content"]]
            line["message"]["content"] = [block for block in found if block]
            if not line["message"]["content"]:
                continue
        line["parentUuid"] = lines[-1]["uuid"] if lines else None
        lines.append(line)
    case.file.write_bytes(b"".join(map(line_of, lines)))
    case.messages = as_claude_reads(case.file, case.prompt)


def test_a_file_that_is_broken_by_hand_is_found_out(world: World) -> None:
    """Claude Code mends some of it by leaving things out, so that what is sent is not the file."""
    broken = {
        "behind a rewind": without_calls,
        "parallel calls": one_name_for_all,
        "an error left behind": wordless,
    }
    cases = [prepared(world, name) for name in broken]
    for case in cases:
        break_(case, broken[case.name])
    assert all(complaint({"messages": case.messages}) for case in cases)
    told, _ = faults(cases)
    assert set(told) == set(broken), told
