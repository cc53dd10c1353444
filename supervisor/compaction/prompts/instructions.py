"""instructions: what CLAUDE.md asks of a compaction.

Claude Code's documentation has a user write them under the heading ``# Compact instructions``
(code.claude.com/docs/en/costs); ``# Summary instructions`` and the like are in use too. They
are wishes about what a summary keeps: words in a question to a model that has no tools,
and nothing else is ever made of them. Files that CLAUDE.md imports with ``@`` are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from .reading import read_bounded

FILES = ("CLAUDE.md", ".claude/CLAUDE.md", "CLAUDE.local.md")
LARGEST = 256 * 1024  # bytes of a file; what stands behind them is not looked at
LONGEST = 4_000  # characters from one file
CUT = "[… the rest is left out …]"
TITLE = re.compile(
    r"(?:context |auto-?)?(?:compact(?:ion|ing)?|summary|summari[sz](?:ation|ing))"
    r" (?:instructions?|guidelines?|rules?|preferences?)"
    r"|(?:(?:when|on|during|for) )?(?:auto-?)?compact(?:ion|ing)",
    re.IGNORECASE,
)
HEADING = re.compile(r" {0,3}(#{1,6})(?![^ \t])(.*)")
UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*")
FENCE = re.compile(r" {0,3}(`{3,}|~{3,})(.*)")


def find_compact_instructions(project: Path, config_dir: Path) -> str:
    """The user's compact instructions and then the project's, "" where there are none.

    `project`: the folder of the job; `config_dir`: Claude Code's own. What cannot be read,
    and what lies outside the project by way of a symlink, is passed over.
    """
    found: dict[str, None] = {}
    for path, inside in (
        (config_dir / "CLAUDE.md", None),
        *((project / name, project) for name in FILES),
    ):
        try:
            data = read_bounded(path, LARGEST, inside)
        except OSError:
            continue
        text = _within(compact_instructions(data.decode("utf-8", "replace")))
        if text:
            found[text] = None  # once, where one file is a link to the other
    return "\n\n".join(found)


def compact_instructions(text: str) -> str:
    """What stands under the headings for a compaction in a CLAUDE.md, "" without any.

    A section ends at the next heading of its own level or a higher one. Headings in code
    fences are no headings; what stands in an HTML comment is not taken.
    """
    sections: list[list[str]] = []
    current: list[str] | None = None
    depth = 0
    for level, title, lines in _blocks(text):
        if current is None or 0 < level <= depth:
            current = None
            if level and TITLE.fullmatch(_plain(title)):
                current, depth = [], level
                sections.append(current)
                continue
        if current is not None:
            current += lines
    return "\n\n".join(filter(None, ("\n".join(section).strip() for section in sections)))


def _blocks(text: str) -> Iterator[tuple[int, str, list[str]]]:
    """Each line or heading in turn: its level (0: no heading), its title, its lines."""
    seen = list(_uncommented(text))
    lines = [line for line, _ in seen]
    fenced = [inside for _, inside in seen]
    at = 0
    while at < len(lines):
        line = lines[at]
        following = lines[at + 1] if at + 1 < len(lines) and not fenced[at + 1] else ""
        if fenced[at]:
            yield 0, "", [line]
        elif match := HEADING.fullmatch(line):
            yield len(match[1]), match[2].strip().rstrip("#"), [line]
        elif _is_title(lines, at) and (under := UNDERLINE.fullmatch(following)):
            yield 1 if under[1][0] == "=" else 2, line, [line, following]
            at += 1
        else:
            yield 0, "", [line]
        at += 1


def _is_title(lines: list[str], at: int) -> bool:
    """A line that an underline makes a heading: it stands alone, and is no list item."""
    alone = at == 0 or not lines[at - 1].strip()
    return alone and re.match(r" {0,3}[^\s>*+|-]", lines[at]) is not None


def _uncommented(text: str) -> Iterator[tuple[str, bool]]:
    """The lines without the HTML comments that begin one; with each, is it in a fence?"""
    fence = ""
    comment = False
    for line in text.splitlines():
        mark = FENCE.match(line)
        if comment or (not fence and line.lstrip().startswith("<!--")):
            comment = "-->" not in line
        elif fence:
            yield line, True
            if mark and mark[1].startswith(fence) and not mark[2].strip():
                fence = ""
        else:
            fence = mark[1] if mark else ""
            yield line, bool(mark)


def _plain(title: str) -> str:
    """A title without emphasis, number and colon."""
    bare = re.sub(r"[*_`]", "", title).strip()
    return re.sub(r"\s+", " ", re.sub(r"^[\d.)\s]+", "", bare)).rstrip(": ")


def _within(text: str) -> str:
    if len(text) <= LONGEST:
        return text
    whole = text[:LONGEST].rpartition("\n")[0] or text[:LONGEST]
    return f"{whole}\n{CUT}"
