"""ccsup's own settings: options, ``CCSUP_*`` variables, the user's ccsup.toml, defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from ..core.policy import Policy
from ..core.rows import Row
from .quantities import BYTES, FILE, SECONDS, TOKENS, check, seconds
from .rows import ROWS, RowError, row_of

BACKENDS = ("auto", "bedrock", "converse", "anthropic", "claude", "none")


def _choice(default: str, among: tuple[str, ...]) -> Any:
    return field(default=default, metadata={"among": among})


def _quantity(default: str, kind: str) -> Any:
    return field(default=default, metadata={"kind": kind})


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is a key of ccsup.toml and, in capitals behind CCSUP_, a variable.

    Times are seconds, or texts such as "90s", "10m", "6h"; sizes bytes, or "50MB", "8GB",
    "60%"; the context a number of tokens or a percentage of the model's. "0" switches off.
    """

    claude: str = "claude"  # the program, a name on PATH or a path
    ask: bool = False  # offer a recovery instead of doing it
    backend: str = _choice("auto", BACKENDS)  # who writes the summary
    model: str | None = None  # for the summary: a Bedrock model id, profile or ARN
    max_deaths: int = 5  # of one cause without progress, in death_window
    death_window: str = _quantity("30m", SECONDS)
    max_barren: int = 8  # relaunches in a row without an answer of the model
    max_relaunches: int = 50  # in all
    max_wait: str = _quantity("6h", SECONDS)  # for a service that is down or throttling
    max_reset: str = _quantity("24h", SECONDS)  # for a stated reset of a usage limit
    max_park: str = _quantity("12h", SECONDS)  # for credentials
    max_time: str = _quantity("0", SECONDS)  # after which nothing is relaunched
    max_cost: float = 0.0  # US dollars, likewise
    refresh: str | None = None  # a command that renews the credentials
    hang: str = _quantity("10m", SECONDS)  # without a sign of life, in the middle of a turn
    context: str = _quantity("90%", TOKENS)  # above it ccsup compacts
    memory: str = _quantity("0", BYTES)  # of claude and its children
    max_resume: str = _quantity("50MB", FILE)  # a larger transcript is never resumed
    profile: str = "coding"  # the kind of work that the prompts are made for
    steer: bool = True  # Claude Code's own compaction, below a size that has killed
    silence: float = 60.0  # s without a byte from Bedrock
    deadline: float = 120.0  # s for one summary
    rows: tuple[Row, ...] = ()  # of the table of endings, the user's own

    @property
    def policy(self) -> Policy:
        return Policy(
            ask=self.ask,
            max_barren=self.max_barren,
            max_relaunches=self.max_relaunches,
            max_deaths=self.max_deaths,
            death_window=seconds(self.death_window),
            max_wait=seconds(self.max_wait),
            max_reset=seconds(self.max_reset),
            max_park=seconds(self.max_park),
            max_time=seconds(self.max_time),
            max_cost=self.max_cost,
            own=self.rows,
        )


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
    for each in fields(Settings):
        name = f"CCSUP_{each.name.upper()}"
        if env.get(name) and each.name != ROWS:
            found = _set(found, each.name, env[name], name)
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
    known = {each.name: each for each in fields(Settings)}
    if key not in known:
        raise SettingsError(f"{where}: unknown key {key!r}; known: {', '.join(sorted(known))}")
    default, told = known[key].default, known[key].metadata
    kind, among = told.get("kind"), told.get("among")
    fit: Any = value
    try:
        if key == ROWS:
            fit = tuple(_row(each, number) for number, each in enumerate(_list(value), 1))
        elif kind is not None:
            fit = check(value, kind)
        elif among is not None:
            fit = _one(value, among)
        elif isinstance(default, bool):
            fit = _truth(value)
        elif isinstance(default, int | float):
            fit = _number(value, type(default))
        elif not isinstance(value, str) or not value:
            raise ValueError("a text")
    except RowError as error:
        raise SettingsError(f"{where}: {key}: {error}") from error
    except ValueError as error:
        raise SettingsError(f"{where}: {key} wants {error}, not {value!r}") from error
    return replace(settings, **{key: fit})


def _row(told: Any, number: int) -> Row:
    try:
        return row_of(told)
    except RowError as error:
        raise RowError(f"row {number}: {error}") from error


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise ValueError("[[rows]] tables")
    return value


def _one(value: Any, among: tuple[str, ...]) -> str:
    if value not in among:
        raise ValueError(f"one of {', '.join(among)}")
    return str(value)


def _truth(value: Any) -> bool:
    words = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.lower() in words:
        return words[value.lower()]
    raise ValueError("true or false")


def _number(value: Any, kind: type) -> Any:
    what = "a whole number" if kind is int else "a number"
    try:
        number = kind(value)
    except (TypeError, ValueError):
        raise ValueError(what) from None
    if isinstance(value, float) and number != value:
        raise ValueError(what)
    if isinstance(value, bool) or not 0 <= number < 1e9:
        raise ValueError("a number from 0 to 1e9")
    return number
