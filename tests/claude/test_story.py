"""Story: what a session was, told by the stream of its entries."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from supervisor.claude.branch import NewestFirst
from supervisor.claude.story import MOST_POINTS, Story

from ..entries import SESSION, START, Transcript, call, text


def story(transcript: Transcript, folder: Path) -> Story:
    found = Story()
    for entry in NewestFirst(transcript.write(folder)):
        found.take(entry)
    return found.finish()


def used(transcript: Transcript, **usage: int) -> None:
    """The last response's usage, as the service told it."""
    response = transcript.lines[-1]["message"]["id"]
    for line in transcript.lines:
        if line.get("message", {}).get("id") == response:
            line["message"]["usage"] = usage


def test_calls_are_counted_by_name_with_the_size_of_their_outputs(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    transcript.step("ls", "x" * 400)
    transcript.step("ls", "y" * 80)
    transcript.calls("Read", file_path="/a")
    found = story(transcript, tmp_path)
    assert found.calls == {"Bash": 2, "Read": 1}
    assert found.outputs == {"Bash": 120, "Read": 0}
    assert found.sessions == [SESSION]


def test_a_response_of_several_blocks_counts_once(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    transcript.respond(text("I look."), call("Bash", {}, "c1"), call("Bash", {}, "c2"))
    used(transcript, input_tokens=1_000_000, output_tokens=0)
    transcript.result("1", "c1")
    transcript.result("2", "c2")
    found = story(transcript, tmp_path)
    assert found.answers == 1 and found.usage["input_tokens"] == 1_000_000
    assert found.cost == pytest.approx(3.0) and len(found.points) == 1


def test_errors_and_stubs_are_no_answers(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    transcript.says("Yes.")
    transcript.stub()
    transcript.error()
    found = story(transcript, tmp_path)
    assert found.answers == 1 and found.models == {"us.anthropic.claude-sonnet-4-6": 1}


def test_the_context_over_time_is_what_the_service_told(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    for tokens in (100, 300, 200):
        transcript.step("ls", "x")
        transcript.lines[-2]["message"]["usage"] = {
            "input_tokens": 10,
            "cache_read_input_tokens": tokens - 30,
            "cache_creation_input_tokens": 5,
            "output_tokens": 15,
        }
    found = story(transcript, tmp_path)
    assert [point.tokens for point in found.points] == [100, 300, 200]
    assert [point.at for point in found.points] == [START + 1, START + 3, START + 5]
    assert (found.now, found.largest) == (200, 300)


@pytest.mark.parametrize("peak", [0, 401, 402, 403, 404, -1])
@pytest.mark.parametrize("count", [MOST_POINTS, MOST_POINTS + 1, 5 * MOST_POINTS + 7])
def test_the_points_are_bounded_and_even_and_keep_the_peaks(
    tmp_path: Path, count: int, peak: int
) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    for number in range(count):
        transcript.says("Yes.", stop="end_turn")
        used(transcript, input_tokens=1 + number % 7 + (9_000 if number == peak % count else 0))
    found = story(transcript, tmp_path)
    assert MOST_POINTS // 2 <= len(found.points) <= MOST_POINTS
    assert max(point.tokens for point in found.points) == found.largest > 9_000
    times = [point.at or 0 for point in found.points]
    assert times == sorted(times)
    gaps = [after - before for before, after in pairwise(times)]
    assert max(gaps) <= 4 * count / len(times)


def test_a_compaction_is_marked_with_who_made_it(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    transcript.says("Yes.")
    transcript.compaction("Notes.", trigger="manual")
    transcript.says("On it goes.")
    [found] = story(transcript, tmp_path).compactions
    assert (found.by, found.trigger, found.before, found.after) == (
        "claude",
        "manual",
        90_000,
        2_000,
    )
    assert found.at == START + 2


def test_what_a_compaction_has_copied_is_counted_where_it_came_from(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user("Go.")
    transcript.compaction("Notes.")
    transcript.step("ls", "x")
    whole = story(transcript, tmp_path)
    found = Story()
    for entry in NewestFirst(transcript.write(tmp_path)):
        found.take(entry, copied=True)
    assert whole.calls == {"Bash": 1} and len(whole.compactions) == 1
    assert not found.finish().calls and len(found.compactions) == 1
