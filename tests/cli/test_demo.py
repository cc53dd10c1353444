"""`ccsup demo` with the scripted child; with the real one in tests/real."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from ..world import ROOT


def test_the_demo_ends_well_and_shows_the_context(tmp_path: Path) -> None:
    tools = tmp_path / "bin"
    tools.mkdir()
    for name in ("sh", "git"):
        (tools / name).symlink_to(str(shutil.which(name)))
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "demo"],
        env={"PATH": str(tools), "HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "a scripted child" in done.stdout and "the job ended well" in done.stdout
    assert "The user's own words" in done.stdout
    assert "ran out of memory" in done.stderr
    assert sorted(os.listdir(tmp_path)) == ["bin"], "nothing is left in the user's HOME"
