"""Prompts: found where the user has put them, and checked before they are needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from supervisor.compaction.prompts import SHIPPED, VARIABLES, Prompt, PromptError, check, load


def put(folder: Path, text: str, name: str = "summary") -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(text)
    return path


@pytest.mark.parametrize("name", sorted(VARIABLES))
def test_the_shipped_ones_are_valid_and_use_their_variables(name: str) -> None:
    prompt = load(name, ())
    assert prompt.path.parent in SHIPPED
    values = {variable: f"<{variable}>" for variable in VARIABLES[name]}
    rendered = prompt.render(**values)
    assert "$" not in rendered
    assert any(value in rendered for value in values.values())


def test_the_users_own_comes_first(tmp_path: Path) -> None:
    path = put(tmp_path, "Sum up $task.")
    prompt = load("summary", (tmp_path / "none", tmp_path))
    assert prompt == Prompt("summary", path, "Sum up $task.")
    assert load("continue", (tmp_path,)).path.parent in SHIPPED


def test_variables_are_filled_in_and_their_values_are_not_templates() -> None:
    prompt = Prompt("summary", Path("p"), "${task}: $words words for $$5")
    assert prompt.render(task="$HOME ${x} $", words="9", reason="r") == (
        "$HOME ${x} $: 9 words for $5"
    )


@pytest.mark.parametrize("text", ["one\ntwo $taks\nthree", "one\n two ${taks}"])
def test_an_unknown_variable_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, text)
    with pytest.raises(PromptError) as raised:
        load("summary", (tmp_path,))
    assert str(raised.value) == (
        f"{path}, line 2: unknown variable $taks; known: $reason, $task, $words"
    )


def test_a_variable_of_another_template_is_unknown() -> None:
    with pytest.raises(PromptError, match=r"known: \$reason$"):
        check("continue", Path("p"), "go on with $task")


@pytest.mark.parametrize("text", ["it costs 5$ a day", "$", "${task", "$5", "${}"])
def test_a_lone_dollar_is_said(text: str) -> None:
    with pytest.raises(PromptError, match=r"p, line 3: a \$ that names no variable; write \$\$"):
        check("summary", Path("p"), f"one\ntwo $$\n{text}")


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_template_is_said(text: str) -> None:
    with pytest.raises(PromptError, match="p: the template is empty"):
        check("summary", Path("p"), text)


def test_a_template_needs_no_variable() -> None:
    check("summary", Path("p"), "Just sum up.")


def test_a_file_that_cannot_be_read_is_said_and_not_passed_over(tmp_path: Path) -> None:
    put(tmp_path, "").write_bytes(b"\xff\xfe")
    with pytest.raises(PromptError, match=r"summary\.md: cannot be read"):
        load("summary", (tmp_path,))
    (tmp_path / "continue.md").mkdir()
    with pytest.raises(PromptError, match=r"continue\.md: cannot be read"):
        load("continue", (tmp_path,))
