"""Parts: each fact in its part, and what must never be lost is vital."""

from __future__ import annotations

from supervisor.compaction.digest import Digest
from supervisor.compaction.digest.failures import Run
from supervisor.compaction.digest.files import File
from supervisor.compaction.digest.tasks import Agent, Background
from supervisor.compaction.earlier import SECTIONS
from supervisor.compaction.parts import of_user, parts
from supervisor.compaction.plan.pack import Item, Part

from .facts import bash, digest_of, said


def part(digest: Digest, key: str, budget: int = 20_000, tree: str = "") -> tuple[Item, ...]:
    (found,) = [each for each in parts(digest, budget, tree) if each.key == key]
    return found.items


def texts(items: tuple[Item, ...]) -> list[str]:
    return [item.text for item in items]


def test_every_part_has_its_place_and_a_share() -> None:
    found = parts(Digest(), 20_000, "")
    keys = [each.key for each in found]
    assert len(set(keys)) == len(keys) and keys == [key for key in SECTIONS if key in keys]
    assert all(0 < each.share <= 1 for each in found)
    assert all(each.items == () for each in found)


def test_the_worths_are_from_nothing_to_a_hundred() -> None:
    steps = [bash(f"step {n}", "error: no", failed=n % 3 == 0) for n in range(50)]
    known = digest_of(said("user", "Never do it. Sort."), said("assistant", "It is so."), *steps)
    known.todos = [("pending", "a")]
    for each in parts(known, 20_000, "## main"):
        assert all(0 <= item.worth <= 100 for item in each.items)


def test_what_must_never_be_lost_is_vital() -> None:
    known = digest_of(
        said("user", "Sort the ledger."),
        said("user", "x" * 90_000 + ". Never push. " + "y" * 90_000),
        bash("make", "error: no", failed=True),
        bash("go", None),
    )
    known.todos = [("pending", "open"), ("completed", "done")]
    vital = {
        each.key: [item.text for item in each.items if item.vital]
        for each in parts(known, 4_000, "## main")
    }
    assert vital["words"] == ["[1] Sort the ledger."]
    assert vital["rules"] == ["Never push."]
    assert vital["under_way"] == ["Bash `go`"]
    assert len(vital["failure"]) == 1 and vital["tasks"] == ["[pending] open"]
    assert not any(vital[key] for key in ("files", "done", "tree", "values", "commits"))


def rules_of(*words: str, budget: int = 2_000) -> Part:
    known = digest_of(*(said("user", each) for each in words))
    return of_user(known.words, known.rules, budget)[1]


def test_a_rule_is_pinned_only_where_its_message_cannot_stand_whole() -> None:
    assert rules_of("Sort. Never push.").items == ()
    assert [item.text for item in rules_of("x" * 9_000 + ". Never push. " + "y" * 9_000).items] == [
        "Never push."
    ]


def test_a_long_failure_is_short_where_there_is_no_room() -> None:
    (item,) = part(digest_of(bash("make", "error: x\n" * 9_000, failed=True)), "failure")
    assert item.text.startswith("Bash `make`\n    error: x") and len(item.short) < len(item.text)


def test_files_tests_background_and_subagents_are_told_in_a_line_each() -> None:
    known = Digest(
        files={"a.py": File({"edited": 2}), "b.py": File({"read": 1})},
        commits=[("1a2b3c4", "Sort"), ("2b3c4d5", "Count")],
        runs=[Run("pytest", 3, "1 failed", ("t::a",), False), Run("jest", 4, "ok", (), True)],
        background=[Background("b1", "npm start", "failed, exit 1", "out of\nmemory")],
        agents=[Agent("Find it", "In x.py"), Agent("Ask", None), Agent("Count", "no", failed=True)],
    )
    assert texts(part(known, "files")) == ["a.py: edited 2x"]
    assert texts(part(known, "read")) == ["b.py"]
    assert texts(part(known, "commits")) == ["1a2b3c4 Sort", "2b3c4d5 Count"]
    failing, passing = part(known, "tests")
    assert failing.text == "failing: `pytest` -> 1 failed; failing: t::a"
    assert passing.text == "passing: `jest` -> ok" and failing.worth > passing.worth
    assert texts(part(known, "background")) == ["`npm start` (b1): failed, exit 1: out of memory"]
    first, second, third = part(known, "agents")
    assert first.text.startswith("Find it -> ") and "In x.py" in first.text + first.detail
    assert second.text == "Ask -> nothing yet" and "FAILED" in third.text


def test_what_is_newer_is_worth_more() -> None:
    known = Digest(commits=[(f"{n:07x}", "x") for n in range(9)])
    known.files = {f"{n}.py": File({"edited": 1}) for n in range(9)}
    for key in ("commits", "files"):
        worths = [item.worth for item in part(known, key)]
        assert worths == sorted(worths) and worths[0] < worths[-1]


def test_the_work_tree_is_indented() -> None:
    (item,) = part(Digest(), "tree", tree="## main\n M a.py")
    assert item.text == "    ## main\n     M a.py"
