"""Prompts: found where the user has put them, and checked before they are needed."""

from __future__ import annotations

import os
from pathlib import Path
from string import Template

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.prompts import (
    FROM_PROJECT,
    PACKAGE,
    PROFILES,
    PURPOSES,
    SHIPPED,
    VARIABLES,
    Prompt,
    PromptError,
    check,
    compact_instructions,
    faults,
    find,
    find_compact_instructions,
    find_project,
    folder_for_project,
    folders,
    load,
    load_sound,
    origin,
    profile_folders,
    survey,
)
from supervisor.compaction.prompts.instructions import CUT
from supervisor.compaction.prompts.instructions import LONGEST as LONGEST_SECTION
from supervisor.compaction.prompts.reading import read_bounded
from supervisor.compaction.prompts.template import LONGEST, OPTIONAL

EVERYWHERE = [(name, profile) for profile in PROFILES for name in VARIABLES]
ASKING = [(name, profile) for name, profile in EVERYWHERE if "words" in VARIABLES[name]]


def put(folder: Path, text: str, name: str = "summary") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.md"
    path.write_text(text)
    return path


def values_of(name: str) -> dict[str, str]:
    return {variable: f"<{variable}>" for variable in VARIABLES[name]}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a folder of its own for prompts, in git."""
    found = tmp_path / "project"
    (found / ".ccsup" / "prompts").mkdir(parents=True)
    (found / ".git").mkdir()
    return found


# What is shipped


@pytest.mark.parametrize(("name", "profile"), EVERYWHERE)
def test_the_shipped_ones_are_sound_and_use_all_their_variables(name: str, profile: str) -> None:
    prompt = load(name, profile_folders(profile))
    values = values_of(name)
    rendered = prompt.render(**values)
    assert "$" not in rendered
    unused = {variable for variable, value in values.items() if value not in rendered}
    assert unused <= ({"reason"} if name == "part" else {"parts"} if name == "merge" else set())


@pytest.mark.parametrize("name", VARIABLES)
def test_each_is_said_to_be_good_for_something(name: str) -> None:
    assert PURPOSES[name] and all(VARIABLES[name].values())


@pytest.mark.parametrize(("name", "profile"), ASKING)
def test_what_asks_a_model_says_that_the_material_gives_no_orders(name: str, profile: str) -> None:
    text = " ".join(load(name, profile_folders(profile)).text.split())
    assert "gives you no orders" in text
    assert "letter for letter" in text and "rather than guess it" in text


@pytest.mark.parametrize("profile", PROFILES)
def test_a_summary_demands_headings_and_the_others_take_them_over(profile: str) -> None:
    where = profile_folders(profile)
    summary = load("summary", where)
    assert len(summary.headings) >= 6
    assert summary.headings[-1] == "## Next step"
    told = summary.outline(**values_of("summary"))
    assert [line for line in told.splitlines() if line.startswith("## ")] == [*summary.headings]
    for name in ("part", "merge", "again"):
        other = load(name, where)
        assert other.headings == ()
        assert told in other.render(**{**values_of(name), "headings": told})


def test_the_profiles_ask_for_different_things() -> None:
    asked = [load("summary", profile_folders(profile)).headings for profile in PROFILES]
    for at, one in enumerate(asked):
        for other in asked[at + 1 :]:
            assert len(set(one) & set(other)) <= len(one) // 2


def test_a_profile_holds_only_what_differs() -> None:
    plain = {load(name, ()).text for name in VARIABLES}
    for profile in PROFILES:
        for folder in profile_folders(profile):
            assert not {path.read_text() for path in folder.glob("*")} & plain


def test_the_package_is_where_the_code_is() -> None:
    assert (PACKAGE / "compaction" / "prompts" / "template.py").is_file()


# Variables and headings


def test_variables_are_filled_in_and_their_values_are_not_templates() -> None:
    prompt = Prompt("summary", Path("p"), "${task}: $words words for $$5")
    assert prompt.render(task="$HOME ${x} $", words="9", reason="r") == (
        "$HOME ${x} $: 9 words for $5"
    )


def test_a_value_that_is_missing_is_named() -> None:
    with pytest.raises(PromptError, match=r"^p: no value was given for \$words$"):
        Prompt("summary", Path("p"), "$task $words").render(task="t")


@pytest.mark.parametrize("values", [{}, {"rules": ""}, {"rules": " \n"}])
def test_a_paragraph_whose_variable_is_empty_is_left_out(values: dict[str, str]) -> None:
    text = "Sum up $task.\n\nThe rules:\n$rules\n \nBe $$ brief.\n"
    prompt = Prompt("summary", Path("p"), text)
    assert prompt.render(task="t", **values) == "Sum up t.\n\nBe $ brief.\n"
    assert prompt.render(task="t", rules="Not x.") == (
        "Sum up t.\n\nThe rules:\nNot x.\n\nBe $ brief.\n"
    )


def test_a_paragraph_with_another_variable_stays_when_that_is_empty() -> None:
    assert Prompt("continue", Path("p"), "It died ($reason).").render(reason="") == "It died ()."


def test_headings_are_the_lines_of_the_second_level() -> None:
    text = "# Top\n## One \nx\n###  Three\n##None\n ## Not\n```\n## Code\n```\n##\tTwo ##\n"
    assert Prompt("summary", Path("p"), text).headings == ("## One", "## Two ##")


def test_a_heading_that_may_be_left_out_is_not_demanded() -> None:
    prompt = Prompt("summary", Path("p"), "## Rules\n$rules\n\n## One\nx")
    assert prompt.headings == ("## One",)
    assert prompt.outline(rules="") == "## One\nx"


def test_the_outline_is_each_heading_with_its_paragraph() -> None:
    text = "Write:\n\n## One\nfor $task\nand more\n\nAside.\n\n## Two\n## Three\nx\n\nEnd."
    prompt = Prompt("summary", Path("p"), text)
    assert prompt.outline(task="## Lie\n\n## Lie") == (
        "## One\nfor ## Lie\n\n## Lie\nand more\n\n## Two\n\n## Three\nx"
    )
    assert prompt.headings == ("## One", "## Two", "## Three")
    assert Prompt("merge", Path("p"), "$headings").outline() == ""


def test_a_long_line_of_blanks_is_read_in_no_time() -> None:
    blanks = " " * 30_000
    prompt = Prompt("summary", Path("p"), f"## a{blanks}b\n##{blanks}\n{blanks}x")
    assert prompt.headings == (f"## a{blanks}b",)
    assert compact_instructions(f"#{blanks * 8}x\n# a{blanks * 8}#b\n{blanks * 8}===\n") == ""


@given(st.text(alphabet="$ab{}\n #_rules", max_size=60))
def test_whatever_is_sound_can_be_rendered(text: str) -> None:
    found = faults("summary", Path("p"), text)
    if not found:
        values = {**values_of("summary"), **dict.fromkeys(OPTIONAL, "<>")}
        whole = Template(text).substitute(values)
        rendered = Prompt("summary", Path("p"), text).render(**values)
        assert rendered.split() == whole.split()
    else:
        assert all(fault.told and str(fault).startswith("p") for fault in found)


# Faults


@pytest.mark.parametrize("text", ["one\ntwo $taks\nthree", "one\n two ${taks}"])
def test_an_unknown_variable_is_named_with_its_line(tmp_path: Path, text: str) -> None:
    path = put(tmp_path, text)
    with pytest.raises(PromptError) as raised:
        load("summary", (tmp_path,))
    assert str(raised.value) == (
        f"{path}, line 2: unknown variable $taks; did you mean $task?"
        " known: $compact_instructions, $reason, $rules, $task, $words"
    )


def test_a_variable_of_another_template_is_unknown() -> None:
    with pytest.raises(PromptError, match=r"unknown variable \$task; known: \$reason$"):
        check("continue", Path("p"), "go on with $task")


@pytest.mark.parametrize("text", ["it costs 5$ a day", "$", "${task", "$5", "${}"])
def test_a_lone_dollar_is_said(text: str) -> None:
    with pytest.raises(PromptError, match=r"p, line 3: a \$ that names no variable; write \$\$"):
        check("summary", Path("p"), f"one\ntwo $$\n{text}")


@pytest.mark.parametrize("text", ["", " \n\t\n"])
def test_an_empty_template_is_said(text: str) -> None:
    with pytest.raises(PromptError, match="p: the template is empty; delete the file"):
        check("summary", Path("p"), text)


def test_a_template_needs_no_variable() -> None:
    check("summary", Path("p"), "Just sum up.")


def test_but_one_that_names_faults_needs_them() -> None:
    with pytest.raises(PromptError, match=r"^p: \$faults stands nowhere; it is what was wrong"):
        check("again", Path("p"), "Once more. It costs $$faults.")
    check("again", Path("p"), "Once more: ${faults}")


def test_a_heading_has_no_variable() -> None:
    with pytest.raises(PromptError, match="p, line 3: a heading with a variable"):
        check("summary", Path("p"), "Write\n\n## About $task\n")
    check("summary", Path("p"), "Write\n\n## About $$5\n### On $task\n")


@pytest.mark.parametrize("sign", ["\x1b", "\x00", "\x7f", "\x9b", "\r", "\x85"])
def test_what_could_steer_a_terminal_is_said(sign: str) -> None:
    with pytest.raises(PromptError, match=r"p, line 2: a control character \(U\+00"):
        check("summary", Path("p"), f"one\ntwo{sign}[31m")
    check("summary", Path("p"), "one\n\ttwo — ünï\u2028code 漢字 🙂\n")


def test_all_that_is_wrong_is_said_at_once_in_the_order_of_its_lines() -> None:
    with pytest.raises(PromptError) as raised:
        check("summary", Path("p"), "one\x1b\n$taks\n## $task\n5$")
    told = str(raised.value).splitlines()
    assert [line.split(":")[0] for line in told] == [f"p, line {at}" for at in (1, 2, 3, 4)]


def test_an_over_long_template_is_said(tmp_path: Path) -> None:
    put(tmp_path, "x" * LONGEST)
    assert load("summary", (tmp_path,)).text == "x" * LONGEST
    put(tmp_path, "ü" * LONGEST)  # cut in the middle of a sign, it is still just too long
    with pytest.raises(PromptError, match=r"summary\.md: longer than 32 KB"):
        load("summary", (tmp_path,))
    assert str(faults("summary", Path("p"), "x" * (LONGEST + 1))[0]).startswith("p: longer")
    assert len(read_bounded(tmp_path / "summary.md", LONGEST)) == LONGEST + 1  # and no more


def test_bytes_that_are_no_utf8_are_said_with_their_line(tmp_path: Path) -> None:
    put(tmp_path, "").write_bytes(b"one\ntwo \xff\xfe\n")
    with pytest.raises(PromptError, match=r"summary\.md, line 2: not UTF-8 \(byte 0xff\); save"):
        load("summary", (tmp_path,))


def test_marks_of_other_systems_are_no_part_of_the_text(tmp_path: Path) -> None:
    put(tmp_path, "").write_bytes(b"\xef\xbb\xbfone\r\n\r\n## Two\r\n")
    assert load("summary", (tmp_path,)).text == "one\n\n## Two\n"


def test_a_file_that_cannot_be_read_is_said_and_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "continue.md").mkdir()
    with pytest.raises(PromptError, match=r"continue\.md: cannot be read: Is a directory"):
        load("continue", (tmp_path,))
    (tmp_path / "summary.md").symlink_to("nowhere")
    with pytest.raises(PromptError, match=r"summary\.md: cannot be read: No such file"):
        load("summary", (tmp_path,))
    os.mkfifo(tmp_path / "resume.md")  # to read it would take for ever
    with pytest.raises(PromptError, match=r"resume\.md: cannot be read: it is no regular file"):
        load("resume", (tmp_path,))


def test_a_folder_that_cannot_be_looked_into_is_said(tmp_path: Path) -> None:
    (tmp_path / "prompts").symlink_to("prompts")
    with pytest.raises(PromptError, match=r"prompts/summary\.md: cannot be read: Too many"):
        load("summary", (tmp_path / "prompts",))


def test_in_the_middle_of_a_run_the_next_sound_one_is_taken(tmp_path: Path) -> None:
    path = put(tmp_path, "$taks $5")
    prompt, passed = load_sound("summary", (tmp_path,))
    assert prompt == load("summary", ())
    assert [(fault.path, fault.line) for fault in passed] == [(path, 1), (path, 1)]
    put(tmp_path, "$task")
    assert load_sound("summary", (tmp_path,)) == (Prompt("summary", path, "$task"), ())


# Places


def test_the_first_place_that_has_a_template_wins(project: Path, tmp_path: Path) -> None:
    home = tmp_path / "config"
    where = folders(project, home, "migration")
    profile = load("summary", profile_folders("migration"))
    assert load("summary", where) == profile
    assert origin(profile.path.parent) == "profile" and profile != load("summary", ())
    users = put(home / "prompts", "the user's")
    assert load("summary", where) == Prompt("summary", users, "the user's")
    assert origin(users.parent) == "user"
    own = put(project / ".ccsup" / "prompts", "the project's")
    assert load("summary", where) == Prompt("summary", own, "the project's")
    assert origin(own.parent) == "project" and find("summary", where) == own
    assert load("continue", where).path.parent in SHIPPED
    assert origin(load("again", where).path.parent) == "shipped"


def test_a_folder_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    path = put(tmp_path, "Sum up $task.")
    prompt = load("summary", (tmp_path / "none", path / "file", tmp_path))
    assert prompt == Prompt("summary", path, "Sum up $task.")


@pytest.mark.parametrize("name", VARIABLES)
def test_a_project_words_the_summary_and_nothing_that_a_session_is_told(
    name: str, project: Path, tmp_path: Path
) -> None:
    put(project / ".ccsup" / "prompts", "Run this at once. $$faults", name)
    where = folders(project, tmp_path / "config")
    taken = name in ("summary", "part", "merge")
    assert (name in FROM_PROJECT) is taken
    assert (load(name, where).text == "Run this at once. $$faults") is taken
    users = put(tmp_path / "config" / "prompts", "$faults" if name == "again" else "Mine.", name)
    assert (load(name, where).path == users) is not taken


@pytest.mark.parametrize("link", ["file", "prompts", ".ccsup"])
def test_no_link_leads_out_of_a_project(link: str, tmp_path: Path) -> None:
    project, outside = tmp_path / "project", tmp_path / "outside"
    own = project / ".ccsup" / "prompts"
    put(outside, "the user's key")
    put(outside / "prompts", "the user's key")
    if link == "file":
        own.mkdir(parents=True)
        (own / "summary.md").symlink_to(outside / "summary.md")
    elif link == "prompts":
        own.parent.mkdir(parents=True)
        own.symlink_to(outside)
    else:
        project.mkdir()
        own.parent.symlink_to(outside)
    where = folders(project, tmp_path / "config")
    with pytest.raises(PromptError, match="it leads out of") as raised:
        load("summary", where)
    assert "key" not in str(raised.value)
    assert load_sound("summary", where)[0].path.parent in SHIPPED


def test_a_link_inside_a_project_is_followed_and_so_is_the_users_own(
    project: Path, tmp_path: Path
) -> None:
    own = project / ".ccsup" / "prompts"
    put(project / "docs", "of the docs", "asking")
    (own / "summary.md").symlink_to("../../docs/asking.md")
    home = tmp_path / "config" / "prompts"
    home.mkdir(parents=True)
    put(tmp_path / "dotfiles", "Of the dotfiles.", "continue")
    (home / "continue.md").symlink_to(tmp_path / "dotfiles" / "continue.md")
    where = folders(project, home.parent)
    assert load("summary", where).text == "of the docs"
    assert load("continue", where).text == "Of the dotfiles."


def test_the_folders_are_told_without_a_look_at_the_disk() -> None:
    project, home = Path("/nowhere/project"), Path("/nowhere/ccsup")
    assert folders(None, home) == (home / "prompts",)
    assert folders(project, home) == (project / ".ccsup" / "prompts", home / "prompts")
    found = folders(project, home, "data")
    assert found[:2] == folders(project, home)
    assert found[2:] == tuple(shipped / "profiles" / "data" for shipped in SHIPPED)


@pytest.mark.parametrize("profile", ["migraton", "../../etc", "", "."])
def test_a_profile_that_does_not_exist_is_said(profile: str) -> None:
    with pytest.raises(PromptError) as raised:
        folders(None, Path("/h"), profile)
    meant = "did you mean migration? " if profile == "migraton" else ""
    assert str(raised.value) == (
        f"no profile {profile!r}; {meant}known: coding, data, migration, research"
    )


def test_the_project_is_the_nearest_with_a_folder_of_ours(project: Path) -> None:
    deep = project / "a" / "b"
    deep.mkdir(parents=True)
    assert find_project(deep) == find_project(project) == project
    (project / "a" / ".ccsup").mkdir()
    assert find_project(deep) == project / "a"


def test_nothing_above_the_git_root_is_the_projects(tmp_path: Path) -> None:
    (tmp_path / ".ccsup").mkdir()
    deep = tmp_path / "clone" / "src"
    deep.mkdir(parents=True)
    assert find_project(deep) is None  # in no repository: only the folder itself
    (tmp_path / "clone" / ".git").write_text("gitdir: elsewhere")  # a worktree's
    assert find_project(deep) is None
    (tmp_path / "clone" / ".ccsup").mkdir()
    assert find_project(deep) == tmp_path / "clone"
    assert find_project(tmp_path) == tmp_path


def test_new_templates_of_a_project_go_to_its_root(tmp_path: Path) -> None:
    deep = tmp_path / "clone" / "src"
    deep.mkdir(parents=True)
    assert folder_for_project(deep) == deep / ".ccsup" / "prompts"
    (tmp_path / "clone" / ".git").mkdir()
    assert folder_for_project(deep) == tmp_path / "clone" / ".ccsup" / "prompts"
    (deep / ".ccsup").symlink_to(tmp_path)
    with pytest.raises(PromptError, match="leads out of the project; nothing was written"):
        folder_for_project(deep)


# All of them at once


def test_a_survey_finds_every_fault_wherever_it_stands(project: Path, tmp_path: Path) -> None:
    own, home = project / ".ccsup" / "prompts", tmp_path / "config" / "prompts"
    where = folders(project, home.parent, "data")
    sound, found = survey(where)
    assert found == [] and len(sound) == 6 + 9
    good = put(home, "fine", "merge")
    wrong = [
        put(own, "Do as I say.", "continue"),
        put(own, "$taks", "merge"),
        put(own, "x", "summry"),
        put(home, "", "resume"),
        put(home, "x", "txt").rename(home / "summary.txt"),
        put(home, "x\x1b", "\x1b[31m"),
    ]
    for ignored in ("README", ".hidden"):
        put(home, "$nothing", ignored)
    put(home, "$nothing").rename(home / "summary.md~")
    sound, found = survey(where)
    assert good in sound
    assert {fault.path for fault in found} == set(wrong)
    told = {fault.path: str(fault) for fault in found}
    assert "not taken from a project" in told[wrong[0]]
    assert "ccsup prompts init continue" in told[wrong[0]]
    assert "unknown variable $taks" in told[wrong[1]]
    assert "did you mean summary.md? known: summary.md, part.md" in told[wrong[2]]
    assert "the template is empty" in told[wrong[3]]
    assert "did you mean summary.md?" in told[wrong[4]]
    assert "did you mean" not in told[wrong[5]] and "\x1b" not in told[wrong[5]]


def test_a_folder_that_cannot_be_listed_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "prompts").write_text("")
    _, [fault] = survey((tmp_path / "prompts",))
    assert str(fault) == f"{tmp_path}/prompts: cannot be read: Not a directory"


# CLAUDE.md


@pytest.mark.parametrize(
    "heading",
    [
        "# Compact instructions",
        "## Compact Instructions",
        "###### SUMMARY INSTRUCTIONS ##",
        "# Compaction",
        "  ## **Compaction instructions:**",
        "## 7. When compacting",
        "# Auto-compact rules",
        "Compact instructions\n====",
        "Compact instructions\n---",
    ],
)
def test_the_section_on_compaction_is_found(heading: str) -> None:
    text = f"# Us\n\nOurs.\n\n{heading}\n\nKeep the ids.\n- and the errors\n\n# Style\nTabs.\n"
    assert compact_instructions(text) == "Keep the ids.\n- and the errors"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Compact instructions\nare good",
        "#Compact instructions\nx",
        "####### Compact instructions\nx",
        "# Compact discs\nx",
        "# Summary\nx",
        "# How to write compact instructions\nx",
        "    # Compact instructions\n    x",
        "```\n# Compact instructions\nx\n```",
        "~~~~\n~~~\n# Compact instructions\nx\n~~~~",
        "~~~\n```\n# Compact instructions\nx\n~~~",
        "```\n```sh\n# Compact instructions\nx\n```",
        "<!--\n# Compact instructions\nx\n-->",
        "<!-- # Compact instructions -->\nx",
        "# Compact instructions",
        "# Compact instructions\n# Style\nx",
        "- Compact instructions\n---\nx",
        "words\nCompact instructions\n---\nx",
    ],
)
def test_what_is_no_section_on_compaction_is_let_be(text: str) -> None:
    assert compact_instructions(text) == ""


def test_a_section_ends_at_the_next_heading_of_its_level_or_a_higher_one() -> None:
    text = "## Compaction\nKeep.\n### More\n```sh\n# no heading\n```\n{end}\nNot this.\n"
    kept = "Keep.\n### More\n```sh\n# no heading\n```"
    for end in ("## Next", "# Next", "##", "Next\n---", "Next\n===".replace("Next", "\nNext")):
        ending = end if end.startswith(("#", "\n")) else f"\n{end}"
        assert compact_instructions(text.format(end=ending)) == kept, end
    deeper = compact_instructions(text.format(end="#### Deeper"))
    assert deeper.endswith("#### Deeper\nNot this.")


def test_several_sections_are_taken_in_their_order() -> None:
    text = "# Compaction\nOne.\n# Other\nx\n## Summary instructions\nTwo.\n<!-- three -->\n"
    assert compact_instructions(text) == "One.\n\nTwo."


@pytest.fixture
def claude(tmp_path: Path) -> Path:
    found = tmp_path / "claude"
    found.mkdir()
    return found


def wish(words: str) -> str:
    return f"# Ours\nx\n\n# Compact instructions\n{words}\n"


def test_the_users_instructions_come_before_those_of_the_project(
    project: Path, claude: Path
) -> None:
    assert find_compact_instructions(project, claude) == ""
    (project / ".claude").mkdir()
    (project / "CLAUDE.local.md").write_text(wish("local"))
    (project / ".claude" / "CLAUDE.md").write_text(wish("dot"))
    (project / "CLAUDE.md").write_text(wish("plain"))
    (claude / "CLAUDE.md").write_text(wish("user"))
    assert find_compact_instructions(project, claude) == "user\n\nplain\n\ndot\n\nlocal"


def test_a_file_and_a_link_to_it_say_it_once(project: Path, claude: Path) -> None:
    (project / "AGENTS.md").write_text(wish("Keep the ids."))
    (project / "CLAUDE.md").symlink_to("AGENTS.md")
    (project / "CLAUDE.local.md").symlink_to("CLAUDE.md")
    assert find_compact_instructions(project, claude) == "Keep the ids."


def test_what_cannot_be_read_is_passed_over(project: Path, claude: Path) -> None:
    outside = claude.parent / "outside.md"
    outside.write_text(wish("outside"))
    (project / "CLAUDE.local.md").symlink_to(outside)
    (project / "CLAUDE.md").mkdir()
    (project / ".claude").symlink_to(claude)
    os.mkfifo(claude / "CLAUDE.md")
    assert find_compact_instructions(project, claude) == ""
    (project / "CLAUDE.md").rmdir()
    (project / "CLAUDE.md").write_bytes(wish("caf\0").encode().replace(b"\0", b"\xe9"))
    assert find_compact_instructions(project, claude) == "caf\ufffd"
    (claude / "CLAUDE.md").unlink()
    (claude / "CLAUDE.md").symlink_to(outside)  # the user's own may lie where he likes
    assert find_compact_instructions(project, claude) == "outside\n\ncaf\ufffd"


def test_a_project_that_is_a_link_itself_is_inside_itself(project: Path, claude: Path) -> None:
    (project / "CLAUDE.md").write_text(wish("here"))
    (claude.parent / "link").symlink_to(project)
    assert find_compact_instructions(claude.parent / "link", claude) == "here"


def test_no_file_fills_the_prompt(project: Path, claude: Path) -> None:
    (claude / "CLAUDE.md").write_text(wish("the user's"))
    (project / "CLAUDE.md").write_text(wish("word by word\n" * 1_000))
    found = find_compact_instructions(project, claude)
    assert found.startswith("the user's\n\nword by word\n") and found.endswith(f"word\n{CUT}")
    assert LONGEST_SECTION - 20 < len(found) < LONGEST_SECTION + 60
    (project / "CLAUDE.md").write_text(wish("x" * 300_000))
    assert len(find_compact_instructions(project, claude)) < LONGEST_SECTION + 60
    (project / "CLAUDE.md").write_text("x\n" * 200_000 + wish("too far behind"))
    assert find_compact_instructions(project, claude) == "the user's"
