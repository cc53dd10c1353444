"""A world for one run: a HOME, a project, a claude on PATH, a stand-in for Bedrock.

Nothing of this machine's own is used: the environment is built from nothing.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from supervisor.demo.bedrock import (
    OUT_OF_MEMORY,
    Reply,
    Request,
    Say,
    StandIn,
    text,
    tool_use,
)

ROOT = Path(__file__).resolve().parent.parent
MODEL = "us.anthropic.claude-sonnet-4-6"


def account(decisions: str, findings: str = "None.") -> str:
    """A summary with the headings that `prompts/summary.md` asks for."""
    return (
        "## The task now\nWhat the user asked for, in numbered steps.\n\n"
        f"## Decisions\n{decisions}\n\n"
        "## Tried and failed\nNone.\n\n"
        f"## Findings\n{findings}\n\n"
        "## Where it stands\nThe steps that are recorded are done, as their outputs show.\n\n"
        "## Next step\nGo on with the step after the last one that is recorded."
    )


NOTES = account("The notes of the stand-in: the plan was followed as agreed.")


def environment(home: Path, url: str, claude: Path | None) -> dict[str, str]:
    """What a Bedrock user of Claude Code has set, pointed at the loopback."""
    path = os.environ["PATH"]
    return {
        "PATH": f"{claude.parent}:{path}" if claude else path,
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "AWS_REGION": "us-west-2",
        "AWS_ACCESS_KEY_ID": "dummy-access-key",
        "AWS_SECRET_ACCESS_KEY": "dummy-secret-key",
        "ANTHROPIC_BEDROCK_BASE_URL": url,
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1",
        "ANTHROPIC_MODEL": MODEL,
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "IS_SANDBOX": "1",
    }


def is_summary(request: Request) -> bool:
    return "<transcript>" in request.text() and not request.tools


@dataclass
class Job:
    """A scripted model: `steps` of one Bash call each, then the final answer.

    `dies` decides from the agent's request and its number (1 the first) whether it ends in
    the out-of-memory error; the step is then still to be done. `summary` answers ccsup.
    """

    steps: list[tuple[str, str]]  # (what the assistant says, the command)
    final: str = "Everything is done."
    dies: Callable[[int, Request], bool] = lambda number, request: False
    summary: Callable[[Request], Reply] = lambda request: Say((text(NOTES),))
    death: Reply = OUT_OF_MEMORY
    asked: list[Request] = field(default_factory=list)  # the agent's requests
    summaries: list[Request] = field(default_factory=list)
    deaths: int = 0
    compactions: int = 0  # that Claude Code has asked for itself
    done: int = 0

    def __call__(self, request: Request) -> Reply:
        if is_summary(request):
            self.summaries.append(request)
            return self.summary(request)
        if not request.from_agent:
            return Say((text("A title"),))
        self.asked.append(request)
        if self.dies(len(self.asked), request):
            self.deaths += 1
            return self.death
        if request.compacts:
            self.compactions += 1
            return Say((text(f"<analysis>-</analysis><summary>{NOTES}</summary>"),))
        if self.done >= len(self.steps):
            return Say((text(self.final),))
        said, command = self.steps[self.done]
        self.done += 1
        call = tool_use(
            "Bash", {"command": command, "description": "a step"}, f"toolu_{self.done:06d}"
        )
        return Say((text(said), call))


def numbered(count: int, command: str = "echo output-of-step-{n}") -> list[tuple[str, str]]:
    return [
        (f"Decision {n}: plan {n * 7} it is.", command.format(n=n)) for n in range(1, count + 1)
    ]


@dataclass
class Outcome:
    code: int
    stdout: str
    stderr: str


@dataclass
class World:
    home: Path
    cwd: Path
    claude: Path | None
    url: str = ""

    @property
    def env(self) -> dict[str, str]:
        return environment(self.home, self.url, self.claude)

    def run(
        self,
        *arguments: str,
        options: tuple[str, ...] = (),
        stdin: bytes | None = None,
        timeout: float = 120,
        bare: bool = False,
        **extra: str,
    ) -> Outcome:
        """`ccsup OPTIONS run ARGUMENTS`, or claude itself where `bare`."""
        command = [str(self.claude)] if bare else self.ccsup(*options, "run")
        done = subprocess.run(
            [*command, *arguments],
            env={**self.env, **extra},
            cwd=self.cwd,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ccsup(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "supervisor", *arguments]

    def transcripts(self) -> list[Path]:
        """Oldest first."""
        found = self.home.glob(".claude/projects/*/*.jsonl")
        return sorted(found, key=lambda path: path.stat().st_mtime_ns)

    def journal(self) -> list[dict[str, Any]]:
        """All records of all runs."""
        found: list[dict[str, Any]] = []
        for path in sorted(self.home.glob(".local/state/ccsup/runs/*/journal.jsonl")):
            found += [json.loads(line) for line in path.read_text().splitlines()]
        return found


def make(folder: Path, claude: Path | None) -> World:
    home, cwd = folder / "home", folder / "work"
    (home / ".claude").mkdir(parents=True)
    cwd.mkdir()
    trusted = {"hasTrustDialogAccepted": True, "hasCompletedProjectOnboarding": True}
    (home / ".claude.json").write_text(
        json.dumps(
            {"hasCompletedOnboarding": True, "theme": "dark", "projects": {str(cwd): trusted}}
        )
    )
    (home / ".claude" / "settings.json").write_text(
        json.dumps({"skipDangerousModePermissionPrompt": True})
    )
    return World(home, cwd, claude)


@contextmanager
def bedrock(world: World, answer: Callable[[Request], Reply]) -> Iterator[StandIn]:
    with StandIn(answer) as server:
        world.url = server.url
        yield server
