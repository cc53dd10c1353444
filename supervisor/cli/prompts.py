"""``ccsup prompts``: the templates, where they come from, and a user's own."""

from __future__ import annotations

import difflib
import json
import os
import shutil
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from ..compaction import prompts as templates

NARROWEST, WIDEST = 40, 100  # columns
INDENT = 10
WHOSE = {
    "project": "the project's",
    "user": "your own",
    "profile": "the profile's",
    "shipped": "ccsup's own",
}


def template_name(context: click.Context, parameter: click.Parameter, given: Any) -> Any:
    """The name of a template, or several, with or without .md; refused where there is none."""
    if not isinstance(given, str):
        return given and tuple(template_name(context, parameter, each) for each in given)
    name = given.removesuffix(".md")
    if name not in templates.VARIABLES:
        meant = templates.did_you_mean(name, templates.VARIABLES)
        known = ", ".join(templates.VARIABLES)
        raise click.BadParameter(f"no template {templates.printable(name)}; {meant}known: {known}")
    return name


@dataclass(frozen=True, slots=True)
class Scene:
    """Where the templates of this working directory come from."""

    cwd: Path
    config_home: Path
    profile: str
    project: Path | None

    @property
    def folders(self) -> tuple[Path, ...]:
        return templates.folders(self.project, self.config_home, self.profile)


def _scene(context: click.Context, profile: str | None = None) -> Scene:
    from ..settings import config_home, load

    settings = load(os.environ, **context.obj)
    try:
        cwd = Path.cwd()
    except FileNotFoundError as error:
        raise click.ClickException("the working directory does not exist any more") from error
    chosen = profile or settings.profile
    return Scene(cwd, config_home(os.environ), chosen, templates.find_project(cwd))


@click.group(short_help="The prompt templates: what is asked, and how to word it yourself.")
def prompts() -> None:
    """What the model is asked for, and what the next session is told first.

    The first place that has a template wins: .ccsup/prompts/ of the project (summary, part
    and merge alone), prompts/ in your own configuration, the profile, ccsup's own.
    """


