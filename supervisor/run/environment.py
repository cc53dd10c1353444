"""The environments of the two processes that a run starts: the child and the summarizer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from ..claude.sessions import config_dir
from ..compaction.prompts import find_project, folders
from ..settings import Settings, config_home

# Inherited from a Claude Code around us, it would keep the child from writing its transcript.
REMOVED = frozenset({"CLAUDE_CODE_CHILD_SESSION"})
# From 2.1.186 it goes on trying for as long as the service is throttling; below that, and for
# other errors, ccsup waits. More tries of its own would hammer dead credentials: it tries them
# as often as an outage (2.1.330 twice more).
PATIENT = {"CLAUDE_CODE_RETRY_WATCHDOG": "1"}
ON_BEDROCK = {"CLAUDE_CODE_MAX_RETRIES": "3"}


def for_child(env: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if name not in REMOVED}


def supervised(env: Mapping[str, str], more: Mapping[str, str]) -> dict[str, str]:
    """The child's environment; what the user has set himself is left as it is."""
    on_bedrock = uses_bedrock({**env, **user_env(env)})
    patience = {**PATIENT, **ON_BEDROCK} if on_bedrock else PATIENT
    return {**patience, **more, **for_child(env)}


def uses_bedrock(env: Mapping[str, str]) -> bool:
    return env.get("CLAUDE_CODE_USE_BEDROCK", "").lower() not in ("", "0", "false")


def for_summarizer(env: Mapping[str, str]) -> dict[str, str]:
    """What Claude Code itself would use: its user settings' ``env`` wins over the shell's.

    Settings of a project are left out: a cloned repository must not say where a transcript
    is sent.
    """
    return {**env, **user_env(env)}


def user_settings(env: Mapping[str, str]) -> dict[str, object]:
    """The user's Claude Code settings; empty where they cannot be read."""
    try:
        found = json.loads((config_dir(env) / "settings.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def user_env(env: Mapping[str, str]) -> dict[str, str]:
    """The ``env`` of the user's Claude Code settings."""
    told = user_settings(env).get("env")
    if not isinstance(told, dict):
        return {}
    return {str(name): _text(value) for name, value in told.items()}


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def prompt_folders(settings: Settings, env: Mapping[str, str], cwd: Path) -> tuple[Path, ...]:
    """Where the prompts of a run are looked for; raises PromptError for an unknown profile."""
    return folders(find_project(cwd), config_home(env), settings.profile)
