"""`ccsup explain`: the table of endings, for a person and for a program."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from supervisor.claude.sessions import project_dir
from supervisor.cli import ccsup
from supervisor.cli.explain import evidence
from supervisor.core.ceiling import Ceiling
from supervisor.core.ending import ApiError
from supervisor.core.rows import Remedy
from supervisor.core.table import ROWS, row_of_error
from supervisor.journal.ceilings import Ceilings

from ..recorded import WITH_ERROR, error

REFUSED = "API Error: Claude Code is unable to respond to this request"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's HOME with an empty project, which is the working directory."""
    for name in [name for name in os.environ if name.startswith(("XDG_", "CCSUP_", "CLAUDE"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "ledger").mkdir()
    monkeypatch.chdir(tmp_path / "ledger")
    return tmp_path


def explain(*arguments: str, columns: int = 100) -> Result:
    result = CliRunner().invoke(
        ccsup, ["explain", *arguments], env={"COLUMNS": str(columns), "LINES": "24"}
    )
    assert result.exit_code == 0, result.output
    return result


def as_data(*arguments: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(explain("--json", *arguments).output)
    return found


def learn(home: Path, project: Path, model: str, ceiling: Ceiling) -> None:
    folder = home / ".local" / "state" / "ccsup"
    folder.mkdir(parents=True, exist_ok=True)
    Ceilings(folder).put(str(project_dir(os.environ, project)), model, ceiling)


@pytest.mark.usefixtures("home")
def test_every_row_is_named_with_what_is_done_about_it() -> None:
    page = explain().output
    parts = page.rstrip("\n").split("\n\n")
    assert [part.splitlines()[0] for part in parts] == [row.name for row in ROWS]
    for part, row in zip(parts, ROWS, strict=True):
        words = " ".join(part.split())
        assert row.told in words and f"then {row.remedy.told}" in words


@pytest.mark.usefixtures("home")
def test_every_row_but_the_ordinary_ones_shows_its_evidence() -> None:
    ordinary = {"finished", "failed", "the user left", "unknown error"}
    for row in as_data()["rows"]:
        assert bool(row["evidence"]) is (row["name"] not in ordinary), row["name"]


@pytest.mark.usefixtures("home")
def test_a_text_gives_its_one_row() -> None:
    page = explain(REFUSED).output
    assert page.startswith("refusal\n") and "never repeated" in page
    assert page.count("then ") == 1


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize("name", WITH_ERROR[:: len(WITH_ERROR) // 12])
def test_a_text_is_explained_as_the_run_would_take_it(name: str) -> None:
    text = error(name).text
    (row,) = as_data(text)["rows"]
    assert row["name"] == row_of_error(ApiError(text)).name


@pytest.mark.usefixtures("home")
def test_a_text_that_nobody_knows_is_told_to_be_unknown() -> None:
    assert explain("no such words").output.startswith("unknown error\n")


@pytest.mark.usefixtures("home")
def test_json_has_a_version_and_the_same_rows() -> None:
    found = as_data()
    assert found["version"] == 1 and set(found) == {"version", "rows", "ceilings"}
    assert [row["name"] for row in found["rows"]] == [row.name for row in ROWS]
    assert all(
        set(row) == {"name", "remedy", "told", "evidence", "source"} for row in found["rows"]
    )
    assert {row["remedy"] for row in found["rows"]} <= {remedy.value for remedy in Remedy}
    assert found["ceilings"] == {}
    assert len(as_data(REFUSED)["rows"]) == 1


def test_a_learned_ceiling_is_shown(home: Path) -> None:
    ceiling = Ceiling(80_000, 3_000, 2)
    learn(home, home / "ledger", "sonnet", ceiling)
    learn(home, home / "annex", "opus", Ceiling(70_000))
    page = explain().output
    assert page.endswith(
        "Sessions of sonnet have died in this project at about 80,000 tokens (2 times);"
        f" Claude Code is made to compact at about {ceiling.threshold:,}.\n"
    )
    assert "opus" not in page.splitlines()[-1] and "70,000" not in page  # another project's
    assert as_data()["ceilings"] == {"sonnet": 80_000}


def test_a_text_is_explained_without_the_ceilings(home: Path) -> None:
    learn(home, home / "ledger", "sonnet", Ceiling(80_000))
    assert "80,000" not in explain(REFUSED).output


def test_a_ceiling_too_low_for_claude_code_is_ccsups_own_affair(home: Path) -> None:
    learn(home, home / "ledger", "sonnet", Ceiling(5_000, 1_000))
    assert explain().output.endswith(
        "(once); Claude Code's own compaction cannot be made to fire"
        " in time below that, so ccsup compacts at about 4,750.\n"
    )


def words(page: str) -> str:
    return "".join(page.split())


@pytest.mark.usefixtures("home")
@pytest.mark.parametrize(("columns", "most"), [(1, 40), (40, 40), (72, 72), (1_000, 100)])
def test_a_narrow_terminal_loses_no_word(columns: int, most: int) -> None:
    page = explain(columns=columns).output
    lines = page.splitlines()
    assert max(map(len, lines)) <= most
    assert most - max(map(len, lines)) < 8  # and uses what there is
    assert words(page) == words(explain(columns=100).output)


@pytest.mark.usefixtures("home")
def test_a_terminal_of_no_width_is_no_fault() -> None:
    assert explain(columns=0).output.startswith(ROWS[0].name)


def test_a_working_directory_that_is_gone_is_no_fault(home: Path) -> None:
    (home / "ledger").rmdir()
    assert as_data()["ceilings"] == {}


def test_explaining_writes_nothing(home: Path) -> None:
    explain()
    assert [path.name for path in home.rglob("*")] == ["ledger"]


def test_the_evidence_of_a_row_is_told_in_words() -> None:
    found = {row.name: evidence(row) for row in ROWS}
    assert found["killed by the kernel for memory"] == {
        "signal": "SIGKILL",
        "kernel": "its oom_kill counter has risen",
    }
    assert "SIGTERM" in found["killed by its own command"]["signal"]
    assert found["login needed"]["status"] == "401"
    assert found["hang"] == {"ward": "a limit of ccsup's own"}
    assert all(found[row.name]["text"] == row.text for row in ROWS if row.text)


@pytest.mark.usefixtures("home")
def test_a_regular_expression_is_printed_as_it_is() -> None:
    shown = words(explain().output)
    assert any("|" in row.text for row in ROWS)
    assert all(words(row.text) in shown for row in ROWS)
    assert " | " not in explain(columns=1_000).output
