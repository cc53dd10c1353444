"""Where Claude Code keeps its sessions on disk."""

from __future__ import annotations

import json
import re
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)
SLUG_LENGTH = 200  # longer ones are cut there and get a hash (claude-agent-sdk, sessions.py)


def config_dir(env: Mapping[str, str]) -> Path:
    chosen = env.get("CLAUDE_CONFIG_DIR")
    return Path(chosen) if chosen else Path(env.get("HOME", "/")) / ".claude"


def slug(cwd: Path) -> str:
    """The project folder's name: each UTF-16 unit but letters and digits becomes ``-``."""
    name = unicodedata.normalize("NFC", str(cwd))
    return re.sub(r"[^a-zA-Z0-9]", lambda at: "-" * (1 + (ord(at[0]) > 0xFFFF)), name)


def project_dir(env: Mapping[str, str], cwd: Path) -> Path:
    """The folder of a project's transcripts; one that exists wins over the rule."""
    projects = config_dir(env) / "projects"
    if named := env.get("CLAUDE_CODE_PROJECT_DIR_NAME"):
        return projects / named
    name = slug(cwd)
    if len(name) > SLUG_LENGTH:
        name = name[:SLUG_LENGTH]
        for found in sorted(projects.glob(f"{name}-*")):
            return found
    return projects / name


def find(env: Mapping[str, str], cwd: Path, session: str) -> Path:
    """The transcript of a session: where it is, or else where it will be."""
    expected = project_dir(env, cwd) / f"{session}.jsonl"
    if expected.exists():
        return expected
    for found in (config_dir(env) / "projects").glob(f"*/{session}.jsonl"):
        return found
    return expected


def of_process(env: Mapping[str, str], pid: int) -> str | None:
    """The session that a running process has announced, if it has."""
    path = config_dir(env) / "sessions" / f"{pid}.json"
    try:
        told = json.loads(path.read_text("utf-8", "replace"))
    except (OSError, ValueError):
        return None
    session = told.get("sessionId") if isinstance(told, dict) else None
    return session if isinstance(session, str) and UUID.match(session) else None


def newest(folder: Path) -> Path | None:
    """The transcript that was written to last."""
    try:
        found = [path for path in folder.iterdir() if path.suffix == ".jsonl"]
        return max(found, key=lambda path: path.stat().st_mtime_ns, default=None)
    except OSError:
        return None


def last_written(folder: Path) -> float | None:
    """Seconds since anything below a session's own folder was written; None: nothing there."""
    times = []
    for path in folder.glob("**/*.jsonl"):
        try:
            times.append(path.stat().st_mtime)
        except OSError:
            continue
    return time.time() - max(times) if times else None
