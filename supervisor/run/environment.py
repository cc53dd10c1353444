"""The environments of the two processes that a run starts: the child and the summarizer."""

from __future__ import annotations

import json
from collections.abc import Mapping

from ..claude.sessions import config_dir

# Inherited from a Claude Code around us, it would keep the child from writing its transcript.
REMOVED = frozenset({"CLAUDE_CODE_CHILD_SESSION"})


def for_child(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in REMOVED}


def for_summarizer(env: Mapping[str, str]) -> dict[str, str]:
    """What Claude Code itself would use: its user settings' ``env`` wins over the shell's.

    Settings of a project are left out: a cloned repository must not say where a transcript
    is sent.
    """
    path = config_dir(env) / "settings.json"
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return dict(env)
    told = found.get("env") if isinstance(found, dict) else None
    if not isinstance(told, dict):
        return dict(env)
    return {**env, **{str(name): _text(value) for name, value in told.items()}}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
