"""Small programs that stand where claude stands, for what the real one cannot be made to do."""

from __future__ import annotations

import sys
from pathlib import Path

from supervisor.demo import scripted_claude

from .world import World, make


def program(folder: Path, python: str) -> Path:
    """An executable `claude` in `folder` that runs the Python text `python`."""
    folder.mkdir(parents=True, exist_ok=True)
    body = folder / "body.py"
    body.write_text(python)
    return _script(folder, f'exec {sys.executable} -P {body} "$@"')


def scripted(folder: Path) -> Path:
    """The demo's scripted child as `claude`."""
    folder.mkdir(parents=True, exist_ok=True)
    return _script(folder, f'exec {sys.executable} -P {scripted_claude.__file__} "$@"')


def _script(folder: Path, line: str) -> Path:
    path = folder / "claude"
    path.write_text(f"#!/bin/sh\n{line}\n")
    path.chmod(0o755)
    return path


def world_with(folder: Path, python: str) -> World:
    return make(folder, program(folder / "bin", python))
