"""The steps that an earlier context of ours tells of: what is left of them where all else is gone.

They come before the newer ones and are weighed as these are, so that a decision is worth as much
three compactions later as it was at first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..earlier import Earlier
from ..record import Call, Excerpt, Said, Step

SPOKEN = re.compile(r"^(?:said|subagent): (?P<text>.*)$", re.DOTALL)
CALLED = re.compile(
    r"^(?P<name>[A-Za-z_][\w.-]*) `(?P<brief>.*)`(?: \(\d+x\))? -> "
    r"(?P<outcome>ok|FAILED|no result)(?P<later> \(ok later\))?(?::? ?(?P<why>.*))?$"
)
ARGUMENT = {"Bash": "command", "Read": "file_path", "Write": "file_path", "Edit": "file_path"}


def steps(before: Earlier) -> list[Step]:
    """The steps in the order in which they were told."""
    found: list[Step] = []
    for line in before.lines("done"):
        found += _step(line, len(found))
    return found


def _step(line: str, number: int) -> Iterable[Step]:
    if spoken := SPOKEN.match(line):
        return [Said("assistant", Excerpt(spoken["text"]))]
    head, _, detail = line.partition("\n")
    called = CALLED.match(head)
    if called is None:
        return [Said("assistant", Excerpt(head))]
    failed = called["outcome"] == "FAILED"
    output = called["why"] if failed else "\n".join(each.strip() for each in detail.splitlines())
    arguments = {ARGUMENT.get(called["name"], "query"): called["brief"]}
    told = f"earlier-{number}"
    call = Call(told, called["name"], arguments, Excerpt(output or ""), failed)
    passed = Call(f"{told}-later", called["name"], dict(arguments), Excerpt(""))
    return [call, passed] if called["later"] else [call]
