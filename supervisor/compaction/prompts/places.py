"""places: where a template comes from. The first place that has it wins.

1. the project's ``.ccsup/prompts/NAME.md``: of summary, part and merge alone
2. the user's ``$XDG_CONFIG_HOME/ccsup/prompts/NAME.md``
3. the profile's, shipped as ``prompts/profiles/PROFILE/NAME.md``, where it differs
4. the shipped ``prompts/NAME.md``, beside the package in a checkout, inside it in a wheel

A project is a repository that anyone may have written. Why its templates are safe: they
only word a question to a model that has no tools. The answer is checked against the
transcript and given to the next session as notes to be verified, below the user's own
words, which code hands on whatever the notes say. No template ever becomes a flag, a
permission, a path or a command. The prompts that a session itself is given (continue,
resume), and the one that names faults (again), are the user's alone. A project's file is
read only inside the project, so that none can lay another file open to the model.
"""

from __future__ import annotations

from pathlib import Path

from .reading import leads_out, read_bounded
from .template import LONGEST, Fault, Prompt, PromptError, did_you_mean, faults, too_long

PACKAGE = Path(__file__).resolve().parents[2]
SHIPPED = (PACKAGE / "prompts", PACKAGE.parent / "prompts")
PROFILES = ("coding", "data", "migration", "research")
PLAIN = "coding"  # its templates are the shipped ones themselves
FROM_PROJECT = frozenset({"summary", "part", "merge"})
OF_PROJECT = (".ccsup", "prompts")


def folders(project: Path | None, config_home: Path, profile: str = PLAIN) -> tuple[Path, ...]:
    """Where to look before the shipped templates, in this order; nothing is touched.

    `project`: as `find_project` gives it; `config_home`: ccsup's folder of configuration.
    Raises PromptError for a profile that does not exist.
    """
    own = () if project is None else (project_prompts(project),)
    return (*own, config_home / "prompts", *profile_folders(profile))


def profile_folders(profile: str) -> tuple[Path, ...]:
    """The shipped folders of a profile. Raises PromptError where there is none of that name."""
    if profile not in PROFILES:
        meant = did_you_mean(profile, PROFILES)
        raise PromptError(f"no profile {profile!r}; {meant}known: {', '.join(PROFILES)}")
    return () if profile == PLAIN else tuple(each / "profiles" / profile for each in SHIPPED)


def project_prompts(project: Path) -> Path:
    return project.joinpath(*OF_PROJECT)


def find_project(cwd: Path) -> Path | None:
    """`cwd` or its nearest ancestor with a ``.ccsup``, no higher than the git root.

    `cwd` is absolute. Outside of git only `cwd` itself counts: what lies above it is not
    the project's.
    """
    above = (cwd, *cwd.parents)
    within = above[: above.index(git_root(cwd) or cwd) + 1]
    return next((each for each in within if _stands(each / OF_PROJECT[0])), None)


def folder_for_project(cwd: Path) -> Path:
    """Where new templates of a project are to be put, for one that has none yet too.

    Raises PromptError where a symlink of the project would have them written elsewhere.
    """
    project = find_project(cwd) or git_root(cwd) or cwd
    folder = project_prompts(project)
    if leads_out(folder, project):
        raise PromptError(f"{folder}: leads out of the project; nothing was written")
    return folder


def git_root(cwd: Path) -> Path | None:
    """The nearest folder, from `cwd` upwards, that is a git work tree."""
    return next((each for each in (cwd, *cwd.parents) if _stands(each / ".git")), None)


def origin(folder: Path) -> str:
    """Whose templates stand in `folder`: project, user, profile or shipped."""
    if folder.parts[-2:] == OF_PROJECT:
        return "project"
    if folder in SHIPPED:
        return "shipped"
    return "profile" if folder.parent.parent in SHIPPED else "user"


def find(name: str, folders: tuple[Path, ...]) -> Path | None:
    """The file that is in force for `name`: it exists, whatever it holds."""
    return next(iter(_standing(name, folders)), None)


def load(name: str, folders: tuple[Path, ...]) -> Prompt:
    """The first `name`.md in `folders` or among the shipped ones, checked.

    Raises PromptError for one that is missing or unreadable, or that has faults.
    """
    path = find(name, folders)
    if path is None:
        raise _missing(name)
    found = read(name, path)
    if isinstance(found, Prompt):
        return found
    raise PromptError("\n".join(map(str, found)))


def load_sound(name: str, folders: tuple[Path, ...]) -> tuple[Prompt, tuple[Fault, ...]]:
    """The first that has no fault, and the faults of those that were passed over.

    For the middle of a run: a template that was broken meanwhile must not keep a dead
    session from its recovery. Raises PromptError where not even a shipped one is sound.
    """
    passed: list[Fault] = []
    for path in _standing(name, folders):
        found = read(name, path)
        if isinstance(found, Prompt):
            return found, tuple(passed)
        passed += found
    raise _missing(name)


def read(name: str, path: Path) -> Prompt | list[Fault]:
    """The template in the file `path`, or all that is wrong with it."""
    inside = path.parents[2] if origin(path.parent) == "project" else None
    try:
        data = read_bounded(path, LONGEST, inside)
    except OSError as error:
        return [Fault(path, None, f"cannot be read: {error.strerror}")]
    if len(data) > LONGEST:
        return [too_long(path)]
    try:
        text = data.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        told = f"not UTF-8 (byte 0x{data[error.start]:02x}); save the file as UTF-8"
        return [Fault(path, line, told)]
    return faults(name, path, text) or Prompt(name, path, text)


def _standing(name: str, folders: tuple[Path, ...]) -> list[Path]:
    return [
        path
        for folder in (*folders, *SHIPPED)
        if name in FROM_PROJECT or origin(folder) != "project"
        if _stands(path := folder / f"{name}.md")
    ]


def _stands(path: Path) -> bool:
    """Is something there? What cannot be looked at is; to read it then tells the reason."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _missing(name: str) -> PromptError:
    return PromptError(f"no prompt template {name}.md in {', '.join(map(str, SHIPPED))}")
