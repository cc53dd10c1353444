"""The learned ceilings, kept from run to run: one for each project and model."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ..core.ceiling import BASE, Ceiling

NAME = "ceilings.json"
MOST = 500  # kept; the oldest go first


class Ceilings:
    """`$XDG_STATE_HOME/ccsup/ceilings.json`; what cannot be read or written is not there."""

    def __init__(self, home: Path) -> None:
        self._path = home / NAME

    def all(self) -> Mapping[tuple[str, str], Ceiling]:
        """By project folder and model."""
        found = {}
        for item in self._read():
            ceiling = _ceiling(item)
            if ceiling is not None:
                found[str(item.get("project")), str(item.get("model"))] = ceiling
        return found

    def get(self, project: str, model: str) -> Ceiling | None:
        return self.all().get((project, model))

    def put(self, project: str, model: str, ceiling: Ceiling | None) -> OSError | None:
        """Remember, or forget with None; gives the error where the disk does not take it."""
        known = {**self.all()}
        known.pop((project, model), None)
        if ceiling is not None:
            known[project, model] = ceiling
        lines = [
            {"project": place, "model": name, **asdict(each)}
            for (place, name), each in list(known.items())[-MOST:]
        ]
        partial = self._path.with_name(f"{NAME}.{os.getpid()}")
        try:
            descriptor = os.open(
                partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600
            )
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                json.dump(lines, file, indent=1)
            partial.rename(self._path)
        except OSError as error:
            with suppress(OSError):
                partial.unlink()
            return error
        return None

    def _read(self) -> list[dict[str, Any]]:
        try:
            told = json.loads(self._path.read_text("utf-8", "replace"))
        except (OSError, ValueError, RecursionError):
            return []
        return [each for each in told if isinstance(each, dict)] if isinstance(told, list) else []


def _ceiling(item: Mapping[str, Any]) -> Ceiling | None:
    known = {"base": BASE, **item}
    numbers = [known.get(key) for key in ("tokens", "step", "deaths", "base")]
    if not all(isinstance(number, int) and number >= 0 for number in numbers):
        return None
    tokens, step, deaths, base = (int(number or 0) for number in numbers)
    return Ceiling(tokens, step, deaths, base) if tokens else None
