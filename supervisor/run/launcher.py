"""Starts the child: the user's command at first, the same flags for the next session later."""

from __future__ import annotations

import os
import subprocess
import time
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
from ..core.invocation import Invocation, first_argv, next_argv
from ..core.launch import Grammar
from ..journal.runs import RunFolder
from ..terminal.child import Child
from ..terminal.loop import Loop
from ..terminal.pipes import PipeChild, Stdin
from ..terminal.screen import Screen
from .environment import for_child

HELP_TIMEOUT = 10.0  # s; 0.4 s is measured


@dataclass(slots=True)
class Launch:
    """A living child and the watch over its session."""

    child: Child
    watch: Watch
    argv: tuple[str, ...]
    started: float  # monotonic


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
    ) -> None:
        self._place, self._invocation, self._folder = place, invocation, folder
        self._loop, self._screen, self._output = loop, screen, output
        self._new_uuid = new_uuid
        self._stdin = Stdin(loop) if screen is None else None
        self._standing = Standing()
        self._number = 0
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

    def start(self, spawn: Spawn, result: Result | None) -> Launch:
        """Start what `spawn` says; raises CannotSpawn."""
        self._number += 1
        plugin, hooks = self._plugin()
        if spawn.session is None or result is None:
            argv, expected, told = self._first(plugin)
        else:
            argv, expected, told = self._next(spawn, result, plugin)
        command = (self._place.program, *argv)
        watch = Watch(self._place.env, self._place.cwd, expected, hooks)
        started = time.monotonic()
        cwd = result.cwd if result and spawn.session and self._invocation.makes_worktree else None
        child = self._spawn(command, told, cwd, replay=spawn.session is None)
        return Launch(child, watch, command, started)

    def disconnect(self) -> None:
        if self._stdin:
            self._stdin.disconnect()

    def _spawn(
        self, command: tuple[str, ...], told: bytes, cwd: str | None, *, replay: bool
    ) -> Child:
        env = for_child(self._place.env)
        if self._screen is not None:
            from ..terminal.pty import PtyChild  # with pexpect, 20 ms

            return PtyChild(self._loop, command, env, cwd, self._screen)
        assert self._stdin is not None
        piped = bool(told) or (self._stdin.passed_on and (replay or self._invocation.streams_input))
        stdin = "pipe" if piped else "inherit" if replay else "none"
        child = PipeChild(
            self._loop, command, env, cwd, stdin, self._output, on_terminal=os.isatty(1)
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
        files = plugin_files(log, session_start=not reports_hooks)
        for name, text in files.items():
            written.append(self._folder.write(f"plugin-{self._number}/{name}", text.encode()))
        if not all(written):
            return None, None  # the transcript has to do
        return str(self._folder.path / f"plugin-{self._number}"), HookChannel(log)

    def _first(self, plugin: str | None) -> tuple[tuple[str, ...], Expectation, bytes]:
        invocation = self._invocation
        if self._number > 1:  # the same words again, but that session's id is spent
            invocation = Invocation.of(next_argv(invocation, keep_operands=True))
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
        rebuilt = spawn.way is Way.REBUILT
        told = b""
        prompt: str | None = result.prompt
        if self._invocation.streams_input:
            told, prompt = self._standing.again(result.prompt), None
        elif self._stdin is not None and not rebuilt:
            told, prompt = (
                result.prompt.encode("utf-8", "replace"),
                None,
            )  # too long for an argument, perhaps
        argv = next_argv(
            self._invocation,
            resume=spawn.session if rebuilt else None,
            session=None if rebuilt else spawn.session,
            prompt=prompt,
            plugin_dir=plugin,
        )
        return argv, self._expect(spawn.session, result.leaf), told

    def _expect(self, session: str | None, leaf: str | None) -> Expectation:
        folder = sessions.project_dir(self._place.env, self._place.cwd)
        try:
            sizes = {path: size(path) for path in folder.iterdir() if path.suffix == ".jsonl"}
        except OSError:
            sizes = {}
        waiting = self._stdin is not None and not self._invocation.streams_input
        return Expectation(folder, session, leaf, sizes, turn_open=waiting or leaf is not None)

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
