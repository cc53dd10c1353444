"""Shorten a long message of the user's: what he pasted gives way to what he says.

A message is long because a log, a stack or a file was pasted into it. Lines that read like speech
are kept first, the last ones and the first ones before the rest; then the paste's own ends.
"""

from __future__ import annotations

import re
from itertools import groupby

from .budget import fit, tokens

GAP = "[…]"
FEWEST_WORDS = 4
PASTED = re.compile(
    r"^\s*(?:\d|[-+|>{}\[\]()$#@*=~/\\<&%;:.,'\"`]|at \S+[(:]|File \"|Traceback"
    r"|(?:DEBUG|INFO|WARN|ERROR|FATAL|TRACE)\b|\w+[=:]\S|\w+\(|import |from \w+ import|def |class "
    r"|return |if |for |const |let \w+ =|var |function |public |private )"
)
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
# Scripts that put no blanks between words.
UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]{4}")


def shortened(text: str, most: int) -> str:
    """About `most` tokens of a message; what is left out is marked."""
    if tokens(text) <= most:
        return text
    lines = text.splitlines()
    said = [at for at, line in enumerate(lines) if is_speech(line)]
    if len(lines) < 4 or not said:
        return fit(text, most)
    kept: set[int] = set()
    room = most
    others = [at for at in _outside_in(len(lines)) if at not in set(said)]
    for at in (*(said[place] for place in _outside_in(len(said))), *others):
        cost = tokens(lines[at]) + 1
        if cost <= room:
            kept.add(at)
            room -= cost
        elif at in (said[0], said[-1]) and room > 16:
            lines[at] = fit(lines[at], room - 12)
            kept.add(at)
            room = 0
    found: list[str] = []
    for is_kept, places in groupby(range(len(lines)), lambda at: at in kept):
        found += [lines[at] for at in places] if is_kept else [GAP]
    return "\n".join(found)


def is_speech(line: str) -> bool:
    """Whether a line reads like something that somebody says."""
    if PASTED.match(line) or len(line) > 2_000:
        return bool(re.match(r"\s*(?:[-*•]|\d+[.)]) +\w", line)) and _wordy(line)
    return _wordy(line)


def _wordy(line: str) -> bool:
    words = WORD.findall(line)
    letters = sum(map(len, words))
    blanks = line.count(" ")
    if UNSPACED.search(line):
        return True
    return len(words) >= FEWEST_WORDS and letters + blanks >= 0.8 * len(line.strip())


def _outside_in(count: int) -> list[int]:
    """The last, the first, the last but one, …"""
    order: list[int] = []
    for at in range((count + 1) // 2):
        order += dict.fromkeys((count - 1 - at, at))
    return order
