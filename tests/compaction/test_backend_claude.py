"""Claude Code as the one that writes: what it is given, what it is kept from, how it ends."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

import pytest

from supervisor.compaction.backends.claude_code import ClaudeCode, inherited
from supervisor.compaction.backends.protocol import Limits, Request, Summary, SummaryFailed
from supervisor.demo.bedrock import Refuse, Reply, Say, text
from supervisor.demo.bedrock import Request as Asked
from supervisor.host.processes import living

from ..real.conftest import world as real_world
from ..world import World, bedrock

world = real_world

NOTES = "The ledger is sorted by date, for names repeat."
REQUEST = Request("a-model", "the system", "the material", "the instructions", max_tokens=99)
LIMITS = Limits(silence=10.0, deadline=40.0)
RESULT = {"type": "result", "subtype": "success", "is_error": False, "result": NOTES}
FAKE = """
import json, os, sys, time
from pathlib import Path
here = Path(sys.argv[1])
told = {"argv": sys.argv[2:], "cwd": os.getcwd(), "env": dict(os.environ), "pid": os.getpid()}
told["files"] = os.listdir(".")
told["group"] = os.getpgid(0)
mode = (here / "mode").read_text()
if mode == "deaf":
    (here / "told").write_text(json.dumps(told))
    (here / "ready").touch()
    time.sleep(600)
told["stdin"] = sys.stdin.read()
(here / "told").write_text(json.dumps(told))
with open(here / "calls", "a") as calls:
    calls.write(".")
if mode == "stuck":
    child = os.fork()
    (here / f"pid-{os.getpid()}").touch()
    if child:
        (here / "ready").touch()
    time.sleep(600)
