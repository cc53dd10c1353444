"""Claude Code itself, ``claude -p``: for a subscription, and for clouds that ccsup has no SDK of.

The one that writes is to write and nothing else: no tools, no MCP servers, no hooks, no
plugins, no settings of the user or a project, no session on disk, an empty folder to stand in.
"""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ...host.deathsig import die_with_parent
from . import candidates
from .bounded import Late
from .messages import finished
from .protocol import Limits, Request, Summary
from .retry import Failure, Kind, Trouble, persist

ROUND = 0.25  # s between two looks at whether somebody has cancelled
ROOM = 2  # times the answer asked for: what goes beyond is an error here, and no cut
# Those with a value of "": no tool, no file of settings. The transcript never stands in argv.
ALONE = (
    "--output-format=json",
    "--tools=",
    "--strict-mcp-config",
    "--setting-sources=",
    '--settings={"disableAllHooks":true}',
    "--disable-slash-commands",
    "--no-session-persistence",
    "--no-chrome",
)
# What Claude Code sets for its children speaks of another session, and what ccsup sets for its
# child of that one's size. Only where to ask, and as whom, is passed on.
OWN = re.compile(r"CLAUDE|MAX_THINKING_TOKENS$|DISABLE_(?:AUTO_)?COMPACT$")
PASSED = re.compile(
    r"CLAUDE_CONFIG_DIR$|CLAUDE_CODE_(?:USE_(?:BEDROCK|VERTEX|FOUNDRY|MANTLE)$|SKIP_\w+_AUTH$"
    r"|OAUTH_|API_KEY_|CLIENT_|EXTRA_BODY$|DISABLE_)"
)
QUIET = {
    # An @path in a transcript would be replaced by the file of that name.
    "CLAUDE_CODE_DISABLE_ATTACHMENTS": "1",
    "CLAUDE_CODE_DISABLE_CLAUDE_MDS": "1",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_MAX_RETRIES": "0",  # the tries are counted here
    "DISABLE_AUTO_COMPACT": "1",
    "DISABLE_AUTOUPDATER": "1",
    "MAX_THINKING_TOKENS": "0",
}


class ClaudeCode:
    """`claude`: the start of the argv. `env`: the environment to run it in, once cleaned."""

    name = "claude"
    service = "Claude Code"

    def __init__(
        self,
        env: Mapping[str, str],
        claude: Sequence[str],
        model: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._env, self._claude, self._model = env, tuple(claude), model
        self._sleep = sleep

    def candidates(self) -> list[str]:
        return candidates.of_claude_code(self._model, self._env)

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        """It tells nothing before the end, so `progress` hears 0, four times a second."""
        request = request.sendable()

        def attempt(seconds: float) -> Summary:
            told, code = self._run(request, seconds, progress)
            summary = _read(told, code, request.model)
            progress(len(summary.text))
            return summary

        return persist(attempt, self.service, limits, sleep=self._sleep)

    def count(self, request: Request) -> int | None:
        """It counts nothing for others."""
        return None

    def _run(
        self, request: Request, seconds: float, progress: Callable[[int], None]
    ) -> tuple[tuple[bytes, bytes], int]:
        """Both outputs and the exit code; raises Late, Trouble and what `progress` raises."""
        end = time.monotonic() + seconds
        argv = [*self._claude, "-p", *ALONE, "--model", request.model]
        argv += ["--system-prompt", request.system]
        prompt: bytes | None = f"{request.material}\n\n{request.instructions}".encode()
        room = {"CLAUDE_CODE_MAX_OUTPUT_TOKENS": str(ROOM * request.max_tokens)}
        with tempfile.TemporaryDirectory(prefix="ccsup-", ignore_cleanup_errors=True) as folder:
            try:
                process = subprocess.Popen(
                    argv,
                    cwd=folder,
                    env={**inherited(self._env), **QUIET, **room},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.PIPE,
                    start_new_session=True,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                )
            except (OSError, ValueError, subprocess.SubprocessError) as error:
                raise Trouble(Failure(Kind.SETUP, str(error))) from error
            try:
                while True:
                    left = end - time.monotonic()
                    if left <= 0:
                        raise Late
                    try:
                        told = process.communicate(prompt, timeout=min(ROUND, left))
                    except subprocess.TimeoutExpired:
                        prompt = None  # it is on its way
                        progress(0)
                    else:
                        return told, process.returncode
            finally:
                _end(process)


def inherited(env: Mapping[str, str]) -> dict[str, str]:
    """Of an environment that may be that of a Claude Code session, what is not the session's."""
    return {name: value for name, value in env.items() if PASSED.match(name) or not OWN.match(name)}


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kill it with all of its group, if it has not ended by itself."""
    if process.poll() is None:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        process.wait()
    for stream in (process.stdin, process.stdout, process.stderr):
        if stream is not None:
            try:
                stream.close()
            except BrokenPipeError:  # the rest of a prompt that nobody reads
                pass


def _read(told: tuple[bytes, bytes], code: int, model: str) -> Summary:
    """The summary in what it has printed; raises Trouble."""
    printed, errors = (part.decode("utf-8", "replace").strip() for part in told)
    result = _result(printed)
    if result is None:
        words = (errors or printed).splitlines()[-1:] or ["it printed nothing"]
        raise Trouble(Failure(Kind.SETUP, f"exit code {code}, {words[0]}"))
    text, status = result.get("result"), result.get("api_error_status")
    if result.get("is_error") or not isinstance(text, str):
        words = [text if isinstance(text, str) else str(result.get("subtype") or "no result")]
        number = status if isinstance(status, int) else 0
        raise Trouble(Failure(Kind.ANSWERED, words[0], number))
    usage = {name: _number(result.get("usage"), name) for name in Summary("", "").usage}
    stop = result.get("stop_reason")
    named = stop if isinstance(stop, str) else "end_turn"
    return finished(Summary(text, _writer(result) or model, ClaudeCode.name, named, **usage))


def _result(printed: str) -> dict[str, Any] | None:
    """The result message: the last line that is one, for a wrapper may print before it."""
    for line in reversed(printed.splitlines()):
        try:
            found = json.loads(line)
        except (ValueError, RecursionError):
            continue
        if isinstance(found, dict) and found.get("type") == "result":
            return found
    return None


def _writer(result: Mapping[str, Any]) -> str | None:
    """The model that has written most of it, by its full name."""
    models = result.get("modelUsage")
    if not isinstance(models, dict) or not models:
        return None
    return str(max(models, key=lambda name: _number(models[name], "outputTokens")))


def _number(told: Any, name: str) -> int:
    value = told.get(name) if isinstance(told, dict) else None
    return value if isinstance(value, int) else 0
