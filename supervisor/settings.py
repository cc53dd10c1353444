"""ccsup's own settings: options, ``CCSUP_*`` variables, the user's ccsup.toml, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from .core.policy import Policy


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is a key of ccsup.toml and, in capitals behind CCSUP_, a variable."""

    claude: str = "claude"  # the program, a name on PATH or a path
    ask: bool = False  # offer a recovery instead of doing it
    model: str | None = None  # for the summary: a Bedrock model id, profile or ARN
    max_barren: int = 3  # relaunches in a row without an answer of the model
    max_relaunches: int = 50  # in all
    silence: float = 60.0  # s without a byte from Bedrock
    deadline: float = 120.0  # s for one summary

    @property
    def policy(self) -> Policy:
        return Policy(self.ask, self.max_barren, self.max_relaunches)


class SettingsError(Exception):
    """A setting that cannot be used: what is wrong, where, and what would be right."""


def config_home(env: Mapping[str, str]) -> Path:
    chosen = env.get("XDG_CONFIG_HOME", "")
    if chosen.startswith("/"):
        return Path(chosen) / "ccsup"
    return Path(env.get("HOME") or "/") / ".config" / "ccsup"


def load(env: Mapping[str, str], **options: Any) -> Settings:
    """The settings in force; `options` that are None count as not given.

    Raises SettingsError for an unknown key or a value of another kind.
    """
    found = Settings()
    path = config_home(env) / "ccsup.toml"
    if path.exists():
        for key, value in _toml(path).items():
            found = _set(found, key, value, str(path))
    for field in fields(Settings):
        name = f"CCSUP_{field.name.upper()}"
        if env.get(name):
            found = _set(found, field.name, env[name], name)
    for key, value in options.items():
        if value is not None:
            found = _set(found, key, value, f"--{key.replace('_', '-')}")
    return found


def _toml(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _set(settings: Settings, key: str, value: Any, where: str) -> Settings:
    known = {field.name: field.default for field in fields(Settings)}
    if key not in known:
        raise SettingsError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")
    default = known[key]
    fit: Any = value
    if isinstance(default, bool):
        fit = _truth(value, key, where)
    elif isinstance(default, int | float):
        fit = _number(value, key, where, type(default))
    elif not isinstance(value, str) or not value:
        raise SettingsError(f"{where}: {key} wants a text, not {value!r}")
    return replace(settings, **{key: fit})


def _truth(value: Any, key: str, where: str) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise SettingsError(f"{where}: {key} wants true or false, not {value!r}")


def _number(value: Any, key: str, where: str, kind: type) -> Any:
    try:
        number = kind(value)
        if isinstance(value, float) and number != value:
            raise ValueError(value)
    except (TypeError, ValueError) as error:
        what = "whole number" if kind is int else "number"
        raise SettingsError(f"{where}: {key} wants a {what}, not {value!r}") from error
    if isinstance(value, bool) or not 0 <= number < 1e9:
        raise SettingsError(f"{where}: {key} wants a number from 0 to 1e9, not {value!r}")
    return number
