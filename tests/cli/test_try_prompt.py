"""`ccsup prompts try`: a template on a transcript, rendered and asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from supervisor.cli import ccsup
from supervisor.compaction.check import UNVERIFIED
from supervisor.demo.bedrock import Refuse, Reply, Request, Say, StandIn
from supervisor.demo.bedrock import text as words

from .test_transcripts import NOTES, TASK, become, dead, home, kept

__all__ = ["home"]
INVENTED = NOTES.replace("Novak stands", "`/srv/invented/path.py` stands")


def attempt(*arguments: str, code: int = 0) -> Result:
    result = CliRunner().invoke(ccsup, ["prompts", "try", *arguments])
    assert result.exit_code == code, result.output
    return result


def long_one(home: Path) -> None:
    """More than the smallest part can hold."""
    kept(home, dead(900))


def is_merge(request: Request) -> bool:
    return "notes above were taken" in request.text()


def test_a_dry_run_asks_nobody_and_prints_the_prompt(home: Path) -> None:
    kept(home)
    with StandIn(lambda request: Say((words(NOTES),))) as bedrock:
        become(home, bedrock.url)
        found = attempt("summary", "--dry-run")
    assert not bedrock.requests
    assert TASK in found.stdout and "(out of memory)" in found.stdout and "$" not in found.stdout
    assert "ccsup: prompt    about " in found.stderr and "material about" in found.stderr
    assert found.stderr.startswith("ccsup: template  ")


def test_the_notes_are_printed_as_checked(home: Path) -> None:
    kept(home, dead(120))  # more than the service's cache holds at the least
    with StandIn(lambda request: Say((words(INVENTED),)), strict=True) as bedrock:
        become(home, bedrock.url)
        found = attempt("summary")
        dry = attempt("summary", "--dry-run").stdout
    [request] = bedrock.requests
    assert dry.strip() in request.text() and "cache_control" in str(request.body)
    assert "By date, for names repeat." in found.stdout and "ccsup" not in found.stdout
    assert f"`/srv/invented/path.py`{UNVERIFIED} stands" in found.stdout
    for told in ("asked     ", "cost      $", "fault     ", "marked    /srv/invented/path.py"):
        assert told in found.stderr


def test_an_answer_that_is_no_account_is_printed_as_it_came(home: Path) -> None:
    kept(home)
    with StandIn(
        lambda request: Say((words("I'm sorry, I can't help with that one, really."),))
    ) as b:
        become(home, b.url)
        found = attempt("summary", code=1)
    assert found.stdout.startswith("I'm sorry") and "refused   " in found.stderr


def test_a_service_that_does_not_answer_is_told_of(home: Path) -> None:
    kept(home)

    def refuse(request: Request) -> Reply:
        return Refuse(403, "not authorized to perform: bedrock:InvokeModel", "AccessDenied")

    with StandIn(refuse) as bedrock:
        become(home, bedrock.url)
        found = attempt("summary", code=69)
    assert found.stdout == "" and "not authorized" in found.stderr


@pytest.mark.parametrize("name", ["continue", "resume"])
def test_a_prompt_that_no_model_is_asked_is_rendered(home: Path, name: str) -> None:
    kept(home)
    assert "(out of memory)" in attempt(name, "--backend", "none").stdout


def test_nobody_to_ask_is_refused(home: Path) -> None:
    kept(home)
    assert "--dry-run prints the prompt" in attempt("summary", "--backend", "none", code=2).stderr
    assert TASK in attempt("summary", "--backend", "none", "--dry-run").stdout


def test_a_part_is_tried_on_the_first_of_them(home: Path) -> None:
    long_one(home)
    with StandIn(lambda request: Say((words(NOTES),)), strict=True) as bedrock:
        become(home, bedrock.url)
        found = attempt("part")
    [request] = bedrock.requests
    assert "is part 1 of " in request.text() and "(part 1 of " in found.stderr


def test_a_part_of_a_short_one_is_the_whole(home: Path) -> None:
    kept(home)
    found = attempt("part", "--dry-run")
    assert "part 1 of 1" in found.stdout and "a run would read it whole" in found.stderr


def test_the_merge_is_asked_with_the_notes_on_the_parts(home: Path) -> None:
    long_one(home)

    def answer(request: Request) -> Reply:
        return Say((words(NOTES if is_merge(request) else f"- found: Novak\n{NOTES}"),))

    with StandIn(answer, strict=True) as bedrock:
        become(home, bedrock.url)
        found = attempt("merge")
        dry = attempt("merge", "--dry-run")
    assert [is_merge(request) for request in bedrock.requests].count(True) >= 1
    assert is_merge(bedrock.requests[-1]) and "- found: Novak" in bedrock.requests[-1].text()
    assert found.stdout.split() == NOTES.split() and found.stderr.count("asked     ") == len(
        bedrock.requests
    )
    assert "notes above were taken on the" in dry.stdout and "asked for first" in dry.stderr


def test_nothing_is_merged_of_a_short_one(home: Path) -> None:
    kept(home)
    assert "too short for two parts" in attempt("merge", "--dry-run", code=65).stderr


def test_again_names_the_faults_of_a_first_answer(home: Path) -> None:
    kept(home)
    with StandIn(lambda request: Say((words(INVENTED),)), strict=True) as bedrock:
        become(home, bedrock.url)
        found = attempt("again")
    first, second = (request.text() for request in bedrock.requests)
    assert "could not be used" in second and "could not be used" not in first
    assert "/srv/invented/path.py" in second and "/srv/invented/path.py" not in first
    assert found.stderr.count("asked     ") == 2


def test_a_transcript_without_an_answer_has_nothing_to_sum_up(home: Path) -> None:
    kept(home, dead(0))
    assert "nothing to sum up" in attempt("summary", "--dry-run", code=65).stderr


def test_a_template_of_the_users_own_is_the_one_that_is_tried(home: Path) -> None:
    kept(home)
    folder = home / ".config" / "ccsup" / "prompts"
    folder.mkdir(parents=True)
    (folder / "summary.md").write_text("Of $task in $words words.\n")
    assert attempt("summary", "--dry-run").stdout.startswith(f"Of {TASK} in ")


def test_a_name_that_no_template_has_is_refused(home: Path) -> None:
    assert "did you mean summary?" in " ".join(attempt("summry", code=2).stderr.split())
    assert "no transcript of this project" in attempt("summary", code=66).stderr
    assert os.environ["HOME"] == str(home)


def test_it_is_the_template_of_this_folders_project_that_is_tried(home: Path) -> None:
    transcript = dead()
    for line in transcript.lines:
        line["cwd"] = str(home / "ledger")
    path = kept(home, transcript)
    for name, theirs in {"ledger": "theirs", "mine": "mine"}.items():
        folder = home / name / ".ccsup" / "prompts"
        folder.mkdir(parents=True)
        (folder / "summary.md").write_text(f"{theirs}: $task in $words words.\n")
    os.chdir(home / "mine")
    found = attempt("summary", "--transcript", str(path), "--dry-run")
    assert found.stdout.startswith("mine: ")
    assert str(home / "mine/.ccsup/prompts/summary.md") in found.stderr
    os.chdir(home / "ledger")
    assert attempt("summary", "--dry-run").stdout.startswith("theirs: ")
