"""Which Claude Code is installed, told by where it lies: asking it would cost 0.2 s a run."""

from __future__ import annotations

import json
import re
from pathlib import Path

Version = tuple[int, int, int]
NUMBER = re.compile(r"(\d+)\.(\d+)\.(\d+)")
# --plugin-dir is an unknown option, and an error, in 2.0.20; it is there in 2.0.30.
FIRST_WITH_PLUGIN_DIR: Version = (2, 0, 30)
LEVELS = 3  # folders above the program in which an npm package's manifest may stand


def version_of(program: Path) -> Version | None:
    """The version by npm's manifest or the native installer's file name; None: unknown."""
    try:
        real = program.resolve()
    except (OSError, RuntimeError):
        return None
    if found := NUMBER.fullmatch(real.name):
        return _numbers(found)
    for folder in list(real.parents)[:LEVELS]:
        try:
            told = json.loads((folder / "package.json").read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(told, dict) and str(told.get("name")).startswith("@anthropic-ai/claude-code"):
            found = NUMBER.match(str(told.get("version")))
            return _numbers(found) if found else None
    return None


def _numbers(found: re.Match[str]) -> Version:
    return int(found[1]), int(found[2]), int(found[3])


def takes_plugins(program: Path) -> bool:
    """Whether ``--plugin-dir`` may be given; an unknown version counts as a new one."""
    version = version_of(program)
    return version is None or version >= FIRST_WITH_PLUGIN_DIR
