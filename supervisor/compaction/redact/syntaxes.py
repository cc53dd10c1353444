"""Secrets that the syntax around them tells: SQL, XML, .pgpass, hashes of passwords."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from .values import is_literal

STRONG = r"pass(?:word|wd|phrase|code)?|pwd"
WEAK = r"secret|token|(?:api|access|secret|private|auth|account|encryption)[_.-]?key"
QUOTED = r"\\{0,3}(?P<quote>[\"'])(?P<value>[^\"'\n\\]{4,200})\\{0,3}(?P=quote)"
FIELD = r"(?:\*|(?!\d+:)[^\s:\"'\\]{1,100})"


@dataclass(frozen=True, slots=True)
class Syntax:
    """Group "value" of `pattern` is the secret, where it is a value; "weak" is a weak name.

    `letter`: one that stands in every match (or a rare word), and `sight`: what is looked for
    behind it; both in lower case.
    """

    kind: str
    letter: str
    sight: str
    pattern: str
    certain: bool = False  # nothing else looks like this


def _tag(letter: str, sight: str) -> Syntax:
    """An element of XML, told by its closing tag."""
    name = rf"[\w.:-]{{0,40}}?(?i:(?:{STRONG})|(?P<weak>{WEAK}))"
    return Syntax("assignment", letter, sight, rf">(?P<value>[^\s<>]{{6,2000}}+)</{name}>")


def _hash(letter: str, sight: str, pattern: str) -> Syntax:
    return Syntax("password-hash", letter, sight, rf"(?P<value>{pattern})", certain=True)


SYNTAXES: tuple[Syntax, ...] = (
    _tag("p", r"ass(?:w(?:or)?d|phrase|code)?>|wd>"),
    _tag("k", r"e[ny]>(?<=token>|..key>)"),
    _tag("c", "ret>"),
    Syntax(
        "sql-password",
        "p",
        r"assword\s{0,3}\(?\s{0,3}\\{0,3}[\"']",
        rf"""(?x)
        (?:PASSWORD|password(?<=[hH]\ password)|password(?<=pted\ password))
        \s{{0,3}}\(?\s{{0,3}}{QUOTED}""",
    ),
    Syntax(
        "sql-password",
        "identified",
        r"\s{1,3}(?:by|with)\s",
        rf"""(?x)
        (?i:identified\s{{1,3}}(?:with\s{{1,3}}[\w'\"]{{1,60}}\s{{1,3}})?
        (?:by|as)\s{{1,3}}(?:password\s{{1,3}})?){QUOTED}""",
    ),
    Syntax(
        "pgpass",
        ":",
        rf"(?:\d{{2,5}}|\*):{FIELD}:{FIELD}:[^\s:]{{6}}",
        rf"(?<=[\w*\].-]):(?:\d{{2,5}}|\*):{FIELD}:{FIELD}:"
        r"(?P<value>(?:\\[:\\]|[^\s:\"'\\]){6,200}+)(?=[\"']|\\n|\s|\Z)",
    ),
    _hash("$", r"apr1\$", r"\$apr1\$[A-Za-z0-9./]{1,8}\$[A-Za-z0-9./]{22}"),
    _hash("$", r"2[abxy]\$\d", r"\$2[abxy]\$\d\d\$[A-Za-z0-9./]{53}"),
    _hash("$", r"[156y]\$", r"\$(?:1|5|6|y)\$(?:rounds=\d{1,9}\$)?[\w./]{1,64}\$[\w./]{22,86}"),
    _hash("sha}", "[a-z0-9+/]{27}", r"\{S?SHA\}[A-Za-z0-9+/]{27,64}={0,2}"),
)


def looks(letter: str) -> Iterator[Callable[[str], Iterable[tuple[int, int, str]]]]:
    """The looks at a text that has this letter."""
    for each in SYNTAXES:
        if each.letter == letter:
            yield _look(each)


def sights(letter: str) -> str:
    return "|".join(each.sight for each in SYNTAXES if each.letter == letter)


def _look(syntax: Syntax) -> Callable[[str], Iterable[tuple[int, int, str]]]:
    pattern = re.compile(syntax.pattern)

    def look(text: str) -> Iterator[tuple[int, int, str]]:
        for match in pattern.finditer(text):
            strong = not match.groupdict().get("weak")
            if syntax.certain or is_literal(
                match["value"], quoted=True, strong=strong, env=False, yaml=False
            ):
                yield *match.span("value"), syntax.kind

    return look
