"""Summarize: the notes of a model, asked of a scripted backend; nothing is sent anywhere."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from supervisor.claude.models import cost
from supervisor.compaction.backends.protocol import Limits, Request, Summary, SummaryFailed
from supervisor.compaction.digest import Digest
from supervisor.compaction.plan.budget import tokens
from supervisor.compaction.plan.chunks import part_size
from supervisor.compaction.prompts import VARIABLES, load
from supervisor.compaction.summarize import AT_ONCE, Asking, Narrative, narrate

from .facts import bash, digest_of, said

MODEL, OTHER = "us.anthropic.claude-sonnet-4-6", "us.anthropic.claude-haiku-5-5"
PROMPTS = {name: load(name, ()) for name in VARIABLES}
HEADINGS = PROMPTS["summary"].headings
TASK = "Sort the ledger of Ostrava. Never touch budget-1972.xls."


def account(*lines: str) -> str:
    """Notes under all the headings."""
    told = "\n".join(lines) or "The ledger of Ostrava is sorted by date, for names repeat."
    return "\n\n".join(f"{heading}\n{told}" for heading in HEADINGS)


Answer = Callable[[Request, int], str]


@dataclass
class Scripted:
    """A backend that answers by a function of the request and its number, from 1."""

    answer: Answer
    models: tuple[str, ...] = (MODEL,)
    name: str = "scripted"
    bytes_a_token: int | None = None  # as the service counts; None: it does not
    asked: list[Request] = field(default_factory=list)
    counted: list[int] = field(default_factory=list)  # estimated tokens of what was counted
    limits: list[Limits] = field(default_factory=list)
    at_once: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _running: int = 0

    def candidates(self) -> list[str]:
        return list(self.models)

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        with self._lock:
            self.asked.append(request)
            self.limits.append(limits)
            number = len(self.asked)
            self._running += 1
            self.at_once = max(self.at_once, self._running)
        try:
            text = self.answer(request, number)
            progress(len(text))
            return Summary(text, request.model, input_tokens=1_000, output_tokens=100)
        finally:
            with self._lock:
                self._running -= 1

    def count(self, request: Request) -> int | None:
        self.counted.append(tokens(request.material))
        return None if self.bytes_a_token is None else len(request.material) // self.bytes_a_token

    def of(self, kind: str) -> list[Request]:
        """The requests with the instructions of part.md, merge.md, summary.md or again.md."""
        begins = {
            "part": "The transcript above is part ",
            "merge": "The notes above were taken",
            "summary": "The transcript above is that",
            "again": "The material above is",
        }
        return [each for each in self.asked if each.instructions.startswith(begins[kind])]


@dataclass
class Asked:
    backend: Scripted
    found: Narrative
    said: list[str]
    progress: list[int]


def ask(
    backend: Scripted,
    digest: Digest | None = None,
    *,
    size: int = 50_000,
    clock: Callable[[], float] = lambda: 0.0,
    deadline: float = 100.0,
    repeats: bool = False,
) -> Asked:
    told: list[str] = []
    progress: list[int] = []
    asking = Asking(
        backend=backend,
        prompts=PROMPTS,
        limits=Limits(10.0, deadline),
        reason="out of memory",
        clock=clock,
        say=told.append,
        progress=progress.append,
        repeats=repeats,
    )
    return Asked(backend, narrate(digest or short(), size, 3_000, asking), told, progress)


def short() -> Digest:
    return digest_of(
        said("user", TASK),
        said("assistant", "The ledger of Ostrava is sorted by date, for names repeat."),
        bash("sort ledger", "Dvorak 12\nNovak 7"),
    )


def long(steps: int = 150) -> Digest:
    """A conversation of many parts, for a size that died at 6,000 tokens."""
    words = "The ledger of Ostrava is sorted by date, for names repeat. "
    return digest_of(
        said("user", TASK),
        *(said("assistant", f"Step {number}. " + words * 8) for number in range(steps)),
    )


NOTES = "- done: the ledger of Ostrava is sorted by date, for names repeat"


def writes(request: Request, number: int) -> str:
    """What a model writes that does as it is told."""
    return NOTES if "is part " in request.instructions[:60] else account()


def fails(
    reason: str = "no", *, too_long: bool = False, model_refused: bool = False
) -> SummaryFailed:
    return SummaryFailed(reason, too_long=too_long, model_refused=model_refused)


# --- One part


def test_a_short_transcript_is_one_request() -> None:
    done = ask(Scripted(writes))
    (request,) = done.backend.of("summary")
    assert done.backend.asked == [request]
    assert TASK in request.material and "Dvorak 12" in request.material
    assert TASK in request.instructions and "out of memory" in request.instructions
    assert "Never touch budget-1972.xls." in request.instructions
    assert done.found.text == account() and done.found.model == MODEL
    assert done.found.told.startswith(f"by {MODEL}, {len(account()):,} characters")
    assert done.said == [f"asking {MODEL} for a summary"]
    assert done.progress == [len(account())]


def test_the_cache_is_marked_only_where_it_is_known_to_pay() -> None:
    assert [each.repeats for each in ask(Scripted(writes)).backend.asked] == [False]
    assert [each.repeats for each in ask(Scripted(writes), repeats=True).backend.asked] == [True]


def test_an_empty_answer_is_asked_for_once_more_and_then_left_out() -> None:
    done = ask(Scripted(lambda request, number: ""))
    assert len(done.backend.asked) == 2 and done.found.text == ""
    assert done.found.told.startswith("none: the model's answer was empty")


def test_a_refused_one_is_not_asked_for_again() -> None:
    def refuse(request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        return Summary("I cannot.", MODEL, stop_reason="refusal")

    backend = Scripted(writes)
    asked: list[Request] = []
    backend.ask = lambda request, limits, progress: (  # type: ignore[method-assign]
        asked.append(request) or refuse(request, limits, progress)  # type: ignore[func-returns-value]
    )
    assert "refused" in ask(backend).found.told and len(asked) == 1


def test_a_second_answer_is_asked_for_with_the_faults_named_and_the_better_one_taken() -> None:
    worse = account().replace(HEADINGS[-1], "").replace(HEADINGS[-2], "")

    def answer(request: Request, number: int) -> str:
        return worse if number == 1 else account()

    done = ask(Scripted(answer))
    (again,) = done.backend.of("again")
    assert f"- the heading {HEADINGS[-1]} is missing" in again.instructions
    assert again.material == done.backend.asked[0].material
    assert done.found.text == account() and len(done.said) == 2
    assert done.said[1].startswith("asking once more: ")


@pytest.mark.parametrize("second", ["", "I'm sorry, I cannot help with that."])
def test_the_first_one_stands_where_the_second_is_no_better(second: str) -> None:
    nearly = account().replace(HEADINGS[-1], "")
    done = ask(Scripted(lambda request, number: nearly if number == 1 else second))
    assert len(done.backend.asked) == 2
    assert done.found.text and HEADINGS[-1] not in done.found.text


def test_and_where_the_second_fails() -> None:
    nearly = account().replace(HEADINGS[-1], "")

    def answer(request: Request, number: int) -> str:
        if number == 1:
            return nearly
        raise fails("Bedrock broke off")

    assert ask(Scripted(answer)).found.text


def test_what_is_well_is_not_asked_for_again() -> None:
    assert ask(Scripted(writes)).backend.of("again") == []


def test_inventions_are_marked_and_told() -> None:
    invented = account(*(f"See src/invented_{n}.py and lib/none_{n}.rs." for n in range(4)))
    done = ask(Scripted(lambda request, number: invented))
    assert len(done.backend.asked) == 2  # asked once more first
    assert "unverified" in done.found.text and "marked as unverified" in done.found.told


# --- Candidates


def test_a_model_that_is_refused_is_followed_by_the_next() -> None:
    def answer(request: Request, number: int) -> str:
        if request.model == MODEL:
            raise fails("no access", model_refused=True)
        return account()

    done = ask(Scripted(answer, (MODEL, OTHER)))
    assert [each.model for each in done.backend.asked] == [MODEL, OTHER]
    assert done.found.model == OTHER and len(done.said) == 2


def test_after_another_failure_nobody_else_is_asked() -> None:
    def answer(request: Request, number: int) -> str:
        raise fails("Bedrock was silent for 60 s")

    done = ask(Scripted(answer, (MODEL, OTHER)))
    assert [each.model for each in done.backend.asked] == [MODEL]
    assert done.found == Narrative(
        told="none: Bedrock was silent for 60 s. The context is made by code alone"
    )


def test_without_a_model_there_are_no_notes() -> None:
    assert ask(Scripted(writes, ())).found.told.startswith("none: no model is known")


def test_what_is_too_long_is_asked_with_half_of_it() -> None:
    def answer(request: Request, number: int) -> str:
        if tokens(request.material) > 2_000:
            raise fails("too long", too_long=True)
        return writes(request, number)

    done = ask(Scripted(answer), long(60), size=6_000)
    assert done.found.text == account()
    largest = [tokens(each.material) for each in done.backend.asked]
    assert largest[0] > 2_000 and min(largest) < 2_000 and done.found.model == MODEL


@pytest.mark.parametrize(("bytes_a_token", "most"), [(2, 50_000), (4, 75_000), (None, 75_000)])
def test_a_part_is_under_the_cheaper_price_as_the_service_counts_it(
    bytes_a_token: int | None, most: int
) -> None:
    scripted = Scripted(writes, (OTHER,), bytes_a_token=bytes_a_token)
    done = ask(scripted, long(1_200), size=400_000)
    largest = max(tokens(each.material) for each in done.backend.asked)
    assert done.found.text and scripted.counted
    assert largest <= most and (bytes_a_token == 2 or largest > 60_000)


def test_a_small_part_is_not_counted() -> None:
    scripted = Scripted(writes, (OTHER,), bytes_a_token=2)
    assert ask(scripted, long(60), size=6_000).found.text and not scripted.counted


def test_what_is_too_long_even_in_quarters_is_given_up() -> None:
    def answer(request: Request, number: int) -> str:
        raise fails("too long", too_long=True)

    done = ask(Scripted(answer, (MODEL, OTHER)))
    assert done.found.text == "" and "too long" in done.found.told
    assert {each.model for each in done.backend.asked} == {MODEL}


# --- Many parts


def test_a_long_transcript_is_read_in_parts_and_one_account_is_made_of_them() -> None:
    done = ask(Scripted(writes), long(), size=6_000)
    parts = done.backend.of("part")
    (merge,) = done.backend.of("merge")
    count = len(parts)
    assert count > 2 and done.backend.asked[-1] == merge
    most = part_size(MODEL, 6_000)
    assert all(tokens(part.material) <= most + 20 for part in parts)
    assert sorted(part.instructions[:40] for part in parts) == sorted(
        f"The transcript above is part {n} of {count} of one"[:40] for n in range(1, count + 1)
    )
    whole = "".join(part.material for part in parts)
    assert all(f"Step {number}. " in whole for number in range(150))
    assert all(f'{{"part": {n}, "notes"' in merge.material for n in range(1, count + 1))
    assert done.found.text == account() and f"on {count} parts" in done.found.told
    assert done.found.requests == count + 1


def test_parts_are_read_at_once_but_not_all() -> None:
    together = threading.Barrier(3)

    def answer(request: Request, number: int) -> str:
        if number <= 3:
            together.wait(20)  # would break, were they asked one behind the other
        return writes(request, number)

    done = ask(Scripted(answer), long(), size=6_000)
    assert done.found.text == account()
    assert 3 <= done.backend.at_once <= AT_ONCE


def test_the_earlier_summary_stands_in_the_first_part_and_in_the_merge() -> None:
    digest = long()
    digest.summary = "The annex was sorted in an earlier session."
    done = ask(Scripted(writes), digest, size=6_000)
    with_it = [each for each in done.backend.asked if digest.summary in each.material]
    assert len(with_it) == 2 and done.backend.of("merge")[0] in with_it


def test_a_part_that_cannot_be_had_is_told_and_the_rest_used() -> None:
    def answer(request: Request, number: int) -> str:
        if "is part 2 " in request.instructions:
            raise fails("Bedrock broke off")
        return writes(request, number)

    done = ask(Scripted(answer), long(), size=6_000)
    count = len(done.backend.of("part"))
    assert done.found.text == account()
    assert f"1 of {count} parts could not be had" in done.found.told
    (merge,) = done.backend.of("merge")
    assert '"part": 1,' in merge.material and '"part": 2,' not in merge.material


def test_a_part_whose_notes_are_no_account_counts_as_lost() -> None:
    def answer(request: Request, number: int) -> str:
        return "" if "is part 1 " in request.instructions else writes(request, number)

    done = ask(Scripted(answer), long(), size=6_000)
    assert "1 of " in done.found.told and done.found.text == account()


def test_where_no_part_can_be_had_the_reason_is_told() -> None:
    def answer(request: Request, number: int) -> str:
        raise fails("Bedrock is on fire")

    done = ask(Scripted(answer), long(), size=6_000)
    assert done.found.text == "" and "Bedrock is on fire" in done.found.told
    assert done.backend.of("merge") == []


@pytest.mark.parametrize("broken", ["", None])
def test_where_no_account_can_be_made_the_notes_on_the_parts_stand(broken: str | None) -> None:
    def answer(request: Request, number: int) -> str:
        if "is part " in request.instructions[:60]:
            return NOTES
        if broken is None:
            raise fails("Bedrock broke off")
        return broken

    done = ask(Scripted(answer), long(), size=6_000)
    count = len(done.backend.of("part"))
    assert done.found.text.count(NOTES) == count
    assert all(f"## Part {n} of {count}" in done.found.text for n in range(1, count + 1))


# --- Time and money


def test_no_request_has_more_time_than_is_left() -> None:
    now = 0.0

    def answer(request: Request, number: int) -> str:
        nonlocal now
        now += 30.0
        return ""

    done = ask(Scripted(answer), clock=lambda: now, deadline=100.0)
    assert [each.deadline for each in done.backend.limits] == [100.0, 70.0]
    assert {each.silence for each in done.backend.limits} == {10.0}


def test_where_no_time_is_left_nothing_is_asked_again() -> None:
    now = 0.0

    def answer(request: Request, number: int) -> str:
        nonlocal now
        now += 95.0
        return ""

    done = ask(Scripted(answer), clock=lambda: now, deadline=100.0)
    assert len(done.backend.asked) == 1


def test_the_parts_leave_time_for_the_account() -> None:
    done = ask(Scripted(writes), long(), size=6_000, deadline=100.0)
    parts, merge = done.backend.limits[:-1], done.backend.limits[-1]
    assert all(each.deadline == pytest.approx(70.0) for each in parts)
    assert merge.deadline == pytest.approx(100.0)  # none was used


def test_the_cost_is_of_all_requests_those_in_vain_too() -> None:
    one = cost(MODEL, {"input_tokens": 1_000, "output_tokens": 100})
    once = ask(Scripted(writes)).found
    assert (once.requests, once.usage["cost"]) == (1, pytest.approx(one))
    twice = ask(Scripted(lambda request, number: "")).found
    assert twice.text == "" and twice.requests == 2
    assert twice.usage["input_tokens"] == 2_000
    assert twice.usage["cost"] == pytest.approx(2 * one)
    failed = ask(Scripted(lambda request, number: (_ for _ in ()).throw(fails()))).found
    assert (failed.requests, failed.usage) == (0, {})


def test_who_cancels_by_raising_in_the_progress_is_heard() -> None:
    class Cancelled(Exception):
        pass

    def cancel(count: int) -> None:
        raise Cancelled

    for digest, size in ((short(), 50_000), (long(), 6_000)):
        asking = Asking(
            Scripted(writes), PROMPTS, Limits(1, 9), "r", lambda: 0.0, lambda text: None, cancel
        )
        with pytest.raises(Cancelled):
            narrate(digest, size, 3_000, asking)