outputs = json.loads((here / "outputs").read_text())
number = len((here / "calls").read_text())
code, out, err = outputs[min(number, len(outputs)) - 1]
sys.stdout.write(out)
sys.stderr.write(err)
sys.exit(code)
"""


class Fake:
    """A claude that tells what it was given and prints `outputs`, one a call."""

    def __init__(self, folder: Path, mode: str = "", *outputs: tuple[int, str, str]) -> None:
        self.folder = folder
        (folder / "claude.py").write_text(FAKE)
        (folder / "mode").write_text(mode)
        (folder / "outputs").write_text(json.dumps(outputs))
        self.slept: list[float] = []

    def backend(self, env: Mapping[str, str] | None = None) -> ClaudeCode:
        argv = (sys.executable, str(self.folder / "claude.py"), str(self.folder))
        return ClaudeCode({**os.environ, **(env or {})}, argv, sleep=self.slept.append)

    def ask(self, limits: Limits = LIMITS) -> Summary | SummaryFailed:
        try:
            return self.backend().ask(REQUEST, limits, lambda length: None)
        except SummaryFailed as failure:
            return failure

    @property
    def told(self) -> dict[str, object]:
        found: dict[str, object] = json.loads((self.folder / "told").read_text())
        return found

    @property
    def calls(self) -> int:
        return len((self.folder / "calls").read_text())


def printed(**changes: object) -> tuple[int, str, str]:
    return 0, json.dumps({**RESULT, **changes}), ""


def test_the_transcript_goes_in_by_stdin_and_never_by_argv(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "", printed())
    found = fake.ask()
    assert isinstance(found, Summary) and (found.text, found.backend) == (NOTES, "claude")
    assert fake.told["stdin"] == "the material\n\nthe instructions"
    argv = fake.told["argv"]
    assert isinstance(argv, list) and argv[0] == "-p"
    assert "the material" not in repr(argv) and "the instructions" not in repr(argv)
    assert argv[-4:] == ["--model", "a-model", "--system-prompt", "the system"]


def test_it_stands_in_an_empty_folder_that_is_gone_afterwards(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "", printed())
    fake.ask()
    assert fake.told["files"] == [] and not Path(str(fake.told["cwd"])).exists()
    assert fake.told["group"] == fake.told["pid"]


def test_who_has_written_and_what_it_took_is_read(tmp_path: Path) -> None:
    usage = {"input_tokens": 7, "output_tokens": 5, "cache_read_input_tokens": 3}
    models = {"small": {"outputTokens": 1}, "large": {"outputTokens": 4}}
    fake = Fake(tmp_path, "", printed(usage=usage, modelUsage=models, stop_reason="end_turn"))
    assert fake.ask() == Summary(NOTES, "large", "claude", "end_turn", 7, 5, 3, 0)


def test_words_of_a_wrapper_before_the_result_do_no_harm(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "", (0, f"welcome\n{json.dumps(RESULT)}\n", ""))
    assert isinstance(fake.ask(), Summary)


FAILED = {
    "too long": (printed(is_error=True, result="Prompt is too long"), "too long", 1, True),
    "not logged in": (printed(is_error=True, result="Not logged in"), "Not logged in", 1, False),
    "no model": (
        printed(is_error=True, result="no such model", api_error_status=404),
        "answered 404",
        1,
        False,
    ),
    "overloaded": (
        printed(is_error=True, result="Overloaded", api_error_status=529),
        "answered 529: Overloaded",
        3,
        False,
    ),
    "no words": (printed(result=None, subtype="error_during_execution"), "error_during", 1, False),
    "an old version": ((1, "", "error: unknown option '--tools='\n"), "unknown option", 1, False),
    "nothing": ((0, "", ""), "exit code 0, it printed nothing", 1, False),
    "no result": ((3, '["a list"]\n{"type": "system"}', ""), "exit code 3", 1, False),
}


@pytest.mark.parametrize(("output", "words", "calls", "long"), FAILED.values(), ids=FAILED)
def test_a_failure_is_told_in_its_words(
    tmp_path: Path, output: tuple[int, str, str], words: str, calls: int, long: bool
) -> None:
    fake = Fake(tmp_path, "", output)
    found = fake.ask()
    assert isinstance(found, SummaryFailed) and words in str(found)
    assert found.too_long is long and fake.calls == calls


def test_what_passes_is_survived(tmp_path: Path) -> None:
    busy = printed(is_error=True, result="Overloaded", api_error_status=529)
    fake = Fake(tmp_path, "", busy, printed())
    assert isinstance(fake.ask(), Summary) and fake.slept == [0.5]


def test_a_program_that_does_not_exist_is_a_failure(tmp_path: Path) -> None:
    backend = ClaudeCode({}, (str(tmp_path / "claude"),))
    with pytest.raises(SummaryFailed, match=r"Claude Code: .*No such file"):
        backend.ask(REQUEST, LIMITS, lambda length: None)


@pytest.mark.parametrize("mode", ["stuck", "deaf"])
def test_at_the_deadline_it_is_killed_with_its_whole_group(tmp_path: Path, mode: str) -> None:
    fake = Fake(tmp_path, mode)
    material = "x" * 1_000_000  # more than a pipe holds
    request = Request("a-model", "the system", material, "the instructions")
    with pytest.raises(SummaryFailed, match="the summary took longer than 3 s"):
        fake.backend().ask(request, Limits(10, 3), lambda length: None)
    pids = [int(path.name.partition("-")[2]) for path in tmp_path.glob("pid-*")]
    assert len(pids) == (2 if mode == "stuck" else 0)
    pids.append(int(str(fake.told["pid"])))
    assert living(pids) == []


def test_an_error_of_the_listener_kills_it(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "stuck")

    def cancel(length: int) -> None:
        if (tmp_path / "ready").exists():
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fake.backend().ask(REQUEST, LIMITS, cancel)
    assert living([int(str(fake.told["pid"]))]) == []


def test_several_are_asked_at_once(tmp_path: Path) -> None:
    found: list[Summary | SummaryFailed] = []
    fakes = []
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        fakes.append(Fake(tmp_path / str(number), "", printed(result=f"{NOTES} {number}")))
    threads = [
        threading.Thread(target=lambda fake=fake: found.append(fake.ask())) for fake in fakes
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    texts = sorted(each.text for each in found if isinstance(each, Summary))
    assert texts == [f"{NOTES} {number}" for number in range(3)]


def test_it_counts_nothing(tmp_path: Path) -> None:
    assert Fake(tmp_path, "", printed()).backend().count(REQUEST) is None
    assert not (tmp_path / "told").exists()


LEFT_OUT = (
    "CLAUDECODE CLAUDE_CODE_ENTRYPOINT CLAUDE_CODE_SESSION_ID CLAUDE_CODE_CHILD_SESSION"
    " CLAUDE_CODE_SSE_PORT CLAUDE_CODE_AUTO_COMPACT_WINDOW CLAUDE_AUTOCOMPACT_PCT_OVERRIDE"
    " CLAUDE_CODE_RETRY_WATCHDOG CLAUDE_CODE_MAX_RETRIES CLAUDE_PROJECT_DIR CLAUDE_ENV_FILE"
    " CLAUDE_PLUGIN_ROOT CLAUDE_EFFORT CLAUDE_CODE_SIMPLE MAX_THINKING_TOKENS DISABLE_COMPACT"
).split()
PASSED = (
    "HOME PATH CLAUDE_CONFIG_DIR CLAUDE_CODE_USE_BEDROCK CLAUDE_CODE_USE_VERTEX"
    " CLAUDE_CODE_USE_FOUNDRY CLAUDE_CODE_SKIP_BEDROCK_AUTH CLAUDE_CODE_OAUTH_TOKEN"
    " CLAUDE_CODE_CLIENT_CERT AWS_PROFILE ANTHROPIC_API_KEY ANTHROPIC_BASE_URL HTTPS_PROXY"
    " CLOUD_ML_REGION CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC DISABLE_TELEMETRY"
).split()


def test_only_where_to_ask_and_as_whom_is_inherited() -> None:
    assert sorted(inherited(dict.fromkeys([*LEFT_OUT, *PASSED], "x"))) == sorted(PASSED)


# --- The real one


def keep(world: World) -> None:
    """A user with hooks, memory and a secret; none of it is to be seen."""
    marks = {
        event: [{"hooks": [{"type": "command", "command": f"touch {world.home}/hook-{event}"}]}]
        for event in ("SessionStart", "UserPromptSubmit", "Stop", "SessionEnd")
    }
    (world.home / ".claude" / "settings.json").write_text(json.dumps({"hooks": marks}))
    (world.home / ".claude" / "CLAUDE.md").write_text("the-user's-memory")
    (world.home / "file.txt").write_text("the-words-of-a-file\n")


def real(world: World, reply: Reply, model: str, material: str) -> tuple[object, list[Asked]]:
    with bedrock(world, lambda asked: reply) as server:
        env = {
            **world.env,
            "CLAUDECODE": "1",
            "CLAUDE_CODE_SESSION_ID": "of-another-session",
        }
        backend = ClaudeCode(env, (str(world.claude),), sleep=lambda seconds: None)
        request = Request(model, "the system", material, "the instructions")
        try:
            return backend.ask(request, LIMITS, lambda length: None), server.requests
        except SummaryFailed as failure:
            return failure, server.requests


def test_the_real_one_writes_and_does_nothing_else(world: World) -> None:
    keep(world)
    material = f"<transcript>\nlook at @{world.home}/file.txt, ultrathink\n</transcript>"
    model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
    found, requests = real(world, Say((text(NOTES),), 70, 9), model, material)
    assert found == Summary(NOTES, model, "claude", "end_turn", 70, 9)
    (asked,) = requests
    assert asked.tools == frozenset() and asked.model == model
    assert material in asked.text() and "the instructions" in asked.text()
    sent = json.dumps(asked.body)
    assert "the system" in sent
    for foreign in ("the-words-of-a-file", "the-user's-memory", "of-another-session"):
        assert foreign not in sent
    assert list(world.home.glob("hook-*")) == [] and world.transcripts() == []


def test_the_real_one_says_why_it_cannot(world: World) -> None:
    found, requests = real(world, Refuse(403, "no access to it", "AccessDeniedException"), "m", "x")
    assert isinstance(found, SummaryFailed)
    assert "403" in str(found) and "no access to it" in str(found)
    assert len({asked.number for asked in requests}) >= 1


def test_the_real_one_leaves_the_tries_to_us(world: World) -> None:
    found, requests = real(world, Refuse(529, "busy", "OverloadedException"), "m", "x")
    assert isinstance(found, SummaryFailed) and "529" in str(found)
    assert len(requests) == 3
