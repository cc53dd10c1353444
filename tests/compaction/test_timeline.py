"""Timeline: what was said and done, in order, each line with its worth."""

from __future__ import annotations

import pytest

from supervisor.compaction.record import Call, Step
from supervisor.compaction.timeline import timeline, worth_of

from .facts import bash, digest_of, said

DECISION = "We keep `sqlite` instead of postgres because the disk of the host has only 4 GB."


def lines(*steps: Step) -> list[str]:
    return [line.item.text for line in timeline(digest_of(*steps))]


def test_what_was_said_and_done_is_in_its_order() -> None:
    found = timeline(
        digest_of(
            said("assistant", DECISION), bash("deploy it"), bash("migrate it", "no", failed=True)
        )
    )
    assert [line.at for line in found] == sorted(line.at for line in found)
    said_, deployed, migrated = (line.item for line in found)
    assert said_.text == DECISION and said_.lead == "said: "
    assert deployed.text == "Bash `deploy it` -> ok"
    assert migrated.text == "Bash `migrate it` -> FAILED: no"


def test_the_same_call_many_times_is_one_line_at_its_last_place() -> None:
    found = lines(bash("deploy it"), bash("migrate it"), bash("deploy it"), bash("deploy it"))
    assert [text for text in found if "deploy" in text] == ["Bash `deploy it` (3x) -> ok"]
    assert "deploy" in found[-1]


def test_a_failure_that_was_overcome_is_told_as_such_with_its_reason() -> None:
    found = lines(bash("deploy it", "error: no room", failed=True), bash("deploy it"))
    assert any("FAILED (ok later): error: no room" in text for text in found)
    still = lines(bash("deploy it"), bash("deploy it", "error: no room", failed=True))
    assert any("FAILED: error: no room" in text for text in still)
    assert not any("ok later" in text for text in still)


def test_the_same_reason_is_told_once() -> None:
    found = lines(*(bash(f"deploy {n}", "error: no room", failed=True) for n in range(9)))
    assert sum("no room" in text for text in found) == 1


def test_a_call_without_a_result_was_under_way() -> None:
    (text,) = lines(bash("deploy it", None))
    assert text == "Bash `deploy it` -> no result: it was under way when the session ended"


def test_what_stands_elsewhere_is_no_line() -> None:
    shown = bash("deploy it")
    shown.entry = "shown"
    digest = digest_of(shown, bash("migrate it"))
    texts = [line.item.text for line in timeline(digest, {"shown"})]
    assert texts == ["Bash `migrate it` -> ok"]
    assert len(timeline(digest)) == 2
    assert lines(Call("t", "TodoWrite", {"todos": []}), said("user", "Never do it")) == []


def test_the_output_is_a_detail_that_is_indented() -> None:
    (line,) = timeline(digest_of(bash("deploy it", "one\ntwo")))
    assert line.item.detail == "    one\n    two"


@pytest.mark.parametrize(
    ("more", "less"),
    [
        ("alembic upgrade head", "ls -l"),
        ("docker push x", "cat notes"),
        ("cd x && npm publish", "grep -rn x ."),
        ("python work.py", "git status"),
    ],
)
def test_what_changes_something_is_worth_more_than_a_look(more: str, less: str) -> None:
    assert worth_of(bash(more)) > worth_of(bash(less))


def test_a_read_is_worth_least() -> None:
    read = Call("r", "Read", {"file_path": "x"})
    assert worth_of(read) < worth_of(Call("w", "Write", {"file_path": "x"})) < worth_of(bash("go"))
