"""The main job on the real Claude Code, with -p."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from supervisor.compaction.check import UNVERIFIED
from supervisor.demo.bedrock import (
    OUT_OF_MEMORY,
    BreakOff,
    Refuse,
    Reply,
    Request,
    Say,
    Silence,
    text,
    tool_use,
)

from ..world import Job, World, account, bedrock, is_summary, numbered

TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls, whatever happens."
FLAGS = ("--dangerously-skip-permissions",)


def at(*numbers: int) -> Callable[[int, Request], bool]:
    return lambda number, request: number in numbers


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("form", ["text", "json", "stream-json"])
def test_a_death_in_the_middle_of_the_job(world: World, form: str) -> None:
    sums: dict[Path, str] = {}

    def summary(request: Request) -> Reply:
        sums.update({path: digest(path) for path in world.transcripts()})
        found = "The key ostrava-77 opens the ledger, said the summary; see src/invented.py."
        return Say((text(account("Names were rejected, said the summary.", found)),))

    steps = numbered(6)
    steps[2] = ("Decision 3: sort by date, for names repeat.", "echo LEDGER-KEY=ostrava-77")
    job = Job(steps, final="The ledger is sorted.", dies=at(5), summary=summary)
    verbose = ("--verbose",) if form == "stream-json" else ()
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, "--output-format", form, *verbose)

    assert ended.code == 0, ended.stderr
    first = job.asked[5].text()  # the first request of the relaunched session
    for words in (
        TASK,
        "sort by date, for names repeat",
        "LEDGER-KEY=ostrava-77",
        "Names were rejected, said the summary.",
        "The key ostrava-77 opens the ledger, said the summary",
        f"src/invented.py{UNVERIFIED}",
    ):
        assert words in first
    assert len(job.summaries) == 2 and "src/invented.py" in job.summaries[1].text()
    assert "narrative by us.anthropic" in ended.stderr and "marked as unverified" in ended.stderr
    assert "ran out of memory" in ended.stderr and "Relaunching" in ended.stderr
    assert len(sums) == 1 and all(digest(path) == sum_ for path, sum_ in sums.items())
    if form == "text":
        assert ended.stdout == "The ledger is sorted.\n"
        return
    lines = [json.loads(line) for line in ended.stdout.splitlines()]
    results = [line for line in lines if line["type"] == "result"]
    assert len(results) == 1
    assert results[0]["result"] == "The ledger is sorted." and results[0]["is_error"] is False
    assert results[0]["usage"]["output_tokens"] == 20 * 7  # six steps and the final answer
    assert "Out of memory" not in ended.stdout and "ccsup" not in ended.stdout
    if form == "stream-json":
        assert sum(line.get("subtype") == "init" for line in lines) == 1


@pytest.mark.parametrize("deaths", [(1, 2), (3, 6, 8)], ids=["twice", "spread"])
def test_deaths_anywhere(world: World, deaths: tuple[int, ...]) -> None:
    job = Job(numbered(6), dies=at(*deaths))
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert job.deaths == len(deaths)
    assert TASK in job.asked[-1].text()


def test_every_request_over_a_size_dies(world: World) -> None:
    """The likeliest reading of the report: it dies of it once, and from then on stays below."""
    base: list[int] = []

    def too_large(number: int, request: Request) -> bool:
        base[:] = base or [request.size]
        return request.size > base[0] + 150_000

    big = "head -c 20000 /dev/zero | tr '\\0' {n}; echo end-of-{n}"
    job = Job(numbered(36, big), dies=too_large)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, timeout=300)
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert 1 <= job.deaths <= 2 and job.compactions >= 1
    assert TASK in job.asked[-1].text()


def test_in_a_json_stream_too_the_users_words_survive_its_own_compactions(world: World) -> None:
    big = "head -c 20000 /dev/zero | tr '\\0' {n}; echo end-of-{n}"
    job = Job(numbered(16, big))
    with bedrock(world, job):
        ended = world.run(
            *("-p", TASK, *FLAGS, "--output-format", "stream-json", "--verbose"),
            CLAUDE_CODE_AUTO_COMPACT_WINDOW="100000",
            CLAUDE_AUTOCOMPACT_PCT_OVERRIDE="60",
        )
    assert ended.code == 0 and job.compactions, ended.stderr
    assert TASK in job.asked[-1].text()
    assert "hook_started" not in ended.stdout and "hook_response" not in ended.stdout


def test_a_death_for_ever_is_given_up(world: World) -> None:
    job = Job(numbered(3), dies=lambda number, request: True)
    with bedrock(world, job) as server:
        ended = world.run("-p", TASK, *FLAGS, timeout=120)
    assert ended.code == 70
    assert len(server.requests) <= 20
    assert "Giving up" in ended.stderr and "journal.jsonl" in ended.stderr
    assert ended.stdout == "API Error: Out of memory\n"


def test_half_an_answer_before_each_death_is_no_progress(world: World) -> None:
    broken_off = BreakOff("Out of memory", before=(text("I will look at the ledger now."),))
    job = Job(numbered(3), dies=lambda number, request: True, death=broken_off)
    with bedrock(world, job) as server:
        ended = world.run("-p", TASK, *FLAGS, timeout=120, CCSUP_MAX_DEATHS="3")
    assert ended.code == 70 and len(server.requests) <= 12


@pytest.mark.parametrize("form", ["text", "json", "stream-json"])
def test_a_clean_job_is_bare_claude(world: World, form: str) -> None:
    verbose = ("--verbose",) if form == "stream-json" else ()
    shapes = []
    for bare in (True, False):
        job = Job(numbered(2))
        with bedrock(world, job):
            ended = world.run("-p", TASK, *FLAGS, "--output-format", form, *verbose, bare=bare)
        assert ended.code == 0 and not job.summaries and ended.stderr == ""
        shapes.append(
            ended.stdout if form == "text" else [_shape(x) for x in ended.stdout.splitlines()]
        )
    assert shapes[0] == shapes[1]


def _shape(line: str) -> object:
    """A message with its kinds and keys in their order; ids and times differ by nature."""
    told = json.loads(line)
    plugins = [plugin["name"] for plugin in told.get("plugins", [])]
    return list(told), told["type"], told.get("subtype"), told.get("result"), plugins


@pytest.mark.parametrize(
    "answer",
    [
        Refuse(503, "down", "ServiceUnavailableException"),
        Refuse(403, "no", "AccessDeniedException"),
        Say(()),
        Silence(60),
    ],
    ids=["down", "forbidden", "empty", "silent"],
)
def test_without_bedrock_the_job_still_finishes(world: World, answer: Reply) -> None:
    job = Job(numbered(4), dies=at(3), summary=lambda request: answer)
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS, CCSUP_SILENCE="2")
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert "narrative none:" in ended.stderr
    assert TASK in job.asked[3].text() and "output-of-step-2" in job.asked[3].text()


def test_piped_stdin_reaches_the_relaunched_task(world: World) -> None:
    for deaths in (at(1), at(2)):
        job = Job(numbered(2), dies=deaths)
        with bedrock(world, job):
            ended = world.run("-p", "Count these.", *FLAGS, stdin=b"plums\npears\n")
        assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
        assert "plums\npears" in job.asked[-1].text()


def test_no_false_alarm(world: World) -> None:
    entry = json.dumps(
        {
            "type": "assistant",
            "isApiErrorMessage": True,
            "message": {
                "model": "<synthetic>",
                "stop_reason": "stop_sequence",
                "content": "API Error: Out of memory",
            },
        }
    )
    (world.cwd / "old.jsonl").write_text(entry + "\n")
    job = Job([("API Error: Out of memory", "cat old.jsonl")], final="API Error: Out of memory")
    with bedrock(world, job):
        ended = world.run("-p", TASK, *FLAGS)
    assert (ended.code, ended.stdout, ended.stderr) == (0, "API Error: Out of memory\n", "")
    assert not job.summaries and len(job.asked) == 2


def test_the_death_of_a_subagent_is_not_that_of_the_session(world: World) -> None:
    summaries: list[Request] = []
    turns: list[Request] = []

    def answer(request: Request) -> Reply:
        if is_summary(request):
            summaries.append(request)
        if not request.tools:
            return Say((text("A title of no importance to anybody at all"),))
        if "SUBTASK" in request.text() and TASK not in request.text():
            return OUT_OF_MEMORY
        turns.append(request)
        if len(turns) == 1:
            tool = "Agent" if "Agent" in request.tools else "Task"
            order = {
                "description": "a part",
                "prompt": "SUBTASK: count",
                "run_in_background": False,
            }
            call = tool_use(tool, {**order, "subagent_type": "general-purpose"}, "toolu_sub_01")
            return Say((text("I hand a part of it on."), call))
        time.sleep(2)  # the model takes its time: the hook's word stands alone meanwhile
        return Say((text("Done without it."),))

    with bedrock(world, answer):
        ended = world.run("-p", TASK, *FLAGS, CLAUDE_CODE_DISABLE_BACKGROUND_TASKS="1")
    assert (ended.code, ended.stdout, ended.stderr) == (0, "Done without it.\n", "")
    assert not summaries and len(turns) == 2


def test_an_older_death_that_was_left_behind(world: World) -> None:
    first = Job(numbered(1), dies=at(2))
    with bedrock(world, first):
        assert world.run("-p", TASK, *FLAGS, bare=True).code == 1
    session = world.transcripts()[0].stem
    second = Job([], final="Fine again.")
    with bedrock(world, second):
        ended = world.run("-p", "--resume", session, "Go on.", *FLAGS)
    assert (ended.code, ended.stdout, ended.stderr) == (0, "Fine again.\n", "")
    assert not second.summaries


def test_a_resumed_session_dies_and_keeps_its_older_half(world: World) -> None:
    with bedrock(world, Job(numbered(2), final="Half done.")):
        world.run("-p", TASK, *FLAGS, bare=True)
    session = world.transcripts()[0].stem
    for how in (("--resume", session), ("--continue",)):
        job = Job(numbered(2, "echo later-{n}"), dies=at(2))
        with bedrock(world, job):
            ended = world.run("-p", *how, "Now the second half.", *FLAGS)
        assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
        first = job.asked[2].text()
        for words in (TASK, "output-of-step-2", "Now the second half.", "later-1"):
            assert words in first, words


def test_a_given_session_id_and_greedy_options(world: World) -> None:
    session = "0f0f0f0f-1111-4222-8333-444444444444"
    job = Job(numbered(3), dies=at(3))
    with bedrock(world, job):
        ended = world.run(
            "--session-id", session, "-p", TASK, *FLAGS, "--allowedTools", "Bash", "Read"
        )
    assert (ended.code, ended.stdout) == (0, "Everything is done.\n"), ended.stderr
    assert (world.transcripts()[0]).stem == session
