"""``ccsup prompts try``: a template with a transcript's values, and what a model makes of it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from .prompts import template_name
from .transcripts import here, means_for, order_of, put, refuse, settings_of, transcript, warn

if TYPE_CHECKING:
    from ..compaction.trial import Trial, Tried

UNFIT = 65  # sysexits.h EX_DATAERR: the template is not used for such a transcript
UNAVAILABLE = 69  # EX_UNAVAILABLE: no answer could be had
REFUSED = 1  # the answer did not pass the check
SHOWN = 12  # faults that are named


@click.command("try", short_help="Try a template on a transcript.")
@click.option("--transcript", "source", metavar="FILE|SESSION", help="Else the project's newest.")
@click.option("--backend", metavar="NAME", help="Whom to ask.")
@click.option("--dry-run", is_flag=True, help="Print the prompt; ask nobody.")
@click.argument("name", callback=template_name)
@click.pass_context
def try_prompt(
    context: click.Context, source: str | None, backend: str | None, dry_run: bool, name: str
) -> None:
    """Fill a template in with a transcript's real values, ask the model, and print its notes as
    they would be used: checked, with what stands nowhere in the transcript marked.

    The template is that of this folder's project, as `ccsup prompts show` gives it, wherever the
    transcript is from. Its file, tokens, cost, faults and marks go to stderr. The transcript is
    marked for the service's cache, so that to try again within minutes is cheap. continue and
    resume are only rendered.

    \b
    ccsup prompts try summary --transcript 3f2a --dry-run
    ccsup prompts try summary --transcript 3f2a --backend bedrock > notes.md

    Exit codes: 1 the answer did not pass the check (it is printed as it came), 65 a run would
    not use this template for this transcript, 66 there is no such transcript, 69 nobody answered.
    """
    from ..compaction import offline, trial
    from ..compaction.backends.protocol import SummaryFailed
    from ..compaction.prompts import find
    from ..run.environment import prompt_folders

    path = transcript(source)
    settings = settings_of(context, backend=backend)
    order = order_of(path, settings, with_model=name not in trial.RENDERED)
    means = means_for(order, settings, here())
    template = find(name, prompt_folders(settings, os.environ, here()))
    warn(f"template  {template}")
    read = offline.read([Path(each) for each in order.transcripts], means.redact)
    try:
        rehearsed = trial.rehearse(name, order, means, read)
    except trial.NotAsked as reason:
        refuse(f"{name}: {reason}", UNFIT)
    if dry_run or name in trial.RENDERED:
        put(rehearsed.text)
        warn(_sizes(rehearsed))
        return
    if means.backend is None:
        refuse("nobody is asked with --backend none; --dry-run prints the prompt", 2)
    try:
        tried = trial.ask(rehearsed, order, means, read)
    except SummaryFailed as failure:
        refuse(f"{name}: {failure}", UNAVAILABLE)
    fault = tried.checked.fault
    put(tried.checked.text if fault is None else tried.summaries[-1].text)
    warn("\n".join((_sizes(rehearsed), *_told(tried))))
    if fault is not None:
        context.exit(REFUSED)


def _sizes(trial: Trial) -> str:
    from ..compaction.plan.budget import tokens

    material = f", material about {tokens(trial.request.material):,}" if trial.request else ""
    note = f" ({trial.note})" if trial.note else ""
    return f"prompt    about {tokens(trial.text):,} tokens{material}{note}"


def _told(tried: Tried) -> list[str]:
    """Who has answered, what it took, and what was wrong, a line each."""
    found = []
    for each in tried.summaries:
        asked = each.input_tokens + each.cache_read_input_tokens + each.cache_creation_input_tokens
        cached = each.cache_read_input_tokens
        told = f"{asked:,} tokens in" + (f" ({cached:,} from the cache)" if cached else "")
        found.append(
            f"asked     {each.model} by {each.backend}: {told}, {each.output_tokens:,} out"
        )
    found.append(f"cost      ${tried.cost:.4f} by list price")
    checked = tried.checked
    if checked.fault is not None:
        found.append(f"refused   {checked.fault}; it is printed as it came")
    found += [f"fault     {each}" for each in checked.faults[:SHOWN] if each != checked.fault]
    struck = set(checked.struck)
    for claim in checked.unverified[:SHOWN]:
        found.append(f"{'struck' if claim in struck else 'marked':<10}{claim}")
    if not checked.faults:
        found.append("faults    none")
    return found
