"""The words of the planted facts: sets of templates that the extractor's writers do not see."""

from __future__ import annotations

import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .names import Names

FOLDER = Path(__file__).parent / "phrasings"
SLOT = re.compile(r"(?<!\{)\{([a-z]+\d?)\}(?!\})")
MARK = re.compile("⟦(.*?)⟧", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Worded:
    """A filled template: its text, and the parts that were marked."""

    text: str
    probe: tuple[str, ...]
    slots: dict[str, str]


class Phrasing:
    """One set of wordings, with the names of one transcript."""

    def __init__(self, name: str, rng: random.Random, names: Names) -> None:
        self.name, self._rng, self._names = name, rng, names
        with (FOLDER / f"{name}.toml").open("rb") as file:
            self._sets: dict[str, Any] = tomllib.load(file)
        self._bags: dict[str, list[Any]] = {}

    def choose(self, kind: str) -> Any:
        """A template of `kind`; all come up once before one comes up again."""
        bag = self._bags.get(kind)
        if not bag:
            bag = self._bags[kind] = list(self._sets[kind])
            self._rng.shuffle(bag)
        return bag.pop()

    def say(self, kind: str, **slots: str) -> Worded:
        """A filled template of `kind`; `slots` are given, the others are drawn."""
        return self.fill(self.choose(kind), slots)

    def fill(self, template: str, slots: dict[str, str] | None = None) -> Worded:
        known = dict(slots or {})
        text = self._filled(template, known)
        probe = tuple(match[1] for match in MARK.finditer(text))
        return Worded(text.replace("⟦", "").replace("⟧", ""), probe, known)

    def _filled(self, template: str, known: dict[str, str]) -> str:
        def word(match: re.Match[str]) -> str:
            slot = match[1]
            if slot not in known:
                known[slot] = self._word(slot)
            return known[slot]

        return SLOT.sub(word, template).replace("{{", "{").replace("}}", "}")

    def _word(self, slot: str) -> str:
        pools: dict[str, list[str]] = self._sets["pools"]
        pool = pools.get(slot.rstrip("0123456789"))
        if pool is None:
            return self._names.draw(slot)
        return self._filled(self._rng.choice(pool), {})  # its own slots are its own
