"""compose: the text that the next session begins with.

The user's own words first, then what code knows, then the model's narrative; the newest rounds
follow as entries (plan.tail), or as text where there is no rebuilt file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .digest import Digest
from .digest.words import rules
from .earlier import OPENING, SECTIONS, set_apart
from .parts import of_user, parts
from .plan.budget import Budget, fit, tokens
from .plan.pack import Item, Packed, Part, pack

HEADING = 14  # tokens of a part's heading and of what is said to be left out of it
CONTINUED, INDENT = re.compile(r"(?<=\n)(?! {4})"), "    "  # the further lines of a list's item
HEADINGS = 11  # parts that a context usually has
SMALLEST = 200  # tokens of what code knows
NOTES_SHARE = 0.55


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known outside the conversation."""

    reason: str  # how the session ended
    transcripts: Sequence[str] = ()
    tree: str = ""  # the work tree now, as git tells it
    culprits: Sequence[str] = ()  # what filled the context, a line each


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the context, as it stands in it."""

    key: str
    title: str
    text: str
    kept: int  # pieces
    left_out: int

    @property
    def tokens(self) -> int:
        return tokens(self.text)


@dataclass(frozen=True, slots=True)
class Context:
    """What the next session is told: an opening and the parts."""

    opening: str
    parts: tuple[Told, ...]

    def __str__(self) -> str:
        told = [f"## {part.title}\n\n{part.text}" for part in self.parts]
        return "\n\n".join(filter(None, (self.opening, *told)))


def compose(
    digest: Digest,
    narrative: str,
    around: Surroundings,
    budget: Budget,
    shown: Collection[str] = (),
    tail: int | None = None,
) -> Context:
    """The context, within about `budget.total` tokens less those of the `tail`.

    `shown`: uuids of the entries that stand in the tail; the timeline leaves them out.
    """
    opening = _opening(around)
    culprits = tuple(Item(line, 97.0) for line in around.culprits)
    taken = (budget.tail if tail is None else tail) + tokens(opening) + HEADING * HEADINGS
    room = max(SMALLEST, budget.total - taken)
    found = [
        *parts(digest, room, around.tree, shown),
        Part("culprits", culprits),
        Part("notes", _notes(narrative), NOTES_SHARE),
    ]
    if digest.summary and not narrative:
        found.append(Part("earlier", (_summary(digest, budget.narrative),), 0.25))
    filled = [part for part in found if part.items]
    packed = pack(filled, room)
    told = [_told(part, each) for part, each in zip(filled, packed, strict=True) if each.kept]
    order = list(SECTIONS)
    return Context(opening, tuple(sorted(told, key=lambda part: order.index(part.key))))


def _notes(narrative: str) -> tuple[Item, ...]:
    """The model's notes, line by line; what stands above word for word is not said twice.

    Where there are too many, the middle gives way: the first say what was decided, the last
    what is next.
    """
    lines = re.sub(r"^#+", "###", narrative, flags=re.MULTILINE).strip().splitlines()
    middle = max(1.0, (len(lines) - 1) / 2)
    return tuple(
        Item(
            line,
            89.0 + 3.0 * abs(at - middle) / middle,
            unless="" if line.startswith("#") else line.lstrip(" -*"),
        )
        for at, line in enumerate(lines)
        if line.strip()
    )


def _summary(digest: Digest, most: int) -> Item:
    """The account of an earlier compaction; where all that it tells of is read, of little worth."""
    text = _demoted(fit(digest.summary, most))
    return Item(text, 72.0 if digest.before else 30.0)


def _opening(around: Surroundings) -> str:
    where = "".join(f"\n- {path}" for path in around.transcripts)
    return (
        f"{OPENING}; how that ended: {around.reason}. What follows is its compacted context. The"
        f" whole transcript can be searched where a detail is missing:{where}"
    )


def _demoted(markdown: str) -> str:
    """No heading inside a part looks like one of ours."""
    return re.sub(r"^#+", lambda sign: "#" * max(3, len(sign[0]) + 1), markdown, flags=re.MULTILINE)


def _told(part: Part, packed: Packed) -> Told:
    if part.key == "words":
        text = _messages(packed)
    elif part.key == "notes":
        text = "\n".join(f"\n{line}\n" if line.startswith("#") else line for line in packed.kept)
        text = text.strip()
    elif part.key in ("tree", "earlier"):
        text = "\n".join(packed.kept)
    else:
        lines = [f"- {CONTINUED.sub(INDENT, line)}" for line in _lines(part, packed)]
        if packed.left_out:
            lines.insert(0, f"- … {packed.left_out} more are left out; the transcript has them …")
        text = "\n".join(lines)
    return Told(part.key, SECTIONS[part.key], text, len(packed.kept), packed.left_out)


def _lines(part: Part, packed: Packed) -> list[str]:
    """The lines of a part; kept sentences of one message stand together."""
    found: list[str] = []
    last: int | None = None
    for item, text in zip(part.items, packed.texts, strict=True):
        if text is None:
            continue
        if item.group is not None and item.group == last:
            found[-1] += f" {text}"
        else:
            found.append(f"{item.lead}{text}")
        last = item.group
    return found


def _messages(packed: Packed) -> str:
    found: list[str] = []
    gap = 0
    for text in (*packed.texts, ""):
        if text is None:
            gap += 1
            continue
        if gap:
            found.append(f"[… {gap} messages are left out here; the transcript has them …]")
            gap = 0
        if text:
            found.append(set_apart(text))
    return "\n\n".join(found)


def user_words(words: Sequence[str], limit: int) -> str:
    """Every message of the user, word for word as long as `limit` tokens allow.

    Where they do not, what they forbid and demand comes first.
    """
    found = [part for part in of_user(words, rules(words), limit * 2) if part.items]
    packed = pack(found, limit)
    texts = [_told(part, each) for part, each in zip(found, packed, strict=True) if each.kept]
    return "\n\n".join(
        part.text if part.key == "words" else f"{part.title}:\n{part.text}" for part in texts
    )
