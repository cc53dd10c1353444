"""A run's folder: the journal of its steps, the summaries, what dead attempts printed.

``$XDG_STATE_HOME/ccsup/runs/ID`` (0700, its files 0600, whatever the umask). The journal is
JSONL, appended to before a step is taken and synced to the disk.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FRESH = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


def state_home(env: Mapping[str, str]) -> Path:
    chosen = env.get("XDG_STATE_HOME", "")
    if chosen.startswith("/"):
        return Path(chosen) / "ccsup"
    return Path(env.get("HOME") or "/") / ".local" / "state" / "ccsup"


class RunFolder:
    """Made at the start of a run; raises OSError where it cannot be."""

    def __init__(self, home: Path, name: str) -> None:
        self.path = home / "runs" / name
        self.trouble: OSError | None = None  # the first write that failed
        for folder in (home, home / "runs", self.path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        self._journal = os.open(self.path / "journal.jsonl", FRESH, 0o600)

    def append(self, record: Mapping[str, Any]) -> None:
        """One step, on the disk when this returns; a full disk does not end a job."""
        line = json.dumps(record, ensure_ascii=False, default=str) + "\n"
        try:
            os.write(self._journal, line.encode("utf-8", "replace"))
            os.fdatasync(self._journal)
        except OSError as error:
            self.trouble = self.trouble or error

    def write(self, name: str, data: bytes) -> Path | None:
        """A file of the run, or None where the disk does not take it.

        A `name` with slashes makes folders. A symbolic link in its place is not followed.
        """
        path = self.path / name
        try:
            for parent in reversed(path.relative_to(self.path).parents[:-1]):
                (self.path / parent).mkdir(mode=0o700, exist_ok=True)
                (self.path / parent).chmod(0o700)
            descriptor = os.open(path, FRESH | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
        except OSError as error:
            self.trouble = self.trouble or error
            return None
        return path

    def close(self) -> None:
        os.close(self._journal)
