"""digest: what can be known of a conversation without a model.

A pure function of the record, one file a kind of fact: the user's words and rules, files and
commits, tasks, failures and tests, what was said that matters, values that may be needed again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..earlier import Earlier, earlier
from ..record import AGENT_TOOLS, Call, Excerpt, Record, Said, Step
from . import failures, files, inherited, prose, tasks, values, words
from .words import CONTINUE_MARK, NOT_SPOKEN, Rule

__all__ = ["CONTINUE_MARK", "NOT_SPOKEN", "Digest", "Rule", "digest"]


@dataclass(slots=True)
class Digest:
    """The facts. A number `at` in them is an index of `steps`."""

    steps: list[Step] = field(default_factory=list)
    words: list[str] = field(default_factory=list)  # of the user, in order
    summary: str = ""  # the narrative of the last compaction
    before: Earlier | None = None  # kept by a compaction whose own transcript is gone
    files: dict[str, files.File] = field(default_factory=dict)
    commits: list[tuple[str, str]] = field(default_factory=list)  # (hash, subject)
    todos: list[tuple[str, str]] = field(default_factory=list)  # (status, what)
    runs: list[failures.Run] = field(default_factory=list)  # of tests
    background: list[tasks.Background] = field(default_factory=list)
    agents: list[tasks.Agent] = field(default_factory=list)
    last_failure: Call | None = None

    @property
    def calls(self) -> list[Call]:
        return [step for step in self.steps if isinstance(step, Call)]

    @property
    def rules(self) -> list[Rule]:
        return words.rules(self.words)

    @property
    def notes(self) -> list[prose.Note]:
        """What the assistant and its subagents said, sentence by sentence."""
        said = []
        for at, step in enumerate(self.steps):
            if isinstance(step, Said):
                if step.who == "assistant":
                    said.append((at, step.text))
            elif step.name in AGENT_TOOLS and step.result is not None:
                said.append((at, tasks.TRAILER.sub("", str(step.result))))
        return prose.notes(said)

    @property
    def values(self) -> list[values.Value]:
        return values.values(self.steps)

    @property
    def under_way(self) -> Call | None:
        """The call in whose middle it ended; one that was left open earlier is not it."""
        last = self.steps[-1] if self.steps else None
        return last if isinstance(last, Call) and last.result is None else None

    def add_unwritten(self, prompts: Iterable[str]) -> None:
        """Add what the user has said and a killed Claude Code had not written down yet."""
        for prompt in words.unwritten(self.words, prompts):
            self.words.append(prompt)
            self.steps.append(Said("user", Excerpt(prompt)))


def digest(record: Record) -> Digest:
    """The facts of a record."""
    before = next((found for text in reversed(record.contexts) if (found := earlier(text))), None)
    old = inherited.steps(before) if before else []
    numbered = [
        (at, step) for at, step in enumerate(record.steps, len(old)) if isinstance(step, Call)
    ]
    calls = [call for _, call in numbered]
    said = words.user_words(record.steps)
    return Digest(
        steps=[*old, *record.steps],
        words=[*(each for each in (before.words if before else []) if each not in said), *said],
        summary=record.notes or (record.summaries[-1] if record.summaries else ""),
        before=before,
        files=files.files(numbered),
        commits=files.commits(numbered),
        todos=tasks.todos(calls),
        runs=failures.test_runs(numbered),
        background=tasks.background(record.steps),
        agents=tasks.agents(calls),
        last_failure=failures.last_failure(calls),
    )
