"""Made-up names, numbers and identifiers of a project; each is drawn once a transcript."""

from __future__ import annotations

import random
from collections.abc import Callable

from .projects import Project

NOUNS = (
    "invoice order ledger tenant session cursor payload shipment refund voucher catalog price"
    " stock parcel carrier route meter sensor reading forecast cohort segment event bucket shard"
    " replica tariff contract clause policy claim patient ward booking seat fare ticket basket"
    " coupon review rating profile avatar badge quota batch digest header trailer anchor widget"
    " panel chart legend tooltip locale glyph palette token scope grant audit beacon probe trace"
).split()
VERBS = (
    "merge split load flush parse render fetch score rank pack seal drain hydrate settle rebase"
    " collect expand clamp round resolve refine index archive restore validate project fold"
).split()
KINDS = "store reader writer index cache router gateway planner mapper queue registry view".split()
PEOPLE = (
    "Ana Jonas Priya Marek Lucía Tomasz Ingrid Farid Noor Sven Chiara Dmitri Aiko Femi Greta Hugo"
).split()
PACKAGES = "lark orm wire kit flow dash forge pulse grid mint loom quill".split()


class Names:
    """Slots to words. `draw` gives a fresh name for a slot: ``names.draw("table")``."""

    def __init__(self, rng: random.Random, project: Project) -> None:
        self._rng, self._project = rng, project
        self._used: set[str] = set()
        self._makers: dict[str, Callable[[], str]] = {
            "module": lambda: f"{self._noun()}_{self._pick(KINDS)}",
            "func": lambda: f"{self._pick(VERBS)}_{self._noun()}_{self._noun()}()",
            "cls": lambda: self._noun().title() + self._noun().title() + self._pick(KINDS).title(),
            "table": lambda: f"{self._noun()}_{self._noun()}s",
            "column": lambda: f"{self._noun()}_{self._pick(('ref', 'code', 'at', 'no', 'kind'))}",
            "service": lambda: f"{self._noun()}-{self._noun()}-{self._pick(('api', 'svc', 'job'))}",
            "queue": lambda: f"{self._noun()}.{self._noun()}.{self._pick(('in', 'out', 'dlq'))}",
            "bucket": lambda: f"{self._noun()}-{self._noun()}-{rng.randrange(100, 999)}",
            "pkg": lambda: f"{self._noun()}-{self._pick(PACKAGES)}",
            "branch": lambda: f"release/{self._noun()}-{self._noun()}",
            "feature": lambda: f"{self._noun()} {self._noun()} {self._pick(('view', 'export'))}",
            "path": self._path,
            "dir": self._dir,
            "env": lambda: f"{self._noun()}_{self._noun()}_{self._noun()}".upper(),
            "flag": lambda: f"--{self._noun()}-{self._noun()}",
            "host": lambda: f"{self._noun()}{rng.randrange(10, 99)}.{self._noun()}.example.net",
            "url": lambda: f"https://{self._noun()}.example.net/{self._noun()}/{self._noun()}",
            "ticket": lambda: f"{self._noun()[:4].upper()}-{rng.randrange(1000, 9999)}",
            "id": self._id,
            "hex": lambda: f"{rng.getrandbits(48):012x}",
        }
        self._plain: dict[str, Callable[[], str]] = {
            "n": lambda: str(rng.randrange(3, 64)),
            "big": lambda: f"{rng.randrange(10_000, 9_999_999):,}",
            "port": lambda: str(rng.randrange(3000, 9999)),
            "ms": lambda: f"{rng.randrange(11, 990)} ms",
            "secs": lambda: f"{rng.randrange(11, 990) / 10} s",
            "mb": lambda: f"{rng.randrange(64, 4000)} MB",
            "pct": lambda: f"{rng.randrange(11, 990) / 10} %",
            "ver": lambda: f"{rng.randrange(0, 9)}.{rng.randrange(60)}.{rng.randrange(30)}",
            "date": lambda: f"{rng.randrange(1, 28)} March",
            "person": lambda: self._pick(PEOPLE),
        }

    def draw(self, slot: str) -> str:
        """A word for `slot` (a trailing digit asks for another one of its kind)."""
        name = slot.rstrip("0123456789")
        if name in self._plain:
            return self._plain[name]()
        for _ in range(200):
            word = self._makers[name]()
            if word not in self._used:
                break
            word = f"{word}{self._rng.randrange(10_000)}"  # the pool of a long transcript is dry
        self._used.add(word)
        return word

    def _pick(self, words: tuple[str, ...] | list[str]) -> str:
        return self._rng.choice(words)

    def _noun(self) -> str:
        return self._rng.choice(NOUNS)

    def _dir(self) -> str:
        return f"{self._pick(self._project.roots)}/{self._noun()}_{self._noun()}"

    def _path(self) -> str:
        stem = f"{self._noun()}_{self._noun()}_{self._pick(KINDS)}"
        root, leaf = self._pick(self._project.roots), self._noun()
        return f"{root}/{leaf}/{stem}.{self._pick(self._project.endings)}"

    def _id(self) -> str:
        bits = f"{self._rng.getrandbits(128):032x}"
        short = self._noun()[:3]
        return self._pick(
            [
                f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-a{bits[17:20]}-{bits[20:]}",
                f"{short}_{bits[:16]}",
                f"i-0{bits[:16]}",
                f"{short}-{int(bits[:7], 16)}",
                f"{bits[:10]}",
                f"{short}/{bits[:6]}#{int(bits[6:9], 16)}",
            ]
        )
