"""The hook channel: a plugin folder of ours whose hooks append their input to a file.

Only events that come once a turn or less are asked for, and a shell's ``cat`` takes them
down: no hook of ours runs at a tool call, and none can say anything to the session.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .follow import Follower

NAME = "ccsup"
# No Stop: it would show ("running stop hook") and leave an entry in the user's transcript.
EVENTS = ("UserPromptSubmit", "StopFailure", "SessionEnd")
# In --output-format stream-json Claude Code reports this one's hooks to the reader.
SESSION_START = "SessionStart"
# How the words begin that are put back after a compaction.
PINNED = "The user's own words in this job, in full and in order; what they forbid still holds:"


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One hook's input. `error` is StopFailure's kind, `text` its rendered message;
    `reason` is SessionEnd's; `prompt` is what the user has submitted."""

    name: str
    session: str | None
    transcript: Path | None
    error: str | None = None
    text: str = ""
    reason: str | None = None
    prompt: str | None = None


def plugin_files(log: Path, pins: Path | None = None, *, session_start: bool) -> dict[str, str]:
    """The plugin folder's files, by their path in it, as text.

    `pins` holds words that the session shall hear again after a compaction of its own: what
    a SessionStart hook prints is put into the context.
    """
    events = (*((SESSION_START,) if session_start else ()), *EVENTS)
    command = f"(exec 2>/dev/null; {{ cat; echo; }} >> {shlex.quote(str(log))}) || :"
    hook = [{"hooks": [{"type": "command", "command": command, "timeout": 5}]}]
    manifest = {"name": NAME, "description": "Tells ccsup of a turn's end.", "version": "1.0.0"}
    hooks: dict[str, list[Any]] = dict.fromkeys(events, hook)
    if pins is not None:
        said = f"cat {shlex.quote(str(pins))} 2>/dev/null || :"
        again = {"matcher": "compact", "hooks": [{"type": "command", "command": said}]}
        hooks[SESSION_START] = [*(hook if session_start else ()), again]
    return {
        ".claude-plugin/plugin.json": json.dumps(manifest),
        "hooks/hooks.json": json.dumps({"hooks": hooks}),
    }


class HookChannel:
    """Reads the hook events that came since the last look."""

    def __init__(self, log: Path) -> None:
        self._follower = Follower(log)

    def events(self) -> Iterator[HookEvent]:
        for line in self._follower.lines():
            try:
                told = json.loads(line)
            except (ValueError, RecursionError):
                continue  # a hook was cut off; the transcript speaks too
            if not isinstance(told, dict) or not isinstance(told.get("hook_event_name"), str):
                continue
            if not told.get("agent_id"):  # a subagent's ending is not the session's
                yield _event(told)


def _event(told: dict[str, Any]) -> HookEvent:
    def words(key: str) -> str | None:
        value = told.get(key)
        return value if isinstance(value, str) else None

    path = words("transcript_path")
    return HookEvent(
        name=told["hook_event_name"],
        session=words("session_id"),
        transcript=Path(path) if path else None,
        error=words("error"),
        text=words("last_assistant_message") or "",
        reason=words("reason"),
        prompt=words("prompt"),
    )
