"""What is known of a transcript of the tests, without a file."""

from __future__ import annotations

from supervisor.compaction.digest import Digest, digest
from supervisor.compaction.read import Place
from supervisor.compaction.record import Call, Excerpt, Record, Said, Step
from supervisor.compaction.recorder import record_of

from ..chain import main_chain
from ..entries import Transcript

LIVE = Place(live=True)


def as_it_is(text: str) -> str:
    return text


def recorded(transcript: Transcript) -> Record:
    chain = main_chain(transcript.entries)
    return record_of(((entry, LIVE) for entry in reversed(chain)), as_it_is)


def known(transcript: Transcript) -> Digest:
    return digest(recorded(transcript))


def said(who: str, words: str) -> Said:
    return Said(who, Excerpt(words))


def bash(command: str, output: str | None = "fine", *, failed: bool = False) -> Call:
    result = None if output is None else Excerpt(output)
    return Call(f"id {command}", "Bash", {"command": command}, result, failed)


def digest_of(*steps: Step) -> Digest:
    return digest(Record(steps=list(steps)))
