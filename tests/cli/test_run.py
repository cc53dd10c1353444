"""`ccsup run` stands where claude stood: argv, exit codes, what is simply executed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from ..programs import world_with
from ..world import World, make

ECHO = "import json, sys; print(json.dumps(sys.argv[1:]))"
OURS = ("--plugin-dir=", "--session-id")


@pytest.fixture
def echo(tmp_path: Path) -> World:
    return world_with(tmp_path, ECHO)


@pytest.mark.parametrize(
    "argv",
    [
        ["--version"],
        ["mcp", "list"],
        ["-v"],
        ["update"],
        ["--bg", "do it"],
        ["-p", "--no-session-persistence", "x"],
    ],
)
def test_what_holds_no_session_is_executed_untouched(echo: World, argv: list[str]) -> None:
    ended = echo.run(*argv)
    assert json.loads(ended.stdout) == argv
    assert ended.stderr == "" and not echo.journal()


@pytest.mark.parametrize(
    "argv",
    [
        ["-p", "a prompt with --help and -h in it"],
        ["-pd", "x", "prompt"],
        ["-p", "x", "--", "--ask"],
        ["--ask", "-p", "x"],
        ["-p", "", "--model", "m"],
        ["--wrong-flag", "-p"],
        ["-p", "x", "--help-me"],
    ],
)
def test_arguments_reach_claude_word_for_word(echo: World, argv: list[str]) -> None:
    told = json.loads(echo.run(*argv).stdout)
    assert told[0].startswith(OURS[0]) and told[1] == OURS[1]
    assert told[3:] == argv


def test_one_leading_dashes_are_dropped_and_later_ones_kept(echo: World) -> None:
    assert json.loads(echo.run("--", "--help").stdout) == ["--help"]
    assert json.loads(echo.run("--", "-p", "--", "x").stdout)[3:] == ["-p", "--", "x"]


def test_help_alone_is_ours_and_says_where_that_of_claude_is(echo: World) -> None:
    page = echo.run("--help").stdout
    assert "ccsup run -- --help" in " ".join(page.split())


def test_an_option_of_ours_behind_run_is_claudes(echo: World) -> None:
    assert json.loads(echo.run("-p", "--max-barren", "0").stdout)[3:] == ["-p", "--max-barren", "0"]


def test_no_claude_is_127_and_one_clear_line(tmp_path: Path) -> None:
    world = make(tmp_path, None)
    ended = world.run("-p", "x", PATH="/nowhere")
    assert ended.code == 127 and ended.stdout == ""
    assert ended.stderr.count("\n") == 1 and "claude: not found" in ended.stderr


def test_a_claude_that_is_named_and_not_there_is_named_with_its_place(echo: World) -> None:
    ended = echo.run("-p", "x", options=("--claude", "/no/such/claude"))
    assert ended.code == 127 and ended.stdout == ""
    assert ended.stderr.startswith("ccsup: /no/such/claude: no such file") and (
        "--claude, CCSUP_CLAUDE or the key claude" in ended.stderr
    )


def test_a_claude_that_is_there_is_not_said_to_be_missing(echo: World) -> None:
    ended = echo.run("-p", "x", options=("--claude", str(echo.cwd)))
    assert ended.code == 126 and "no such file" not in ended.stderr
    ended = echo.run("-p", "x", options=("--claude", str(echo.claude)))
    assert ended.code == 0 and ended.stderr == ""


def test_every_exit_code_is_passed_on(tmp_path: Path) -> None:
    world = world_with(tmp_path, "import sys; sys.exit(int(sys.argv[-1]))")
    for code in (0, 1, 2, 42, 64, 70, 127, 130, 143, 254, 255):
        assert world.run("-p", str(code)).code == code


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT, signal.SIGUSR1])
def test_signals_reach_the_child(tmp_path: Path, number: signal.Signals) -> None:
    world = world_with(
        tmp_path,
        "import signal, sys\n"
        "def heard(*_): print('got it', flush=True); sys.exit(9)\n"
        f"signal.signal(signal.{number.name}, heard)\n"
        "open('ready', 'w').close()\n"
        "while True: signal.sigtimedwait([], 0.05)\n",
    )
    running = subprocess.Popen(
        [*world.ccsup("run"), "-p", "x"],
        env=world.env,
        cwd=world.cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
    )
    while not (world.cwd / "ready").exists():
        assert running.poll() is None
    os.kill(running.pid, number)
    out, _ = running.communicate(timeout=30)
    assert (running.returncode, out) == (9, b"got it\n")


def test_the_environment_goes_through_less_one_name(tmp_path: Path) -> None:
    world = world_with(tmp_path, "import json, os; print(json.dumps(dict(os.environ)))")
    told = json.loads(world.run("-p", "x", CLAUDE_CODE_CHILD_SESSION="1", ODD="ä b").stdout)
    assert "CLAUDE_CODE_CHILD_SESSION" not in told and told["ODD"] == "ä b"


def test_ten_megabytes_both_ways(tmp_path: Path) -> None:
    world = world_with(
        tmp_path, "import sys, shutil; shutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)"
    )
    data = bytes(range(256)) * 40_960
    done = subprocess.run(
        [*world.ccsup("run"), "-p"], env=world.env, cwd=world.cwd, input=data, capture_output=True
    )
    assert done.stdout == data and done.returncode == 0


def test_a_closed_stdout_ends_it_as_it_would_end_claude(tmp_path: Path) -> None:
    endless = 'import sys\nwhile True: print(\'{"type":"x"}\')\n'
    world = world_with(tmp_path, endless)
    command = " ".join([*world.ccsup("run"), "-p", "x", "--output-format", "stream-json"])
    done = subprocess.run(
        ["bash", "-c", f"{command} | head -1; echo ${{PIPESTATUS[0]}}"],
        env=world.env,
        cwd=world.cwd,
        capture_output=True,
        timeout=60,
    )
    assert done.stdout.splitlines()[0] == b'{"type":"x"}'
    assert done.stdout.splitlines()[1] != b"0"


def test_a_prompt_with_an_unknown_variable_is_refused_first(echo: World) -> None:
    folder = echo.home / ".config" / "ccsup" / "prompts"
    folder.mkdir(parents=True)
    (folder / "summary.md").write_text("Tell of\n$everything\n")
    ended = echo.run("-p", "x")
    assert ended.code == 78 and ended.stdout == ""
    assert "summary.md, line 2: unknown variable $everything" in ended.stderr
    (folder / "summary.md").write_text("Tell of $task\n")
    assert echo.run("-p", "x").code == 0


def test_a_bad_setting_is_named_with_its_place(echo: World) -> None:
    ended = echo.run("-p", "x", CCSUP_MAX_BARREN="many")
    assert ended.code == 78 and "CCSUP_MAX_BARREN" in ended.stderr


def test_neither_sdk_is_imported_without_a_death(echo: World) -> None:
    done = subprocess.run(
        [os.sys.executable, "-X", "importtime", "-m", "supervisor", "run", "-p", "x"],  # type: ignore[attr-defined]
        env=echo.env,
        cwd=echo.cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
    )
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "supervisor.run.shell" in imported
    assert not imported & {
        "anthropic",
        "boto3",
        "botocore",
        "httpx2",
        "supervisor.compaction.compact",
    }
