"""grounding: what a narrative claims is looked up in the transcript that it tells of.

What is not there is marked; what somebody could act upon (a command, a URL, a host, a flag, a
setting, a permission) is struck. A thing that stands there in another spelling of the same is
there: a path with less before it, a number with other separators, a command with its flags in
another order.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .claims import claims
from .command_lines import is_command
from .lookup import holds
from .patterns import Claim, Kind
from .permissions import permissions
from .source import UNVERIFIED, Source
from .spoken_commands import clause_end, fluent
from .vocabulary import WORDS_OF_CODE

FENCE = re.compile(r"^[ \t]*(?:```|~~~)[ \t]*([\w+-]*)[^\n]*$", re.MULTILINE)
SPAN = re.compile(r"(?<!`)(`{1,2})(?!`)([^`\n]+)\1(?!`)")
SHELLS = frozenset(
    {"", "bash", "sh", "shell", "zsh", "console", "shell-session", "terminal", "sql"}
)
SHOWN = 120  # characters of a claim in a sentence about it


@dataclass(frozen=True, slots=True)
class Grounding:
    """`text` with its marks; how many claims it made; those not found, each once."""

    text: str
    claims: int
    missing: tuple[str, ...] = ()  # all of them
    struck: tuple[str, ...] = ()  # those that are not left in the text
    faults: tuple[str, ...] = ()  # a sentence for each of both


def strike(kind: Kind) -> str:
    return f"[struck: {kind.told} that is not in the transcript]"


def ground(text: str, source: Source) -> Grounding:
    """Mark or strike each claim of `text` that `source` does not hold; linear in both."""
    pieces: list[str] = []
    count = done = 0
    missing: dict[str, Kind] = {}
    forbidden = [
        Claim(Kind.PERMISSION, text[first:last], first, last)
        for first, last in permissions(text, source)
    ]
    for claim in sorted([*forbidden, *_all(text)], key=lambda claim: (claim.start, -claim.end)):
        count += 1
        if claim.start < done or holds(source, claim):
            continue
        missing.setdefault(claim.text, claim.kind)
        pieces.append(text[done : claim.start])
        done = claim.end
        if claim.kind.struck:
            pieces.append(strike(claim.kind))
        else:
            shut = re.compile("`*").match(text, done)
            done = shut.end() if shut else done
            pieces.append(text[claim.start : done])
            pieces.append("" if text.startswith(UNVERIFIED, done) else UNVERIFIED)
    pieces.append(text[done:])
    return Grounding(
        "".join(pieces),
        count,
        tuple(missing),
        tuple(name for name, kind in missing.items() if kind.struck),
        tuple(_fault(name, kind) for name, kind in missing.items()),
    )


def _fault(name: str, kind: Kind) -> str:
    shown = name if len(name) <= SHOWN else f"{name[:SHOWN]}…"
    return f"`{shown}` ({kind.told}) stands nowhere in the transcript"


def _all(text: str) -> Iterator[Claim]:
    """The claims of prose, of spans in backticks and of fenced blocks, in order."""
    at = 0
    fences = FENCE.finditer(text)
    for opening in fences:
        yield from _prose(text, at, opening.start())
        closing = next(fences, None)
        at = closing.end() if closing else len(text)
        end = closing.start() if closing else len(text)
        yield from _block(text, opening.end(), end, opening[1].lower() in SHELLS)
    yield from _prose(text, at, len(text))


def _block(text: str, start: int, end: int, shell: bool) -> Iterator[Claim]:
    for match in re.compile(r"[^\n]+").finditer(text, start, end):
        yield from _line(text, match.start(), match.end(), shell)


def _line(text: str, start: int, end: int, shell: bool) -> Iterator[Claim]:
    line = text[start:end]
    code = line.strip()
    first = start + line.index(code)
    if shell and is_command(code):
        yield Claim(Kind.COMMAND, code, first, first + len(code))
    elif code:
        yield from claims(text, start, end, code=True)


def _prose(text: str, start: int, end: int) -> Iterator[Claim]:
    at = start
    for match in SPAN.finditer(text, start, end):
        yield from _speech(text, at, match.start())
        yield from _span(text, match)
        at = match.end()
    yield from _speech(text, at, end)


def _span(text: str, match: re.Match[str]) -> Iterator[Claim]:
    """What stands in backticks. A command goes with them, so that nothing is left of it."""
    code = match[2].strip()
    if is_command(code):
        yield Claim(Kind.COMMAND, code, match.start(), match.end())
        return
    found = claims(text, match.start(2), match.end(2), code=True)
    if not found and re.fullmatch(r"[A-Za-z][\w-]*", code) and code.lower() not in WORDS_OF_CODE:
        found = [Claim(Kind.NAME, code, match.start(2), match.end(2))]
    elif not found and re.fullmatch(r"-[A-Za-z]{1,4}", code):
        found = [Claim(Kind.FLAG, code, match.start(2), match.end(2))]
    yield from found


def _speech(text: str, start: int, end: int) -> Iterator[Claim]:
    at = start
    for first, last in fluent(text, start, end):
        yield from claims(text, at, first)
        yield Claim(Kind.COMMAND, text[first:last], first, clause_end(text, last, end))
        at = last
    yield from claims(text, at, end)
