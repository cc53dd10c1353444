"""What the commands for old transcripts share: finding one, the means, errors, printing."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

if TYPE_CHECKING:
    from ..compaction.compact import Means
    from ..compaction.order import Order
    from ..settings import Settings

NO_INPUT = 66  # sysexits.h EX_NOINPUT
CANNOT_CREATE = 73  # EX_CANTCREAT
# What could steer a terminal: all control characters but the line's end and the tabulator.
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
BY_HAND = "it has ended well"  # the reason, where the session has not died


class Refusal(click.ClickException):
    """An error in ccsup's own voice, with its exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.exit_code = code  # type: ignore[misc]  # click means it for subclasses

    def show(self, file: Any = None) -> None:
        warn(self.message)


def warn(text: str) -> None:
    """A remark on stderr, in the voice of a run."""
    head, *more = (CONTROL.sub("?", line) for line in text.splitlines() or [""])
    click.echo("\n".join((f"ccsup: {head}", *(f"       {line}" for line in more))), err=True)


def refuse(text: str, code: int) -> NoReturn:
    raise Refusal(text, code)


def here() -> Path:
    try:
        return Path.cwd()
    except FileNotFoundError:
        refuse("the working directory does not exist any more", NO_INPUT)


def transcript(given: str | None) -> Path:
    """The transcript that is meant; refused with 66, or 2 where it is not clear which."""
    from ..claude.locate import NoTranscript, Unclear, locate

    try:
        return locate(given, os.environ, here())
    except Unclear as error:
        refuse(str(error), 2)
    except NoTranscript as error:
        refuse(str(error), NO_INPUT)


def settings_of(context: click.Context, **options: Any) -> Settings:
    """The settings; an option behind the command wins over the same one before it."""
    from ..settings import load

    given = {key: value for key, value in options.items() if value is not None}
    return load(os.environ, **{**context.obj, **given})


def order_of(
    path: Path, settings: Settings, *, budget: int | None = None, with_model: bool = True
) -> Order:
    """The order that a run would give for this transcript; raises OSError."""
    from ..claude.ended import ended
    from ..claude.locate import homes, lineage
    from ..compaction.order import Order
    from ..core.rows import Remedy
    from ..journal.mask_key import mask_key
    from ..journal.runs import state_home

    verdict = ended(path, settings.rows).verdict
    home = next((each for each in homes(path) if each.is_dir()), here())
    return Order(
        transcripts=[str(each) for each in lineage(path)],
        with_model=with_model,
        reason=verdict.row.name if verdict.remedy is not Remedy.FINISH else BY_HAND,
        culprit=verdict.remedy is Remedy.THRASH,
        model=settings.model,
        silence=settings.silence,
        deadline=settings.deadline,
        cwd=str(home),
        budget=budget,
        backend=settings.backend,
        claude=[settings.claude],
        key=mask_key(state_home(os.environ)).hex(),
    )


def means_for(order: Order, settings: Settings, project: Path | None = None) -> Means:
    """The world of an order, in this very process; raises PromptError.

    `project`: a folder of the one whose prompts are taken; else it is the transcript's own.

    The environment becomes the one that Claude Code itself would use, for the SDKs read it.
    Progress goes to stderr where that is a terminal, and nowhere else.
    """
    from ..compaction.prompts import VARIABLES, load
    from ..compaction.worker import means_of
    from ..run.console import Console
    from ..run.environment import for_summarizer, prompt_folders

    console = Console()
    shows = os.isatty(2)

    def tell(message: dict[str, Any]) -> None:
        if shows and "progress" in message:
            console.progress(f"summary: {message['progress']:,} characters so far")
        elif shows:
            console.say(message["say"])

    if order.with_model:
        os.environ.update(for_summarizer(os.environ))
    folders = prompt_folders(settings, os.environ, project or Path(order.cwd))
    for name in VARIABLES:  # a run passes over a broken one in its middle; a person is told
        load(name, folders)
    return means_of(order, folders, os.environ, tell)


def put(text: str, output: Path | None = None, *, page: bool = False) -> None:
    """Print a text, or write it to a file that only the user can read.

    On a terminal, and in a `page` for a person, control characters are shown as "?", so that
    no transcript can steer it.
    """
    whole = text if text.endswith("\n") else f"{text}\n"
    if sys.stderr.isatty():
        click.echo("\r\x1b[K", nl=False, err=True)  # the line that told of progress
    if output is None or str(output) == "-":
        shown = CONTROL.sub("?", whole) if page or sys.stdout.isatty() else whole
        click.echo(shown.encode("utf-8", "replace"), nl=False)
        return
    try:
        descriptor = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(whole.encode("utf-8", "replace"))
    except OSError as error:
        refuse(f"{output}: cannot be written: {error.strerror}", CANNOT_CREATE)
