"""The real Claude Code, in the versions that we hold ourselves to."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from .. import world as worlds

VERSIONS = ("2.1.116", "2.1.330")
FOLDER = Path(os.environ.get("CCSUP_TEST_CLAUDE", worlds.ROOT / ".claude-code"))


def program(version: str) -> Path | None:
    found = sorted(FOLDER.glob(f"{version}/node_modules/@anthropic-ai/claude-code-*/claude"))
    return found[0] if found else None


@pytest.fixture(params=VERSIONS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> worlds.World:
    """A world with the real Claude Code; in CI its absence is a failure."""
    claude = program(request.param)
    if claude is None:
        message = f"Claude Code {request.param} is not in {FOLDER}: python3 dev.py test brings it"
        if os.environ.get("CI") or shutil.which("npm"):
            pytest.fail(message)
        pytest.skip(message)
    return worlds.make(tmp_path, claude)
