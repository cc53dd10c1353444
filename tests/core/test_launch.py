"""claude's command lines as commander reads them."""

from __future__ import annotations

import shlex

import pytest

from supervisor.core.launch import (
    MANY,
    MAYBE,
    NO_SESSION,
    NONE,
    ONE,
    OPTIONS,
    SESSION_OPTIONS,
    Grammar,
    Operand,
    Option,
    parse,
)

# An option is a tuple of its name and its values, an operand is a word.
Read = list[tuple[str, ...] | str]

LINES: dict[str, Read] = {
    "": [],
    "task": ["task"],
    "-p task": [("-p",), "task"],
    "task -p": ["task", ("-p",)],
    "'explain --version, please' -p": ["explain --version, please", ("-p",)],
    "'' -": ["", "-"],
    # no value
    "--verbose task": [("--verbose",), "task"],
    "--never-heard-of task": [("--never-heard-of",), "task"],
    "--never-heard-of=it task": [("--never-heard-of", "it"), "task"],
    "-z task": [("-z",), "task"],
    # one value, whatever it looks like
    "--model opus task": [("--model", "opus"), "task"],
    "--model=opus task": [("--model", "opus"), "task"],
    "--model= task": [("--model", ""), "task"],
    "--settings=a=b": [("--settings", "a=b")],
    "--append-system-prompt --version -p": [("--append-system-prompt", "--version"), ("-p",)],
    "-n 'my name' task": [("-n", "my name"), "task"],
    "-nmine task": [("-n", "mine"), "task"],
    "task --model": ["task", ("--model",)],
    # perhaps a value
    "--resume abc task": [("--resume", "abc"), "task"],
    "--resume -p task": [("--resume",), ("-p",), "task"],
    "--resume=abc task": [("--resume", "abc"), "task"],
    "-rabc task": [("-r", "abc"), "task"],
    "-r": [("-r",)],
    "--debug api task": [("--debug", "api"), "task"],
    "--debug -- task": [("--debug",), "task"],
    "--resume - task": [("--resume", "-"), "task"],
    # any number of values: they swallow words
    "--add-dir a b c": [("--add-dir", "a", "b", "c")],
    "--add-dir a b -p c": [("--add-dir", "a", "b"), ("-p",), "c"],
    "--add-dir a b -- c": [("--add-dir", "a", "b"), "c"],
    "--add-dir=a b": [("--add-dir", "a"), "b"],
    "-p task --allowedTools Read 'Bash(ls *)'": [
        ("-p",),
        "task",
        ("--allowedTools", "Read", "Bash(ls *)"),
    ],
    "--tools '' -p": [("--tools", ""), ("-p",)],
    "--add-dir a - b": [("--add-dir", "a", "-", "b")],
    "--add-dir --verbose task": [("--add-dir", "--verbose", "task")],  # the first is required
    # short ones in one word
    "-pc task": [("-p",), ("-c",), "task"],
    "-pd api": [("-p",), ("-d", "api")],
    "-pd -- task": [("-p",), ("-d",), "task"],
    "-pdapi task": [("-p",), ("-d", "api"), "task"],
    "-pcrabc": [("-p",), ("-c",), ("-r", "abc")],
    # the end of the options
    "-- --version -p task": ["--version", "-p", "task"],
    "-p -- --": [("-p",), "--"],
    "-p --": [("-p",)],
}


def read(line: str, grammar: Grammar | None = None) -> Read:
    return [
        part.word if isinstance(part, Operand) else (part.name, *part.values)
        for part in parse(shlex.split(line), grammar or Grammar())
    ]


@pytest.mark.parametrize("line", LINES)
def test_a_command_line_is_read_as_commander_does(line: str) -> None:
    assert read(line) == LINES[line]


