"""What is packed into a budget: the items of worth first, each part within its share at first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .budget import BYTES_PER_TOKEN, fit

LEAST = 24  # tokens that a shortened item is worth keeping for
MARK = 12  # tokens of what a shortened text says of itself
LINE = 5  # bytes of an item's own line: the bullet, the end, and what rounding takes


@dataclass(frozen=True, slots=True)
class Item:
    """A piece of a part. `worth` from 0 to 100; `detail` is added where there is room.

    `short` stands in where `text` does not fit. `unless`: left out where this is said already.
    Items of one `group` are one line, behind its `lead`. What is `vital` is never left out: at
    worst it is shortened.
    """

    text: str
    worth: float
    detail: str = ""
    detail_worth: float = 0.0
    short: str = ""
    unless: str = ""
    group: int | None = None
    lead: str = ""
    vital: bool = False


@dataclass(frozen=True, slots=True)
class Part:
    """`share`: of the budget, which its items get before others may take more."""

    key: str
    items: tuple[Item, ...]
    share: float = 1.0


@dataclass(frozen=True, slots=True)
class Packed:
    """A part as it goes into the context: its texts in their order, None where one is left out."""

    key: str
    texts: tuple[str | None, ...]

    @property
    def kept(self) -> list[str]:
        return [text for text in self.texts if text is not None]

    @property
    def left_out(self) -> int:
        return sum(text is None for text in self.texts)

    @property
    def tokens(self) -> int:
        return sum(map(cost, self.kept))


def cost(text: str) -> int:
    """Tokens of an item on a line of its own."""
    return (len(text.encode("utf-8", "replace")) + LINE) // BYTES_PER_TOKEN


def pack(parts: Sequence[Part], budget: int) -> list[Packed]:
    """The parts within about `budget` tokens, in their order.

    Room for what is vital is kept free. Round one gives each part up to its share, by worth over
    all parts; round two gives what is left to whatever is worth most; round three adds details.
    """
    packing = _Packing(parts, budget)
    order = sorted(
        ((p, i) for p, part in enumerate(parts) for i in range(len(part.items))),
        key=lambda at: -parts[at[0]].items[at[1]].worth,
    )
    packing.reserve([(p, i) for p, i in order if parts[p].items[i].vital])
    for p, i in order:
        packing.place(p, i, within_share=True)
    for p, i in order:
        packing.place(p, i, within_share=False)
    details = [at for at in order if parts[at[0]].items[at[1]].detail]
    for p, i in sorted(details, key=lambda at: -parts[at[0]].items[at[1]].detail_worth):
        packing.add_detail(p, i)
    return [
        Packed(part.key, tuple(texts)) for part, texts in zip(parts, packing.texts, strict=True)
    ]


class _Packing:
    def __init__(self, parts: Sequence[Part], budget: int) -> None:
        self._parts = parts
        self._budget = budget
        self._room = budget
        self._used = [0] * len(parts)
        self.texts: list[list[str | None]] = [[None] * len(part.items) for part in parts]
        self._said: list[str] = []
        self._kept_free: dict[tuple[int, int], int] = {}  # tokens for what is still to be placed

    def reserve(self, vital: Sequence[tuple[int, int]]) -> None:
        """Keep room for the vital items, given by their worth: whole, or less of each."""
        items = {(p, i): self._parts[p].items[i] for p, i in vital}
        costs = {at: cost(item.short or item.text) for at, item in items.items()}
        for most in (self._budget // 10, self._budget // 30, LEAST):
            self._kept_free = {at: min(cost, max(LEAST, most)) for at, cost in costs.items()}
            if sum(self._kept_free.values()) <= self._budget:
                return
        few = list(vital)[: self._budget // LEAST]
        self._kept_free = {at: self._kept_free[at] for at in few}

    def place(self, p: int, i: int, *, within_share: bool) -> None:
        item, placed = self._parts[p].items[i], self.texts[p][i]
        if placed is None and self._is_said(item):
            self._kept_free.pop((p, i), None)
            return
        if placed == item.text:
            return
        if placed is not None:
            self._remove(p, i, placed)
        own = self._kept_free.pop((p, i), 0)
        room = self._room - sum(self._kept_free.values())
        if within_share:
            room = min(room, int(self._parts[p].share * self._budget) - self._used[p])
        for text in filter(None, (item.text, item.short)):
            if cost(text) <= room or text == placed:
                self._put(p, i, text)
                return
        if item.vital and not within_share and room >= LEAST:
            self._put(p, i, fit(item.short or item.text, room - MARK))
        elif own:
            self._kept_free[p, i] = own

    def add_detail(self, p: int, i: int) -> None:
        item, text = self._parts[p].items[i], self.texts[p][i]
        if text is None or text != item.text:
            return
        taken = cost(item.detail)
        if taken <= self._room:
            self.texts[p][i] = f"{text}\n{item.detail}"
            self._room -= taken

    def _is_said(self, item: Item) -> bool:
        return bool(item.unless) and any(item.unless in text for text in self._said)

    def _remove(self, p: int, i: int, text: str) -> None:
        self.texts[p][i] = None
        self._said.remove(text)
        self._used[p] -= cost(text)
        self._room += cost(text)

    def _put(self, p: int, i: int, text: str) -> None:
        self.texts[p][i] = text
        self._said.append(text)
        taken = cost(text)
        self._used[p] += taken
        self._room -= taken
