"""template: what a prompt template may hold, and how it becomes a prompt.

A template is a text with ``$name`` variables (string.Template; ``$$`` is a dollar sign).
The material itself, an earlier summary and the notes on the parts are no variables: they
are handed over as data beside the prompt, so that nothing in them can pass for a request.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from string import Template

_JOB = {
    "task": "the user's first message, shortened where it is very long",
    "words": "how many words the notes may have at most",
    "reason": "how the session ended, such as: out of memory",
    "rules": "the user's standing rules, word for word, a line each; may be empty",
    "compact_instructions": "what CLAUDE.md asks of a compaction; may be empty",
}
_PARTS = {
    "parts": "how many parts the transcript was cut into",
    "headings": "the headings of summary.md, each with what belongs under it",
}
# name -> the variables it may use, with their meaning
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "summary": _JOB,
    "part": {**_JOB, **_PARTS, "part": "the number of this part, from 1"},
    "merge": {**_JOB, **_PARTS},
    "again": {
        **_JOB,
        "headings": _PARTS["headings"],
        "faults": "what was wrong with the first answer, a line each",
    },
    "continue": {"reason": _JOB["reason"]},
    "resume": {"reason": _JOB["reason"]},
}
PURPOSES: Mapping[str, str] = {
    "summary": "asks the model for the notes that the next session is given",
    "part": "asks for notes on one part of a transcript that is too long for one request",
    "merge": "makes one account of the notes on the parts and the earlier summary",
    "again": "asks once more, with what was wrong with the first answer",
    "continue": "the first prompt of a session with a compacted context",
    "resume": "the first prompt of a session that is taken up again as it is",
}
OPTIONAL = frozenset({"rules", "compact_instructions"})  # these alone may be empty
NEEDED = {"again": "faults"}  # without it the template could not do its work
LONGEST = 32 * 1024  # bytes
HEADING = re.compile(r"##[ \t]+(\S.*)")
FENCE = re.compile(r" {0,3}(?:```|~~~)")


class PromptError(Exception):
    """A template that cannot be used; the message says what, where and what would be right."""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a template. `line` counts from 1; None: the file as a whole."""

    path: Path
    line: int | None
    told: str

    def __str__(self) -> str:
        where = "" if self.line is None else f", line {self.line}"
        return f"{printable(str(self.path))}{where}: {self.told}"


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    path: Path
    text: str

    @property
    def headings(self) -> tuple[str, ...]:
        """The lines ``## …`` that the notes have to have, in their order.

        One in a paragraph that `render` may leave out is not among them, nor one in a code
        fence. Where merge.md has none, those of the summary hold.
        """
        always = "\n\n".join(
            "" if _variables(each) & OPTIONAL else each for each in _paragraphs(self.text)
        )
        return tuple(f"## {title}" for _, title in _headings(always))

    def render(self, **values: str) -> str:
        """The text with its variables filled in; values that it does not use are ignored.

        A variable that may be empty may also be missing; a paragraph that uses one that is
        empty is left out. The values are no templates. Raises PromptError where another
        value is missing.
        """
        empty = {name for name in OPTIONAL if not values.get(name, "").strip()}
        kept = [each for each in _paragraphs(self.text) if not _variables(each) & empty]
        return self._filled("\n\n".join(kept), values)

    def outline(self, **values: str) -> str:
        """The headings, each with the lines up to the next blank one: the value of $headings.

        Headings in the values (a task may have some) are not among them.
        """
        lines = self.text.split("\n")
        wanted = set(self.headings)
        found: list[str] = []
        for at, title in _headings(self.text):
            if f"## {title}" in wanted:
                end = next((n for n in range(at + 1, len(lines)) if _ends(lines[n])), len(lines))
                found.append("\n".join(lines[at:end]))
        return self._filled("\n\n".join(found), values)

    def _filled(self, text: str, values: Mapping[str, str]) -> str:
        try:
            return Template(text).substitute(values)
        except KeyError as error:
            raise PromptError(f"{self.path}: no value was given for ${error.args[0]}") from error


def _ends(line: str) -> bool:
    return not line.strip() or HEADING.fullmatch(line) is not None


def check(name: str, path: Path, text: str) -> None:
    """Raises PromptError, with all that is wrong, unless `text` is a sound template."""
    found = faults(name, path, text)
    if found:
        raise PromptError("\n".join(map(str, found)))


def faults(name: str, path: Path, text: str) -> list[Fault]:
    """All that is wrong with `text` as the template `name`, in the order of its lines."""
    size = len(text.encode("utf-8", "replace"))
    if size > LONGEST:
        return [too_long(path)]
    if not text.strip():
        told = f"the template is empty; delete the file, and ccsup's own {name}.md holds"
        return [Fault(path, None, told)]
    found = [*_wrong_variables(name, path, text), *_control_characters(path, text)]
    for at, title in _headings(text):
        if _variables(title):
            told = "a heading with a variable; the notes are searched for a heading word for word"
            found.append(Fault(path, at + 1, told))
    needed = NEEDED.get(name)
    if needed and needed not in _variables(text):
        told = f"${needed} stands nowhere; it is {VARIABLES[name][needed]}"
        found.append(Fault(path, None, told))
    return sorted(found, key=lambda fault: fault.line or 0)


def too_long(path: Path) -> Fault:
    return Fault(path, None, f"longer than {LONGEST // 1024} KB, which is no prompt any more")


def printable(text: str) -> str:
    """`text` with what could steer a terminal written as an escape."""
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def did_you_mean(word: str, known: Iterable[str], before: str = "", after: str = "") -> str:
    """A question for the nearest of the `known` words, "" where none is near."""
    near = get_close_matches(word, known, n=1)
    return f"did you mean {before}{near[0]}{after}? " if near else ""


def _wrong_variables(name: str, path: Path, text: str) -> Iterator[Fault]:
    known = VARIABLES[name]
    for match in Template.pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        variable = match["named"] or match["braced"]
        if match["invalid"] is not None:
            told = "a $ that names no variable; write $$ for a dollar sign"
            yield Fault(path, line, told)
        elif variable is not None and variable not in known:
            allowed = ", ".join(f"${each}" for each in sorted(known))
            meant = did_you_mean(variable, known, "$")
            yield Fault(path, line, f"unknown variable ${variable}; {meant}known: {allowed}")


def _control_characters(path: Path, text: str) -> Iterator[Fault]:
    for number, line in enumerate(text.split("\n"), 1):
        wrong = [each for each in line if unicodedata.category(each) == "Cc" and each != "\t"]
        if wrong:
            yield Fault(path, number, f"a control character (U+{ord(wrong[0]):04X}); delete it")


def _paragraphs(text: str) -> list[str]:
    return re.split(r"\n(?:[ \t]*\n)+", text)


def _variables(text: str) -> set[str]:
    found = (match["named"] or match["braced"] for match in Template.pattern.finditer(text))
    return {name for name in found if name}


def _headings(text: str) -> Iterator[tuple[int, str]]:
    """Each heading's line, counted from 0, and its title."""
    fenced = False
    for at, line in enumerate(text.split("\n")):
        if FENCE.match(line):
            fenced = not fenced
        elif not fenced and (match := HEADING.fullmatch(line)):
            yield at, match[1].rstrip()
