"""Secrets behind a name: in code, environment files, YAML, JSON, INI, options and headers.

A pattern begins with a letter that is rare in texts, for that is fast to look for. What
stands before it, and whether the value is one or only refers to one, is asked afterwards.
"""

from __future__ import annotations

import re

from .values import is_literal

LONGEST = 2_000  # characters of a value
NAME_BEFORE = re.compile(r"[\w.$-]*\Z")
LONGEST_NAME = 60

# The names whose values are secrets, by their end. A bare "key" is none.
PASSWORD = re.compile(r"pass(?:word|wd|phrase|code)?|pwd", re.IGNORECASE)
QUALIFIED = (
    r"(?:api|access|secret|private|auth|encrypt(?:ion)?|sign(?:ing)?|account|master|service|role"
    r"|session|deploy|webhook|subscription|app(?:lication)?|client|admin|license|bearer|ssh|hmac)"
)
SUFFIX = r"(?:[_-]?\d{1,2}|[_-]?(?:base|value|string))?"
SECRET_NAME = re.compile(
    rf"(?:password|passwd|passphrase|passcode|pwd|(?<![a-z])pass|secret|token|credentials?"
    rf"|{QUALIFIED}[_.-]?key(?:[_-]?base)?){SUFFIX}\Z",
    re.IGNORECASE,
)

QUOTED = rf"(?P<quote>\\{{0,3}}[\"'`])(?P<quoted>(?:(?!(?P=quote))(?:\\.|[^\n\\])){{6,{LONGEST}}}+)"
BARE = rf"(?P<bare>[^\s\"'`,;<>(){{}}\[\]\\|&]{{6,{LONGEST}}}+)"
TYPED = r":\s?[A-Za-z][\w\[\], |.]{0,30}=\s?"  # password: str = "…"
BETWEEN = (
    rf"(?P<between>\\{{0,3}}[\"'`]?\]?(?:{TYPED}|\s{{0,8}}(?:=>|:=|===?|!==?|=|:)\s{{0,8}})"
    r"|[ \t]{1,4}|[\"'],\s{0,8}(?=[\"']))"
)
NO_MASK = r"(?![0-9a-f]{4}\])"  # behind a mask's kind stands its mark
BEHIND = rf"(?i:{SUFFIX}){BETWEEN}{NO_MASK}(?:[bfru]{{0,2}}{QUOTED}|{BARE})"
# Ends of names, by a letter of theirs: what follows it, and what the name then ends in.
ENDS = {
    "k": "en(?<=token)|ey(?<=[a-z_.-]key)",
    "p": "ass(?:w(?:or)?d|phrase|code|(?<=[_-]pass))|wd",
    "c": "ret(?<=secret)|redentials?",
}
IN_ANY_CASE = {letter: rf"{letter}(?i:{ends}){BEHIND}" for letter, ends in ENDS.items()}
PATTERNS: dict[str, tuple[str, ...]] = {
    letter: (pattern, letter.upper() + pattern[1:]) for letter, pattern in IN_ANY_CASE.items()
}


def where(match: re.Match[str], text: str) -> tuple[int, int] | None:
    """Where the secret stands in a match of one of PATTERNS in `text`; None where it is none."""
    before = NAME_BEFORE.search(text, max(0, match.start() - LONGEST_NAME), match.start())
    begin = before.start() if before else match.start()
    between = match["between"]
    name = text[begin : match.start("between")]
    option = name.startswith("-")
    if not SECRET_NAME.search(name) or text.startswith("[redacted:", max(0, begin - 10)):
        return None
    if not option and "=" not in between and ":" not in between:
        return None  # "the token abcdefgh" is prose, "--token abcdefgh" is not
    group = "bare" if match["quoted"] is None else "quoted"
    line = text[text.rfind("\n", 0, begin) + 1 : begin] if group == "bare" else "-"
    behind = text[match.end() : match.end() + 1]
    literal = is_literal(
        match[group],
        quoted=group == "quoted",
        strong=name.isupper() or PASSWORD.search(name) is not None,
        env=option or (between == "=" and name.isupper()),
        yaml=not line.strip(" \t-") and behind in ("", "\n", "\r", "\\") and between[0] == ":",
    )
    return match.span(group) if literal else None
