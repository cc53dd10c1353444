"""resume: the same session taken up again, where it is fit for that."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..claude.sessions import UUID
from ..core.commands import Way
from ..core.wording import size
from .digest import CONTINUE_MARK, digest
from .order import Order, Result
from .plan import tokens_of
from .read import Conversation

SAID = "What the user said last:"


def why_not(order: Order) -> str | None:
    """Why the current session cannot be resumed, None where it can.

    Claude Code holds 9 to 14 times a transcript's bytes in memory (#79196), whatever of it is
    still in the context.
    """
    path = Path(order.current) if order.current else None
    if path is None or not UUID.match(path.stem):
        return "its transcript is not known"
    try:
        length = path.stat().st_size
    except OSError as error:
        return f"{path}: {error.strerror}"
    if length > order.max_resume:
        return f"its transcript of {size(length)} is over the limit of {size(order.max_resume)}"
    return None


def resumed(
    order: Order, conversation: Conversation, unwritten: Iterable[str], prompt: str
) -> Result:
    """The same session again; what the user said and is not written down goes along."""
    assert order.current is not None
    lost = _lost(conversation, unwritten)
    words = "\n\n".join(f"{SAID}\n\n{each}" for each in lost)
    spoken = "" if order.at_rest else f"{CONTINUE_MARK} {prompt.strip()}"
    count = tokens_of(conversation.live)
    return Result(
        session=Path(order.current).stem,
        way=Way.RESUMED.name,
        prompt="\n\n".join(filter(None, (spoken, words))),
        told=order.reason,
        tokens_before=count,
        tokens_after=count,
        skipped=conversation.skipped,
    )


def _lost(conversation: Conversation, unwritten: Iterable[str]) -> list[str]:
    """What is neither written down nor has gone along with an earlier resumption."""
    known = digest(conversation.entries)
    before = len(known.user_words)
    known.add_unwritten(unwritten)
    ours = [entry.text.strip() for entry in conversation.entries if entry.type == "user"]
    gone = [f"{text}\n\n" for text in ours if text.startswith(CONTINUE_MARK)]
    return [
        each
        for each in known.user_words[before:]
        if not any(f"{SAID}\n\n{each}\n\n" in text for text in gone)
    ]
