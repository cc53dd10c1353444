"""The whole way: a run's transcripts in, the next session's context out."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ..claude import rebuild
from ..claude.entries import Entry
from ..core.commands import Way
from .backends import bedrock
from .check import check
from .compose import Surroundings, compose
from .culprits import largest_outputs
from .digest import CONTINUE_MARK, Digest, digest
from .order import Order, Result
from .plan import Deaths, budget, tail, tokens, tokens_of
from .prompts import Prompt
from .read import read
from .redact import Redactor, redact_values
from .resume import resumed, why_not
from .summarize import (
    MATERIAL,
    SMALL_MATERIAL,
    SYSTEM,
    Request,
    Summary,
    SummaryFailed,
    candidates,
    material,
)


@dataclass(frozen=True, slots=True)
class Means:
    """The world outside: environment, prompts, clock, chance, and who hears of progress."""

    env: Mapping[str, str]
    summary_prompt: Prompt
    continue_prompt: Prompt
    resume_prompt: Prompt
    redact: Redactor
    tree: str
    now: str  # ISO 8601
    new_uuid: Callable[[], str]
    progress: Callable[[int], None]
    say: Callable[[str], None]


def compact(order: Order, means: Means) -> Result:
    """Make the next session's context; raises OSError where the file cannot be written."""
    conversation = read([Path(path) for path in order.transcripts])
    answered = any(entry.is_answer for entry in conversation.entries)
    entries = [_masked(entry, means.redact) for entry in conversation.entries]
    known = digest(entries)
    unwritten = (*(order.said or ()), *conversation.queued)
    known.add_unwritten(map(means.redact, unwritten))
    if not known.record or (order.repeatable and not answered):
        return Result(None, order.way, skipped=conversation.skipped)
    if order.way == Way.RESUMED.name:
        refused = why_not(order)
        if refused is None:
            prompt = means.resume_prompt.render(reason=order.reason)
            return resumed(order, conversation, unwritten, prompt)
        means.say(f"the session cannot be resumed as it is: {refused}")
        order = replace(order, way=Way.REBUILT.name)
    size = tokens_of(conversation.live)
    allowed = budget(size, order.hardness, Deaths(tuple(order.died_at or ()), order.steps))
    summary, told = _narrative(order, means, known, size) if answered else (None, "not needed")
    narrative = summary.text if summary else ""
    culprits = largest_outputs(conversation.live, means.redact) if order.culprit else ()
    around = Surroundings(order.reason, order.transcripts, means.tree, culprits)
    kept = tail(entries, allowed.tail)
    shown = {item.entry.uuid for item in kept}
    context = means.redact(compose(known, narrative, around, allowed, shown))
    continued = means.continue_prompt.render(reason=order.reason)
    result = Result(
        session=order.session,
        way=order.way,
        prompt="" if order.at_rest else f"{CONTINUE_MARK} {continued.strip()}",
        context=context,
        narrative=narrative,
        told=told,
        cwd=_first(conversation.entries, "cwd"),
        tokens_before=size,
        skipped=conversation.skipped,
        usage=asdict(summary) if summary else None,
    )
    rebuildable = rebuild.can_resume_rebuilt(_first(conversation.entries[::-1], "version"))
    if order.way == Way.REBUILT.name and rebuildable and conversation.entries:
        return _rebuilt(result, conversation.entries[-1], kept, order, means)
    return _as_prompt(result, kept, means)


def _masked(entry: Entry, redact: Redactor) -> Entry:
    """Before anything is shortened: half a secret is not known for one any more."""
    return replace(entry, blocks=tuple(redact_values(list(entry.blocks), redact)))


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
    return _with(result, leaf=lines[-1]["uuid"], tokens_after=after)


def _as_prompt(result: Result, kept: Sequence[rebuild.Kept], means: Means) -> Result:
    newest = "\n".join(
        json.dumps(block, ensure_ascii=False) for item in kept for block in item.blocks
    )
    rounds = f"\n\n## The newest steps, verbatim\n\n{newest}" if newest else ""
    prompt = f"{CONTINUE_MARK} {result.context}{rounds}\n\n{result.prompt}"
    return _with(result, way=Way.PROMPT.name, prompt=prompt, tokens_after=tokens(prompt))


def _with(result: Result, **changes: Any) -> Result:
    return Result(**{**{name: getattr(result, name) for name in Result.__slots__}, **changes})


def _first(entries: Sequence[Entry], key: str) -> str | None:
    """The first text that stands under `key` in the entries' records."""
    values = (entry.raw.get(key) for entry in entries)
    return next((value for value in values if isinstance(value, str)), None)


def _narrative(order: Order, means: Means, known: Digest, size: int) -> tuple[Summary | None, str]:
    """The model's notes, checked, and a word on them; None where there are none.

    Where size is what kills, a request larger than the one that died would die too: so the
    material is no larger than the dead conversation (`size` tokens).
    """
    if order.narrative:
        return Summary(order.narrative, "the earlier summary"), "as written before"
    if not order.with_model:
        return None, "left out: the context is made by code alone"
    source = material(known, min(MATERIAL, max(SMALL_MATERIAL, size)))
    words = known.user_words
    instructions = means.summary_prompt.render(
        task=words[0][:2_000] if words else "unknown",
        words="600",
        reason=order.reason,
    )
    env = means.env
    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or bedrock.REGION
    names = ("ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL", "ANTHROPIC_SMALL_FAST_MODEL")
    reason = ""
    for model in candidates(order.model, [env.get(name) for name in names], region):
        means.say(f"asking {model} for a summary")
        request = Request(model, SYSTEM, source, instructions)
        limits = bedrock.Limits(order.silence, order.deadline)
        try:
            summary = bedrock.summarize(request, env, limits, means.progress)
        except SummaryFailed as failure:
            reason = str(failure)
            if failure.model_refused:
                continue
            break
        checked = check(summary, source)
        cut = ", cut off at its limit" if summary.stop_reason == "max_tokens" else ""
        if checked.fault is None:
            told = f"by {model}, {len(checked.text):,} characters{cut}"
            return Summary(
                checked.text,
                model,
                summary.stop_reason,
                summary.input_tokens,
                summary.output_tokens,
            ), told
        reason = checked.fault
        break
    return None, f"none: {reason}. The context is made by code alone"
