"""Prose: of what the assistant said, what will still matter is worth most."""

from __future__ import annotations

from supervisor.compaction.digest.prose import LONGEST, notes

DECISION = "We keep `sqlite` instead of postgres because the disk of the host has only 4 GB."
DEAD_END = "Upgrading libfoo to 3.2 broke the importer: it crashes with a segfault."
CHATTER = "Let me look at the next file now."
PLAIN = "The weather of the town was rather mild."


def worth_of(sentence: str, *messages: str) -> float:
    """The worth of the note in which a sentence stands; 0 where it stands in none."""
    found = notes(list(enumerate(messages)))
    return max((note.worth for note in found if sentence in note.text), default=0.0)


def test_a_decision_and_a_dead_end_are_worth_more_than_a_remark_and_than_chatter() -> None:
    said = (DECISION, PLAIN, DEAD_END, CHATTER)
    for telling in (DECISION, DEAD_END):
        assert worth_of(telling, *said) > worth_of(PLAIN, *said) > 0
        assert worth_of(telling, *said) > 2 * worth_of(CHATTER, *said)


def test_what_comes_again_and_again_is_chatter() -> None:
    again = [f"The plan for file_{number}.py was to keep it." for number in range(90)]
    assert worth_of(again[0], again[0], PLAIN) > worth_of(again[0], *again, PLAIN)


def test_what_is_said_stands_in_its_order_each_once_and_where_it_was_said() -> None:
    found = notes([(3, DECISION), (8, f"{CHATTER}\n\n{DEAD_END}"), (9, DECISION)])
    assert sorted(note.at for note in found) == [note.at for note in found]
    assert sum(DECISION in note.text for note in found) == 1
    assert [note.at for note in found if DEAD_END in note.text] == [8]


def test_nothing_said_is_nothing_worth() -> None:
    assert notes([]) == [] and notes([(0, "")]) == []
    assert all(note.worth >= 0 for note in notes([(at, CHATTER) for at in range(500)]))


def test_a_note_is_one_line_and_no_longer_than_it_may_be() -> None:
    long = " ".join(f"Reason number {n} is that `x{n}` fails with code {n}." for n in range(99))
    found = notes([(0, "x" * 9_000), (1, long), (2, f"# Title\n\n- {DECISION}\n- {DEAD_END}")])
    assert found
    assert all("\n" not in note.text and len(note.text) <= 2 * LONGEST for note in found)
