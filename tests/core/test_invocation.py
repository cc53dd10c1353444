"""What a claude command line asks for, and the same command for the next session."""

from __future__ import annotations

import itertools
import shlex
from typing import Any

import pytest

from supervisor.core.invocation import Invocation, first_argv, next_argv
from supervisor.core.launch import SESSION_OPTIONS, Grammar, Operand, Option

PLAIN: dict[str, Any] = {
    "holds_session": True,
    "prints": False,
    "output_format": "text",
    "streams_input": False,
    "takes_up": False,
    "forks": False,
    "makes_worktree": False,
    "plain_plugins": True,
}

# A line, and what is not as with the bare word claude.
LINES: dict[str, dict[str, Any]] = {
    "": {},
    "task": {},
    "--model opus task": {},
    # printing
    "-p task": {"prints": True},
    "task --print": {"prints": True},
    "-pd api": {"prints": True},
    "-cp": {"prints": True, "takes_up": True},
    "-p --output-format=json task": {"prints": True, "output_format": "json"},
    "--output-format stream-json --verbose -p": {"prints": True, "output_format": "stream-json"},
    "-p --output-format json --output-format text": {"prints": True},
    "-p --input-format stream-json": {"prints": True, "streams_input": True},
    "-p --input-format=text": {"prints": True},
    "--add-dir a task -p": {"prints": True},
    # text that only looks like an option
    "'what does -p do?'": {},
    "'--version is a flag'": {"holds_session": True},
    "-- -p": {},
    "-- --version": {},
    "--append-system-prompt -p task": {},
    "--append-system-prompt --version task": {},
    "-n --fork-session": {},
    "'please explain mcp'": {},
    # older sessions
    "--resume": {"takes_up": True},
    "--resume abc": {"takes_up": True},
    "-r abc --fork-session": {"takes_up": True, "forks": True},
    "-rabc": {"takes_up": True},
    "-c": {"takes_up": True},
    "--continue -p task": {"takes_up": True, "prints": True},
    "--from-pr 12": {"takes_up": True},
    "--session-id 11111111-2222-3333-4444-555555555555": {},
    "-w": {"makes_worktree": True},
    "--worktree feature task": {"makes_worktree": True},
    "'a --worktree'": {},
    # no session of this terminal
    "--version": {"holds_session": False},
    "-v": {"holds_session": False},
    "-p --help": {"holds_session": False, "prints": True},
    "mcp list": {"holds_session": False},
    "--debug -- mcp list": {"holds_session": False},
    "update": {"holds_session": False},
    "doctor --verbose": {"holds_session": False},
    "--bg task": {"holds_session": False},
    "--cloud": {"holds_session": False},
    "-p --no-session-persistence task": {"holds_session": False, "prints": True},
    "--tmux -w": {"holds_session": False, "makes_worktree": True},
    # a command stands first, not anywhere
    "task mcp list": {},
    "--model mcp task": {},
    "--add-dir mcp list": {},
    # where our hooks would show, or would not run
    "--bare": {"plain_plugins": False},
    "--safe-mode": {"plain_plugins": False},
    "-p --include-hook-events": {"plain_plugins": False, "prints": True},
}


def of(line: str) -> Invocation:
    return Invocation.of(tuple(shlex.split(line)))


@pytest.mark.parametrize("line", LINES)
def test_what_a_command_line_asks_for(line: str) -> None:
    asked = of(line)
    assert {name: getattr(asked, name) for name in PLAIN} == PLAIN | LINES[line]


def test_a_command_line_is_kept_as_it_was_given() -> None:
    argv = ("-pd", "--", "a  b", "")
    assert Invocation.of(argv).argv == argv


def test_the_last_of_several_options_counts() -> None:
    asked = of("--model a --model=b --settings c")
    assert asked.value("--model") == "b"
    assert asked.value("--model", "--settings") == "c"
    option = asked.option("--model")
    assert option is not None and option.words == ("--model=b",)


def test_an_option_that_is_not_given_has_no_value() -> None:
    assert of("-p").value("--model") is None
    assert of("--resume").value("--resume") is None
    assert of("--resume").option("--resume") is not None
    assert of("-- --model x").option("--model") is None


def test_the_grammar_of_the_installed_version_decides_where_it_is_known() -> None:
    grammar = Grammar.of_help("  --whale <name>  New in the next version\n")
    argv = ("--whale", "mcp", "task")
    assert not Invocation.of(argv).holds_session
    assert Invocation.of(argv, grammar).holds_session


# The first launch.


