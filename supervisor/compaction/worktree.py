"""The truth of the work tree at the moment of the relaunch, as git tells it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

TIMEOUT = 5.0  # s a command; a huge tree is not worth more
# Nothing that a repository's own configuration names may be run.
SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.pager=cat",
    "-c",
    "diff.autoRefreshIndex=false",
)
DIFF = ("--no-ext-diff", "--no-textconv", "--stat", "HEAD")


def state(cwd: Path, env: Mapping[str, str]) -> str:
    """`git status` and the diff's statistics, or "" where there is no git or no work tree."""
    named = _git(cwd, env, "config", "--name-only", "--get-regexp", r"^filter\..*") or ""
    unfiltered = [part for key in named.splitlines() for part in ("-c", f"{key}=")]
    status = _git(cwd, env, *unfiltered, "status", "--short", "--branch")
    if status is None:
        return ""
    statistics = _git(cwd, env, *unfiltered, "diff", *DIFF) or ""
    return "\n".join(filter(None, (status.strip(), statistics.strip())))


def _git(cwd: Path, env: Mapping[str, str], *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *SAFE, *arguments],
            cwd=cwd,
            env={**env, "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return os.fsdecode(done.stdout) if done.returncode == 0 else None
