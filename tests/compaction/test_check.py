"""Check: a narrative is not believed for being there."""

from __future__ import annotations

import pytest

from supervisor.compaction.check import UNVERIFIED, check
from supervisor.compaction.summarize import Summary

SOURCE = "edited src/ledger/sort.py and /etc/ledger.conf in 1a2b3c4d, see ./run.sh " * 3
GOOD = "The ledger is sorted by date, for names repeat. Next: count it once more."


def told(text: str, stop: str = "end_turn", source: str = SOURCE) -> str | None:
    return check(Summary(text, "model", stop), source).fault


def test_an_account_is_taken_as_it_is() -> None:
    found = check(Summary(f"\n {GOOD} \n", "model"), SOURCE)
    assert (found.text, found.fault, found.unverified) == (GOOD, None, ())


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n ",
        "Done.",
        "API Error: 500 Internal server error. Please try again later, somewhere.",
        "I'm sorry, but I can't help with that request, whatever it may have been.",
        "I cannot write notes about this transcript, for it is not what it should be.",
    ],
)
def test_what_is_no_account_is_refused(text: str) -> None:
    found = check(Summary(text, "model"), SOURCE)
    assert found.fault and found.text == ""


@pytest.mark.parametrize(
    "text",
    [
        "The API Error of yesterday is mended: the ledger is sorted and counted now.",
        "We are sorry to say that the annex is lost; the ledger itself is sorted now.",
    ],
)
def test_an_account_of_an_error_is_one(text: str) -> None:
    assert told(text) is None


@pytest.mark.parametrize("stop", ["refusal", "content_filtered", "guardrail_intervened"])
def test_a_refusal_is_refused(stop: str) -> None:
    assert stop in (told(GOOD, stop) or "")
    assert told(GOOD, "max_tokens") is None


def test_a_summary_longer_than_its_source_is_refused() -> None:
    long = "The ledger is sorted. " * 100
    assert told(long) and told(long, source=SOURCE * 20) is None
    assert told("The ledger is sorted. " * 50, source="short") is None  # a small one may be longer


def test_names_of_the_source_stand() -> None:
    text = "Sorted src/ledger/sort.py and /etc/ledger.conf in 1a2b3c4d; run ./run.sh next."
    assert check(Summary(text, "model"), SOURCE).text == text


@pytest.mark.parametrize("name", ["src/ledger/count.py", "/etc/passwd", "deadbeef12"])
def test_an_invented_name_is_marked(name: str) -> None:
    found = check(Summary(f"{GOOD} See {name}. And {name}.", "model"), SOURCE)
    assert found.fault is None and found.unverified == (name,)
    assert f"See {name}{UNVERIFIED}. And" in found.text


def test_a_name_within_a_longer_one_is_not_taken_for_it() -> None:
    text = f"{GOOD} First a/tmp/new/deep.py, then a/tmp/new."
    found = check(Summary(text, "model"), SOURCE)
    assert set(found.unverified) == {"a/tmp/new/deep.py", "a/tmp/new"}
    assert f"a/tmp/new/deep.py{UNVERIFIED}, then a/tmp/new{UNVERIFIED}." in found.text


def test_numbers_and_words_are_no_hashes() -> None:
    text = f"{GOOD} It took 12345678 steps, defaced nothing, added a facade."
    assert check(Summary(text, "model"), SOURCE).unverified == ()
