"""What ccsup says to a person: what happened, the evidence, what comes next."""

from __future__ import annotations

from .classify import Cause, Verdict
from .commands import Way
from .ending import Ending, SessionFacts
from .events import Compacted

QUESTION = "Compact the transcript and relaunch the session? [Y/n] "

_NAMES = {
    Cause.OUT_OF_MEMORY: "Claude Code ran out of memory in the middle of the job.",
    Cause.KILLED: "Claude Code was killed in the middle of the job.",
}


def death(verdict: Verdict, facts: SessionFacts) -> str:
    return "\n".join(
        (_NAMES.get(verdict.cause, ""), f"evidence  {verdict.evidence}", *_session(facts))
    )


def _session(facts: SessionFacts | None) -> tuple[str, ...]:
    if facts is None or facts.session is None:
        return ("session   none on disk yet",)
    calls = f"{facts.tool_calls} tool call" + ("" if facts.tool_calls == 1 else "s")
    return (f"session   {facts.session} ({size(facts.size)}, {calls} since its launch)",)


def size(count: int) -> str:
    """Bytes for a person, in the units of `ls -h --si`."""
    if count < 1000:
        return f"{count} bytes"
    if count < 1_000_000:
        return f"{count / 1000:.0f} KB"
    return f"{count / 1_000_000:.1f} MB"


def relaunching(event: Compacted) -> str:
    if event.session is None:
        return "Nothing was done yet that could be lost; relaunching the same command."
    return (
        f"Relaunching with the compacted context, as {event.way.value}: {_tokens(event)}.\n"
        f"narrative {event.narrative}\n"
        f"session   {event.session}"
    )


def _tokens(event: Compacted) -> str:
    if event.tokens_after >= event.tokens_before:
        more = event.tokens_after - event.tokens_before
        return f"about {event.tokens_before:,} tokens kept whole, with {more:,} of notes"
    return f"about {event.tokens_before:,} tokens became {event.tokens_after:,}"


def took(way: Way) -> str:
    return f"The relaunch took: the model has answered to {way.value}."


def did_not_take(way: Way) -> str:
    return f"The relaunch by {way.value} did not reach the model; trying the other way."


def without_model(reason: str) -> str:
    return f"The compaction failed ({reason}); once more, without a model."


def gave_up(reason: str, facts: SessionFacts | None) -> str:
    return "\n".join((f"Giving up: {reason}.", *_kept(facts)))


def abandoned(signal: str, ending: Ending | None) -> str:
    return "\n".join((f"Stopped by {signal}; nothing was relaunched.", *_kept(_facts(ending))))


def declined(ending: Ending | None) -> str:
    return "\n".join(("Not relaunched.", *_kept(_facts(ending))))


def _facts(ending: Ending | None) -> SessionFacts | None:
    return ending.facts if ending else None


def _kept(facts: SessionFacts | None) -> tuple[str, ...]:
    if facts is None or facts.session is None:
        return ()
    return (
        f"transcript {facts.path}",
        f"to go on   claude --resume {facts.session}",
    )
