"""check: is the narrative fit to be believed?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .plan import tokens
from .summarize import Summary

SHORTEST = 40  # characters; less is no account of a job
NO_ACCOUNT = re.compile(
    r"\s*(?:API Error|Error\b|An error\b|I(?:'m| am) sorry|I can(?:'t|not)\b)", re.IGNORECASE
)
REFUSED = frozenset({"refusal", "content_filtered", "guardrail_intervened"})
PATH = re.compile(r"(?<![\w/.:-])(?:\.{0,2}/)?(?:[\w.@-]+/)+[\w.@-]*\w(?:\.\w+)?")
HASH = re.compile(r"\b(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{7,40}\b")
UNVERIFIED = " (unverified: not in the transcript)"


@dataclass(frozen=True, slots=True)
class Checked:
    """The narrative as it may be used. `fault` says why it may not."""

    text: str
    fault: str | None = None
    unverified: tuple[str, ...] = ()


def _is_name(found: str) -> bool:
    """A path or a hash, not the likes of "and/or" or "3/5"."""
    last = found.rpartition("/")[2]
    return "/" not in found or "." in last or found.count("/") > 1 or found.startswith(("/", "."))


def check(summary: Summary, source: str) -> Checked:
    """Refuse what is no account; mark each path and hash that the source does not hold."""
    text = summary.text.strip()
    if summary.stop_reason in REFUSED:
        return Checked("", f"the model refused ({summary.stop_reason})")
    if text and not summary.stop_reason:
        return Checked("", "the model's answer broke off")
    if not text:
        return Checked("", "the model's answer was empty")
    if len(text) < SHORTEST or NO_ACCOUNT.match(text):
        return Checked("", f'the model gave no account: "{text[:80]}"')
    if tokens(text) > max(tokens(source), 400):
        return Checked("", "the summary is longer than what it replaces")
    invented = tuple(
        dict.fromkeys(
            found
            for pattern in (PATH, HASH)
            for found in pattern.findall(text)
            if found not in source and _is_name(found)
        )
    )
    for name in invented:
        text = re.sub(re.escape(name) + r"(?![\w/])", lambda at: at[0] + UNVERIFIED, text, count=1)
    return Checked(text, None, invented)
