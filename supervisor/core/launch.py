"""argv in, argv out: what a claude command line means, and how to give it again.

Claude Code parses with commander: an option takes no value, one, perhaps one
(``[value]``) or any number (``<values...>``); which one is its own grammar. The table
here is that of ``claude --help`` of 2.1.116 and 2.1.330, with the options that its help
does not list; `Grammar.of_help` reads the installed version's own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

NONE, ONE, MAYBE, MANY = "none", "one", "maybe", "many"


def _table(**arities: str) -> dict[str, str]:
    return {name: arity for arity, names in arities.items() for name in names.split()}


OPTIONS: Mapping[str, str] = _table(
    none=(
        "--allow-dangerously-skip-permissions --ax-screen-reader --bare --bg --background"
        " --brief --chrome -c --continue --dangerously-skip-permissions --desktop"
        " --disable-slash-commands --enable-auto-mode --exclude-dynamic-system-prompt-sections"
        " --fork-session --forward-subagent-text -h --help --ide --include-hook-events"
        " --include-partial-messages --init --init-only --maintenance --mcp-debug --no-chrome"
        " --no-session-persistence -p --print --replay-user-messages --restricted --safe-mode"
        " --strict-mcp-config --tmux --verbose -v --version"
    ),
    one=(
        "--agent --agents --append-system-prompt --append-system-prompt-file --autocompact"
        " --debug-file --effort --environment --fallback-model --input-format --json-schema"
        " --max-budget-usd --max-thinking-tokens --max-turns --model -n --name --output-format"
        " --permission-mode --permission-prompt-tool --permission-prompts --plugin-dir"
        " --plugin-url --remote-control-session-name-prefix --resume-session-at --rewind-files"
        " --sdk-url --session-id --setting-sources --settings --system-prompt"
        " --system-prompt-file --system-prompt-snapshot --task-budget --thinking"
    ),
    maybe=(
        "--cloud -d --debug --from-pr --prompt-suggestions --remote --remote-control"
        " -r --resume --teleport -w --worktree"
    ),
    many=(
        "--add-dir --allowedTools --allowed-tools --betas --channels --disallowedTools"
        " --disallowed-tools --file --mcp-config --tools"
    ),
)

COMMANDS = frozenset(
    (
        "agents attach auth auto-mode config daemon doctor gateway import install kill logs mcp"
        " migrate-installer plugin plugins project purge remote-control respawn rm setup-token"
        " stop ultrareview update upgrade"
    ).split()
)

# Not a session of this terminal: answered at once, run elsewhere, or not written down.
NO_SESSION = frozenset(
    (
        "--help -h --version -v --bg --background --cloud --remote --teleport --desktop"
        " --environment --tmux --no-session-persistence --sdk-url --init-only"
    ).split()
)

# What chose the dead session, or names the new one: never given again.
SESSION_OPTIONS = frozenset(
    (
        "--resume -r --continue -c --session-id --fork-session --from-pr --resume-session-at"
        " --rewind-files --worktree -w"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Grammar:
    """How many values each option takes."""

    options: Mapping[str, str] = field(default_factory=lambda: OPTIONS)

    @classmethod
    def of_help(cls, page: str) -> Grammar:
        """The grammar of a ``claude --help`` page, with the frozen table below it."""
        found = dict(OPTIONS)
        for line in page.splitlines():
            match = re.match(
                r"\s{2}(-[^\s,]+(?:, -[^\s,]+)*)(?:\s(<[^>]+>|\[[^\]]+\]))?(?:\s|$)", line
            )
            if match:
                arity = _arity(match[2])
                found.update((name, arity) for name in match[1].split(", "))
        return cls(found)


def _arity(value: str | None) -> str:
    if value is None:
        return NONE
    if value.endswith(("...>", "...]")):
        return MANY
    return ONE if value.startswith("<") else MAYBE


@dataclass(frozen=True, slots=True)
class Option:
    name: str
    values: tuple[str, ...]
    words: tuple[str, ...]  # as given


@dataclass(frozen=True, slots=True)
class Operand:
    word: str


def parse(argv: Iterable[str], grammar: Grammar) -> Iterator[Option | Operand]:
    """The options and operands of a command line, in order, as commander sees them."""
    words = list(argv)
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            yield from (Operand(rest) for rest in words[index:])
            return
        if not _is_option(word):
            yield Operand(word)
            continue
        name, value = _split(word, grammar)
        arity = grammar.options.get(name, NONE)
        if value is not None:
            if arity == NONE and not word.startswith("--"):  # -pd: -p, then -d
                yield Option(name, (), (name,))
                words.insert(index, "-" + value)
            else:
                yield Option(name, (value,), (word,))
            continue
        taken = _values(words, index, arity)
        yield Option(
            name, tuple(words[index : index + taken]), tuple(words[index - 1 : index + taken])
        )
        index += taken


def _split(word: str, grammar: Grammar) -> tuple[str, str | None]:
    if word.startswith("--"):
        name, equals, value = word.partition("=")
        return name, value if equals else None
    if word in grammar.options or len(word) == 2:
        return word, None
    return word[:2], word[2:]


def _values(words: list[str], index: int, arity: str) -> int:
    if arity == NONE or index >= len(words):
        return 0
    if arity == MAYBE:
        return 0 if _is_option(words[index]) else 1
    count = 1  # a value that must be there is taken whatever it looks like
    while arity == MANY and index + count < len(words) and not _is_option(words[index + count]):
        count += 1
    return count


def _is_option(word: str) -> bool:
    return word.startswith("-") and word != "-"
