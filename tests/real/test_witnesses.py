"""Each witness alone is enough, and what they hold may be damaged."""

from __future__ import annotations

import json

import pytest

from supervisor.demo.bedrock import OUT_OF_MEMORY, Reply, Request, Say, text, tool_use

from ..world import NOTES, Job, World, bedrock, numbered
from .test_headless import FLAGS, TASK, at
from .test_interactive import leave, person


def silence_hooks(world: World) -> None:
    path = world.home / ".claude" / "settings.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "disableAllHooks": True}))


def hook_lines(world: World) -> int:
    logs = world.home.glob(".local/state/ccsup/runs/*/hooks-*.jsonl")
    return sum(len(path.read_text().splitlines()) for path in logs)


def test_the_transcript_alone_is_enough(world: World) -> None:
    silence_hooks(world)
    job = Job(numbered(4), dies=at(3))
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert hook_lines(world) == 0 and "output-of-step-2" in job.asked[3].text()


def test_the_transcript_alone_is_enough_at_a_terminal(world: World) -> None:
    silence_hooks(world)
    job = Job(numbered(4), dies=at(3))
    with bedrock(world, job), person(world) as someone:
        someone.submit(TASK)
        someone.wait_for("Everything is done.")
        assert leave(someone) == 0
    assert hook_lines(world) == 0 and "output-of-step-2" in job.asked[3].text()


def test_the_hooks_alone_are_enough(world: World) -> None:
    """No transcript is written; what the user said is all that is known."""
    job = Job(numbered(2), dies=at(2))
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CLAUDE_CODE_SKIP_PROMPT_HISTORY="1")
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "StopFailure hook" in ended.stderr
    assert TASK in job.asked[2].text()


def test_torn_and_nul_filled_lines_are_skipped_and_counted(world: World) -> None:
    steps = numbered(4)
    steps[1] = (
        "Now something tears the file.",
        "until f=$(ls ~/.claude/projects/*/*.jsonl); do sleep 0.05; done; "
        'printf \'{"type":"user","mess\\n'
        "\\0\\0\\0\\0\\n' >> $f",
    )
    job = Job(steps, dies=at(4))
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "2 unreadable transcript lines were skipped" in ended.stderr
    assert TASK in job.asked[4].text()


def test_parallel_calls_keep_their_results(world: World) -> None:
    asked: list[Request] = []

    def answer(request: Request) -> Reply:
        if not request.from_agent:
            return Say((text(NOTES),))
        asked.append(request)
        match len(asked):
            case 1:
                calls = [
                    tool_use(
                        "Bash", {"command": f"echo half-{n}-read", "description": "x"}, f"t{n}"
                    )
                    for n in (1, 2, 3)
                ]
                return Say((text("All halves at once."), *calls))
            case 2:
                return OUT_OF_MEMORY
        return Say((text("Everything is done."),))

    with bedrock(world, answer):
        ended = world.run("-p", TASK, *FLAGS)
    assert ended.code == 0, ended.stderr
    for n in (1, 2, 3):
        assert f"half-{n}-read" in asked[2].text().replace(f"echo half-{n}-read", "")


@pytest.mark.parametrize("form", ["json", "stream-json"])
def test_a_killed_attempt_counts_in_the_totals(world: World, form: str) -> None:
    steps = numbered(3)
    steps[1] = ("Dangerous.", "test -e once || { touch once; sleep 0.5; kill -KILL $PPID; }")
    job = Job(steps)
    verbose = ("--verbose",) if form == "stream-json" else ()
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, "--output-format", form, *verbose)
    assert ended.code == 0, ended.stderr
    results = [
        line for line in map(json.loads, ended.stdout.splitlines()) if line["type"] == "result"
    ]
    assert len(results) == 1 and results[0]["result"] == "Everything is done."
    assert results[0]["num_turns"] >= 4 and results[0]["usage"]["output_tokens"] >= 80
