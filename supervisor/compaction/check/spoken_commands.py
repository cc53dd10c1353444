"""spoken_commands: commands that stand in a sentence, without backticks.

A program's name may be a word of everyone ("make", "find"), so how much must stand behind it
depends on the program: a flag for each of them; the verb of those that have verbs; any word
behind what deletes, sends or takes another's rights; a path or a script for the rest.
"""

from __future__ import annotations

import re

from .prose_words import (
    DETERMINERS,
    JOINTS,
    LEADS,
    NOUNS,
    SCRIPTED,
    STRICT,
    TARGETS,
    VERBS,
    is_prose,
    is_structured,
)
from .source import LETTER
from .vocabulary import PROGRAMS

NAMES = "|".join(sorted(PROGRAMS | VERBS.keys(), key=len, reverse=True))
LOOSE = r"[^\s,;()`]"
FLAGGED = re.compile(  # a known program, few words, and flags
    rf"(?:{NAMES})"
    rf"(?: (?!-|(?:{NAMES}) ){LOOSE}{{0,119}}[^\s,;()`.:!?]){{0,3}}"
    rf"(?: --?[A-Za-z]{LOOSE}{{0,119}}(?: (?!and/or\b){LOOSE}{{0,60}}/{LOOSE}{{0,99}})?)+"
)
PROGRAM = re.compile(rf"(?<![{LETTER}./@-])(?i:{NAMES})(?= [^\s,;()`])")
WORD = re.compile(r" ([^\s,;()`]{1,160})")
BEFORE = re.compile(r"([A-Za-z]+)[ \"'*:]*\Z")
CLAUSE_END = re.compile(r"[,;\n()`]|[.:!?](?=[\s\"'*]|$)")
LAST = re.compile(r"[.:!?]+[\"'*]*$")
OBJECTS = "table|database|schema|index|view|role|user"
SQL = re.compile(
    rf"\b(?i:(?:drop|truncate|alter) (?:{OBJECTS})(?: if exists)?|delete from|insert into"
    r"|truncate table|grant all(?: privileges)? on|revoke all on)"
    r" (?!(?i:the|this|that|these|a|an|it|its|all|any|each|every|support|and|or|to|in|of|from)\b)"
    r"[\w.\"*]+|\b(?i:update) \w+ (?i:set) \w+ ?="
)
MOST = 24  # words of a command


def fluent(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Where commands stand in plain speech: from a known program to its last flag or argument."""
    orders = [(match.start(), match.end()) for match in SQL.finditer(text, start, end)]
    found: list[tuple[int, int]] = []
    at = start
    while match := PROGRAM.search(text, at, end):
        last = _end(text, match, start, end)
        at = last or match.end()
        if last:
            found.append((match.start(), last))
    taken = {place for first, last in found for place in range(first, last)}
    return sorted([*found, *(each for each in orders if taken.isdisjoint(range(*each)))])


def clause_end(text: str, at: int, end: int) -> int:
    """Where the clause ends that goes on at a place: nothing of a struck command may stay."""
    stop = CLAUSE_END.search(text, at, min(end, at + 400))
    last = stop.start() if stop else min(end, at + 400)
    for word in re.compile(r"\s+([\w-]+)").finditer(text, at, last):
        if word[1] in JOINTS:
            return word.start()
    return at + len(text[at:last].rstrip())


def _end(text: str, match: re.Match[str], start: int, end: int) -> int:
    """Where the command ends that begins with a program's name; 0 where none does."""
    name = match[0].lower()
    flagged = FLAGGED.match(text, match.start(), end)
    last = match.start() + len(LAST.sub("", flagged[0]).rstrip("'\"")) if flagged else 0
    words, ends = _words(text, match.end(), end)
    before = BEFORE.search(text, max(start, match.start() - 24), match.start())
    lead = before[1].lower() if before else ""
    count = _taken(name, words, lead)
    spoken = ends[count - 1] if count else 0
    if last and (name in STRICT or bool(STRICT.intersection(words[:2]))):
        at = next((n for n, stop in enumerate(ends) if stop >= last), len(ends))
        while at + 1 < len(words) and not is_prose(words[at + 1]):
            at += 1
        spoken = max(spoken, ends[at] if at < len(ends) else 0)
    return max(last, spoken)


def _words(text: str, at: int, end: int) -> tuple[list[str], list[int]]:
    """The words behind a program's name as far as its clause goes, and where each ends."""
    words: list[str] = []
    ends: list[int] = []
    while len(words) < MOST and (match := WORD.match(text, at, end)):
        word = LAST.sub("", match[1]).strip("\"'*")
        if not word:
            break
        words.append(word)
        ends.append(match.start(1) + len(LAST.sub("", match[1]).rstrip("\"'*")))
        at = match.end()
        if LAST.search(match[1]):
            break
    return words, ends


def _taken(name: str, words: list[str], lead: str) -> int:
    """How many of the words behind a program's name are of its command."""
    if not words:
        return 0
    past = 1 if name == "sudo" and words[0] in PROGRAMS else 0
    own = next((n for n, word in enumerate(words) if n >= past and is_prose(word)), len(words))
    if name == "make":
        target = words[0] in TARGETS and (len(words) == 1 or is_prose(words[1]))
        return own if target or (lead in LEADS and own) else 0
    if name in VERBS and words[0] in VERBS[name]:
        following = next((n for n, word in enumerate(words[1:], 1) if is_prose(word)), len(words))
        if lead in DETERMINERS and words[0] in NOUNS:
            return 0
        if words[0] in STRICT or any(map(is_structured, words[1:following])):
            return following
        return 1
    if own == 0:
        return 0
    if lead in LEADS:
        plural = own == 1 and words[0].endswith("s") and name not in STRICT
        return 0 if plural else own
    if name in VERBS or lead in DETERMINERS:
        return 0
    if name in STRICT and name not in ("kill", "patch", "source", "run"):
        return own
    return own if name in SCRIPTED and is_structured(words[0]) else 0
