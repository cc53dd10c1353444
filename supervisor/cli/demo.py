"""``ccsup demo``: the death and the recovery, played in half a minute."""

from __future__ import annotations

import click


@click.command(short_help="Play a death and its recovery, without an account.")
def demo() -> None:
    """Play a session's death and its recovery, with no account and nothing reached."""
    from ..demo.play import play

    raise SystemExit(play())
