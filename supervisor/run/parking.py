"""The looks at credentials that were found dead, each a process of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
from collections.abc import Callable, Mapping

from ..aws import answer
from ..settings import Settings
from ..terminal.flow import Inlet
from ..terminal.loop import Loop
from .environment import for_summarizer, user_settings


class Parking:
    """Starts looks and the user's refresh command."""

    def __init__(self, loop: Loop, settings: Settings, env: Mapping[str, str]) -> None:
        self._loop, self._settings, self._own = loop, settings, env
        self._env = for_summarizer(env)
        self._model = settings.model or self._env.get("ANTHROPIC_MODEL")
        self._process: subprocess.Popen[bytes] | None = None
        self._refresh: subprocess.Popen[bytes] | None = None
        self._inlet: Inlet | None = None
        self._heard = b""

    def look(self, probe: bool, done: Callable[[answer.Check], None]) -> None:
        """One look; `done` is called once, from the loop."""
        self.cancel_look()
        self._heard = b""
        self._process = subprocess.Popen(
            answer.command(self._model, probe),
            env=dict(self._env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # it may not ask the terminal for anything
            bufsize=0,
        )
        assert self._process.stdout is not None
        os.set_blocking(self._process.stdout.fileno(), False)

        def ended() -> None:
            self.cancel_look()
            done(answer.Check.parse(self._heard.strip()))

        self._inlet = Inlet(self._loop, self._process.stdout.fileno(), self._hear, ended)

    def refresh(self, say: Callable[[str], None]) -> None:
        """Start the user's command that renews the credentials, if there is one.

        It is ccsup's own setting, or else ``awsAuthRefresh`` of the user's Claude Code
        settings (never of a project's); no shell reads it.
        """
        told = user_settings(self._own).get("awsAuthRefresh")
        command = self._settings.refresh or (told if isinstance(told, str) else None)
        if not command:
            return
        say(f"Running the refresh command: {command}")
        try:
            self._refresh = subprocess.Popen(
                shlex.split(command),
                env=dict(self._env),
                stdin=subprocess.DEVNULL,
                stdout=2,  # ours belongs to the run's result
            )
        except (OSError, ValueError) as error:
            say(f"It cannot be run: {error}")

    def refreshed(self) -> int | None:
        """The exit code of the refresh command, once it has ended; then it is forgotten."""
        code = self._refresh.poll() if self._refresh is not None else None
        if code is not None:
            self._refresh = None
        return code

    def cancel(self) -> None:
        """Leave no process behind."""
        self.cancel_look()
        if self._refresh is not None:
            if self._refresh.poll() is None:
                self._refresh.kill()
                self._refresh.wait()
            self._refresh = None

    def cancel_look(self) -> None:
        if self._inlet is not None:
            self._inlet.pause()
            self._inlet = None
        if self._process is not None:
            try:
                os.killpg(self._process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            self._process.wait()
            if self._process.stdout is not None:
                self._process.stdout.close()
            self._process = None

    def _hear(self, data: bytes) -> None:
        self._heard += data
