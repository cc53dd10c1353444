"""The command line: click parses, one file a command, the rest is called."""

from __future__ import annotations

import sys

import click

from .. import __version__
from ..settings import SettingsError
from .demo import demo
from .run import run

INTERRUPTED = 130
CONFIGURATION = 78  # sysexits.h EX_CONFIG


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="ccsup")
@click.option("--ask/--no-ask", default=None, help="Offer a recovery instead of doing it.")
@click.option("--claude", metavar="PROGRAM", help="The claude to run (default: the one on PATH).")
@click.option("--model", metavar="ID", help="The Bedrock model that writes the summary.")
@click.option(
    "--max-barren",
    metavar="N",
    help="Give up after N relaunches in a row without an answer of the model (3).",
)
@click.option("--max-relaunches", metavar="N", help="Give up after N relaunches in all (50).")
@click.pass_context
def ccsup(context: click.Context, /, **options: object) -> None:
    """Keep long Claude Code jobs alive: `ccsup run …` is typed instead of `claude …`.

    When the session dies, ccsup says so, compacts its transcript with Bedrock, and
    relaunches it with the compacted context.
    """
    context.obj = options


ccsup.add_command(run)
ccsup.add_command(demo)


def main() -> None:
    """The console script, and the one place where all errors end."""
    from ..compaction.prompts import PromptError

    try:
        ccsup()
    except (SettingsError, PromptError) as error:
        click.echo(f"ccsup: {error}", err=True)
        sys.exit(CONFIGURATION)
    except KeyboardInterrupt:  # before a run has taken the signals over
        sys.exit(INTERRUPTED)