@prompts.command("list", short_help="Each template, where it comes from, its variables.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def list_(context: click.Context, as_json: bool) -> None:
    """Print each template's name, where it comes from, what it is for and its variables."""
    scene = _scene(context)
    rows = [_row(name, scene.folders) for name in templates.VARIABLES]
    if as_json:
        profiles = {"profile": scene.profile, "profiles": list(templates.PROFILES)}
        _print_json({"version": 1, **profiles, "prompts": rows})
        return
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    for row in rows:
        click.echo("\n".join(_lines(row, width)))
    profile = f"profile {scene.profile} (of {', '.join(templates.PROFILES)})"
    click.echo("\n".join(("", *_wrapped(profile, width, "    "), "", "variables")))
    meanings = {name: told for row in rows for name, told in row["variables"].items()}
    for name, told in meanings.items():
        click.echo("\n".join(_wrapped(f"  ${name}: {told}", width, "    ")))


def _row(name: str, folders: tuple[Path, ...]) -> dict[str, Any]:
    path = templates.find(name, folders)
    assert path is not None  # there is a shipped one of each
    headings: tuple[str, ...] = ()
    fault = None
    try:
        headings = templates.load(name, folders).headings
    except templates.PromptError as error:
        fault = str(error)
    return {
        "name": name,
        "from": templates.origin(path.parent),
        "path": str(path),
        "purpose": templates.PURPOSES[name],
        "variables": dict(templates.VARIABLES[name]),
        "headings": list(headings),
        "fault": fault,
    }


def _lines(row: dict[str, Any], width: int) -> Iterator[str]:
    place = f"{WHOSE[row['from']]}, {templates.printable(row['path'])}"
    blank = " " * INDENT
    yield from _wrapped(f"{row['name']:<{INDENT}}{place}", width, blank)
    variables = " ".join(f"${name}" for name in row["variables"])
    fault = f"cannot be used: {row['fault']}" if row["fault"] else ""
    for told in filter(None, (row["purpose"], variables, fault)):
        yield from _wrapped(f"{blank}{told}", width, blank)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    """A path is kept whole, however narrow the terminal, so that it can be copied."""
    return textwrap.wrap(
        text, width, subsequent_indent=indent, break_on_hyphens=False, break_long_words=False
    )


@prompts.command(short_help="Print the template that is in force.")
@click.option("--path", "as_path", is_flag=True, help="Print the name of its file instead.")
@click.argument("name", callback=template_name)
@click.pass_context
def show(context: click.Context, as_path: bool, name: str) -> None:
    """Print the template that is in force, as it stands in its file."""
    folders = _scene(context).folders
    if as_path:
        click.echo(templates.find(name, folders) or templates.load(name, folders).path)
    else:
        click.echo(templates.load(name, folders).text, nl=False)


@prompts.command(short_help="Copy templates to a place of your own, to edit them.")
@click.option("--project", "for_project", is_flag=True, help="To the project's .ccsup/prompts/.")
@click.option("--profile", metavar="NAME", help="Copy the templates of this profile.")
@click.argument("names", nargs=-1, callback=template_name)
@click.pass_context
def init(
    context: click.Context, for_project: bool, profile: str | None, names: tuple[str, ...]
) -> None:
    """Copy templates to your own configuration, or to the project. Nothing is overwritten.

    Without a NAME all of them that the place may have. Delete those that you leave as they
    are: ccsup's own then hold.
    """
    scene = _scene(context, profile)
    shaped = templates.profile_folders(scene.profile)
    allowed = [
        name for name in templates.VARIABLES if not for_project or name in templates.FROM_PROJECT
    ]
    refused = [name for name in names if name not in allowed]
    if refused:
        told = f"not taken from a project: {', '.join(refused)}; leave --project out"
        raise click.UsageError(told)
    folder = (
        templates.folder_for_project(scene.cwd) if for_project else scene.config_home / "prompts"
    )
    for name in names or allowed:
        _copy(templates.load(name, shaped), folder)


def _copy(prompt: templates.Prompt, folder: Path) -> None:
    path = folder / f"{prompt.name}.md"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:  # never over a file, nor through a link
            file.write(prompt.text)
    except FileExistsError as error:
        if not folder.is_dir():
            raise templates.PromptError(f"{folder}: is no folder") from error
        click.echo(f"{path}: is there already, and is left as it is")
    except OSError as error:
        raise templates.PromptError(f"{path}: cannot be written: {error.strerror}") from error
    else:
        click.echo(f"{path}: copied")


@prompts.command(short_help="What is different in the templates that are in force.")
@click.argument("name", callback=template_name, required=False)
@click.pass_context
def diff(context: click.Context, name: str | None) -> None:
    """Compare the template in force with the shipped one that it takes the place of.

    A template of yours or of the project is compared with the profile's, the profile's with
    ccsup's own. Nothing is printed where nothing differs.
    """
    scene = _scene(context)
    for each in [name] if name else templates.VARIABLES:
        in_force = templates.load(each, scene.folders)
        own = templates.origin(in_force.path.parent) in ("project", "user")
        beneath = templates.load(each, templates.profile_folders(scene.profile) if own else ())
        for line in _difference(beneath, in_force):
            click.echo(line)


def _difference(before: templates.Prompt, after: templates.Prompt) -> Iterator[str]:
    return difflib.unified_diff(
        before.text.splitlines(),
        after.text.splitlines(),
        templates.printable(str(before.path)),
        templates.printable(str(after.path)),
        lineterm="",
    )


@prompts.command(short_help="Look for faults in all templates.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON.")
@click.pass_context
def check(context: click.Context, as_json: bool) -> None:
    """Look for faults in all templates, wherever they stand. Exit code 78 if there is one."""
    from . import CONFIGURATION

    sound, faults = templates.survey(_scene(context).folders)
    if as_json:
        told = [{"path": str(at.path), "line": at.line, "fault": at.told} for at in faults]
        _print_json({"version": 1, "sound": [str(path) for path in sound], "faults": told})
    else:
        for fault in faults:
            click.echo(str(fault))
        if not faults:
            click.echo(f"{len(sound)} templates, and no fault in them.")
    if faults:
        context.exit(CONFIGURATION)


def _print_json(shown: dict[str, Any]) -> None:
    click.echo(json.dumps(shown, indent=1, ensure_ascii=False))
