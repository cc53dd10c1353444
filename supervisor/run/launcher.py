"""Starts the child: the user's command at first, the same flags for the next session later."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..claude import sessions
from ..claude.control import Standing
from ..claude.follow import size
from ..claude.hooks import HookChannel, plugin_files
from ..claude.install import takes_plugins
from ..claude.watch import Expectation, Watch
from ..compaction.order import Result
from ..core.commands import Spawn, Way
from ..core.invocation import Invocation, first_argv, left_over, next_argv
from ..core.launch import Grammar
from ..host import memory
from ..host.clock import steady
from ..host.deathsig import die_with_parent
from ..host.processes import MARK
from ..host.tree import Tree
from ..journal.runs import RunFolder
from ..terminal.child import Child
from ..terminal.loop import Loop
from ..terminal.pipes import PipeChild, Stdin
from ..terminal.screen import Screen
from .environment import for_child, supervised
from .pins import PINS

HELP_TIMEOUT = 10.0  # s; 0.4 s is measured


@dataclass(slots=True)
class Launch:
    """A living child and the watch over its session."""

    child: Child
    watch: Watch
    tree: Tree  # the child and all that comes of it
    argv: tuple[str, ...]
    started: float  # steady seconds
    oom_kills: int | None  # the kernel's count at the start


@dataclass(frozen=True, slots=True)
class Place:
    """Where a run takes place."""

    program: str  # claude, as an absolute path
    env: Mapping[str, str]
    cwd: Path


class Launcher:
    def __init__(
        self,
        place: Place,
        invocation: Invocation,
        folder: RunFolder,
        loop: Loop,
        screen: Screen | None,
        output: Callable[[bytes], None],
        new_uuid: Callable[[], str],
        steered: Callable[[], Mapping[str, str]],
    ) -> None:
        self._steered = steered
        self._place, self._invocation, self._folder = place, invocation, folder
        self._loop, self._screen, self._output = loop, screen, output
        self._new_uuid = new_uuid
        self._stdin = Stdin(loop) if screen is None else None
        self._standing = Standing()
        self._number = 0
        self._limits: dict[str, str] = {}
        self._grammar_read = False
        if self._stdin and invocation.streams_input:
            self._stdin.lines = self._standing.watch

    @property
    def repeatable(self) -> bool:
        """The user's own command, given again, would say all that the user has said."""
        again = self._stdin is not None and self._stdin.replayable
        invocation = self._invocation
        elsewhere = invocation.streams_input or invocation.takes_up or invocation.makes_worktree
        return again and not elsewhere

    def start(self, spawn: Spawn, result: Result | None, used: tuple[int, float]) -> Launch:
        """Start what `spawn` says; raises CannotSpawn.

        `used`: turns and US dollars of the launches before.
        """
        self._number += 1
        self._limits = {} if self._invocation.streams_input else left_over(self._invocation, *used)
        plugin, hooks = self._plugin()
        if spawn.session is None or result is None:
            argv, expected, told = self._first(plugin)
        else:
            argv, expected, told = self._next(spawn, result, plugin)
        command = (self._place.program, *argv)
        watch = Watch(self._place.env, self._place.cwd, expected, hooks)
        started, oom_kills, marker = (
            steady(),
            memory.oom_kills(),
            f"{self._folder.path.name}/{self._number}",
        )
        cwd = result.cwd if result and spawn.session and self._invocation.makes_worktree else None
        env = {**supervised(self._place.env, self._steered()), MARK: marker}
        child = self._spawn(command, env, told, cwd, replay=spawn.session is None)
        tree = Tree(child.pid, marker)
        return Launch(child, watch, tree, command, started, oom_kills)

    def disconnect(self) -> None:
        """The child is gone: it reads no more, and its hooks write no more."""
        self._folder.seal(f"hooks-{self._number}.jsonl")
        if self._stdin:
            self._stdin.disconnect()

    def _spawn(
        self,
        command: tuple[str, ...],
        env: Mapping[str, str],
        told: bytes,
        cwd: str | None,
        *,
        replay: bool,
    ) -> Child:
        follow = die_with_parent()
        if self._screen is not None:
            from ..terminal.pty import PtyChild  # with pexpect, 20 ms

            return PtyChild(self._loop, command, env, cwd, self._screen, follow)
        assert self._stdin is not None
        piped = bool(told) or (self._stdin.passed_on and (replay or self._invocation.streams_input))
        stdin = "pipe" if piped else "inherit" if replay else "none"
        child = PipeChild(
            self._loop,
            command,
            env,
            cwd,
            stdin,
            self._output,
            on_terminal=os.isatty(1),
            before_exec=follow,
        )
        if piped and (replay or self._invocation.streams_input):
            self._stdin.connect(child.stdin_descriptor, replay=replay, first=told)
        elif piped:
            child.feed(told)
        return child

    def _plugin(self) -> tuple[str | None, HookChannel | None]:
        if not self._invocation.plain_plugins or not takes_plugins(Path(self._place.program)):
            return None, None
        log = self._folder.path / f"hooks-{self._number}.jsonl"
        written = [self._folder.write(log.name, b"")]
        reports_hooks = self._invocation.output_format == "stream-json"
        pins = self._folder.path / PINS
        files = plugin_files(log, pins, session_start=not reports_hooks)
        for name, text in files.items():
            place = f"plugin-{self._number}/{name}"
            written.append(self._folder.write_plain(place, text.encode()))
        if not all(written):
            return None, None  # the transcript has to do
        return str(self._folder.path / f"plugin-{self._number}"), HookChannel(log)

    def _first(self, plugin: str | None) -> tuple[tuple[str, ...], Expectation, bytes]:
        invocation = self._invocation
        if self._number > 1:  # the same words again, but that session's id is spent
            invocation = Invocation.of(
                next_argv(invocation, keep_operands=True, limits=self._limits)
            )
        named = invocation.value("--session-id")
        resumed = invocation.value("--resume", "-r")
        minted = None
        if not invocation.takes_up and named is None:
            minted = self._new_uuid()
        known = minted or named
        if resumed and sessions.UUID.match(resumed) and not invocation.forks:
            known = resumed
        return first_argv(invocation, minted, plugin), self._expect(known, None), b""

    def _next(
        self, spawn: Spawn, result: Result, plugin: str | None
    ) -> tuple[tuple[str, ...], Expectation, bytes]:
        self._read_grammar()
        taken_up = spawn.way is not Way.PROMPT
        told = b""
        prompt = result.prompt or None  # none where nothing is to be done yet
        if self._invocation.streams_input:
            told, prompt = self._standing.again(prompt), None
        elif self._stdin is not None and not taken_up:
            told, prompt = (
                result.prompt.encode("utf-8", "replace"),
                None,
            )  # too long for an argument, perhaps
        argv = next_argv(
            self._invocation,
            resume=spawn.session if taken_up else None,
            session=None if taken_up else spawn.session,
            prompt=prompt,
            plugin_dir=plugin,
            limits=self._limits,
        )
        return argv, self._expect(spawn.session, result.leaf, result.tokens_after), told

    def _expect(self, session: str | None, leaf: str | None, words: int = 0) -> Expectation:
        folder = sessions.project_dir(self._place.env, self._place.cwd)
        try:
            sizes = {path: size(path) for path in folder.iterdir() if path.suffix == ".jsonl"}
        except OSError:
            sizes = {}
        waiting = self._stdin is not None and not self._invocation.streams_input
        return Expectation(folder, session, leaf, sizes, waiting or words > 0, words)

    def _read_grammar(self) -> None:
        """Tell prompt from option value by the installed version's own grammar."""
        if self._grammar_read:
            return
        self._grammar_read = True
        try:
            page = subprocess.run(
                [self._place.program, "--help"],
                env=for_child(self._place.env),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=HELP_TIMEOUT,
                check=False,
            ).stdout
        except (OSError, subprocess.SubprocessError):
            return  # the frozen table serves
        grammar = Grammar.of_help(page.decode("utf-8", "replace"))
        self._invocation = Invocation.of(self._invocation.argv, grammar)
