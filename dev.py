"""From a bare clone to a demo or a test run, with nothing but Python.

    python3 dev.py demo           play a death and a recovery
    python3 dev.py test [ARGS]    bring the real Claude Code, then all checks and tests

Both make their own virtual environment in .venv. Words after `test` go to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
CLAUDE = ROOT / ".claude-code"
CLAUDE_VERSIONS = ("2.1.116", "2.1.330")  # that of the bug report, and the newest
OLDEST_PYTHON = (3, 11)


def main(arguments: list[str]) -> int:
    if sys.version_info < OLDEST_PYTHON:
        print("ccsup needs Python 3.11 or newer", file=sys.stderr)
        return 1
    match arguments:
        case ["demo", *rest]:
            install([])
            return call([str(PYTHON), "-m", "supervisor", "demo", *rest])
        case ["test", *rest]:
            project = tomllib.loads((ROOT / "pyproject.toml").read_text())
            install(project["dependency-groups"]["dev"])
            bring_claude()
            return test(rest)
        case _:
            print(__doc__, file=sys.stderr)
            return 2


def install(more: list[str]) -> None:
    """ccsup and `more` into .venv; only what is missing is installed."""
    stamp = VENV / "installed"
    wanted = f"{sys.version}\n{(ROOT / 'pyproject.toml').read_text()}\n{more}"
    if stamp.exists() and (stamp.read_text() == wanted or not more):
        return
    print("ccsup: making a virtual environment in .venv …", file=sys.stderr)
    venv.create(VENV, with_pip=True)
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--editable", str(ROOT), *more], check=True)
    stamp.write_text(wanted)


def bring_claude() -> None:
    """The real Claude Code from npm; without npm its tests say that they are skipped."""
    npm = shutil.which("npm")
    for version in CLAUDE_VERSIONS:
        folder = CLAUDE / version
        if npm is None or any(folder.glob("node_modules/@anthropic-ai/claude-code-*/claude")):
            continue
        print(f"ccsup: bringing Claude Code {version} …", file=sys.stderr)
        folder.mkdir(parents=True, exist_ok=True)
        package = f"@anthropic-ai/claude-code@{version}"
        quiet = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        subprocess.run([npm, "install", "--prefix", str(folder), *quiet, package], check=True)


def test(arguments: list[str]) -> int:
    tools = str(VENV / "bin")
    checks = (
        [f"{tools}/ruff", "check", "."],
        [f"{tools}/ruff", "format", "--check", "."],
        [f"{tools}/mypy"],
        [f"{tools}/pytest", "-n", "auto", "--dist", "worksteal", *arguments],
    )
    failed = [command for command in checks if call(command)]
    for command in failed:
        print(f"failed: {Path(command[0]).name} {' '.join(command[1:])}", file=sys.stderr)
    return 1 if failed else 0


def call(command: list[str]) -> int:
    return subprocess.run(command, cwd=ROOT, env=dict(os.environ), check=False).returncode


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as error:
        print(f"ccsup: this failed, see above: {' '.join(error.cmd)}", file=sys.stderr)
        sys.exit(1)
