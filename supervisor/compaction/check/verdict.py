"""check: is the narrative fit to be believed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ..plan.budget import tokens
from .account import empty_sections, missing_headings, no_account
from .grounding import ground
from .neutral import neutral
from .source import UNVERIFIED, Source

__all__ = ["UNVERIFIED", "Checked", "Source", "best", "check"]

REFUSED = frozenset(
    {"refusal", "content_filtered", "content_filter", "guardrail_intervened", "safety"}
)
MALFORMED = frozenset({"malformed_model_output", "malformed_tool_use", "tool_use", "pause_turn"})
CUT = frozenset({"max_tokens", "length", "model_context_window_exceeded"})
ENDS = tuple(".!?)]}`\"'*|…。！？»”")
SHORT = 400  # tokens; so short an account may be longer than what it is of
# A third of the headings may be missing: notes with one section of three or more left out still
# tell most of the job. Any that is missing is worth asking again for.
TOLERATED = 3
# Two inventions, once marked, mislead nobody, and asking again costs the whole transcript once
# more; so does one in ten. More of them tell of a writer who guesses where nothing can be looked
# up.
INVENTIONS = 2
SHARE = 0.1
NAMED = 12  # faults told to the model one by one


class Answer(Protocol):
    """What a model has written, and the API's own word for why it stopped."""

    @property
    def text(self) -> str: ...

    @property
    def stop_reason(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Checked:
    """The narrative as it may be used. `fault` says why it may not.

    `unverified`: the claims that stand nowhere in the source, marked or struck. `faults`: a
    sentence for each thing wrong, by which the model may be asked once more; `missing`: the
    headings among them. `claims`: how many the narrative made. `curable`: whether another
    answer could be better.
    """

    text: str
    fault: str | None = None
    unverified: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    struck: tuple[str, ...] = ()  # those of `unverified` that are not left in the text
    claims: int = 0
    curable: bool = field(default=True)

    @property
    def worth_asking_again(self) -> bool:
        """Whether a second answer, asked with `faults`, is worth its price."""
        if self.fault is not None or self.missing:
            return self.curable
        invented = len(self.unverified)
        return invented > INVENTIONS or invented > SHARE * self.claims

    @property
    def worth(self) -> tuple[bool, int, int]:
        """Greater is better: usable, then headings, then truths told less what was invented.

        An answer that avoids every name has no invention and no use, so truths count; a struck
        claim counts double, for what it told is lost.
        """
        invented = len(self.unverified) + len(self.struck)
        truths = self.claims - len(self.unverified)
        return self.fault is None, -len(self.missing), truths - 2 * invented


def best(first: Checked, second: Checked) -> Checked:
    """The better of two answers; the first where neither is."""
    return second if second.worth > first.worth else first


def check(
    summary: Answer,
    source: str | Source,
    *,
    headings: Sequence[str] = (),
    most: int | None = None,
    prompt: str = "",
) -> Checked:
    """Refuse what is no account; mark or strike each claim that the source does not hold.

    `source`: the very text that the model was sent, or its index, which several checks of one
    source may share. `headings`: those that were asked for ("## Decisions"). `most`: tokens
    that the narrative may have. `prompt`: the instructions, to know a copy of them.
    """
    text = neutral(summary.text).strip()
    stop = summary.stop_reason
    if stop in REFUSED:
        return _refused(f"the model refused ({stop})", curable=False)
    if text and not stop:
        return _refused("the model's answer broke off")
    if not text:
        return _refused("the model's answer was empty")
    if stop in MALFORMED:
        return _refused(f"the model wrote no notes but something else ({stop})")
    missing = tuple(missing_headings(text, headings))
    shaped = bool(headings) and not missing
    if fault := no_account(text, prompt, shaped=shaped):
        return _refused(fault)
    if shaped and empty_sections(text):
        return _refused("the summary says nothing under its headings")
    index = source if isinstance(source, Source) else Source(source)
    size = tokens(text)
    if size > max(index.tokens, SHORT):
        return _refused("the summary is longer than what it replaces")
    if most is not None and size > most:
        return _refused(f"the summary has about {size:,} tokens; at most {most:,} were asked for")
    cut = stop in CUT and not text.endswith(ENDS)
    told = tuple(f"the heading {heading} is missing" for heading in missing)
    if missing and (stop in CUT or len(missing) > len(headings) // TOLERATED):
        why = "the summary was cut off: " if stop in CUT else ""
        return Checked("", why + ", ".join(told), faults=told, missing=missing)
    found = ground(text, index)
    end = "\n\n[the notes break off here, at their limit]" if cut else ""
    return Checked(
        found.text + end,
        None,
        found.missing,
        (*told, *_some(found.faults)),
        missing,
        found.struck,
        found.claims,
    )


def _refused(fault: str, *, curable: bool = True) -> Checked:
    return Checked("", fault, faults=(fault,), curable=curable)


def _some(faults: Sequence[str]) -> tuple[str, ...]:
    more = len(faults) - NAMED
    return (*faults[:NAMED], f"and {more} more of the kind") if more > 0 else tuple(faults)
