"""Identifiers and values that came up and may be needed again.

A transcript is full of ids that nobody will ask for. One matters where the user or a later step
has used it, or where a line that stands alone says that it was made.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..record import Call, Said, Step

VALUE = re.compile(
    r"https?://[^\s\"'<>)\]}`]{6,200}"
    r"|\barn:aws[\w-]*:[^\s\"'<>)\]}`,]{8,200}"
    r"|\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b"
    r"|\b\d{1,3}(?:\.\d{1,3}){3}(?::\d{2,5})?\b"
    r"|\b[A-Z][A-Z0-9]{1,9}-\d{1,7}\b"
    r"|\b[a-zA-Z][a-zA-Z0-9]*(?:[-_][a-zA-Z0-9]+)*[-_](?=[a-z0-9]*\d)[a-zA-Z0-9]{3,32}\b"
    r"|\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b"
    r"|#\d{2,7}\b"
    r"|\b(?:sha256|sha1|md5):[0-9a-f]{8,64}\b"
    r"|\b(?=\w*\d)(?=\w*[A-Z])[A-Za-z0-9]{10,40}\b"
)
WORD = re.compile(r"(?<!\S)[^\s\d]*+\d\S*|https?://\S+|\barn:aws\S+")  # in which one may stand
MADE = re.compile(
    r"\b(?:creat|start|launch|regist|assign|submit|queu|schedul|deploy|publish|upload|provision|reserv"
    r"|allocat|issu|open|fil|book|rais|generat|listen|promot|pin|snapshot|back|sav|stor|attach|enroll"
    r"|accept|trigger|releas)\w*"
    r"|\b(?:id|ids|identifier|job|run|ticket|incident|request|case|build|batch|token|handle|ref(?:erence)?"
    r"|url|endpoint|host|port|address|arn|digest|tag|branch|revision|version|key|name|order|task|lease"
    r"|session|change|correlation)\b\s*(?:[:=#]|is\b|no\b)",
    re.IGNORECASE,
)
NOISE = re.compile(
    r"^(?:utf-8|iso-8859|sha-?\d+|python-?\d|node-?\d|v?\d+(?:\.\d+)*)$", re.IGNORECASE
)
CONTENT = frozenset({"Read", "Grep", "Glob", "LS", "NotebookRead"})  # what they show is a file's
LONGEST = 180  # characters of a line
SCANNED = 6_000  # characters of an output
REPEATED = 3  # lines of one shape; more are a log
MOST = 50_000  # values that are looked at
LOOKED_AT = 8_000  # steps, from the newest on
LEAST, LEAST_NAMED = 3.0, 2.0  # worth of an output's value, and of one that somebody named


@dataclass(frozen=True, slots=True)
class Value:
    """A value with the line in which it first came up; `worth` about 0 to 10."""

    name: str
    line: str
    at: int
    worth: float


def values(steps: Sequence[Step]) -> list[Value]:
    """The values that were used, or made, in the order in which they came up."""
    first: dict[str, tuple[int, str, bool, bool]] = {}
    used: Counter[str] = Counter()
    told: Counter[str] = Counter()
    shapes: Counter[str] = Counter()
    newest = len(steps) - LOOKED_AT
    for at, step in enumerate(steps):
        if at < newest and isinstance(step, Call):
            continue
        for text, is_output in _texts(step):
            seen: set[str] = set()
            for name, place in _named(text):
                if name in seen or NOISE.match(name):
                    continue
                seen.add(name)
                if not is_output:
                    (told if isinstance(step, Said) else used)[name] += 1
                if name not in first and len(first) < MOST:
                    line = _line(text, place)
                    shapes[_shape(line)] += 1
                    made = not isinstance(step, Call) or step.name not in CONTENT
                    first[name] = (at, _around(line, name), is_output, made)
    found = []
    for name, (at, line, from_output, made) in first.items():
        uses = used[name] + told[name]
        repeated = shapes[_shape(line)] > REPEATED
        worth = 0.0
        if from_output and not made:
            worth += 1.0 * min(2, uses)
        elif from_output:
            worth += 4.0 * min(2, uses)
            if MADE.search(line) and not repeated:
                worth += 3.5
        else:
            worth += 1.2 * min(4, uses) + (1.0 if MADE.search(line) else 0.0)
        if worth >= (LEAST if from_output else LEAST_NAMED):
            found.append(Value(name, line, at, min(10.0, worth)))
    return found


def _named(text: str) -> Iterator[tuple[str, int]]:
    """The values in a text, and where they stand."""
    for word in WORD.finditer(text):
        for match in VALUE.finditer(word[0]):
            yield match[0].rstrip(".,;:"), word.start() + match.start()


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[text.rfind("\n", 0, at) + 1 : end if end >= 0 else len(text)]


def _texts(step: Step) -> list[tuple[str, bool]]:
    """The texts of a step, each with whether it is a tool's output."""
    if isinstance(step, Said):
        return [(step.text, False)]
    found = [(" ".join(_strings(step.arguments))[:SCANNED], False)]
    if step.result is not None:
        output = str(step.result)
        if len(output) > SCANNED:
            output = f"{output[: SCANNED // 2]}\n{output[-SCANNED // 2 :]}"
        found.append((output, True))
    return found


def _strings(arguments: dict[str, object]) -> list[str]:
    """What a call is told by; a file's new content is no use of a value."""
    skipped = ("content", "old_string", "new_string", "edits")
    return [
        value for key, value in arguments.items() if isinstance(value, str) and key not in skipped
    ]


def _shape(line: str) -> str:
    return re.sub(r"[\d\W_]+", " ", VALUE.sub(" ", line))[:80].strip().lower()


def _around(line: str, name: str) -> str:
    stripped = " ".join(line.split())
    if len(stripped) <= LONGEST:
        return stripped
    at = max(0, stripped.find(name) - LONGEST // 2)
    return stripped[at : at + LONGEST]
