"""Find a transcript: by its path, by a session's id or the beginning of one, or the newest."""

from __future__ import annotations

import json
import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from .backward import lines
from .entries import decode, ends_chain
from .sessions import UUID, config_dir, newest, project_dir

PREFIX = re.compile(r"[0-9a-f]{4}[0-9a-f-]{0,32}\Z", re.IGNORECASE)  # of a UUID
SHOWN = 5  # sessions that are named where a beginning fits several
LOOKED_AT = 64 << 20  # bytes of the last lines, in which an entry has to stand
HEAD = 1 << 20  # bytes of a first line
LONGEST_LINEAGE = 200  # sessions that go on from one another


class NoTranscript(Exception):
    """There is no transcript to work on; says what, where, and what would be right."""


class Unclear(NoTranscript):
    """What was given means no session, or several."""


def locate(given: str | None, env: Mapping[str, str], cwd: Path) -> Path:
    """The transcript that is meant, as an absolute path; it holds a conversation.

    `given`: a path, a session's id, or at least its first four characters; None: the newest of
    the project in `cwd`. An id is looked for in the names of this project's transcripts first,
    then of all others; it never becomes a path. Raises NoTranscript.
    """
    if given is None:
        folder = project_dir(env, cwd)
        found = newest(folder)
        if found is None:
            raise NoTranscript(
                f"{folder}: no transcript of this project; name a file or a session, or go to the"
                " folder in which claude was started"
            )
        return checked(found)
    if PREFIX.match(given) and (session := _session(given, env, cwd)):
        return checked(session)
    path = Path(os.path.normpath(cwd / given))
    if not os.path.lexists(path) and "/" not in given and not given.endswith(".jsonl"):
        where = config_dir(env) / "projects"
        if PREFIX.match(given):
            raise NoTranscript(f"{given}: no session below {where} begins so, and no file here")
        raise Unclear(
            f"{given}: neither a file nor a session; a session is told by its id, or by at least"
            " the first 4 characters of it"
        )
    return checked(path)


def _session(beginning: str, env: Mapping[str, str], cwd: Path) -> Path | None:
    projects = config_dir(env) / "projects"
    try:
        others = [folder for folder in sorted(projects.iterdir()) if folder.is_dir()]
    except OSError:
        others = []
    for folders in ([project_dir(env, cwd)], others):
        found = [path for folder in folders for path in _beginning(folder, beginning.lower())]
        exact = [path for path in found if path.stem.lower() == beginning.lower()]
        if len(found) == 1 or exact:
            return (exact or found)[0]
        if found:
            names = "".join(f"\n- {path.stem} ({path.parent.name})" for path in found[:SHOWN])
            more = f"\n- and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
            told = f"{len(found)} sessions begin so; give more of it:{names}{more}"
            raise Unclear(f"{beginning}: {told}")
    return None


def _beginning(folder: Path, beginning: str) -> list[Path]:
    try:
        found = [path for path in folder.iterdir() if path.suffix == ".jsonl"]
    except OSError:
        return []
    return sorted(
        path for path in found if UUID.match(path.stem) and path.stem.lower().startswith(beginning)
    )


def checked(path: Path) -> Path:
    """The same path, of a file that holds a conversation; raises NoTranscript."""
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise NoTranscript(f"{path}: a folder; name a session file (*.jsonl) in it")
        if not stat.S_ISREG(status.st_mode):
            raise NoTranscript(f"{path}: no regular file; a transcript is read from its end")
        if not status.st_size:
            raise NoTranscript(f"{path}: empty; nothing has been said in this session yet")
        sidechains = _look(path)
    except OSError as error:
        raise NoTranscript(f"{path}: {error.strerror}") from error
    if sidechains is None:
        return path
    if sidechains:
        raise NoTranscript(f"{path}: the transcript of a subagent; name the session it worked for")
    raise NoTranscript(
        f"{path}: no transcript of Claude Code, for none of its lines is an entry of a"
        " conversation; transcripts are ~/.claude/projects/*/*.jsonl"
    )


def _look(path: Path) -> int | None:
    """None where an entry of the main conversation stands, else the number of the others."""
    sidechains = looked_at = 0
    for _, line in lines(path):
        for entry in decode(bytes(line)) or ():
            if not entry.sidechain and (ends_chain(entry) or entry.type == "boundary"):
                return None
            sidechains += entry.sidechain
        looked_at += len(line)
        if looked_at > LOOKED_AT:
            break
    return sidechains


def lineage(path: Path) -> tuple[Path, ...]:
    """The transcripts that a session goes on from by ccsup's doing, oldest first, itself last.

    A rebuilt session file names in its first line the one it was made of; those that are gone
    end the line.
    """
    found = [path]
    while len(found) < LONGEST_LINEAGE:
        told = first_line(found[-1]).get("ccsup")
        session = told.get("from") if isinstance(told, dict) else None
        if not isinstance(session, str) or not UUID.match(session):
            break
        origin = path.with_name(f"{session}.jsonl")
        if origin in found or not os.access(origin, os.R_OK):
            break
        found.append(origin)
    return tuple(reversed(found))


def first_line(path: Path) -> dict[str, object]:
    """The first record of a file; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            told = json.loads(file.readline(HEAD))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def homes(path: Path) -> list[Path]:
    """The working directories that a transcript names near its start and at its end."""
    found: list[Path] = []
    with path.open("rb") as file:
        head = file.read(HEAD).splitlines()
    last = (line for _, line in lines(path))
    for source in (head, last):
        for line in source:
            entry = next(iter(decode(bytes(line)) or ()), None)
            told = entry.raw.get("cwd") if entry else None
            if isinstance(told, str) and told.startswith("/"):
                found.append(Path(told))
                break
    return list(dict.fromkeys(found))
