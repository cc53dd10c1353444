"""The whole way: a run's transcripts in, the next session's context out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..claude import rebuild
from ..claude.entries import Entry
from ..core.commands import Way
from .backends.protocol import Backend, Limits
from .compose import Context, Surroundings, compose
from .culprits import culprits
from .digest import CONTINUE_MARK, Digest, digest
from .order import Order, Result
from .plan.budget import UNTOUCHED, Budget, Deaths, budget, tokens
from .plan.tail import tail
from .prompts import Prompt
from .record import Record
from .recorder import masked, record
from .redact import Redactor
from .resume import resumed, why_not
from .summarize import Asking, Narrative, narrate

NEWEST = "The newest steps, verbatim"


@dataclass(frozen=True, slots=True)
class Means:
    """The world outside: prompts, backend, clock, chance, and who hears of progress."""

    prompts: Mapping[str, Prompt]  # by name
    backend: Backend | None
    redact: Redactor
    tree: str
    now: str  # ISO 8601
    new_uuid: Callable[[], str]
    clock: Callable[[], float]  # steady seconds
    progress: Callable[[int], None]
    say: Callable[[str], None]
    compact_instructions: str = ""


def compact(order: Order, means: Means) -> Result:
    """Make the next session's context; raises OSError where the file cannot be written."""
    found = record([Path(path) for path in order.transcripts], means.redact)
    known = digest(found)
    unwritten = (*(order.said or ()), *found.queued)
    if order.way == Way.RESUMED.name and (known.steps or unwritten):
        refused = why_not(order)
        if refused is None and not (order.repeatable and not found.answered):
            prompt = means.prompts["resume"].render(reason=order.reason)
            return resumed(order, found, unwritten, prompt, means.redact)
        if refused is not None:
            means.say(f"the session cannot be resumed as it is: {refused}")
            order = replace(order, way=Way.REBUILT.name)
    known.add_unwritten(map(means.redact, unwritten))
    if not (known.steps or known.words) or (order.repeatable and not found.answered):
        return Result(None, order.way, skipped=found.skipped)
    made = make(order, means, found, known)
    narrative = made.narrative
    continued = means.prompts["continue"].render(reason=order.reason)
    result = Result(
        session=order.session,
        way=order.way,
        prompt="" if order.at_rest else f"{CONTINUE_MARK} {continued.strip()}",
        context=means.redact(str(made.context)),
        narrative=narrative.text,
        told=narrative.told,
        cwd=found.cwd,
        tokens_before=found.live,
        skipped=found.skipped,
        usage={"model": narrative.model, **narrative.usage} if narrative.usage else None,
        parts=[{"name": part.key, "tokens": part.tokens} for part in made.context.parts],
    )
    rebuildable = rebuild.can_resume_rebuilt(found.version)
    if order.way == Way.REBUILT.name and rebuildable and found.last is not None:
        return _rebuilt(result, found.last, made.kept, order, means)
    return as_prompt(result, made.kept)


@dataclass(frozen=True, slots=True)
class Made:
    """A context, what it was made of, and the newest rounds that follow it."""

    allowed: Budget
    narrative: Narrative
    context: Context
    kept: Sequence[rebuild.Kept]


def make(order: Order, means: Means, found: Record, known: Digest) -> Made:
    """The context of a record and its facts, within the budget; nothing is written."""
    allowed = budget(found.live, order.hardness, Deaths(tuple(order.died_at or ()), order.steps))
    if order.budget:
        allowed = Budget(min(order.budget, max(UNTOUCHED, found.total)))
    narrative = narrative_of(order, means, found, known, allowed)
    around = Surroundings(
        order.reason, order.transcripts, means.tree, culprits(found) if order.culprit else ()
    )
    kept = tail([masked(entry, means.redact) for entry in found.newest], allowed.tail)
    shown = {item.entry.uuid for item in kept}
    used = tokens(json.dumps([item.blocks for item in kept]))
    context = compose(known, narrative.text, around, allowed, shown, used)
    return Made(allowed, narrative, context, kept)


def narrative_of(
    order: Order, means: Means, found: Record, known: Digest, allowed: Budget
) -> Narrative:
    """The model's notes, checked, and a word on them; no text where there are none."""
    if not found.answered:
        return Narrative(told="not needed")
    if order.narrative:
        return Narrative(order.narrative, "as written before")
    if not order.with_model or means.backend is None:
        return Narrative(told="left out: the context is made by code alone")
    asking = Asking(
        backend=means.backend,
        prompts=means.prompts,
        limits=Limits(order.silence, order.deadline),
        reason=order.reason,
        clock=means.clock,
        say=means.say,
        progress=means.progress,
        compact_instructions=means.compact_instructions,
    )
    return narrate(known, found.live, allowed.narrative, asking)


def _rebuilt(
    result: Result, origin: Entry, kept: Sequence[rebuild.Kept], order: Order, means: Means
) -> Result:
    after = tokens(result.context) + tokens(json.dumps([item.blocks for item in kept]))
    lines = rebuild.records(
        session=order.session,
        context=result.context,
        kept=kept,
        origin=origin,
        now=means.now,
        new_uuid=means.new_uuid,
        tokens=(result.tokens_before, after),
    )
    rebuild.write(Path(order.transcripts[-1]).parent / f"{order.session}.jsonl", lines)
    return replace(result, leaf=lines[-1]["uuid"], tokens_after=after)


def as_prompt(result: Result, kept: Sequence[rebuild.Kept]) -> Result:
    """The context as a first prompt, the newest rounds as text behind it."""
    newest = verbatim(kept)
    rounds = f"\n\n## {NEWEST}\n\n{newest}" if newest else ""
    prompt = f"{CONTINUE_MARK} {result.context}{rounds}\n\n{result.prompt}"
    return replace(result, way=Way.PROMPT.name, prompt=prompt, tokens_after=tokens(prompt))


def verbatim(kept: Sequence[rebuild.Kept]) -> str:
    """The newest rounds as text, a block a line."""
    return "\n".join(
        json.dumps(block, ensure_ascii=False) for item in kept for block in item.blocks
    )
