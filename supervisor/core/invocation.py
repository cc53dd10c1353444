"""What the user's claude command asks for, and the same command for the next session."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from .launch import (
    COMMANDS,
    NO_SESSION,
    SESSION_OPTIONS,
    Grammar,
    Operand,
    Option,
    parse,
)


@dataclass(frozen=True, slots=True)
class Invocation:
    """A claude command line (without the word claude), understood."""

    argv: tuple[str, ...]
    parts: tuple[Option | Operand, ...]

    @classmethod
    def of(cls, argv: tuple[str, ...], grammar: Grammar | None = None) -> Invocation:
        return cls(argv, tuple(parse(argv, grammar or Grammar())))

    def option(self, *names: str) -> Option | None:
        """The last of the options with one of these names, as claude counts it."""
        found = None
        for part in self.parts:
            if isinstance(part, Option) and part.name in names:
                found = part
        return found

    def value(self, *names: str) -> str | None:
        option = self.option(*names)
        return option.values[-1] if option and option.values else None

    @property
    def holds_session(self) -> bool:
        """False for --version, mcp list, a background session: simply executed."""
        operands = [part.word for part in self.parts if isinstance(part, Operand)]
        if operands and operands[0] in COMMANDS:
            return False
        return self.option(*NO_SESSION) is None

    @property
    def prints(self) -> bool:
        return self.option("-p", "--print") is not None

    @property
    def output_format(self) -> str:
        return self.value("--output-format") or "text"

    @property
    def streams_input(self) -> bool:
        return self.value("--input-format") == "stream-json"

    @property
    def takes_up(self) -> bool:
        """It goes on with an older session."""
        return self.option("--resume", "-r", "--continue", "-c", "--from-pr") is not None

    @property
    def forks(self) -> bool:
        return self.option("--fork-session") is not None

    @property
    def makes_worktree(self) -> bool:
        """The session is at home elsewhere; the next one goes there instead of making more."""
        return self.option("--worktree", "-w") is not None

    @property
    def plain_plugins(self) -> bool:
        """Our hooks would show in the output, or would not run at all."""
        return self.option("--include-hook-events", "--bare", "--safe-mode") is None


def first_argv(
    invocation: Invocation, session: str | None, plugin_dir: str | None
) -> tuple[str, ...]:
    """The user's command with our plugin folder and, for a new session, its id."""
    return (*_ours(plugin_dir), *(("--session-id", session) if session else ()), *invocation.argv)


def next_argv(
    invocation: Invocation,
    *,
    resume: str | None = None,
    session: str | None = None,
    prompt: str | None = None,
    plugin_dir: str | None = None,
    keep_operands: bool = False,
    limits: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The user's flags again, less prompt and session options, for the next session.

    `resume` takes up a rebuilt session file, `session` names a fresh one. `prompt` stands
    last, behind ``--``, so that no option of many values can swallow it. `keep_operands`
    keeps the user's own prompt there. `limits` are new values of options that are there.
    """
    kept: list[str] = []
    operands: list[str] = []
    for part in invocation.parts:
        if isinstance(part, Operand):
            operands.append(part.word)
        elif limits and part.name in limits:
            kept += (part.name, limits[part.name])
        elif part.name not in SESSION_OPTIONS:
            kept += part.words
    last = operands if keep_operands else [prompt] if prompt is not None else []
    return (
        *_ours(plugin_dir),
        *kept,
        *(("--resume", resume) if resume else ()),
        *(("--session-id", session) if session else ()),
        *(("--", *last) if last else ()),
    )


def left_over(invocation: Invocation, turns: int, cost: float) -> dict[str, str]:
    """What is left of ``--max-turns`` and ``--max-budget-usd`` after `turns` and US dollars.

    They hold over all launches together. A limit that is used up leaves one turn or a cent, for
    Claude Code to say itself that it has come to its end.
    """
    found = {}
    most = invocation.value("--max-turns")
    if most is not None and most.isdecimal():
        found["--max-turns"] = str(max(1, int(most) - turns))
    budget = invocation.value("--max-budget-usd")
    if budget is not None and re.fullmatch(r"\d+(?:\.\d*)?|\.\d+", budget):
        found["--max-budget-usd"] = f"{max(0.01, float(budget) - cost):.4f}"
    return found


def _ours(plugin_dir: str | None) -> tuple[str, ...]:
    # With "=", for some versions let --plugin-dir take any number of words.
    return (f"--plugin-dir={plugin_dir}",) if plugin_dir else ()
