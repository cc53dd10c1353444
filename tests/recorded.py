"""The recorded endings: one file in core/endings/ each."""

from __future__ import annotations

import json
import signal
from pathlib import Path
from typing import Any

from supervisor.core.ending import ApiError, Ending, Exit

ENDINGS: dict[str, dict[str, Any]] = {
    path.stem: json.loads(path.read_text("utf-8"))
    for path in sorted((Path(__file__).parent / "core" / "endings").glob("*.json"))
}


def ending(name: str) -> Ending:
    known = dict(ENDINGS[name]["ending"])
    if known["exit"] is not None:
        killer = known["exit"].get("signal")
        known["exit"] = Exit(known["exit"].get("code"), signal.Signals[killer] if killer else None)
    if "error" in known:
        known["error"] = ApiError(**known["error"])
    return Ending(**known)


def error(name: str) -> ApiError:
    told = ending(name).error
    assert told is not None
    return told


def of_row(row: str) -> list[str]:
    """The names of the endings of a row."""
    return [name for name, recorded in ENDINGS.items() if recorded["row"] == row]


WITH_ERROR = [name for name, recorded in ENDINGS.items() if "error" in recorded["ending"]]
