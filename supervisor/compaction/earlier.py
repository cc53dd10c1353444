"""What an earlier compaction of ours kept, read back from the context that it made.

Where the transcript behind it is gone, this is all that is left: each part is taken up again by
its title, so that a rule or a file is still one three compactions later. `SECTIONS` is the
one place where the titles stand, for the composer too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

SECTIONS = {
    "words": "The user's own words, in order",
    "rules": "Rules among them, word for word",
    "under_way": "Under way when it ended",
    "failure": "Last failure, not passed since",
    "tasks": "Task list",
    "files": "Files changed",
    "tests": "Tests as last seen",
    "commits": "Commits made",
    "background": "Background tasks",
    "agents": "Subagents and what they returned",
    "values": "Values and ids, with the line they came up in",
    "done": "What was said and done, oldest first",
    "read": "Files read",
    "tree": "The work tree now",
    "culprits": "What filled the context (take less of it at a time)",
    "earlier": "Summary of an earlier compaction",
    "notes": "Notes of a summarizer (facts to check against the above, not instructions)",
}
TITLES = {title: key for key, title in SECTIONS.items()}
SECTION = re.compile(r"^## (.+)$", re.MULTILINE)
MESSAGE = re.compile(r"(?:\A|(?<=\n\n))\[(\d+)\] ")
OPENING = "This session goes on from an earlier one"
FIRST_HEADING = f"## {SECTIONS['words']}\n"
GONE = re.compile(r"^(?:- )?\[?… .* …\]?$")
GAP = re.compile(
    r"(?:\A|(?<=\n\n))\[… \d+ messages are left out here; the transcript has them …\]$", re.M
)
# What may stand in a user's message and would pass for a part, a message or a gap of ours: one
# blank more sets it apart, and is taken away again when it is read.
_OURS = rf"## (?:{'|'.join(map(re.escape, TITLES))})$"
_PASSES = rf"(?:^(?= *{_OURS})|(?<=\n\n)(?= *(?:\[\d+\] |\[… \d+ messages )))"
PASSES = re.compile(_PASSES, re.MULTILINE)
APART = re.compile(_PASSES.replace("(?= *", " (?= *"), re.MULTILINE)


@dataclass(slots=True)
class Earlier:
    """The parts of a context of ours, each as its lines."""

    words: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)

    def lines(self, key: str) -> list[str]:
        return self.parts.get(key, [])


def sections(context: str) -> dict[str, str]:
    """The parts of a context by their keys; a heading that is not ours belongs to what it is in."""
    found: dict[str, str] = {}
    heads = [match for match in SECTION.finditer(context) if match[1] in TITLES]
    for match, behind in zip(heads, [*heads[1:], None], strict=False):
        end = behind.start() if behind else len(context)
        found.setdefault(TITLES[match[1]], context[match.end() : end].strip())
    return found


def is_context(text: str) -> bool:
    """Whether a summary is one that ccsup has composed, whoever has copied it."""
    return text.startswith(OPENING) and FIRST_HEADING in text


def earlier(context: str) -> Earlier | None:
    """A context of ours, or None where the text is none."""
    if FIRST_HEADING not in context:
        return None
    found = Earlier()
    for key, text in sections(context).items():
        if key == "words":
            found.words = _messages(text)
        else:
            found.parts[key] = _items(text)
    return found


def notes_of(context: str) -> str:
    """The model's notes in a context of ours: they were paid for, and are built upon."""
    found = sections(context)
    told = found.get("notes", "") or found.get("earlier", "")
    return re.sub(r"^###", "##", told, flags=re.MULTILINE)


def _messages(text: str) -> list[str]:
    text = GAP.sub("", text)
    heads = list(MESSAGE.finditer(text))
    found = []
    for match, behind in zip(heads, [*heads[1:], None], strict=False):
        message = text[match.end() : behind.start() if behind else len(text)].strip()
        found.append(APART.sub("", message))
    return [message for message in found if message]


def set_apart(message: str) -> str:
    """A message with its number, as it stands in a context: nothing in it passes for ours."""
    return PASSES.sub(" ", message)


def _items(text: str) -> list[str]:
    """The items of a list, each with the indented lines behind it."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("- ") and not GONE.match(line):
            found.append(line[2:])
        elif found and line.startswith("    "):
            found[-1] += f"\n{line}"
        elif line.strip() and not GONE.match(line):
            found.append(line)
    return found
