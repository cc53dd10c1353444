"""Culprits: which calls have filled a conversation."""

from __future__ import annotations

import pytest

from supervisor.compaction.culprits import culprits
from supervisor.compaction.read import Place
from supervisor.compaction.recorder import LARGEST, LONGEST_CALL, record_of

from ..entries import Transcript
from .facts import LIVE, as_it_is, recorded


def conversation(*steps: tuple[str, int], last: str = "") -> Transcript:
    """Of commands, each with an output of so many tokens."""
    transcript = Transcript()
    transcript.user("sort")
    for command, tokens in steps:
        transcript.step(command, "four" * tokens)
    if last:
        transcript.calls("Bash", command=last)
    return transcript


def named(*steps: tuple[str, int], last: str = "") -> tuple[str, ...]:
    return culprits(recorded(conversation(*steps, last=last)))


def test_the_largest_outputs_are_named_largest_first() -> None:
    assert named(("cat a", 1_000), ("ls", 2), ("cat b", 3_000)) == (
        "Bash `cat b`: about 3,000 tokens at once",
        "Bash `cat a`: about 1,000 tokens at once",
    )


def test_no_more_are_named_than_help() -> None:
    found = named(*((f"cat {number}", 1_000 + number) for number in range(LARGEST + 2)))
    assert len(found) == LARGEST and found[0].startswith(f"Bash `cat {LARGEST + 1}`")


@pytest.mark.parametrize(("others", "named_"), [(7, LARGEST), (20, 0)])
def test_what_is_less_than_a_tenth_has_not_filled_it(others: int, named_: int) -> None:
    assert len(named(*((f"cat {number}", 100) for number in range(others + 1)))) == named_


def test_a_call_without_an_output_is_none() -> None:
    assert named() == ()
    assert named(("true", 0), last="sleep 100") == ()


def test_what_stands_before_a_compaction_fills_nothing_now() -> None:
    entries = conversation(("cat a", 1_000)).entries
    old = Place(live=False)
    assert culprits(record_of([(entry, old) for entry in reversed(entries)], as_it_is)) == ()
    live = record_of([(entry, LIVE) for entry in reversed(entries)], as_it_is)
    assert len(culprits(live)) == 1


def test_a_long_call_is_cut_and_its_secrets_are_masked() -> None:
    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    entries = conversation(("curl -u hunter2 " + "x" * 1_000, 1_000)).entries
    (told,) = culprits(record_of([(entry, LIVE) for entry in reversed(entries)], redact))
    assert "hunter2" not in told and told.startswith("Bash `curl -u [redacted] xxx")
    assert len(told) < LONGEST_CALL + 60
