"""The command line: click parses, one file a command, the rest is called."""

from __future__ import annotations

import sys

import click

from .. import __version__
from ..settings import SettingsError
from . import streams
from .compact import compact
from .demo import demo
from .explain import explain
from .inspect_transcript import inspect_transcript
from .options import own_options
from .prompts import prompts
from .rescue import rescue
from .run import run
from .transcripts import warn
from .try_prompt import try_prompt

INTERRUPTED = 130
IO_ERROR = 74  # sysexits.h EX_IOERR
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
ccsup.add_command(prompts)
prompts.add_command(try_prompt)
ccsup.add_command(inspect_transcript)
ccsup.add_command(compact)
ccsup.add_command(rescue)


def main() -> None:
    """The console script, and the one place where all errors end."""
    from ..compaction.prompts import PromptError

    streams.stand_in()
    try:
        try:
            ccsup()
        finally:
            sys.stdout.flush()  # a disk that is full says so here at the latest
    except (SettingsError, PromptError) as error:
        click.echo(f"ccsup: {error}", err=True)
        sys.exit(CONFIGURATION)
    except OSError as error:
        told = streams.told(error)
        if told is None:
            raise
        streams.give_up_stdout()
        warn(told)
        sys.exit(IO_ERROR)
    except KeyboardInterrupt:  # before a run has taken the signals over
        sys.exit(INTERRUPTED)
