"""One generated transcript: what is planted where, and the filler between."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from typing import BinaryIO

from .facts import JUDGEMENT, Fact, Truth
from .filler import Filler
from .names import Names
from .outputs import Outputs, test_run
from .phrasings import Phrasing
from .plant import Planter
from .projects import PROJECTS, Project
from .records import Session
from .states import Background, TaskList
from .tools import Tools

SMALL, SMALL_FACTS, GROWTH = 300_000, 60, 0.37  # 60 facts in 300 KB, 170 in 5 MB, 400 in 50 MB
WEIGHTS = {
    "file": 19,
    "decision": 12,
    "rule": 10,
    "id": 9,
    "instruction": 8,
    "command": 8,
    "error": 8,
    "attempt": 8,
    "value": 8,
    "commit": 7,
    "subagent": 3,
}
STATES_AT_END = 10  # facts that the end adds: todos, tests, the last failure
FULL_CONTEXT = 160_000  # tokens; then Claude Code compacts by itself
IN_A_SUMMARY = 0.3  # of the facts since the last one, which Claude Code's own summary repeats
CONTINUED = (
    "This session is being continued from a previous conversation that ran out of context."
    " The summary below covers the earlier portion of the conversation.\n\nSummary:\n"
)
PROMPT = Path(__file__).resolve().parents[2] / "prompts" / "continue.md"
BLOBS_FROM = 2_000_000  # bytes of a file that has room for kept requests
STOCKED_FROM = 200_000_000  # bytes of a file whose outputs are composed of pieces


@dataclass(frozen=True, slots=True)
class Order:
    """What transcript is wanted: bytes, seed, set of wordings, place in its lineage."""

    size: int
    seed: int
    phrasing: str
    generation: int = 1

    @property
    def facts(self) -> int:
        return round(SMALL_FACTS * float((self.size / SMALL) ** GROWTH))


def generate(out: BinaryIO, order: Order, inherited: str | None = None) -> Truth:
    """Writes a transcript to `out` as it is made, and gives what stands in it.

    `inherited` is the compacted context of the generation before, with which it begins.
    """
    return _Story(out, order).tell(inherited)


class _Story:
    def __init__(self, out: BinaryIO, order: Order) -> None:
        rng = random.Random(repr(order))
        project: Project = PROJECTS[order.seed % len(PROJECTS)]
        newer = order.seed % 2 == 0
        names = Names(rng, project)
        phrasing = Phrasing(order.phrasing, rng, names)
        self.session = Session(out, rng, project.cwd, "2.1.330" if newer else "2.1.116")
        largest = min(100_000, max(5_000, order.size // 80))
        outputs = Outputs(rng, largest, stocked=order.size >= STOCKED_FROM)
        self.tools = Tools(self.session, rng, outputs, phrasing)
        self.planter = Planter(self.tools, rng, names, phrasing, project)
        blobs = newer and order.size >= BLOBS_FROM
        self.filler = Filler(self.planter, rng, names, phrasing, project, blobs=blobs)
        self.todos = TaskList(self.tools, rng, phrasing, task_tools=newer)
        self.background = Background(self.tools, phrasing)
        self.order, self.rng, self.project, self.phrasing = order, rng, project, phrasing
        self.truth = Truth()
        self.go_on = Template(PROMPT.read_text("utf-8")).safe_substitute(reason="out of memory")
        self._told = 0  # facts that a summary of Claude Code's own has seen

    def tell(self, inherited: str | None) -> Truth:
        if inherited is None:
            self._keep(self.planter.task())
        else:
            self.session.rebuilt(inherited, self.go_on)
        kinds = self._kinds()
        for number, kind in enumerate(kinds):
            self._fill(self.order.size * number // (len(kinds) + 1))
            self._plant(kind)
            self._now_and_then(number, len(kinds))
        self._fill(self.order.size * len(kinds) // (len(kinds) + 1))
        self._end()
        return self.truth

    def _kinds(self) -> list[str]:
        total, weight = self.order.facts - STATES_AT_END, sum(WEIGHTS.values())
        kinds = [
            kind for kind, share in WEIGHTS.items() for _ in range(round(total * share / weight))
        ]
        self.rng.shuffle(kinds)
        return ["value", *kinds, "value"]

    def _fill(self, until: int) -> None:
        while self.session.written < until:
            self.filler.step()
            self._compact_when_full()

    def _compact_when_full(self) -> None:
        if self.session.context < FULL_CONTEXT:
            return
        seen = [fact.text for fact in self.truth.facts[self._told :] if fact.category in JUDGEMENT]
        self._told = len(self.truth.facts)
        some = self.rng.sample(seen, round(IN_A_SUMMARY * len(seen)))
        prose = [self.phrasing.say(kind).text for kind in ("report", "narration") * 10]
        points = "\n".join(f"- {line}" for line in self.rng.sample(prose + some, len(prose + some)))
        self.session.compaction(f"{CONTINUED}{self.truth.facts[0].text}\n{points}")

    def _keep(self, fact: Fact) -> None:
        place = min(1.0, self.session.written / self.order.size)
        self.truth.facts.append(replace(fact, place=place, generation=self.order.generation))

    def _plant(self, kind: str) -> None:
        planter = self.planter
        match kind:
            case "instruction" | "rule":
                self.filler.turn_ends()
                self._keep(planter.said(kind))
            case "decision" | "value":
                self._keep(planter.prose(kind))
            case _:
                makers = {
                    "file": planter.file,
                    "command": planter.command,
                    "commit": planter.commit,
                    "attempt": planter.attempt,
                    "id": planter.id,
                    "error": planter.error,
                    "subagent": planter.subagent,
                }
                self._keep(makers[kind]())

    def _now_and_then(self, number: int, count: int) -> None:
        if self.rng.random() < 0.3:
            self.filler.small_talk()
        if number % 7 == 5:
            self._use_ids()
        if number == count // 12:
            self.todos.begin(4 + count // 80)
        elif number > count // 12 and number % 12 == 3:
            self.todos.move()
        if number % 60 == 20:
            self.background.start()
        elif number % 60 == 42:
            died = self.background.end()
            if died:
                self._keep(died)
        if number % 40 == 17:
            self.truth.secrets.append(self.filler.secret())
        if number % 55 == 30:
            self._rewound()

    def _use_ids(self) -> None:
        ids = self.planter.ids
        if ids:
            made, left = ids.pop(self.rng.randrange(len(ids)))
            self.planter.use_of_id(made)
            if left > 1:
                ids.append((made, left - 1))

    def _rewound(self) -> None:
        """A branch that the user took back: what stands in it is not so."""
        self.filler.turn_ends()
        leaf, files, ids = self.session.leaf, list(self.planter.files), list(self.planter.ids)
        rule = self.phrasing.say("rule")
        self.session.user(rule.text)
        decoys = [rule.text, *self.planter.file().probe, self.planter.prose("decision").text]
        self.truth.decoys += decoys
        self.session.leaf = leaf
        self.planter.files, self.planter.ids = files, ids
        self.session.user(self.phrasing.say("user").text)

    def _end(self) -> None:
        """The last run of the tests fails, then a command does, and the session dies."""
        while self.planter.ids:
            self._use_ids()
        while died := self.background.end():
            self._keep(died)
        bad = [self.filler.test_name() for _ in range(3)]
        command = {"pytest": "pytest", "cargo": "cargo test"}.get(self.project.runner, "npx jest")
        told = test_run(self.rng, self.project.runner, self.rng.randrange(90, 900), bad)
        self.tools.bash(command, told, code=1)
        for name in bad:
            self._keep(Fact("test", f"failing: {name}", (name,)))
        self.todos.move()
        for fact in self.todos.open_ones():
            self._keep(fact)
        made = self.phrasing.choose("open_error")
        ran = self.phrasing.fill(made["cmd"])
        output = self.phrasing.fill(made["out"], ran.slots)
        log = self.tools.outputs.make("build", 600)
        self.tools.bash(ran.text, f"{log}\n{output.text}", code=2)
        self._keep(Fact("open_error", f"{ran.text}\n{output.text}", output.probe))
        self.session.died()
        self.filler.bookkeeping()
