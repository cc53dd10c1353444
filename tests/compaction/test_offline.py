"""Offline: the context of a transcript that nobody runs."""

from __future__ import annotations

from itertools import count
from pathlib import Path

import pytest

from supervisor.compaction import offline
from supervisor.compaction.compact import Means, compact
from supervisor.compaction.digest import CONTINUE_MARK
from supervisor.compaction.order import Order
from supervisor.compaction.plan.budget import tokens
from supervisor.compaction.prompts import VARIABLES, load
from supervisor.compaction.recorder import record
from supervisor.compaction.redact import redactor

from ..entries import SESSION, Transcript

NEXT = "99999999-2222-4333-8444-555555555555"
TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls."


def means() -> Means:
    numbers = count(1)
    return Means(
        prompts={name: load(name, ()) for name in VARIABLES},
        backend=None,
        redact=redactor({}, b"key"),
        tree="## main\n M ledger",
        now="2026-11-22T11:00:00.000Z",
        new_uuid=lambda: f"uuid-{next(numbers)}",
        clock=lambda: 0.0,
        progress=lambda characters: None,
        say=lambda text: None,
    )


def dead(steps: int = 3, output: str = "Novak 7") -> Transcript:
    transcript = Transcript()
    transcript.user(TASK)
    for number in range(steps):
        transcript.says(f"Decision {number}: by date, for names repeat.", stop="tool_use")
        transcript.step(f"sort --key {number} ledger", f"{output} {number}")
    transcript.error()
    return transcript


def made(path: Path, budget: int | None = None) -> offline.Offline:
    order = Order([str(path)], reason="out of memory", budget=budget, with_model=False)
    world = means()
    return offline.context(order, world, offline.read([path], world.redact))


def test_it_is_what_the_next_session_would_be_told(tmp_path: Path) -> None:
    path = dead().write(tmp_path)
    found = made(path)
    order = Order([str(path)], session=NEXT, reason="out of memory", with_model=False, way="PROMPT")
    result = compact(order, means())
    assert result.prompt == f"{CONTINUE_MARK} {found.context}\n\n" + result.prompt.split("\n\n")[-1]
    assert found.context.startswith("This session goes on") and TASK in found.context
    assert CONTINUE_MARK not in found.context and "unattended" not in found.context
    assert "M ledger" in found.context and "Novak 7 2" in found.context


def test_nothing_is_written(tmp_path: Path) -> None:
    path = dead().write(tmp_path)
    before = path.read_bytes()
    made(path)
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    assert path.read_bytes() == before


def test_the_same_transcript_gives_the_same_bytes(tmp_path: Path) -> None:
    path = dead(40).write(tmp_path)
    assert made(path).context == made(path).context


@pytest.mark.parametrize("budget", [1_000, 2_000, 8_000, 20_000])
@pytest.mark.parametrize("output", ["x y z " * 40, "Škoda předaná účetní " * 300])
def test_the_budget_holds(tmp_path: Path, budget: int, output: str) -> None:
    found = made(dead(200, output).write(tmp_path), budget)
    assert found.made.allowed.total == min(budget, max(4_000, found.tokens_before))
    assert found.tokens_after <= budget * 1.05
    assert found.tokens_after == tokens(found.context)
    assert TASK in found.context


def test_without_a_budget_it_is_the_runs_own(tmp_path: Path) -> None:
    path = dead(200, "x y z " * 40).write(tmp_path)
    found = made(path)
    assert found.made.allowed.total == max(4_000, found.tokens_before // 5)


def test_the_parts_make_up_the_context(tmp_path: Path) -> None:
    transcript = dead()
    for number in range(200):
        transcript.user(f"Of the village {number} I want a page of its own, and it is not short.")
        transcript.says(f"Decision {number}: by date, for names repeat.")
    transcript.step("cat ledger", "Novak 7")
    found = made(transcript.write(tmp_path), 1_500)
    names = [part.name for part in found.parts]
    assert names[0] == "words" and names[-1] == offline.TAIL and len(names) == len(set(names))
    for part in found.parts:
        assert f"## {part.title}\n\n{part.text}" in found.context
        assert part.tokens == tokens(part.text) and part.kept > 0
    assert 0 < found.parts[0].left_out < 201
    assert found.parts[0].kept + found.parts[0].left_out == 201
    shown = found.as_data()["parts"]
    assert [part["name"] for part in shown] == names and "text" not in shown[0]


def test_a_secret_is_masked_in_the_context_and_in_every_part(tmp_path: Path) -> None:
    secret = "glp" + "at-" + "AbCdEfGhIjKlMnOpQrSt"
    transcript = dead()
    transcript.user(f"The token is {secret}.")
    transcript.step(f"curl -H 'Authorization: {secret}' x", f"denied {secret}")
    found = made(transcript.write(tmp_path))
    assert "[redacted:" in found.context
    assert secret not in found.context
    assert not any(secret in part.text for part in found.parts)


def test_what_was_typed_ahead_is_told_too(tmp_path: Path) -> None:
    path = dead().write(tmp_path)
    queued = b'{"type":"queue-operation","operation":"enqueue","content":"And not on Sundays!"}\n'
    path.write_bytes(path.read_bytes() + queued)
    assert "And not on Sundays!" in made(path).context


def test_the_story_is_told_by_the_same_pass(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[Path] = []
    open_ = Path.open

    def counted(self: Path, *arguments, **options):  # type: ignore[no-untyped-def]
        opened.append(self)
        return open_(self, *arguments, **options)

    path = dead().write(tmp_path)
    monkeypatch.setattr(Path, "open", counted)
    found = offline.read([path], redactor({}, b"key"))
    assert opened == [path]
    assert found.story.calls == {"Bash": 3} and found.story.sessions == [SESSION]
    alone = record([path], redactor({}, b"key"))
    assert (found.record.entries, found.record.live) == (alone.entries, alone.live)
    assert len(found.record.steps) == len(alone.steps)


def test_over_a_lineage_nothing_is_counted_twice(tmp_path: Path) -> None:
    path = dead().write(tmp_path)
    order = Order([str(path)], session=NEXT, reason="out of memory", with_model=False)
    compact(order, means())
    rebuilt = tmp_path / f"{NEXT}.jsonl"
    found = offline.read([path, rebuilt], redactor({}, b"key"))
    assert found.story.calls == {"Bash": 3} and found.story.answers == 6
    assert [each.by for each in found.story.compactions] == ["ccsup"]
    path.unlink()  # now the copies are all that is left
    found = offline.read([rebuilt], redactor({}, b"key"))
    assert found.story.calls["Bash"] > 0
