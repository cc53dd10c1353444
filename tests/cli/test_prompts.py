"""`ccsup prompts`: where the templates come from, and how a user makes them his own."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from supervisor.cli import ccsup, main
from supervisor.compaction.prompts import (
    FROM_PROJECT,
    PROFILES,
    VARIABLES,
    PromptError,
    load,
    profile_folders,
)

OWN = Path(".config/ccsup/prompts")
PROJECTS = Path("ledger/.ccsup/prompts")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's HOME with a project in git, in one of whose folders he stands."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "CCSUP_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "ledger" / ".git").mkdir(parents=True)
    (tmp_path / "ledger" / "src").mkdir()
    monkeypatch.chdir(tmp_path / "ledger" / "src")
    return tmp_path


def ask(*arguments: str, columns: int = 100, code: int = 0) -> Result:
    runner = CliRunner()
    result = runner.invoke(ccsup, arguments, env={"COLUMNS": str(columns), "LINES": "24"})
    assert result.exit_code == code, result.output
    return result


def prompts(*arguments: str, columns: int = 100, code: int = 0) -> str:
    return ask("prompts", *arguments, columns=columns, code=code).output


def refused(*arguments: str) -> str:
    with pytest.raises(PromptError) as raised:
        CliRunner().invoke(ccsup, arguments, catch_exceptions=False)
    return str(raised.value)


def put(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    return path


def listed(*before: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(ask(*before, "prompts", "list", "--json").output)
    return found


# list


def test_the_list_names_each_with_its_place_its_purpose_and_its_variables(home: Path) -> None:
    path = put(home / OWN, "summary.md", "## Mine\n$task")
    page = prompts("list")
    found = listed()
    assert found["version"] == 1
    assert found["profile"] == "coding" and found["profiles"] == list(PROFILES)
    rows = {row["name"]: row for row in found["prompts"]}
    assert list(rows) == list(VARIABLES)
    assert rows["summary"]["from"] == "user" and rows["summary"]["path"] == str(path)
    assert rows["summary"]["headings"] == ["## Mine"]
    assert rows["merge"]["from"] == "shipped"
    words = " ".join(page.split())
    for row in rows.values():
        assert row["purpose"] in words and row["path"] in words
        assert row["fault"] is None and row["variables"] == VARIABLES[row["name"]]
        assert " ".join(f"${name}" for name in row["variables"]) in words
        assert all(f"${name}: {told}" in words for name, told in row["variables"].items())
    assert f"summary your own, {path}" in words


def test_the_list_shows_what_cannot_be_used_and_goes_on(home: Path) -> None:
    put(home / PROJECTS, "merge.md", "$taks")
    row = next(row for row in listed()["prompts"] if row["name"] == "merge")
    assert row["from"] == "project" and "unknown variable $taks" in row["fault"]
    page = " ".join(prompts("list").split())
    assert "cannot be used: " in page and "the first prompt of a session" in page


def test_the_profile_is_named_and_its_templates_are_in_force() -> None:
    rows = {row["name"]: row["from"] for row in listed("--profile", "data")["prompts"]}
    assert rows["summary"] == "profile" and rows["continue"] == "shipped"
    assert "profile data (of coding, " in ask("--profile", "data", "prompts", "list").output
    assert "profile coding (of coding, " in prompts("list")


@pytest.mark.parametrize("columns", [1, 40, 72, 1_000])
def test_a_narrow_terminal_loses_no_word_and_breaks_no_path(columns: int) -> None:
    page = prompts("list", columns=columns)
    assert page.split() == prompts("list", columns=100).split()
    most = min(100, max(40, columns))
    long = [line for line in page.splitlines() if len(line) > most]
    assert all(len(line.split()) == 1 for line in long)  # a path, or the like


# show


@pytest.mark.parametrize("name", VARIABLES)
def test_a_template_is_shown_as_it_stands(name: str) -> None:
    assert prompts("show", name) == load(name, ()).text
    assert prompts("show", f"{name}.md") == load(name, ()).text


def test_a_profiles_template_is_shown() -> None:
    shown = ask("--profile", "migration", "prompts", "show", "summary").output
    assert shown == load("summary", profile_folders("migration")).text
    assert shown != prompts("show", "summary")


def test_the_profile_may_stand_in_the_settings(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(home / ".config" / "ccsup", "ccsup.toml", 'profile = "data"\n')
    assert prompts("show", "summary") == load("summary", profile_folders("data")).text
    monkeypatch.setenv("CCSUP_PROFILE", "research")
    assert prompts("show", "summary") == load("summary", profile_folders("research")).text
    assert ask("--profile", "coding", "prompts", "show", "summary").output == (
        load("summary", ()).text
    )


def test_the_path_is_shown_even_of_what_cannot_be_used(home: Path) -> None:
    path = put(home / PROJECTS, "summary.md", "$taks")
    assert prompts("show", "--path", "summary") == f"{path}\n"
    assert "unknown variable $taks" in refused("prompts", "show", "summary")


@pytest.mark.parametrize("command", ["show", "init", "diff"])
def test_a_name_that_no_template_has_is_refused(command: str) -> None:
    told = " ".join(prompts(command, "summry", code=2).split())
    assert "no template summry; did you mean summary? known: summary, part, merge" in told


# init


def test_templates_are_copied_to_the_users_own_folder(home: Path) -> None:
    told = prompts("init", "summary", "continue")
    assert told == (f"{home / OWN}/summary.md: copied\n{home / OWN}/continue.md: copied\n")
    assert {path.name for path in (home / OWN).iterdir()} == {"summary.md", "continue.md"}
    assert (home / OWN / "summary.md").read_text() == load("summary", ()).text
    assert prompts("diff") == ""


def test_without_a_name_all_are_copied_that_the_place_may_have(home: Path) -> None:
    prompts("init")
    assert {path.stem for path in (home / OWN).iterdir()} == set(VARIABLES)
    prompts("init", "--project")
    assert {path.stem for path in (home / PROJECTS).iterdir()} == FROM_PROJECT
    assert prompts("check") == "24 templates, and no fault in them.\n"


def test_a_profile_is_copied(home: Path) -> None:
    prompts("init", "--project", "--profile", "data", "summary")
    expected = load("summary", profile_folders("data")).text
    assert (home / PROJECTS / "summary.md").read_text() == expected
    ask("--profile", "migration", "prompts", "init", "summary")
    expected = load("summary", profile_folders("migration")).text
    assert (home / OWN / "summary.md").read_text() == expected
    assert "no profile 'dat'; did you mean data?" in refused("prompts", "init", "--profile", "dat")


def test_what_is_there_is_never_overwritten(home: Path) -> None:
    path = put(home / OWN, "summary.md", "mine")
    outside = home / "outside.md"
    (home / OWN / "merge.md").symlink_to(outside)
    told = prompts("init", "summary", "merge", "part")
    assert told.splitlines() == [
        f"{path}: is there already, and is left as it is",
        f"{home / OWN}/merge.md: is there already, and is left as it is",
        f"{home / OWN}/part.md: copied",
    ]
    assert path.read_text() == "mine" and not outside.exists()


@pytest.mark.parametrize("name", sorted(set(VARIABLES) - FROM_PROJECT))
def test_a_project_is_given_none_that_would_not_be_taken_from_it(name: str, home: Path) -> None:
    told = prompts("init", "--project", "summary", name, code=2)
    assert f"not taken from a project: {name}; leave --project out" in told
    assert not (home / PROJECTS).exists()


@pytest.mark.parametrize("link", [".ccsup", ".ccsup/prompts"])
def test_nothing_is_written_through_a_projects_link(link: str, home: Path) -> None:
    outside = home / "outside"
    outside.mkdir()
    path = home / "ledger" / link
    path.parent.mkdir(exist_ok=True)
    path.symlink_to(outside)
    assert "leads out of the project" in refused("prompts", "init", "--project")
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told(home: Path) -> None:
    put(home / ".config" / "ccsup", "prompts", "a file")
    assert refused("prompts", "init") == f"{home / OWN}: is no folder"
    put(home / "ledger", ".ccsup", "a file")
    assert "cannot be written: Not a directory" in refused("prompts", "init", "--project")


# diff


def test_a_difference_is_that_to_what_is_replaced(home: Path) -> None:
    prompts("init", "--profile", "data", "summary")
    path = home / OWN / "summary.md"
    path.write_text(path.read_text().replace("## Quality", "## Faults"))
    page = ask("--profile", "data", "prompts", "diff", "summary").output
    lines = page.splitlines()
    shipped = load("summary", profile_folders("data")).path
    assert lines[:2] == [f"--- {shipped}", f"+++ {path}"]
    changed = [line for line in lines[2:] if line.startswith(("+", "-"))]
    assert changed == ["-## Quality", "+## Faults"]
    assert ask("--profile", "data", "prompts", "diff", "again").output == ""


def test_a_profile_is_compared_with_what_is_ccsups_own() -> None:
    page = ask("--profile", "data", "prompts", "diff").output
    headed = [line for line in page.splitlines() if line.startswith("--- ")]
    assert headed == [f"--- {load(name, ()).path}" for name in ("summary", "part", "merge")]
    assert "+## Quality" in page.splitlines()
    assert prompts("diff") == ""


# check


def test_a_check_names_every_fault_and_ends_with_78(home: Path) -> None:
    assert prompts("check") == "15 templates, and no fault in them.\n"
    wrong = [
        put(home / PROJECTS, "continue.md", "Run this."),
        put(home / PROJECTS, "merge.md", "a\n$taks"),
        put(home / OWN, "summry.md", "x"),
    ]
    lines = prompts("check", code=78).splitlines()
    assert len(lines) == 3
    assert lines[0].startswith(f"{wrong[0]}: not taken from a project, ")
    assert lines[1].startswith(f"{wrong[1]}, line 2: unknown variable $taks; did you mean $task?")
    assert lines[2].startswith(f"{wrong[2]}: no template of that name; did you mean summary.md?")
    found = json.loads(prompts("check", "--json", code=78))
    assert found["version"] == 1 and len(found["sound"]) == 15
    assert [(each["path"], each["line"]) for each in found["faults"]] == [
        (str(wrong[0]), None),
        (str(wrong[1]), 2),
        (str(wrong[2]), None),
    ]


def test_a_mistake_ends_with_78_and_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["ccsup", "--profile", "migraton", "prompts", "list"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 78
    assert capsys.readouterr().err == (
        "ccsup: no profile 'migraton'; did you mean migration?"
        " known: coding, data, migration, research\n"
    )


def test_looking_writes_nothing(home: Path) -> None:
    before = sorted(home.rglob("*"))
    for words in ("list", "show summary", "show --path part", "diff", "check"):
        prompts(*words.split())
    assert sorted(home.rglob("*")) == before


def test_a_working_directory_that_is_gone_is_said(home: Path) -> None:
    (home / "ledger" / "src").rmdir()
    assert "the working directory does not exist any more" in prompts("list", code=1)
