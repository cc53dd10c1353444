"""ccsup's own options, which stand before the command: each a key of ccsup.toml as well."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

# key -> metavar, help
VALUES = {
    "claude": ("PROGRAM", "The claude to run (default: the one on PATH)."),
    "backend": (
        "NAME",
        "Who writes the notes: auto, bedrock, converse, anthropic, claude, none (auto).",
    ),
    "model": ("ID", "The model that writes them."),
    "profile": ("NAME", "Prompts for coding, data, migration or research (coding)."),
    "max_deaths": ("N", "Give up after N deaths of one cause without progress in 30 min (5)."),
    "max_barren": ("N", "Give up after N relaunches in a row without an answer (8)."),
    "max_relaunches": ("N", "Give up after N relaunches in all (50)."),
    "max_wait": ("TIME", "Wait so long for a service that is down or throttling (6h)."),
    "max_park": ("TIME", "Wait so long for new credentials, then exit with 77 (12h)."),
    "max_time": ("TIME", "Relaunch nothing after so long a run."),
    "max_cost": ("DOLLARS", "Relaunch nothing after so much money."),
    "refresh": ("COMMAND", "Renews the AWS credentials when they have expired."),
    "hang": ("TIME", "Take so long a standstill in a turn for a hang; 0: never (10m)."),
    "context": ("TOKENS", "Compact at so many tokens, or percent of the model's context (90%)."),
    "memory": ("SIZE", "Relaunch when claude and its children have so much, or percent of it."),
}


def own_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a click command the options; each is None where it was not given."""
    for key in reversed(VALUES):
        metavar, told = VALUES[key]
        name = f"--{key.replace('_', '-')}"
        command = click.option(name, metavar=metavar, help=told)(command)
    told = "Offer a recovery instead of doing it."
    return click.option("--ask/--no-ask", default=None, help=told)(command)
