"""The prompt templates: found where the user has put them, checked before they are needed.

A template is a text with ``$name`` variables (string.Template; ``$$`` is a dollar sign).
The user's own stand in ``$XDG_CONFIG_HOME/ccsup/prompts/NAME.md``; ccsup's stand beside its
package in a checkout and inside it in a wheel.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Template

# name -> the variables it may use
VARIABLES: Mapping[str, frozenset[str]] = {
    "summary": frozenset({"task", "words", "reason"}),
    "continue": frozenset({"reason"}),
    "resume": frozenset({"reason"}),
}
PACKAGE = Path(__file__).resolve().parent.parent
SHIPPED = (PACKAGE / "prompts", PACKAGE.parent / "prompts")


class PromptError(Exception):
    """A template that cannot be used; the message says what, where and what would be right."""


@dataclass(frozen=True, slots=True)
class Prompt:
    name: str
    path: Path
    text: str

    def render(self, **values: str) -> str:
        """The text with its variables filled in; all of VARIABLES[name] must be given."""
        return Template(self.text).substitute(values)


def load(name: str, folders: tuple[Path, ...]) -> Prompt:
    """The first `name`.md in `folders` or among the shipped ones, checked.

    Raises PromptError for one that is missing, unreadable, or uses an unknown variable.
    """
    for folder in (*folders, *SHIPPED):
        path = folder / f"{name}.md"
        try:
            text = path.read_text("utf-8")
        except FileNotFoundError:
            continue
        except (OSError, UnicodeDecodeError) as error:
            raise PromptError(f"{path}: cannot be read: {error}") from error
        check(name, path, text)
        return Prompt(name, path, text)
    raise PromptError(f"no prompt template {name}.md in {', '.join(map(str, SHIPPED))}")


def check(name: str, path: Path, text: str) -> None:
    """Raises PromptError unless `text` is a template with known variables alone."""
    known = VARIABLES[name]
    for match in Template.pattern.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        variable = match["named"] or match["braced"]
        if match["invalid"] is not None:
            raise PromptError(
                f"{path}, line {line}: a $ that names no variable; write $$ for a dollar sign"
            )
        if variable is not None and variable not in known:
            allowed = ", ".join(f"${each}" for each in sorted(known))
            raise PromptError(
                f"{path}, line {line}: unknown variable ${variable}; known: {allowed}"
            )
    if not text.strip():
        raise PromptError(f"{path}: the template is empty")
