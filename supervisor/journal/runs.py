"""A run's folder: the journal of its steps, the summaries, what dead attempts printed.

``$XDG_STATE_HOME/ccsup/runs/ID`` (0700, its files 0600, whatever the umask). The journal is
JSONL, appended to before a step is taken and synced to the disk. Whatever is written here
is masked first, but for files that a program of the run has to read (`write_plain`).
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

FRESH = os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC


def state_home(env: Mapping[str, str]) -> Path:
    chosen = env.get("XDG_STATE_HOME", "")
    if chosen.startswith("/"):
        return Path(chosen) / "ccsup"
    return Path(env.get("HOME") or "/") / ".local" / "state" / "ccsup"


WRITTEN_BY_OTHERS = ("hooks-*.jsonl", "compaction-*.log")
Mask = Callable[[str], str]


class RunFolder:
    """Made at the start of a run; raises OSError where it cannot be.

    `mask` takes a text and gives it without its secrets.
    """

    def __init__(self, home: Path, name: str, mask: Mask = str) -> None:
        self.path = home / "runs" / name
        self.trouble: OSError | None = None  # the first write that failed
        self._mask = mask
        for folder in (home, home / "runs", self.path):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            folder.chmod(0o700)
        self._journal = os.open(self.path / "journal.jsonl", FRESH, 0o600)

    def append(self, record: Mapping[str, Any]) -> None:
        """One step, on the disk when this returns; a full disk does not end a job."""
        line = json.dumps(masked(record, self._mask), ensure_ascii=False) + "\n"
        try:
            os.write(self._journal, line.encode("utf-8", "replace"))
            os.fdatasync(self._journal)
        except OSError as error:
            self.trouble = self.trouble or error

    def write(self, name: str, data: bytes) -> Path | None:
        """A masked file of the run, or None where the disk does not take it."""
        return self.write_plain(name, self._masked_bytes(data))

    def seal(self, name: str) -> None:
        """Mask a file that others have written, now that they are done with it.

        A line that was added meanwhile is lost; a file that is not there is no trouble.
        """
        path = self.path / name
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read()
        except FileNotFoundError:
            return
        except OSError as error:
            self.trouble = self.trouble or error
            return
        if (shown := self._masked_bytes(data)) != data:
            self.write_plain(name, shown)

    def _masked_bytes(self, data: bytes) -> bytes:
        """A line of JSON stays one: its strings are masked each for itself."""
        text = data.decode("utf-8", "surrogateescape")
        lines = (_masked_line(line, self._mask) for line in text.split("\n"))
        if text.lstrip().startswith(("{", "[")):
            return "\n".join(lines).encode("utf-8", "surrogateescape")
        return self._mask(text).encode("utf-8", "replace")

    def write_plain(self, name: str, data: bytes) -> Path | None:
        """A file that a program of the run reads, as it is; None where the disk refuses it.

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
        """The run is over; what was written late by a hook is masked too."""
        for pattern in WRITTEN_BY_OTHERS:
            for path in sorted(self.path.glob(pattern)):
                self.seal(path.name)
        os.close(self._journal)


def masked(value: Any, mask: Mask) -> Any:
    """The same JSON value with every string masked; what is no JSON as its text.

    In a list a string is masked behind the one before it: ``["--password", "…"]``.
    """
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {str(key): masked(part, mask) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [
            _masked_behind(value[at - 1] if at else None, each, mask)
            for at, each in enumerate(value)
        ]
    if value is None or isinstance(value, bool | int | float):
        return value
    return mask(str(value))


def _masked_behind(before: object, value: object, mask: Mask) -> Any:
    if isinstance(value, str) and isinstance(before, str) and before.startswith("-"):
        both = mask(f"{before} {value}")
        if both != f"{before} {value}" and both.startswith(f"{before} "):
            return mask(both.removeprefix(f"{before} "))
    return masked(value, mask)


def _masked_line(line: str, mask: Mask) -> str:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return mask(line)
    shown = masked(told, mask)
    return line if shown == told else json.dumps(shown, ensure_ascii=False)
