"""Private key blocks (PEM, OpenSSH, PGP): whole, cut off, or only their end.

As a file shows them, with line numbers or quotes before the lines, or escaped in JSON.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from itertools import zip_longest

LITERAL = "PRIVATE KEY"
KIND = "private-key"
LARGEST = 65_536  # characters of a block; the largest RSA key in use takes 13,000
LONGEST_LINE = 16_384  # characters; a block may stand in one line
LONG = 16  # characters of a key's line; but the last one may be shorter
MARKER = re.compile(r"-----(?P<which>BEGIN|END) [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----")
BETWEEN = r"(?:\s|\\[nrt]|[\d>+|→\"',#*]){0,40}"  # two lines of a key
HEADER = rf"{BETWEEN}[A-Za-z-]{{3,20}}: [^\n\\]{{0,200}}"
BROKEN = re.compile(  # what there is of a block whose end is missing
    rf"(?:{HEADER}){{0,6}}(?:{BETWEEN}[A-Za-z0-9+/=]{{{LONG},}}+)+"
    rf"(?:{BETWEEN}[A-Za-z0-9+/=]+(?=[\r\n\\\"']|\Z))?"
)
GAP_BEFORE = re.compile(rf"{BETWEEN}\Z")
OF_LINES = string.ascii_letters + string.digits + "+/="


def blocks(text: str) -> Iterator[tuple[int, int, str]]:
    """Where the key blocks stand: from, to, kind; in order and apart."""
    markers = list(MARKER.finditer(text)) if LITERAL in text else []
    at = 0
    for marker, following in zip_longest(markers, markers[1:]):
        start, end = marker.span()
        if start < at:
            continue
        if marker["which"] == "END":
            start = _begin_of_lines(text, start, max(at, start - LARGEST))
        elif following and following["which"] == "END" and following.end() - end < LARGEST:
            end = following.end()
        elif broken := BROKEN.match(text, end):
            end = broken.end()
        if (start, end) != marker.span():
            yield start, end, KIND
        at = end


def _begin_of_lines(text: str, end: int, least: int) -> int:
    """Where the lines of a key begin, the last of which ends before `end`; `end` if none do."""
    begin, start = end, end
    while start > least:
        gap = GAP_BEFORE.search(text, max(least, start - 41), start)
        line_end = gap.start() if gap else start
        above = text[max(least, line_end - LONGEST_LINE) : line_end]
        length = len(above) - len(above.rstrip(OF_LINES))
        if not length or (start != end and length < LONG):
            break
        start = line_end - length
        if length >= LONG:
            begin = start
    return begin
