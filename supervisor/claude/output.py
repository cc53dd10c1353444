"""The stdout of ``claude -p`` over all launches: what one undisturbed claude would print.

Text and JSON come at the end, so they are held until the run's result is known. A JSON
stream flows; only what tells of a death is held back, and the opening words of a relaunch
are left out. The totals of the result count every launch.
"""

from __future__ import annotations

import json
import re
from typing import Any, Protocol

from ..core.classify import is_out_of_memory
from ..core.ending import ApiError
from .control import answers_repeated
from .hooks import NAME

Json = dict[str, Any]

SUMS = ("total_cost_usd", "num_turns", "duration_ms", "duration_api_ms", "safety_stops")
TREES = ("usage", "modelUsage", "model_usage_since_last_result", "subagent_stats")
LISTS = ("permission_denials",)
CONSTANTS = frozenset({"contextWindow", "maxOutputTokens", "max_depth"})


class Stdout(Protocol):
    def feed(self, data: bytes) -> bytes:
        """Take what the child printed; give what may go out at once."""

    def set_aside(self, totals: Json | None = None) -> bytes:
        """The attempt is dead: give what was held, for the journal, and begin anew.

        `totals`: its figures as known from elsewhere, where it printed no result.
        """

    def deliver(self) -> bytes:
        """The run is over: give what is held, as its result."""


def for_format(name: str) -> Stdout:
    """`name` is claude's ``--output-format``."""
    if name == "stream-json":
        return StreamStdout()
    return JsonStdout() if name == "json" else TextStdout()


class TextStdout:
    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> bytes:
        self._held += data
        return b""

    def set_aside(self, totals: Json | None = None) -> bytes:
        return self.deliver()

    def deliver(self) -> bytes:
        held = bytes(self._held)
        self._held.clear()
        return held


class JsonStdout(TextStdout):
    """One object at the end or, with ``--verbose``, an array of all messages."""

    def __init__(self) -> None:
        super().__init__()
        self._before: Json = {}
        self._messages: list[Json] = []

    def set_aside(self, totals: Json | None = None) -> bytes:
        held = super().deliver()
        found = _parse(held)
        messages = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
        results = [message for message in messages if message.get("type") == "result"]
        self._before = add_totals(self._before, results[-1] if results else totals or {})
        self._messages += [message for message in messages if not _tells_death(message)]
        return held

    def deliver(self) -> bytes:
        held = super().deliver()
        found = _parse(held)
        if isinstance(found, list):
            if not self._messages and not self._before:
                return strip_plugin(held)
            opened = any(map(_is_init, self._messages))
            found = self._messages + [part for part in found if not (opened and _is_opening(part))]
            return strip_plugin(_dump([_with(self._before, part) for part in found]))
        if isinstance(found, dict) and self._before:
            return _dump(_with(self._before, found))
        return held


class StreamStdout:
    def __init__(self) -> None:
        self._partial = b""
        self._held: list[bytes] = []
        self._before: Json = {}
        self._last: Json = {}
        self._opened = False  # the opening words have gone out
        self._opening = False  # a relaunched process has not come to speak yet

    def feed(self, data: bytes) -> bytes:
        *lines, self._partial = (self._partial + data).split(b"\n")
        return b"".join(self._line(line + b"\n") for line in lines)

    def _line(self, line: bytes) -> bytes:
        message = _parse(line)
        if not isinstance(message, dict):
            return self._pass(line)
        if (self._opening and _is_opening(message)) or answers_repeated(message):
            return b""
        if message.get("type") == "assistant":
            self._opening = False
        if message.get("type") == "result":
            self._last = message
            if self._before:
                line = _dump(_with(self._before, message))
        if _is_init(message):
            self._opened = True
            line = strip_plugin(line)
        if _tells_death(message):
            self._held.append(line)
            return b""
        if message.get("type") == "assistant" and self._held:
            return self._release() + line  # it lives after all
        return self._pass(line)

    def _pass(self, line: bytes) -> bytes:
        if self._held:
            self._held.append(line)
            return b""
        return line

    def set_aside(self, totals: Json | None = None) -> bytes:
        held = b"".join(self._held) + self._partial
        self._before = add_totals(self._before, self._last or totals or {})
        self._held, self._partial, self._last = [], b"", {}
        self._opening = self._opened
        return held

    def deliver(self) -> bytes:
        held = self._release() + self._partial
        self._partial = b""
        return held

    def _release(self) -> bytes:
        held = b"".join(self._held)
        self._held = []
        return held


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data)
    except (ValueError, RecursionError):
        return None


def _dump(value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "backslashreplace") + b"\n"  # half a pair: \\udXXX, as before


def _is_init(message: Json) -> bool:
    return message.get("type") == "system" and message.get("subtype") == "init"


def _is_opening(message: Json) -> bool:
    """What a process says of its own start, which a relaunch would say again."""
    if message.get("type") != "system":
        return False
    subtype = message.get("subtype")
    starts = str(message.get("hook_name", "")).startswith("SessionStart")
    return subtype == "init" or (subtype in ("hook_started", "hook_response") and starts)


def _tells_death(message: Json) -> bool:
    if message.get("type") == "result" and message.get("is_error"):
        return is_out_of_memory(ApiError(str(message.get("result", ""))))
    if message.get("type") == "assistant" and message.get("error"):
        content = message.get("message", {}).get("content")
        blocks = content if isinstance(content, list) else [{"text": content}]
        return any(is_out_of_memory(ApiError(str(block.get("text", "")))) for block in blocks)
    return False


# As Claude Code lists a plugin folder in its init message. Inside a text the quotes would be
# escaped, so this can only be a value; what stands around it is left as it is.
_PLUGIN = rb'\{"name": ?"%s", ?"path": ?"(?:[^"\\]|\\.)*"[^{}]*\}' % NAME.encode()
_LISTED = re.compile(rb'("plugins": ?\[(?:[^\[\]]*\}, ?)??)' + _PLUGIN + rb"(?:, ?)?")


def strip_plugin(line: bytes) -> bytes:
    """The same bytes without our plugin in the list of plugins."""
    stripped, count = _LISTED.subn(rb"\1", line, count=1)
    return re.sub(rb'("plugins": ?\[[^\[\]]*\}), ?\]', rb"\1]", stripped) if count else line


def _with(before: Json, message: Json) -> Json:
    if message.get("type") != "result" or not before:
        return message
    return {**message, **add_totals(before, message)}


def add_totals(before: Json, result: Json) -> Json:
    """The totals of two results, for the keys that are totals and are there."""
    found: Json = {}
    for key in (*SUMS, *TREES):
        if key in before or key in result:
            found[key] = _sum(before.get(key), result.get(key))
    for key in LISTS:
        if key in before or key in result:
            found[key] = [*(before.get(key) or ()), *(result.get(key) or ())]
    return found


def _sum(one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    if isinstance(one, dict) and isinstance(other, dict):
        return {
            key: other.get(key, one.get(key))
            if key in CONSTANTS
            else _sum(one.get(key), other.get(key))
            for key in {**other, **one}
        }
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    if numbers and not isinstance(one, bool) and not isinstance(other, bool):
        return one + other
    return other
