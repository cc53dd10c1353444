"""resume: the same session taken up again, where it is fit for that."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from ..claude.sessions import UUID
from ..core.commands import Way
from ..core.wording import size
from .digest import CONTINUE_MARK
from .digest.words import unwritten as not_written
from .digest.words import user_words
from .order import Order, Result
from .record import Record, Said
from .redact import Redactor

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
    order: Order, record: Record, unwritten: Iterable[str], prompt: str, redact: Redactor
) -> Result:
    """The same session again; what the user said and is not written down goes along."""
    assert order.current is not None
    lost = _lost(record, unwritten, redact)
    words = "\n\n".join(f"{SAID}\n\n{each}" for each in lost)
    spoken = "" if order.at_rest else f"{CONTINUE_MARK} {prompt.strip()}"
    return Result(
        session=Path(order.current).stem,
        way=Way.RESUMED.name,
        prompt="\n\n".join(filter(None, (spoken, words))),
        told=order.reason,
        tokens_before=record.live,
        tokens_after=record.live,
        skipped=record.skipped,
    )


def _lost(record: Record, unwritten: Iterable[str], redact: Redactor) -> list[str]:
    """What is neither written down nor has gone along with an earlier resumption.

    It is looked for as it stands in the record, masked, and goes along as it was said.
    """
    told = {redact(each).strip(): each.strip() for each in unwritten}
    texts = [step.text for step in record.steps if isinstance(step, Said) and step.who == "user"]
    gone = [f"{text}\n\n" for text in texts if text.startswith(CONTINUE_MARK)]
    return [
        told[each]
        for each in not_written(user_words(record.steps), told)
        if not any(f"{SAID}\n\n{each}\n\n" in text for text in gone)
    ]
