"""What tools print: plausible, varied, and of no consequence."""

from __future__ import annotations

import random
from collections.abc import Callable

from .names import KINDS, NOUNS, VERBS

SMALLEST = 200  # bytes of an output
BLOCK = 4_000  # bytes that a stock's piece has, about
STOCKED = 48  # pieces of each kind


class Outputs:
    """Outputs by kind and size; `stocked` composes them of pieces made before (for 1 GB)."""

    def __init__(self, rng: random.Random, largest: int, *, stocked: bool = False) -> None:
        self._rng, self._largest, self._stocked = rng, largest, stocked
        self._stock: dict[str, list[str]] = {}
        self._kinds: dict[str, Callable[[], str]] = {
            "source": self._source,
            "log": self._log,
            "grep": self._grep,
            "json": self._json,
            "rows": self._rows,
            "build": self._build,
            "diff": self._diff,
            "listing": self._listing,
        }

    def size(self) -> int:
        """Bytes of the next output: mostly a few KB, now and then as large as may be."""
        shape = self._rng.random() ** 2.2
        return int(SMALLEST * (self._largest / SMALLEST) ** shape)

    def make(self, kind: str, size: int | None = None) -> str:
        wanted = self.size() if size is None else size
        if not self._stocked:
            return self._fresh(kind, wanted)
        stock = self._stock.get(kind)
        if stock is None:
            stock = self._stock[kind] = [self._fresh(kind, BLOCK) for _ in range(STOCKED)]
        found = self._rng.choices(stock, k=wanted // BLOCK + 1)
        return "\n".join(found)[:wanted]

    def _fresh(self, kind: str, wanted: int) -> str:
        make = self._kinds[kind]
        lines: list[str] = []
        while wanted > 0:
            lines.append(make())
            wanted -= len(lines[-1]) + 1
        return "\n".join(lines)

    def any(self) -> str:
        return self.make(self._rng.choice(list(self._kinds)))

    def _word(self) -> str:
        return self._rng.choice(NOUNS)

    def _name(self) -> str:
        return f"{self._rng.choice(VERBS)}_{self._word()}"

    def _file(self) -> str:
        return f"lib/{self._word()}/{self._word()}_{self._rng.choice(KINDS)}.py"

    def _source(self) -> str:
        one, two = self._name(), self._word()
        return self._rng.choice(
            (
                f"    def {one}(self, {two}: int = {self._rng.randrange(99)}) -> None:",
                f"        self._{two} = {one}({self._word()}, limit={self._rng.randrange(999)})",
                f"        if {two} is None: return {self._word()}",
                f"    # {two} comes from {self._word()}, see {one}",
                f"export const {two} = ({self._word()}) => {one}({self._word()});",
                "",
                f"  {two}: {self._word()}-{self._rng.randrange(1000)}",
            )
        )

    def _log(self) -> str:
        rng = self._rng
        level = rng.choice(("INFO ", "INFO ", "DEBUG", "WARN "))
        return (
            f"2026-11-{rng.randrange(1, 22):02d}T{rng.randrange(24):02d}:{rng.randrange(60):02d}:"
            f"{rng.randrange(60):02d}Z {level} {self._word()}.{self._word()}"
            f" req={rng.getrandbits(40):010x} took={rng.randrange(900)}ms n={rng.randrange(9999)}"
        )

    def _grep(self) -> str:
        return f"{self._file()}:{self._rng.randrange(900)}:    {self._name()}({self._word()})"

    def _json(self) -> str:
        return (
            f'{{"id":"{self._rng.getrandbits(64):016x}","{self._word()}":'
            f'{self._rng.randrange(99_999)},"{self._word()}":"{self._word()}"}}'
        )

    def _rows(self) -> str:
        rng = self._rng
        return f" {rng.randrange(99_999):>6} | {self._word():<10} | {rng.random() * 900:9.2f} | t"

    def _build(self) -> str:
        rng = self._rng
        return rng.choice(
            (
                f"   Compiling {self._word()}-{self._word()} v0.{rng.randrange(30)}.1",
                f" => [{rng.randrange(9)}/9] RUN {self._name()} {rng.randrange(99) / 10}s",
                f"warning: unused variable: `{self._word()}`",
                f"dist/{self._word()}.{rng.getrandbits(32):08x}.js  {rng.randrange(900)} kB",
                f"[{rng.randrange(100):>3}%] Building {self._file()}.o",
            )
        )

    def _diff(self) -> str:
        sign = self._rng.choice("+- ")
        return f"{sign}{self._source()}"

    def _listing(self) -> str:
        rng = self._rng
        when = f"Nov {rng.randrange(1, 22):>2} 10:0{rng.randrange(9)}"
        name = f"{self._word()}_{self._word()}.txt"
        return f"-rw-r--r-- 1 dev dev {rng.randrange(90_000):>6} {when} {name}"


def numbered(text: str) -> str:
    """A file as the Read tool shows it."""
    return "\n".join(f"{n:>6}→{line}" for n, line in enumerate(text.split("\n"), 1))


def test_run(rng: random.Random, runner: str, passed: int, failed: list[str]) -> str:
    """What a test runner prints, its progress shortened."""
    seconds = rng.randrange(10, 900) / 10
    if runner == "pytest":
        head = "=" * 20 + " test session starts " + "=" * 20 + f"\ncollected {passed} items\n"
        dots = "." * min(passed, 300)
        lines = [f"FAILED {name} - assert {rng.randrange(99)} == 0" for name in failed]
        ended = f"{len(failed)} failed, " if failed else ""
        return "\n".join((head, dots, *lines, f"===== {ended}{passed} passed in {seconds}s ====="))
    if runner == "cargo":
        good = [f"test {rng.choice(NOUNS)}::{rng.choice(VERBS)} ... ok" for _ in range(20)]
        bad = [f"test {name} ... FAILED" for name in failed]
        tail = ["", "failures:", *(f"    {name}" for name in failed)] if failed else []
        word = "FAILED" if failed else "ok"
        told = f"test result: {word}. {passed} passed; {len(failed)} failed; finished in {seconds}s"
        return "\n".join((f"running {passed} tests", *good, *bad, *tail, told))
    good = [f"PASS src/{rng.choice(NOUNS)}.test.ts" for _ in range(12)]
    bad = [f"FAIL src/{rng.choice(NOUNS)}.test.ts\n  ● {name}" for name in failed]
    told = f"Tests: {len(failed)} failed, {passed} passed, {passed} total\nTime: {seconds} s"
    return "\n".join((*good, *bad, told))
