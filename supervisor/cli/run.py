"""``ccsup run ARGS…``: claude, supervised."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click


class Verbatim(click.Command):
    """A command that does not parse: what follows belongs to claude, word for word.

    click's usual recipe (ignore_unknown_options) drops a later ``--`` and takes flags away.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args in (["--help"], ["-h"]):
            click.echo(self.get_help(ctx), color=ctx.color)
            ctx.exit()
        ctx.params["argv"] = tuple(args[1:] if args[:1] == ["--"] else args)
        ctx.args = []
        return []


@click.command(cls=Verbatim, add_help_option=False, options_metavar="[CLAUDE ARGUMENTS]...")
@click.pass_context
def run(context: click.Context, argv: tuple[str, ...]) -> None:
    """Run claude under supervision.

    Everything after `run` is claude's, untouched; ccsup's own options stand before it
    (`ccsup --ask run -p "…"`). One leading `--` is dropped: `ccsup run -- --help` shows
    claude's own help.
    """
    from ..run.wiring import supervise
    from ..settings import load

    settings = load(os.environ, **context.obj)
    try:
        cwd = Path.cwd()
    except FileNotFoundError:
        raise click.ClickException("the working directory does not exist any more") from None
    sys.exit(supervise(settings, argv, dict(os.environ), cwd))
