"""The play: a job of six steps dies at the fourth and ends well.

Everything is its own: a temporary HOME and project, a stand-in for Bedrock on the loopback,
dummy credentials. The child is the real Claude Code where there is one.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import click

from ..compaction.prompts import PACKAGE
from .bedrock import OUT_OF_MEMORY, Reply, Request, Say, StandIn, text, tool_use

TASK = (
    "Take stock of the shop in six steps, one shelf a step, and then give the total."
    " Never open the drawer of the owner."
)
SHELVES = ("12 apples", "7 pears", "30 plums", "4 melons", "19 figs", "2 quinces")
TOTAL = "The shop holds 74 pieces of fruit. The owner's drawer was left alone."
NOTES = """\
## The task now
Count all six shelves of the shop, one a step, and give the total. The drawer of the owner is \
not to be opened.

## Decisions
The assistant decided to go from the door to the window, so that no shelf is counted twice.

## Tried and failed
None.

## Findings
The first three shelves hold 12 apples, 7 pears and 30 plums.

## Where it stands
Three shelves are counted, and their outputs show it. Three are still to do. The drawer was left \
alone.

## Next step
Count the fourth shelf."""
DIES_AT = 4
PATIENCE = 120.0  # s


class Shop:
    """The scripted model behind the stand-in."""

    def __init__(self) -> None:
        self.asked = 0
        self.counted = 0

    def __call__(self, request: Request) -> Reply:
        if not request.from_agent:
            return Say((text(NOTES if "<transcript>" in request.text() else "Taking stock"),))
        self.asked += 1
        if self.asked == DIES_AT:
            return OUT_OF_MEMORY
        if self.counted == len(SHELVES):
            return Say((text(TOTAL),))
        self.counted += 1
        call = {"command": f"echo shelf {self.counted}: {SHELVES[self.counted - 1]}"}
        said = text(f"Shelf {self.counted}, as decided from the door to the window.")
        return Say((said, tool_use("Bash", call, f"toolu_{self.counted:06d}")))


def play() -> int:
    """Play it and narrate; the exit code is 0 if the job ended well."""
    real = shutil.which("claude")
    with tempfile.TemporaryDirectory(prefix="ccsup-demo-") as folder, StandIn(Shop()) as bedrock:
        stage = Path(folder)
        env = _environment(stage, bedrock.url, real)
        who = f"the real Claude Code ({_version(real, env)})" if real else "a scripted child"
        _tell(f"The child is {who}; Bedrock is a stand-in on the loopback; HOME is a new folder.")
        _tell("The model will run out of memory at its fourth request. You would type:")
        command = ["run", "-p", TASK, "--dangerously-skip-permissions"]
        click.echo(f"\n    ccsup {shlex.join(command)}\n")
        done = subprocess.run(
            [sys.executable, "-m", __package__.partition(".")[0], *command],
            env={**env, "PYTHONPATH": str(PACKAGE.parent)},
            cwd=stage / "shop",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            timeout=PATIENCE,
            check=False,
        )
        click.echo()
        _tell("This is the context that the relaunched session began with:")
        for path in sorted(stage.glob("state/ccsup/runs/*/context-*.md")):
            click.echo("\n" + "\n".join(f"    {line}" for line in path.read_text().splitlines()))
        click.echo()
        answer = done.stdout.decode("utf-8", "replace").strip()
        _tell(f"stdout, as from one undisturbed claude: {answer}")
        well = done.returncode == 0 and answer == TOTAL
        _tell("The journal and the transcripts lay in a temporary folder, which goes now.")
        _tell(f"exit {done.returncode}: {'the job ended well.' if well else 'this went wrong.'}")
        return 0 if well else 1


def _tell(words: str) -> None:
    click.echo(click.style("demo: ", bold=True) + words)


def _environment(stage: Path, url: str, real: str | None) -> dict[str, str]:
    home, shop, programs = stage / "home", stage / "shop", stage / "bin"
    for folder in (home / ".claude", shop, programs):
        folder.mkdir(parents=True)
    trusted = {str(shop): {"hasTrustDialogAccepted": True}}
    settled = {"hasCompletedOnboarding": True, "theme": "dark", "projects": trusted}
    (home / ".claude.json").write_text(json.dumps(settled))
    path = os.environ.get("PATH", os.defpath)
    if real is None:
        _write_scripted(programs / "claude")
        path = f"{programs}:{path}"
    kept = {name: os.environ[name] for name in ("LANG", "TERM", "TMPDIR") if name in os.environ}
    return {
        **kept,
        "PATH": path,
        "HOME": str(home),
        "XDG_STATE_HOME": str(stage / "state"),
        "CLAUDE_CODE_USE_BEDROCK": "1",
        "CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1",
        "ANTHROPIC_BEDROCK_BASE_URL": url,
        "ANTHROPIC_MODEL": "us.anthropic.claude-sonnet-4-6",
        "AWS_REGION": "us-west-2",
        "AWS_ACCESS_KEY_ID": "dummy",
        "AWS_SECRET_ACCESS_KEY": "dummy",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "CLAUDE_CODE_DISABLE_NONSTREAMING_FALLBACK": "1",
        "DISABLE_TELEMETRY": "1",
        "DISABLE_ERROR_REPORTING": "1",
        "DISABLE_AUTOUPDATER": "1",
        "IS_SANDBOX": "1",
    }


def _write_scripted(path: Path) -> None:
    script = shlex.quote(str(Path(__file__).with_name("scripted_claude.py")))
    path.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -P {script} "$@"\n')
    path.chmod(0o700)


def _version(program: str, env: dict[str, str]) -> str:
    done = subprocess.run([program, "--version"], env=env, capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace").split(" ")[0].strip()