@pytest.mark.parametrize("line", [line for line in LINES if "--" not in line.split()])
def test_the_words_of_the_parts_are_the_command_line_again(line: str) -> None:
    words: list[str] = []
    for part in parse(shlex.split(line), Grammar()):
        words += [part.word] if isinstance(part, Operand) else part.words
    assert read(shlex.join(words)) == read(line)
    if not line.startswith("-pc") and not line.startswith("-pd"):
        assert words == shlex.split(line)


@pytest.mark.parametrize("name", OPTIONS)
def test_every_option_takes_as_many_values_as_the_table_says(name: str) -> None:
    taken = {NONE: 0, ONE: 1, MAYBE: 1, MANY: 3}[OPTIONS[name]]
    option, *rest = parse([name, "a", "b", "c"], Grammar())
    assert isinstance(option, Option)
    assert option.name == name
    assert len(option.values) == taken
    assert len(rest) == 3 - taken


def test_the_special_options_are_options() -> None:
    assert set(OPTIONS) >= NO_SESSION
    assert set(OPTIONS) >= SESSION_OPTIONS


def test_an_option_is_not_both_short_and_long_of_different_kinds() -> None:
    pairs = ["-p --print", "-c --continue", "-r --resume", "-w --worktree", "-d --debug"]
    for short, long in map(str.split, [*pairs, "-n --name", "-h --help", "-v --version"]):
        assert OPTIONS[short] == OPTIONS[long]


HELP = """\
Usage: kraken [options] [command] [prey]

A beast of the northern seas.

Arguments:
  prey                        What to look for

Options:
  --arms <count>              How many arms to use, as in
                              --ships <many...>
  --bare <bone>               A thing to throw
  -C                          Stay cold
  --colour [name]             The colour of the ink
  -d, --depth [metres]        How deep to dive (default: "-9")
  --eats, --devours <fish...>  What to eat on the way
  -k, --keel <length>         Only ships as long as this
  --mood [moods...]           How it feels
  -q, --quiet                 Make no waves
  -x2 <rope>                  A short name of two letters
  -h, --help                  Show this page

Commands:
  dive [options] <place>      Go down there
"""


@pytest.mark.parametrize(
    ("name", "arity"),
    [
        ("--arms", ONE),
        ("-C", NONE),
        ("--colour", MAYBE),
        ("-d", MAYBE),
        ("--depth", MAYBE),
        ("--eats", MANY),
        ("--devours", MANY),
        ("-k", ONE),
        ("--keel", ONE),
        ("--mood", MANY),
        ("-q", NONE),
        ("--quiet", NONE),
        ("-x2", ONE),
    ],
)
def test_a_help_page_tells_how_many_values_an_option_takes(name: str, arity: str) -> None:
    assert Grammar.of_help(HELP).options.get(name) == arity


def test_a_help_page_adds_nothing_but_options() -> None:
    added = set(Grammar.of_help(HELP).options) - set(OPTIONS)
    assert all(name.startswith("-") and not name.endswith(",") for name in added)
    assert "--ships" not in added  # a word of a description


def test_a_help_page_is_worth_more_than_the_table() -> None:
    assert OPTIONS["--bare"] == NONE
    assert Grammar.of_help(HELP).options["--bare"] == ONE
    assert OPTIONS["--bare"] == NONE


@pytest.mark.parametrize("page", ["", "error: no such option\n", "-x, --xray\n"])
def test_without_a_help_page_the_table_stands(page: str) -> None:
    assert Grammar.of_help(page) == Grammar()


def test_a_short_name_of_two_letters_is_one_option() -> None:
    assert read("-x2 long", Grammar.of_help(HELP)) == [("-x2", "long")]
    assert read("-x2 long") == [("-x",), ("-2",), "long"]


def test_a_line_is_read_by_the_grammar_of_its_page() -> None:
    line = "--arms 8 --colour -C hunt --mood calm dark"
    of_page: Read = [("--arms", "8"), ("--colour",), ("-C",), "hunt", ("--mood", "calm", "dark")]
    assert read(line, Grammar.of_help(HELP)) == of_page
    assert read(line) != of_page
