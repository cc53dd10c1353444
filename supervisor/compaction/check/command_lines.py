"""command_lines: is what looks like a command one that the transcript holds?

A command is held if it stands there as such. Else each simple command of it must come from
one place there: program, flags and plain words together, in any order, for a flag of one
command is an invention in another. Only paths may come from elsewhere in the transcript,
for to run a known test command on another known file is no invention; but not the paths of
what deletes, moves, sends or takes another's rights, where the path is the peril.
"""

from __future__ import annotations

import re

from .source import LETTER, NAME_SIDE, ONE_COMMAND, Source, bare, spaced
from .vocabulary import OBJECTS_OF_SQL, PERILOUS, PROGRAMS, VERBS_OF_SQL

LEFT = re.compile(f"[{LETTER}./~-]")
RIGHT = re.compile(rf"[{LETTER}=/-]|\.[{LETTER}]")
PROMPT = re.compile(r"\s*(?:\$|>|%|❯)\s+")
ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=\S*")
FLAG = re.compile(r"--?[A-Za-z]|-\d+$")
BUNDLE = re.compile(r"-[A-Za-z]+")
PROGRAM = re.compile(r"(?:[.~$]?[\w./-]*/)?[a-z][a-z0-9_.+-]*")
REDIRECTION = re.compile(r"[0-9&]?>{1,2}(?:&\d)?|<{1,3}")


def without_prompt(line: str) -> str:
    match = PROMPT.match(line)
    return (line[match.end() :] if match else line).strip()


def is_command(line: str) -> bool:
    """Whether a line of code is a command of a shell or an order to a database."""
    words = without_prompt(line).split()
    while words and ASSIGNMENT.fullmatch(words[0]):
        del words[0]
    if len(words) < 2:
        return False
    if _is_sql(words):
        return True
    if not PROGRAM.fullmatch(words[0]) or words[1] in ("=", "==", "->", "=>", ":", "in", "is"):
        return False
    name = words[0].rpartition("/")[2]
    local = words[0].startswith(("./", "/", "~/"))
    return name in PROGRAMS or local or any(FLAG.match(word) for word in words[1:])


def _is_sql(words: list[str]) -> bool:
    if not words or words[0].upper() not in VERBS_OF_SQL:
        return False
    return words[0].isupper() or (len(words) > 1 and words[1].lower() in OBJECTS_OF_SQL)


def holds_command(source: Source, line: str) -> bool:
    """Whether the transcript holds the command, by the rule above."""
    line = without_prompt(line)
    if source.holds(line, LEFT, RIGHT):
        return True
    words = line.split()
    if _is_sql(words):
        return spaced(line.rstrip("; ")).casefold() in source.lower
    if words and words[0].istitle():  # at the start of a sentence
        words[0] = words[0].lower()
        line = " ".join(words)
    parts = [part.split() for part in ONE_COMMAND.split(line)]
    return all(_holds_simple(source, part) for part in parts if part)


def _holds_simple(source: Source, words: list[str]) -> bool:
    while words and ASSIGNMENT.fullmatch(words[0]):
        if not source.holds(words[0]):
            return False
        words = words[1:]
    words = [bare(word) for word in words if not REDIRECTION.fullmatch(word)]
    if not words:
        return True
    program = words[0].rpartition("/")[2] or words[0]
    perilous = not PERILOUS.isdisjoint(word.rpartition("/")[2] for word in words)
    free = [] if perilous else [word for word in words[1:] if _is_place(word)]
    bound = [word for word in words[1:] if word not in free]
    if not all(_holds_place(source, word) for word in free):
        return False
    return any(
        all(_among(word, window) for word in bound) for window in map(set, source.windows(program))
    )


def _is_place(word: str) -> bool:
    return not word.startswith("-") and "=" not in word and ("/" in word or "." in word)


def _holds_place(source: Source, word: str) -> bool:
    path, *names = word.split("::")
    path = path.removeprefix("./").rstrip("/")
    return source.holds_path(path) and all(source.holds(name, NAME_SIDE) for name in names)


def _among(word: str, window: set[str]) -> bool:
    if word in window or word.rstrip("/") in window or f"{word}/" in window:
        return True
    name, sign, value = word.partition("=")
    if sign and name.startswith("-"):
        return name in window and bare(value) in window
    if BUNDLE.fullmatch(word):  # -xvf is -x -v -f
        letters = {letter for other in window if BUNDLE.fullmatch(other) for letter in other[1:]}
        return len(word) <= 5 and set(word[1:]) <= letters
    return False
