"""What ccsup says to a person: what happened, the evidence, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from .backoff import duration
from .classify import Verdict
from .commands import Way
from .ending import Ending, Moment, SessionFacts
from .events import Compacted
from .policy import Decision, Park, Recover, Wait

QUESTION = "Compact the transcript and relaunch the session? [Y/n] "
GOES_ON = "going on in"
PARKED = (
    "Parked until the credentials are good again. They are looked at every half minute, and tried"
    " with one small request when they have changed and, more and more seldom, when not.\n"
    "to go on   renew them (for SSO: aws sso login), in any terminal; Ctrl-C ends the run"
)
CREDENTIALS_GOOD = "The credentials are good again."


def death(verdict: Verdict, facts: SessionFacts, when: str = "") -> str:
    time = (f"when      {when}",) if when else ()
    evidence = f"evidence  {verdict.evidence}"
    return "\n".join((verdict.row.told, *time, evidence, *_session(facts)))


def handed(verdict: Verdict, facts: SessionFacts, when: str = "") -> str:
    """An ending that is the user's affair, and how he goes on."""
    return "\n".join((death(verdict, facts, when), *_kept(facts)))


def when(now: Moment, started: float | None, zone: tzinfo | None) -> str:
    """The time of day in `zone`, and how long the run has lasted (steady seconds)."""
    if not now.wall:
        return ""
    day = f"{datetime.fromtimestamp(now.wall, zone or UTC):%a %H:%M:%S}"
    return day if started is None else f"{day}, {duration(now.steady - started)} into the run"


def question(decision: Decision) -> str:
    match decision:
        case Recover(resume=True):
            return "Resume the session in a fresh process? [Y/n] "
        case Wait() | Park():
            return "Wait, and then resume the session? [Y/n] "
    return QUESTION


def waiting(decision: Wait) -> str:
    until = ""
    if decision.until is not None:
        until = f", until {datetime.fromtimestamp(decision.until, UTC):%Y-%m-%d %H:%M} UTC"
    return f"Waiting {duration(decision.seconds)}{until}, then the session goes on."


def cannot_resume(reason: str) -> str:
    return f"The session cannot be resumed as it is ({reason}); it is compacted instead."


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
    if event.way is Way.RESUMED:
        why = f" ({event.narrative})" if event.narrative else ""
        return f"Resuming the same session in a fresh process{why}.\nsession   {event.session}"
    return (
        f"Relaunching with the compacted context, as {event.way.value}: {_tokens(event)}.\n"
        f"narrative {event.narrative}\n"
        f"session   {event.session}"
    )


def _tokens(event: Compacted) -> str:
    if event.tokens_after >= event.tokens_before:
        more = event.tokens_after - event.tokens_before
        return f"about {event.tokens_before:,} tokens, told with {more:,} of notes and headings"
    return f"about {event.tokens_before:,} tokens became {event.tokens_after:,}"


def story(deaths: Mapping[str, int], journal: str) -> str:
    """The tally of a run's endings, and where all of it is told."""
    counted = ", ".join(f"{name} ({count})" for name, count in deaths.items())
    tally = f"\nendings   {counted}" if counted else ""
    return f"The story of this run: {journal}{tally}"


def took(way: Way) -> str:
    return f"The relaunch worked: the model has answered to {way.value}."


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
        f"to go on   ccsup run --resume {facts.session}",
    )
