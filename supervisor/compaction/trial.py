"""trial: a prompt template with a transcript's real values, and what a model answers to it.

The requests are those that `summarize` would make: it is run with a backend that keeps what it is
asked and answers nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from ..claude.models import cost
from .backends.protocol import Backend, Limits, Request, Summary, SummaryFailed
from .check import Checked, check
from .compact import Means
from .offline import Read
from .order import Order
from .plan.budget import Deaths, budget
from .prompts import Prompt
from .summarize import Asking, Narrative, narrate

RENDERED = ("continue", "resume")  # no model is asked with these
EXAMPLE = "- (what was wrong with the first answer stands here, a line each)"
Values = dict[str, str]


class NotAsked(Exception):
    """A run would not use the template for this transcript; says why."""


@dataclass(frozen=True, slots=True)
class Trial:
    """A template filled in. `request`: what the model would be asked, None where no model is or
    its material is made first. `note`: a remark for the user."""

    name: str
    text: str
    request: Request | None = None
    values: Values | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Tried:
    """The answers of a model, the last one checked; `cost` in US dollars of all of them."""

    summaries: tuple[Summary, ...]
    checked: Checked

    @property
    def cost(self) -> float:
        return sum(cost(each.model, each.usage) for each in self.summaries)


class _Rehearsal:
    """A backend that keeps the requests and answers none."""

    name = "none"

    def __init__(self, backend: Backend | None) -> None:
        self._models = backend.candidates() if backend else ["none"]
        self.requests: list[Request] = []

    def candidates(self) -> list[str]:
        return self._models[:1]

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        self.requests.append(request)
        raise SummaryFailed("only rehearsed")

    def count(self, request: Request) -> int | None:
        return None


class _Kept:
    """A backend that keeps what it was asked and what it has answered."""

    def __init__(self, backend: Backend) -> None:
        self.name = backend.name
        self._backend = backend
        self.answers: list[tuple[Request, Summary]] = []

    def candidates(self) -> list[str]:
        return self._backend.candidates()

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        summary = self._backend.ask(request, limits, progress)
        self.answers.append((request, summary))
        return summary

    def count(self, request: Request) -> int | None:
        return self._backend.count(request)


class _Rendered:
    """Which template each rendered text came from, and with what values."""

    def __init__(self, prompts: dict[str, Prompt]) -> None:
        self.found: dict[str, tuple[str, Values]] = {}
        self.prompts = {name: self._traced(prompt) for name, prompt in prompts.items()}

    def _traced(self, prompt: Prompt) -> Prompt:
        found = self.found

        class Traced(Prompt):
            def render(self, **values: str) -> str:
                text = prompt.render(**values)
                found[text] = (prompt.name, values)
                return text

        return Traced(prompt.name, prompt.path, prompt.text)

    def of(self, request: Request) -> tuple[str, Values]:
        return self.found[request.instructions]


def rehearse(name: str, order: Order, means: Means, read: Read) -> Trial:
    """The template `name` as it would be asked about this transcript; raises NotAsked.

    A transcript that would be read whole is cut into small parts for ``part`` and ``merge``.
    """
    if name in RENDERED:
        return Trial(name, means.prompts[name].render(reason=order.reason))
    if not read.record.answered:
        raise NotAsked("the model has answered nothing in it, so there is nothing to sum up")
    whole = name in ("summary", "again")
    trials = _requests(order, means, read, read.record.live if whole else 0)
    first = trials[0]
    assert first.request is not None and first.values is not None
    if whole and first.name != "summary":
        raise NotAsked(
            f"so long a transcript is read in {len(trials)} parts, with part.md and merge.md;"
            f" {name}.md is for one that is read whole"
        )
    prompt = means.prompts[name]
    match name:
        case "again":
            text = prompt.render(**first.values, faults=EXAMPLE)
            return replace(first, name=name, text=text)
        case "part" if first.name == "summary":
            text = prompt.render(**first.values, part="1", parts="1")
            request = replace(first.request, instructions=text)
            return Trial(name, text, request, first.values, "a run would read it whole")
        case "part":
            return replace(first, note=f"part 1 of {len(trials)}")
        case "merge" if first.name == "summary":
            raise NotAsked("the transcript is too short for two parts, so nothing is merged")
        case "merge":
            parts = {**first.values, "parts": str(len(trials))}
            note = f"made of the notes on {len(trials)} parts, which are asked for first"
            return Trial(name, prompt.render(**parts), None, first.values, note)
    return first


def ask(trial: Trial, order: Order, means: Means, read: Read) -> Tried:
    """Ask the backend, the material marked for its cache; raises SummaryFailed.

    ``again`` is asked with what was wrong with a first answer to ``summary``, and ``merge``
    with the notes on all parts.
    """
    assert means.backend is not None
    if trial.request is None:
        return _merged(order, means, read)
    limits = Limits(order.silence, order.deadline)
    request = trial.request
    if trial.name != "again":
        summary = means.backend.ask(request, limits, means.progress)
        return Tried((summary,), _checked(trial.name, request, summary, means))
    first = means.backend.ask(request, limits, means.progress)
    faults = _checked("summary", request, first, means).faults
    told = "\n".join(f"- {fault}" for fault in faults) or EXAMPLE
    text = means.prompts["again"].render(**(trial.values or {}), faults=told)
    means.say(f"asking once more: {'; '.join(faults) or 'nothing was wrong, for the trial alone'}")
    request = replace(request, instructions=text)
    second = means.backend.ask(request, limits, means.progress)
    return Tried((first, second), _checked("again", request, second, means))


def _checked(name: str, request: Request, summary: Summary, means: Means) -> Checked:
    headings = () if name == "part" else means.prompts[name].headings
    if not headings and name != "part":
        headings = means.prompts["summary"].headings
    return check(summary, request.material, headings=headings)


def _requests(order: Order, means: Means, read: Read, size: int) -> list[Trial]:
    """The requests that a run would begin with, in the order of their parts."""
    rehearsal = _Rehearsal(means.backend)
    rendered = _Rendered(dict(means.prompts))
    _narrated(order, means, read, size, rehearsal, rendered)
    found = []
    for request in rehearsal.requests:
        name, values = rendered.of(request)
        found.append(Trial(name, request.instructions, request, values))
    return sorted(found, key=lambda each: int((each.values or {}).get("part", "0")))


def _merged(order: Order, means: Means, read: Read) -> Tried:
    assert means.backend is not None
    kept, rendered = _Kept(means.backend), _Rendered(dict(means.prompts))
    found = _narrated(order, means, read, 0, kept, rendered)
    merged = [each for each in kept.answers if rendered.of(each[0])[0] in ("merge", "again")]
    if not merged:
        raise SummaryFailed(found.told or "the notes could not be had")
    found_by = [_checked("merge", *each, means) for each in merged]
    used = next((each for each in found_by if each.text == found.text), None)
    # neither passed: the notes on the parts stand in for their account
    checked = used or replace(found_by[-1], text=found.text, fault=None)
    return Tried(tuple(summary for _, summary in kept.answers), checked)


def _narrated(
    order: Order, means: Means, read: Read, size: int, backend: Backend, rendered: _Rendered
) -> Narrative:
    asking = Asking(
        backend=backend,
        prompts=rendered.prompts,
        limits=Limits(order.silence, order.deadline),
        reason=order.reason,
        clock=means.clock,
        say=means.say if isinstance(backend, _Kept) else lambda text: None,
        progress=means.progress,
        compact_instructions=means.compact_instructions,
        repeats=True,
    )
    room = budget(read.record.live, order.hardness, Deaths()).narrative
    return narrate(read.digest, size, room, asking)
