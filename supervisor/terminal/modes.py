"""What a child has switched on in the terminal, seen in its bytes, and how to undo it."""

from __future__ import annotations

import re

# DEC private modes that a full-screen program sets, in the order of undoing: keyboard and
# mouse first, the alternate screen after them (it has a keyboard stack of its own).
UNDONE_BY_RESET = (
    b"1000", b"1002", b"1003", b"1005", b"1006", b"1015", b"1016", b"1004", b"2004",
    b"2026", b"2031", b"2048", b"1", b"1049", b"1047", b"47",
)  # fmt: skip
UNDONE_BY_SET = (b"7", b"25")  # wrapping and the cursor are on by nature
SEQUENCE = re.compile(rb"\x1b(?:\[([?>=<]?)([\d;]*)([hlumr])|([=>]))")
LONGEST = 32  # bytes of a sequence that may stand across two reads


class Modes:
    """Watches bytes go by without touching them."""

    def __init__(self) -> None:
        self._changed: set[bytes] = set()  # private modes that differ from their nature
        self._keyboard = False  # kitty's protocol or modifyOtherKeys was asked for
        self._colour = False
        self._margins = False
        self._keypad = False
        self._partial = b""

    def watch(self, data: bytes) -> None:
        data = self._partial + data
        for match in SEQUENCE.finditer(data):
            self._note(match[1] or b"", match[2] or b"", match[3] or b"", match[4] or b"")
        start = data.rfind(b"\x1b", -LONGEST) if len(data) else -1
        self._partial = data[start:] if start >= 0 and not SEQUENCE.match(data, start) else b""

    def _note(self, prefix: bytes, numbers: bytes, final: bytes, keypad: bytes) -> None:
        if keypad:
            self._keypad = keypad == b"="
        elif prefix == b"?" and final in b"hl":
            for number in numbers.split(b";"):
                natural = b"h" if number in UNDONE_BY_SET else b"l"
                (self._changed.discard if final == natural else self._changed.add)(number)
        elif final == b"u" and prefix in (b">", b"=", b"<"):
            self._keyboard = prefix != b"<"
        elif prefix == b">" and final == b"m":
            self._keyboard = not numbers.endswith(b";0")
        elif final == b"m" and not prefix:
            self._colour = numbers not in (b"", b"0")
        elif final == b"r" and not prefix:
            self._margins = bool(numbers)

    @property
    def left_on(self) -> bool:
        """Something is switched on that a program undoes before it gives the terminal back."""
        return bool(self._changed) or self._keyboard

    def undo(self) -> bytes:
        """The bytes that make the terminal itself again; empty where nothing is left."""
        parts: list[bytes] = []
        if self._keyboard:
            parts += [b"\x1b[<u", b"\x1b[>4;0m"]
        parts += [b"\x1b[?%sl" % mode for mode in UNDONE_BY_RESET if mode in self._changed]
        if self._keyboard:
            parts += [b"\x1b[<u", b"\x1b[=0u"]
        parts += [b"\x1b[?%sh" % mode for mode in UNDONE_BY_SET if mode in self._changed]
        if self._keypad:
            parts.append(b"\x1b>")
        if self._margins:
            parts.append(b"\x1b7\x1b[r\x1b8")
        if self._colour or parts:
            parts.append(b"\x1b[0m")
        self.__init__()  # type: ignore[misc]
        return b"".join(parts)
