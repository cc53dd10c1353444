"""The user's own rows of the table of endings, from ``[[rows]]`` in ccsup.toml."""

from __future__ import annotations

import re
import signal
from collections.abc import Mapping
from typing import Any

from ..core.rows import Remedy, Row

ROWS = "rows"  # the key
KEYS = ("name", "remedy", "told", "text", "kinds", "statuses", "signals")
REMEDIES = tuple(remedy.value for remedy in Remedy)


class RowError(Exception):
    """A row that cannot be used: what is wrong with it, and what would be right."""


def row_of(told: object) -> Row:
    """The row of one table; raises RowError.

    ``name`` and ``remedy`` are wanted, and evidence: ``text`` (a regular expression that the
    error's words match from their start), ``kinds``, ``statuses`` or ``signals``.
    """
    if not isinstance(told, Mapping):
        raise RowError("wants tables")
    if unknown := sorted(set(told) - set(KEYS)):
        raise RowError(f"unknown key {unknown[0]!r}; known: {', '.join(KEYS)}")
    name, remedy = _text(told, "name"), _text(told, "remedy")
    if not name:
        raise RowError("a row wants a name")
    if remedy not in REMEDIES:
        raise RowError(f"{name}: remedy wants one of {', '.join(REMEDIES)}, not {remedy!r}")
    row = Row(
        name,
        Remedy(remedy),
        _text(told, "told") or f"The session ended: {name}.",
        text=_pattern(name, _text(told, "text")),
        kinds=frozenset(map(str, _items(told, "kinds"))),
        statuses=frozenset(_status(name, each) for each in _items(told, "statuses")),
        signals=frozenset(_signal(name, each) for each in _items(told, "signals")),
        source="ccsup.toml",
    )
    if not (row.of_error or row.of_process):
        raise RowError(f"{name}: wants evidence: text, kinds, statuses or signals")
    return row


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key, "")
    if not isinstance(value, str):
        raise RowError(f"{key} wants a text, not {value!r}")
    return value


def _items(told: Mapping[str, Any], key: str) -> list[Any]:
    value = told.get(key, [])
    if not isinstance(value, list):
        raise RowError(f"{key} wants a list, not {value!r}")
    return value


def _pattern(name: str, text: str) -> str:
    try:
        re.compile(text)
        re.compile(f"(?:{text})")
    except re.error as error:
        flags = text.startswith("(?i)") and "global flags" in str(error)
        told = "case is ignored anyway" if flags else str(error)
        raise RowError(f"{name}: text is no regular expression: {told}") from error
    return text


def _status(name: str, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 100 <= value < 600:
        raise RowError(f"{name}: statuses wants HTTP numbers such as 503, not {value!r}")
    return value


def _signal(name: str, value: object) -> int:
    known = {each.name: each.value for each in signal.Signals}
    if not isinstance(value, str) or value not in known:
        raise RowError(f"{name}: signals wants names such as SIGKILL, not {value!r}")
    return known[value]
