"""survey: all templates that are found anywhere, looked at for faults."""

from __future__ import annotations

from pathlib import Path

from .places import FROM_PROJECT, PROFILES, SHIPPED, origin, read
from .template import VARIABLES, Fault, Prompt, did_you_mean

OTHER = ("README", ".", "#")  # what a folder may hold besides, by its beginning
SUBFOLDER = "profiles"  # of the shipped ones


def survey(folders: tuple[Path, ...]) -> tuple[list[Path], list[Fault]]:
    """The sound templates in `folders` and among all that are shipped, and every fault.

    A fault is also a file that is no template, and one that is not taken from a project.
    A template that a better place hides is looked at like any other.
    """
    profiles = [base / SUBFOLDER / profile for base in SHIPPED for profile in PROFILES]
    sound: list[Path] = []
    found: list[Fault] = []
    for folder in dict.fromkeys((*folders, *profiles, *SHIPPED)):
        for name in _listed(folder, found):
            path = folder / name
            seen = _look(path)
            if isinstance(seen, Prompt):
                sound.append(path)
            else:
                found += seen
    return sound, found


def _listed(folder: Path, found: list[Fault]) -> list[str]:
    try:
        names = sorted(path.name for path in folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        found.append(Fault(folder, None, f"cannot be read: {error.strerror}"))
        return []
    shipped = origin(folder) == "shipped"
    return [
        name
        for name in names
        if not name.startswith(OTHER) and not name.endswith("~")
        if not (shipped and name == SUBFOLDER)
    ]


def _look(path: Path) -> Prompt | list[Fault]:
    name, dot, kind = path.name.rpartition(".")
    if (dot, kind) != (".", "md") or name not in VARIABLES:
        meant = did_you_mean((name or path.name).lower(), VARIABLES, after=".md")
        known = ", ".join(f"{each}.md" for each in VARIABLES)
        return [Fault(path, None, f"no template of that name; {meant}known: {known}")]
    if origin(path.parent) == "project" and name not in FROM_PROJECT:
        told = (
            "not taken from a project, which may only word the summary; your own configuration"
            f" may have it (ccsup prompts init {name})"
        )
        return [Fault(path, None, told)]
    return read(name, path)