@pytest.mark.parametrize("line", LINES)
def test_the_first_launch_ends_with_the_users_words_untouched(line: str) -> None:
    asked = of(line)
    given = first_argv(asked, "s1", "/plugin")
    assert given == ("--plugin-dir=/plugin", "--session-id", "s1", *asked.argv)
    again = Invocation.of(given)
    assert again.parts[2:] == asked.parts
    assert again.value("--plugin-dir") == "/plugin"


def test_without_plugin_and_session_the_first_launch_is_the_users_own() -> None:
    asked = of("-p task -- --version")
    assert first_argv(asked, None, None) == asked.argv


# The next launch.


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("", "--resume s2 -- more"),
        ("task", "--resume s2 -- more"),
        ("-p task", "-p --resume s2 -- more"),
        ("task -p --model opus", "-p --model opus --resume s2 -- more"),
        ("-p --output-format=json task", "-p --output-format=json --resume s2 -- more"),
        ("-pd -- --version", "-p -d --resume s2 -- more"),
        ("-pd api", "-p -d api --resume s2 -- more"),
        ("--add-dir a b -p task", "--add-dir a b -p --resume s2 -- more"),
        ("-p task --add-dir a b", "-p --add-dir a b --resume s2 -- more"),
        (
            "--append-system-prompt --resume x",
            "--append-system-prompt --resume --resume s2 -- more",
        ),
        ("--resume old -p task", "-p --resume s2 -- more"),
        ("--resume -p task", "-p --resume s2 -- more"),
        ("-rold --fork-session", "--resume s2 -- more"),
        ("-cp task", "-p --resume s2 -- more"),
        ("--continue --verbose", "--verbose --resume s2 -- more"),
        ("--session-id s1 task", "--resume s2 -- more"),
        ("--session-id=s1 task", "--resume s2 -- more"),
        ("--from-pr 12 --effort high", "--effort high --resume s2 -- more"),
        ("-w feature -p task", "-p --resume s2 -- more"),
        ("--resume old --resume-session-at e1", "--resume s2 -- more"),
        ("--never-heard-of -p", "--never-heard-of -p --resume s2 -- more"),
    ],
)
def test_the_next_launch_has_the_users_flags_but_not_task_and_session(
    line: str, expected: str
) -> None:
    given = next_argv(of(line), resume="s2", prompt="more")
    assert shlex.join(given) == expected


def test_a_fresh_session_is_named_and_not_resumed() -> None:
    given = next_argv(of("-p task --resume old"), session="s2", prompt="more")
    assert shlex.join(given) == "-p --session-id s2 -- more"


def test_our_plugin_stands_first_where_nothing_can_swallow_it() -> None:
    given = next_argv(of("--add-dir a"), resume="s2", plugin_dir="/plugin")
    assert shlex.join(given) == "--plugin-dir=/plugin --add-dir a --resume s2"


def test_without_a_prompt_nothing_stands_behind_the_options() -> None:
    assert shlex.join(next_argv(of("-p task"), resume="s2")) == "-p --resume s2"


def test_an_empty_prompt_is_a_prompt() -> None:
    assert next_argv(of("-p"), resume="s2", prompt="") == ("-p", "--resume", "s2", "--", "")


def test_a_prompt_that_looks_like_an_option_is_a_prompt() -> None:
    again = Invocation.of(next_argv(of("-p"), resume="s2", prompt="--version"))
    assert again.parts[-1] == Operand("--version")
    assert again.holds_session


def test_the_same_command_again_keeps_the_users_prompt() -> None:
    given = next_argv(of("--session-id s1 fix -p --add-dir a b"), keep_operands=True)
    assert shlex.join(given) == "-p --add-dir a b -- fix"
    assert shlex.join(next_argv(of("-p -- --version x"), keep_operands=True)) == (
        "-p -- --version x"
    )


PIECES = [
    ("-p",), ("-pc",), ("-d",), ("-dapi",), ("task",), ("--add-dir", "a", "b"), ("--model", "-p"),
    ("--model=opus",), ("--resume",), ("--resume", "old"), ("-rold",), ("--session-id", "s1"),
    ("--worktree",), ("--fork-session",), ("--unheard-of",),
]  # fmt: skip


def test_the_next_launch_of_any_command_says_just_our_prompt_in_just_our_session() -> None:
    for pieces in itertools.product(PIECES, repeat=3):
        asked = Invocation.of(tuple(itertools.chain(*pieces)))
        again = Invocation.of(next_argv(asked, resume="s2", prompt="more", plugin_dir="/plugin"))
        ours = Option("--plugin-dir", ("/plugin",), ("--plugin-dir=/plugin",))
        kept = [
            part
            for part in asked.parts
            if isinstance(part, Option) and part.name not in SESSION_OPTIONS
        ]
        resume = Option("--resume", ("s2",), ("--resume", "s2"))
        assert list(again.parts) == [ours, *kept, resume, Operand("more")], pieces
