"""cozempic from PyPI as a contestant: what `treat` at its hardest leaves of a transcript.

It wires hooks into ``~/.claude`` on its first start, whatever it is asked for; so it gets a
HOME of its own always, and is told not to.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path

from .contestants import CannotRun, Case, Made, joined, read
from .process import environment, last_words, run

ALONE = {"COZEMPIC_NO_GLOBAL_INIT": "1", "COZEMPIC_NO_AUTO_INIT": "1"}


class Cozempic:
    """Installed into a virtual environment in `folder` when it is first needed."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "cozempic"
        self._program = self._folder / "venv" / "bin" / "cozempic"
        self._failed: str | None = None

    def install(self) -> None:
        """Raises CannotRun with what pip said."""
        if self._failed:
            raise CannotRun(self._failed)
        if self._program.exists():
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        venv = self._folder / "venv"
        python = str(venv / "bin" / "python")
        env = dict(os.environ)  # pip's own settings; nothing of cozempic is run here
        for argv in (
            [sys.executable, "-m", "venv", str(venv)],
            [python, "-m", "pip", "install", "--quiet", "cozempic"],
        ):
            ran = run(argv, self._folder, env)
            if ran.status:
                self._failed = f"cannot be installed: {last_words(ran)}"
                raise CannotRun(self._failed)

    def version(self) -> str:
        try:
            self.install()
        except CannotRun:
            return "cozempic could not be installed"
        with tempfile.TemporaryDirectory(prefix="retention-home-") as home:
            ran = run(
                [str(self._program), "--version"],
                Path(home),
                environment(Path(home), **ALONE),
            )
        return ran.stdout.strip()

    def aggressive(self, case: Case) -> Made:
        self.install()
        with tempfile.TemporaryDirectory(prefix="retention-home-") as home:
            project = Path(home) / ".claude" / "projects" / "-work"
            project.mkdir(parents=True)
            copy = Path(shutil.copy(case.path, project / case.path.name))
            env = environment(Path(home), **ALONE)
            argv = [str(self._program), "treat", str(copy), "-rx", "aggressive", "--execute"]
            ran = run(argv, Path(home), env)
            if ran.status:
                raise CannotRun(last_words(ran))
            return Made(joined(read(copy)), ran.seconds, ran.memory)
