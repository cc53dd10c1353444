"""Keeps from a reader of the JSON stream what Claude Code reports of our own hook.

Our hook that speaks after a compaction is reported like any other: ``hook_started`` and
``hook_response`` share an id, and only the response tells whose it is.
"""

from __future__ import annotations

from typing import Any

from .hooks import PINNED

AFTER_COMPACTION = "SessionStart:compact"


class OwnHooks:
    """Holds the start of each such hook until its response has come."""

    def __init__(self) -> None:
        self._started: dict[str, bytes] = {}

    def sift(self, message: dict[str, Any], line: bytes) -> bytes | None:
        """What may go out in the place of `line`; None where the message is no affair of ours."""
        if message.get("type") != "system" or message.get("hook_name") != AFTER_COMPACTION:
            return None
        name = str(message.get("hook_id"))
        match message.get("subtype"):
            case "hook_started":
                self._started[name] = line
                return b""
            case "hook_response":
                started = self._started.pop(name, b"")
                ours = str(message.get("stdout", "")).startswith(PINNED)
                return b"" if ours else started + line
        return None

    def rest(self) -> bytes:
        """What is still held: hooks that were cut off, whose they ever were."""
        held = b"".join(self._started.values())
        self._started.clear()
        return held

    def sift_all(self, messages: list[Any]) -> list[Any]:
        """The messages of a whole array, without those of our hook."""
        ours = {
            message.get("hook_id")
            for message in messages
            if isinstance(message, dict)
            and message.get("hook_name") == AFTER_COMPACTION
            and str(message.get("stdout", "")).startswith(PINNED)
        }
        return [
            message
            for message in messages
            if not isinstance(message, dict) or message.get("hook_id", "") not in ours
        ]
