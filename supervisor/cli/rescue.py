"""``ccsup rescue``: a session that died outside ccsup goes on under supervision."""

from __future__ import annotations

import os
import sys
import time
from dataclasses import replace

import click

from .transcripts import NO_INPUT, here, refuse, settings_of, transcript, warn


class Divided(click.Command):
    """A command whose words behind ``--`` are claude's, word for word."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--") if "--" in args else len(args)
        rest = super().parse_args(ctx, args[:at])
        ctx.params["arguments"] = tuple(args[at + 1 :])
        return rest


@click.command(
    cls=Divided,
    short_help="Compact and relaunch a session that died outside ccsup.",
    options_metavar="[OPTIONS]",
)
@click.option("--backend", metavar="NAME", help="Who writes the notes; none: code alone.")
@click.option("--force", is_flag=True, help="Also one that has ended well, or is yours to settle.")
@click.argument("source", metavar="[SESSION] [-- CLAUDE ARGUMENTS...]", required=False)
@click.pass_context
def rescue(
    context: click.Context,
    backend: str | None,
    force: bool,
    source: str | None,
    arguments: tuple[str, ...],
) -> None:
    """Compact a session that died outside ccsup, and relaunch it under supervision.

    SESSION is an id, its first characters (4 at least), or a transcript; without it it is the
    newest of this project. ccsup says how the session ended, writes a rebuilt session file
    beside the transcript (which is never touched), and goes on as `ccsup run --resume` would,
    in the session's own folder. What stands behind -- is claude's; words there that are no
    option are your message, in the place of ccsup's own prompt to go on.

    \b
    ccsup rescue                                              at a terminal
    ccsup rescue 3f2a -- -p --dangerously-skip-permissions    with nobody watching
    ccsup rescue 3f2a -- -p "Go on, but leave the docs."

    Whatever it died of, it is compacted; `ccsup run --resume ID` takes it up as it is.

    Refused is a session that a claude still runs or may still be writing to, or that another
    ccsup rescues or runs as it was rescued (exit code 75);
    one that has ended well or whose ending is yours to settle, unless --force is given; one in
    which no user speaks; one whose folder is gone (65). 66: there is no such transcript; 2: it is
    not clear which one; else the exit code of the run.
    """
    from ..claude.ended import ended
    from ..core.policy import TRY_LATER
    from ..journal.rescues import Busy
    from ..run.alone import alone
    from ..run.rescue import Refused, home_of, moved, refusal
    from ..run.rescue import rescue as go_on
    from ..run.wiring import new_uuid

    settings = settings_of(context, backend=backend)
    path = transcript(source)
    if "/" in settings.claude:  # it is named from here
        settings = replace(settings, claude=str(here() / settings.claude))
    try:
        end = ended(path, settings.rows)
        refusal(path, end, os.environ, time.time(), force=force)
        home = home_of(path, os.environ)
        with alone(path.stem, os.environ, warn) as note:
            if settings.ask and sys.stdin.isatty():
                told = f"{end.verdict.row.told}\nevidence  {end.verdict.evidence}"
                click.confirm(f"{told}\nCompact it and go on?", abort=True, err=True)
            env = moved(here(), home, os.environ)
            code = go_on(settings, path, arguments, env, here(), new_uuid, note)
    except Busy as error:
        refuse(str(error), TRY_LATER)
    except Refused as error:
        refuse(str(error), error.code)
    except OSError as error:
        refuse(f"{error.filename or path}: {error.strerror}", NO_INPUT)
    sys.exit(code)
