"""``ccsup explain``: the table of endings, for a person."""

from __future__ import annotations

import json
import os
import shutil
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from ..core.ceiling import Ceiling, steering
from ..core.ending import ApiError, signal_name
from ..core.rows import Row

NARROWEST, WIDEST = 40, 100  # columns


@click.command(short_help="The table of endings: what is a death, and what is done about it.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.argument("words", metavar="[TEXT]", nargs=-1)
@click.pass_context
def explain(context: click.Context, as_json: bool, words: tuple[str, ...]) -> None:
    """Print every way in which a session ends, its evidence and what ccsup does about it.

    With TEXT, an error as Claude Code shows it: the one row that it belongs to.
    """
    from ..claude.sessions import project_dir
    from ..core.table import ROWS, row_of_error
    from ..journal.ceilings import Ceilings
    from ..journal.runs import state_home
    from ..settings import load

    settings = load(os.environ, **context.obj)
    text = " ".join(words) or None
    rows: Iterable[Row] = (*settings.rows, *ROWS)
    if text is not None:
        rows = [row_of_error(ApiError(text), settings.rows)]
    try:
        project = str(project_dir(os.environ, Path.cwd()))
    except FileNotFoundError:
        project = ""  # the working directory does not exist any more
    known = Ceilings(state_home(os.environ)).all()
    ceilings = {model: each for (place, model), each in known.items() if place == project}
    if as_json:
        shown: dict[str, Any] = {
            "version": 1,
            "rows": [_as_data(row) for row in rows],
            "ceilings": {model: each.tokens for model, each in ceilings.items()},
        }
        click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
        return
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    for row in rows:
        click.echo("\n".join(_lines(row, width)) + "\n")
    if text is None:
        for model, each in ceilings.items():
            click.echo(_told(model, each))


def _lines(row: Row, width: int) -> list[str]:
    told = [click.style(row.name, bold=True), *textwrap.wrap(row.told, width - 2)]
    parts = {"then": row.remedy.told, **evidence(row), "source": row.source}
    for title, value in parts.items():
        if value:
            told += textwrap.wrap(
                f"{title:<9} {value}", width - 2, subsequent_indent=" " * 10, break_on_hyphens=False
            )
    return [told[0], *(f"  {line}" for line in told[1:])]


def evidence(row: Row) -> dict[str, str]:
    """What a row is told by, in words, by a title each."""
    found = {
        "text": row.text,
        "error": ", ".join(sorted(row.kinds)),
        "status": ", ".join(map(str, sorted(row.statuses))),
        "signal": ", ".join(signal_name(number) for number in sorted(row.signals)),
        "screen": row.screen,
        "under way": row.under_way,
        "kernel": "its oom_kill counter has risen" if row.oom_killed else "",
        "process": "ended in the middle of a turn and said nothing" if row.silent else "",
        "ward": "a limit of ccsup's own" if row.ward else "",
    }
    return {title: value for title, value in found.items() if value}


def _as_data(row: Row) -> dict[str, Any]:
    return {
        "name": row.name,
        "remedy": row.remedy.value,
        "told": row.told,
        "evidence": evidence(row),
        "source": row.source,
    }


def _told(model: str, ceiling: Ceiling) -> str:
    times = "once" if ceiling.deaths == 1 else f"{ceiling.deaths} times"
    died = (
        f"Sessions of {model} have died in this project at about {ceiling.tokens:,} tokens"
        f" ({times}); "
    )
    if steering(ceiling):
        return f"{died}Claude Code is made to compact at about {ceiling.threshold:,}."
    return (
        f"{died}Claude Code's own compaction cannot be made to fire in time below that, so ccsup"
        f" compacts at about {ceiling.last_chance:,}."
    )
