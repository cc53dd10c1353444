"""Failures: what went wrong last, the lines that say why, and the tests as last seen."""

from __future__ import annotations

import pytest

from supervisor.compaction.digest.failures import is_failure, telling_lines

from ...entries import Transcript
from ..facts import bash, digest_of, known


def test_the_last_failure_stands_until_the_same_call_passes() -> None:
    transcript = Transcript()
    transcript.step("make test", "2 failed", failed=True)
    transcript.step("ls", "ledger")
    failure = known(transcript).last_failure
    assert failure is not None and failure.output == "2 failed"
    transcript.step("make test", "all passed")
    assert known(transcript).last_failure is None


def test_a_call_under_way_is_no_pass() -> None:
    transcript = Transcript()
    transcript.step("make test", "2 failed", failed=True)
    transcript.calls("Bash", command="make test")
    assert known(transcript).last_failure is not None


def test_another_tool_on_the_same_file_is_no_pass() -> None:
    transcript = Transcript()
    transcript.calls("Edit", file_path="/w/a.py", old_string="x", new_string="y")
    transcript.result("the text to replace was not found", failed=True)
    transcript.calls("Read", file_path="/w/a.py")
    transcript.result("its lines")
    failure = known(transcript).last_failure
    assert failure is not None and failure.name == "Edit"


def test_the_call_under_way_is_the_one_without_a_result() -> None:
    transcript = Transcript()
    transcript.step("ls", "ledger")
    assert known(transcript).under_way is None
    transcript.calls("Bash", command="make deploy")
    under_way = known(transcript).under_way
    assert under_way is not None and under_way.brief == "make deploy"


def test_a_call_that_an_older_death_left_open_is_not_under_way_now() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make deploy")
    transcript.user("[ccsup] the work goes on here")
    transcript.step("make deploy", "deployed")
    transcript.step("make check", "fine")
    assert known(transcript).under_way is None


@pytest.mark.parametrize(
    ("output", "is_one"),
    [
        ("Traceback (most recent call last):\n  …", True),
        ("x\nValueError: no", True),
        ("npm ERR! missing", True),
        ("bash: foo: command not found", False),
        ("foo: command not found", True),
        ("0 errors, the error handling is fine", False),
        ("all tests passed; Error cases too", False),
    ],
)
def test_a_failure_may_be_told_by_words_alone(output: str, is_one: bool) -> None:
    assert is_failure(bash("x", output)) is is_one
    assert is_failure(bash("x", output, failed=True))
    assert not is_failure(bash("x", None))


def test_the_lines_that_tell_are_the_ones_that_say_why() -> None:
    output = "Exit code 1\ncollecting\n" + "a dull line\n" * 50
    output += "E   AssertionError: 3 is not 4\n" + "another dull line\n" * 50
    assert telling_lines(output) == ["E   AssertionError: 3 is not 4"]
    assert telling_lines("just one line") == ["just one line"]
    assert all(len(line) < 400 for line in telling_lines("error: " + "x" * 9_000))


# --- Tests


FAILING = "FAILED tests/test_a.py::test_one - boom\n=== 1 failed, 11 passed in 3.20s ==="
PASSING = "=== 12 passed in 3.10s ==="


def test_tests_last_seen_failing_are_named() -> None:
    (run,) = digest_of(bash("pytest -q", FAILING, failed=True)).runs
    assert not run.passed and run.failing == ("tests/test_a.py::test_one",)
    assert run.told == "1 failed, 11 passed in 3.20s"


def test_the_last_outcome_of_a_command_counts() -> None:
    (run,) = digest_of(bash("pytest", FAILING, failed=True), bash("pytest", PASSING)).runs
    assert run.passed and run.failing == ()
    (run,) = digest_of(bash("pytest", PASSING), bash("pytest", FAILING, failed=True)).runs
    assert not run.passed


def test_where_the_whole_suite_has_passed_older_failures_are_gone() -> None:
    one = bash("pytest tests/test_a.py", FAILING, failed=True)
    assert [run.passed for run in digest_of(one, bash("pytest -q", PASSING)).runs] == [True]
    other = bash("pytest tests/test_b.py", PASSING)
    assert [run.passed for run in digest_of(one, other).runs] == [False, True]


@pytest.mark.parametrize(
    ("command", "output", "failing"),
    [
        ("go test ./...", "--- FAIL: TestX (0.1s)\nFAIL\texample/x\t0.1s", ("TestX",)),
        ("cargo test", "test a::b ... FAILED\ntest result: FAILED. 1 passed", ("a::b",)),
        ("npx jest", "  ● sums › adds two\n\nTests: 1 failed, 3 passed", ("sums › adds two",)),
        ("npm test", "not ok 3 - adds two", ("adds two",)),
    ],
)
def test_runners_of_other_languages_are_read_too(
    command: str, output: str, failing: tuple[str, ...]
) -> None:
    (run,) = digest_of(bash(command, output)).runs
    assert (run.failing, run.passed) == (failing, False)


def test_what_runs_no_tests_is_no_run() -> None:
    assert digest_of(bash("cat log", FAILING), bash("pytest --help", "usage: …")).runs == []
    assert digest_of(bash("pytest", None)).runs == []
