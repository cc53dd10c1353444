"""Values: the ids that somebody used or made, and not all that a transcript is full of."""

from __future__ import annotations

import pytest

from supervisor.compaction.digest.values import values
from supervisor.compaction.record import Call, Excerpt, Step

from ..facts import bash, said

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"


def named(*steps: Step) -> dict[str, float]:
    return {value.name: value.worth for value in values(steps)}


@pytest.mark.parametrize(
    "value",
    [
        "https://ci.example.com/job/17",
        UUID,
        "10.0.3.17:8443",
        "OPS-4711",
        "snap-0a1b2c3d",
        "arn:aws:s3:::bucket/x7",
        "9f8e7d6c5b4a",
    ],
)
def test_what_a_later_step_uses_is_kept_with_its_first_line(value: str) -> None:
    (found,) = values(
        [bash("show", f"first\nthe thing is {value}, look\nlast"), bash(f"use {value}")]
    )
    assert found.name == value and found.at == 0
    assert found.line == f"the thing is {value}, look"


def test_what_the_user_names_is_kept() -> None:
    assert "OPS-4711" in named(
        said("user", "The ticket is OPS-4711, mind it"), bash("show OPS-4711")
    )


def test_what_was_made_is_kept_though_nobody_has_used_it_yet() -> None:
    assert "snap-0a1b2c3d" in named(bash("backup", "Created snapshot snap-0a1b2c3d"))


def test_what_only_stands_in_an_output_is_not() -> None:
    assert named(bash("show", "some line with 9f8e7d6c5b4a there")) == {}
    in_file = Call("a", "Read", {"file_path": "x"}, Excerpt("id: OPS-4711"))
    assert named(in_file) == {}


def test_lines_of_one_shape_are_a_log() -> None:
    log = "\n".join(f"created object obj-{number:08x}1 in the store" for number in range(40))
    assert named(bash("sync", log)) == {}


def test_what_is_used_more_is_worth_more_within_its_bound() -> None:
    made = bash("show", f"it is {UUID}")
    once, often = (named(made, *[bash(f"use {UUID}")] * times)[UUID] for times in (1, 9))
    assert once < often <= 10.0


def test_names_of_encodings_and_versions_are_no_values() -> None:
    assert named(said("user", "Use utf-8 and sha-256 and python-3, please"), bash("x utf-8")) == {}


def test_a_long_line_is_cut_around_the_value() -> None:
    (found,) = values([bash("show", "x " * 900 + UUID + " y" * 900), bash(f"use {UUID}")])
    assert UUID in found.line and len(found.line) <= 200
