"""The stdout of ``claude -p`` over all launches: what one undisturbed claude would print.

Text and JSON come at the end, so they are held until the run's result is known. A JSON
stream flows; only what tells of a death is held back, and the opening words of a relaunch
are left out. The totals of the result count every launch.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Protocol

from ..core.ending import ApiError
from ..core.table import is_left
from .control import answers_repeated
from .hooks import NAME
from .own_hooks import OwnHooks
from .totals import Json, Totals

Left = Callable[[ApiError], bool]  # whether an error is one that nothing is done about


class Stdout(Protocol):
    @property
    def reported(self) -> bool:
        """The launch has printed a result, good or bad."""

    def feed(self, data: bytes) -> bytes:
        """Take what the child printed; give what may go out at once."""

    def set_aside(self, totals: Json | None = None) -> bytes:
        """The attempt is dead: give what was held, for the journal, and begin anew.

        `totals`: its figures as known from elsewhere, where it printed no result.
        """

    def deliver(self) -> bytes:
        """The run is over: give what is held, as its result."""


def for_format(name: str, left: Left = is_left) -> Stdout:
    """`name` is claude's ``--output-format``."""
    if name == "stream-json":
        return StreamStdout(left)
    return JsonStdout(left) if name == "json" else TextStdout()


class TextStdout:
    def __init__(self) -> None:
        self._held = bytearray()

    @property
    def reported(self) -> bool:
        return bool(self._held.strip())

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

    def __init__(self, left: Left = is_left) -> None:
        super().__init__()
        self._left = left
        self._totals = Totals()
        self._messages: list[Json] = []

    def set_aside(self, totals: Json | None = None) -> bytes:
        held = super().deliver()
        found = _parse(held)
        messages = found if isinstance(found, list) else [found] if isinstance(found, dict) else []
        results = [message for message in messages if message.get("type") == "result"]
        self._totals.add(results[-1] if results else totals or {})
        kept = OwnHooks().sift_all(messages)
        self._messages += [message for message in kept if not _tells_death(message, self._left)]
        return held

    def deliver(self) -> bytes:
        held = super().deliver()
        found = _parse(held)
        if isinstance(found, list):
            kept = OwnHooks().sift_all(found)
            if not self._messages and not self._totals.so_far and len(kept) == len(found):
                return strip_plugin(held)
            opened = any(map(_is_init, self._messages))
            found = self._messages + [part for part in kept if not (opened and _is_opening(part))]
            return strip_plugin(_dump([self._totals.over_all(part) for part in found]))
        if isinstance(found, dict) and self._totals.so_far:
            return _dump(self._totals.over_all(found))
        return held


class StreamStdout:
    def __init__(self, left: Left = is_left) -> None:
        self._left = left
        self._partial = b""
        self._held: list[bytes] = []
        self._totals = Totals()
        self._last: Json = {}
        self._opened = False  # the opening words have gone out
        self._opening = False  # a relaunched process has not come to speak yet
        self._own_hooks = OwnHooks()
        self._spared = False  # the last message was an error that is left to the user

    @property
    def reported(self) -> bool:
        return bool(self._last)

    def feed(self, data: bytes) -> bytes:
        *lines, self._partial = (self._partial + data).split(b"\n")
        return b"".join(self._line(line + b"\n") for line in lines)

    def _line(self, line: bytes) -> bytes:
        message = _parse(line)
        if not isinstance(message, dict):
            return self._pass(line)
        if (self._opening and _is_opening(message)) or answers_repeated(message):
            return b""
        if (sifted := self._own_hooks.sift(message, line)) is not None:
            return self._pass(sifted) if sifted else b""
        if message.get("type") == "assistant":
            self._opening = False
        if message.get("type") == "result":
            self._last = message
            if self._totals.so_far:
                line = _dump(self._totals.over_all(message))
        if _is_init(message):
            self._opened = True
            line = strip_plugin(line)
        if not self._is_spared(message) and _tells_death(message, self._left):
            self._held.append(line)
            return b""
        if message.get("type") == "assistant" and self._held:
            return self._release() + line  # it lives after all
        return self._pass(line)

    def _is_spared(self, message: Json) -> bool:
        """The result that follows an error which is left to the user belongs to it."""
        if message.get("type") == "assistant":
            self._spared = bool(message.get("error")) and not _tells_death(message, self._left)
        return self._spared

    def _pass(self, line: bytes) -> bytes:
        if self._held:
            self._held.append(line)
            return b""
        return line

    def set_aside(self, totals: Json | None = None) -> bytes:
        held = b"".join(self._held) + self._partial
        self._totals.add(self._last or totals or {})
        self._held, self._partial, self._last = [], b"", {}
        self._opening = self._opened
        return held

    def deliver(self) -> bytes:
        held = self._release() + self._own_hooks.rest() + self._partial
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


def _tells_death(message: Json, left: Left) -> bool:
    """Whether it tells of an error that the run may recover from.

    A result that is no "success" (the turns or the budget are used up) is a result.
    """
    if message.get("type") == "result":
        return message.get("subtype") == "success" and _is_recovered(message, "result", left)
    if message.get("type") == "assistant" and message.get("error"):
        inner = message.get("message")
        content = inner.get("content") if isinstance(inner, dict) else None
        blocks = content if isinstance(content, list) else [{"text": content}]
        shown = [block for block in blocks if isinstance(block, dict)]
        return any(_is_recovered({**message, **block}, "text", left) for block in shown)
    return False


def _is_recovered(message: Json, key: str, left: Left) -> bool:
    if key == "result" and not message.get("is_error"):
        return False
    kind, status = message.get("error"), message.get("api_error_status")
    error = ApiError(
        str(message.get(key, "")),
        kind if isinstance(kind, str) else "unknown",
        status if isinstance(status, int) else None,
    )
    return not left(error)


# As Claude Code lists a plugin folder in its init message. Inside a text the quotes would be
# escaped, so this can only be a value; what stands around it is left as it is.
_PLUGIN = rb'\{"name": ?"%s", ?"path": ?"(?:[^"\\]|\\.)*"[^{}]*\}' % NAME.encode()
_LISTED = re.compile(rb'("plugins": ?\[(?:[^\[\]]*\}, ?)??)' + _PLUGIN + rb"(?:, ?)?")


def strip_plugin(line: bytes) -> bytes:
    """The same bytes without our plugin in the list of plugins."""
    stripped, count = _LISTED.subn(rb"\1", line, count=1)
    return re.sub(rb'("plugins": ?\[[^\[\]]*\}), ?\]', rb"\1]", stripped) if count else line
