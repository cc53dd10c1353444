"""The command line: click parses, one file a command, the rest is called."""

from __future__ import annotations

import sys

import click

from .. import __version__
from ..settings import SettingsError
from .demo import demo
from .explain import explain
from .options import own_options
from .run import run

INTERRUPTED = 130
CONFIGURATION = 78  # sysexits.h EX_CONFIG


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="ccsup")
@own_options
@click.pass_context
def ccsup(context: click.Context, /, **options: object) -> None:
    """Keep long Claude Code jobs alive: `ccsup run …` is typed instead of `claude …`.

    When the session dies, ccsup says so, compacts its transcript with Bedrock, and
    relaunches it with the compacted context.
    """
    context.obj = options


ccsup.add_command(run)
ccsup.add_command(demo)
ccsup.add_command(explain)


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
