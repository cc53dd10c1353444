"""What an earlier compaction kept, merged into the parts of the next context."""

from __future__ import annotations

from collections.abc import Sequence

from .digest import Digest
from .digest.failures import is_failure
from .plan.budget import elide
from .plan.pack import Item, Part
from .record import Call

EARLIER_WORTH = {
    "rules": 97.0, "tasks": 60.0, "files": 82.0, "tests": 40.0, "commits": 74.0, "background": 84.0,
    "agents": 66.0, "values": 56.0, "read": 10.0, "failure": 55.0,
}  # fmt: skip


def with_earlier(part: Part, lines: Sequence[str]) -> Part:
    """What an earlier compaction kept stands before what has come since; the same line once."""
    if part.key not in EARLIER_WORTH:
        return part
    now = {_subject(part.key, item.text.partition("\n")[0]) for item in part.items}
    older = []
    for line in lines:
        head, _, detail = line.partition("\n")
        if _subject(part.key, head) not in now:
            is_open = part.key == "tasks" and not head.startswith("[completed]")
            worth = 98.0 if is_open else EARLIER_WORTH[part.key]
            vital = is_open or part.key == "rules"
            unless = head if part.key == "rules" else ""
            older.append(Item(head, worth, detail, 5.0, unless=unless, vital=vital))
    return Part(part.key, (*older, *part.items), part.share)


def _subject(key: str, head: str) -> str:
    """What a line is about: of two on one thing the newer one stands."""
    match key:
        case "files":
            return head.partition(": ")[0]
        case "tasks":
            return head.partition("] ")[2]
        case "tests":
            return head.partition(": ")[2].partition("` -> ")[0].partition("`; ")[0].rstrip("`")
        case "background":
            return head.partition("): ")[0]
    return head


def standing(digest: Digest, key: str, lines: Sequence[str]) -> Sequence[str]:
    """The lines that no later step has settled."""
    if key == "tasks" and any(call.name == "TodoWrite" for call in digest.calls):
        return ()  # a list as a whole takes the place of the older one
    if key == "failure":
        passed = {heading(call) for call in digest.calls if call.result and not is_failure(call)}
        return [line for line in lines if line.partition("\n")[0] not in passed]
    return lines


def heading(call: Call) -> str:
    """A call on one line."""
    return f"{call.name} `{elide(call.brief, 400)}`"
