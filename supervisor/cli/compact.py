"""``ccsup compact``: what the next session would be told, on stdout."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .transcripts import (
    CANNOT_CREATE,
    means_for,
    order_of,
    put,
    refuse,
    settings_of,
    transcript,
    warn,
)

if TYPE_CHECKING:
    from ..compaction.offline import Offline, Read
    from ..compaction.order import Order

SMALLEST = 500  # tokens; a context of less says nothing


def tokens_of(context: click.Context, parameter: click.Parameter, given: str | None) -> int | None:
    """A number of tokens such as 8000 or 8k."""
    if given is None:
        return None
    number = given.lower().removesuffix("k")
    if not number.isdecimal() or len(number) > 9:
        raise click.BadParameter("wants a number of tokens such as 8000 or 8k")
    count = int(number) * (1000 if given.lower().endswith("k") else 1)
    if count < SMALLEST:
        raise click.BadParameter(f"{count} tokens are too few; at least {SMALLEST}")
    return count


@click.command(short_help="Print the compacted context of a transcript.")
@click.option("--backend", metavar="NAME", help="Who writes the notes; none: code alone.")
@click.option("--model", metavar="ID", help="That writes them.")
@click.option("--profile", metavar="NAME", help="The kind of work that the prompts are made for.")
@click.option(
    "--budget",
    metavar="TOKENS",
    callback=tokens_of,
    help="Such as 8000 or 8k (default: a fifth of the conversation, 4k to 24k).",
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with the parts and their tokens.")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, allow_dash=True),
    help="Write to a file instead of stdout.",
)
@click.argument("source", metavar="[FILE|SESSION]", required=False)
@click.pass_context
def compact(
    context: click.Context,
    backend: str | None,
    model: str | None,
    profile: str | None,
    budget: int | None,
    as_json: bool,
    output: Path | None,
    source: str | None,
) -> None:
    """Print what the next session would be told: your own words, the facts, the model's notes,
    the newest steps verbatim.

    FILE is a transcript; SESSION an id, or its first characters (4 at least); without either it
    is the newest transcript of this project. Nothing is launched and nothing changed. Where no
    model can be asked, the context is made by code alone, stderr says why, and the exit code is 0.

    \b
    ccsup compact                             the newest session, with the model's notes
    ccsup compact --backend none 3f2a         without a model
    ccsup compact --budget 8k -o context.md ~/.claude/projects/-home-me-x/3f2a….jsonl
    ccsup compact --json | jq '.parts[] | [.name, .tokens]'

    \b
    The keys of --json: version (1), transcripts, session, ended {row, evidence}, backend, model,
    cost (US dollars), usage (tokens by kind), narrative {text, told}, tokens_before,
    tokens_after, budget, parts [{name, title, tokens, kept, left_out, text}], context.

    Exit codes: 66 there is no such transcript, 2 it is not clear which one, 73 the file cannot
    be written.
    """
    path = transcript(source)
    settings = settings_of(context, backend=backend, model=model, profile=profile)
    order = order_of(path, settings, budget=budget)
    if output is not None and any(_is_same(output, Path(each)) for each in order.transcripts):
        refuse(f"{output}: the transcript itself; nothing was written", CANNOT_CREATE)
    made, read, named = context_of(order, settings)
    told = made.made.narrative
    if named != "none" and read.record.answered and (not told.text or os.isatty(2)):
        warn(f"narrative {told.told}" + (f", ${made.cost:.4f}" if made.cost else ""))
    for gone in read.record.missing:
        warn(f"{gone}: cannot be read; what it holds is left out")
    if read.record.skipped:
        warn(f"{read.record.skipped} unreadable transcript lines were skipped.")
    put(json.dumps(_as_data(path, order, made, named), indent=1, ensure_ascii=False)
        if as_json else made.context, output)  # fmt: skip


def context_of(order: Order, settings: Any) -> tuple[Offline, Read, str]:
    """The context, what it was made of, and the name of the backend."""
    from ..compaction import offline

    means = means_for(order, settings)
    read = offline.read([Path(each) for each in order.transcripts], means.redact)
    named = means.backend.name if means.backend else "none"
    return offline.context(order, means, read), read, named


def _as_data(path: Path, order: Order, made: Offline, named: str) -> dict[str, Any]:
    from ..claude.ended import ended

    verdict = ended(path).verdict
    narrative = made.made.narrative
    return {
        "version": 1,
        "transcripts": order.transcripts,
        "session": path.stem,
        "ended": {"row": verdict.row.name, "evidence": verdict.evidence},
        "backend": named,
        "model": narrative.model or None,
        "cost": made.cost,
        "usage": made.used,
        "narrative": {"text": narrative.text, "told": narrative.told},
        **made.as_data(),
        "parts": [asdict(part) for part in made.parts],
        "context": made.context,
    }


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
