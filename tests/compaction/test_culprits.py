"""Culprits: which calls have filled a conversation."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from supervisor.compaction.culprits import LONGEST, MOST, largest_outputs

from ..entries import Transcript


def as_it_is(text: str) -> str:
    return text


def culprits(
    *steps: tuple[str, int], redact: Callable[[str], str] = as_it_is, last: str = ""
) -> tuple[str, ...]:
    """Of a conversation of commands, each with an output of so many tokens."""
    transcript = Transcript()
    transcript.user("sort the ledger " * 10_000)  # words of the user are no output
    for command, tokens in steps:
        transcript.step(command, "four" * tokens)
    if last:
        transcript.calls("Bash", command=last)
    return largest_outputs(transcript.entries, redact)


def test_the_largest_outputs_are_named_largest_first() -> None:
    assert culprits(("cat a", 1_000), ("ls", 2), ("cat b", 3_000)) == (
        "Bash `cat b`: about 3,000 tokens at once",
        "Bash `cat a`: about 1,000 tokens at once",
    )


def test_no_more_are_named_than_help() -> None:
    assert len(culprits(*((f"cat {number}", 1_000) for number in range(MOST + 2)))) == MOST


@pytest.mark.parametrize(("others", "named"), [(9, 3), (10, 0)])
def test_what_is_less_than_a_tenth_has_not_filled_it(others: int, named: int) -> None:
    assert len(culprits(*((f"cat {number}", 100) for number in range(others + 1)))) == named


def test_a_call_without_an_output_is_none() -> None:
    assert culprits() == ()
    assert culprits(("true", 0), last="sleep 100") == ()


def test_a_long_call_is_cut_and_its_secrets_are_masked() -> None:
    def redact(text: str) -> str:
        return text.replace("hunter2", "[redacted]")

    (told,) = culprits(("curl -u hunter2 " + "x" * 1_000, 1_000), redact=redact)
    assert "hunter2" not in told and told.startswith("Bash `curl -u [redacted] xxx")
    assert len(told) < LONGEST + 60
