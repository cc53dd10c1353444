"""Settings: options over variables over the file over the defaults."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from supervisor.cli.options import VALUES
from supervisor.compaction.backends.choose import choose
from supervisor.core.policy import Policy
from supervisor.core.rows import Remedy, Row
from supervisor.settings import BACKENDS, Settings, SettingsError, config_home, load
from supervisor.settings.rows import ROWS


def home(folder: Path, toml: str) -> Mapping[str, str]:
    (folder / "ccsup").mkdir()
    (folder / "ccsup" / "ccsup.toml").write_text(toml)
    return {"XDG_CONFIG_HOME": str(folder)}


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    assert load({"XDG_CONFIG_HOME": str(tmp_path)}) == Settings()


def test_the_file_lies_where_the_user_keeps_such_things() -> None:
    assert config_home({"XDG_CONFIG_HOME": "/c", "HOME": "/h"}) == Path("/c/ccsup")
    assert config_home({"XDG_CONFIG_HOME": "c", "HOME": "/h"}) == Path("/h/.config/ccsup")
    assert config_home({"HOME": "/h"}) == Path("/h/.config/ccsup")


def test_each_source_gives_way_to_the_next(tmp_path: Path) -> None:
    env = home(tmp_path, 'claude = "file"\nmodel = "file"\nmax_barren = 7\nask = true\n')
    assert load(env) == Settings(claude="file", model="file", max_barren=7, ask=True)
    env = {**env, "CCSUP_MODEL": "variable", "CCSUP_MAX_BARREN": "8", "CCSUP_CLAUDE": ""}
    found = load(env, max_barren=9, ask=False, model=None, silence=None)
    assert found == Settings(claude="file", model="variable", max_barren=9, ask=False)


def test_numbers_and_truths_are_read_from_text_too(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert load({**env, "CCSUP_SILENCE": "2.5"}).silence == 2.5
    for word, truth in (("1", True), ("TRUE", True), ("yes", True), ("0", False), ("No", False)):
        assert load({**env, "CCSUP_ASK": word}).ask is truth


def test_an_unknown_key_is_named_with_its_place(tmp_path: Path) -> None:
    env = home(tmp_path, "max_baren = 7\n")
    with pytest.raises(SettingsError) as raised:
        load(env)
    told = str(raised.value)
    assert told.startswith(f"{tmp_path}/ccsup/ccsup.toml: unknown key 'max_baren'; known: ask, ")
    assert "max_barren" in told


def test_a_variable_of_another_purpose_is_no_fault(tmp_path: Path) -> None:
    env = {"XDG_CONFIG_HOME": str(tmp_path), "CCSUP_TEST_CLAUDE": "/x"}
    assert load(env) == Settings()


BAD = [
    ("max_barren", '"many"', "wants a whole number, not 'many'"),
    ("max_barren", "-1", "wants a number from 0 to 1e9, not -1"),
    ("max_barren", "true", "wants a number from 0 to 1e9, not True"),
    ("max_barren", "2.5", "wants a whole number, not 2.5"),
    ("silence", "nan", "wants a number, not nan"),
    ("silence", "inf", "wants a number from 0 to 1e9, not inf"),
    ("ask", '"perhaps"', "wants true or false, not 'perhaps'"),
    ("ask", "1", "wants true or false, not 1"),
    ("claude", "3", "wants a text, not 3"),
    ("backend", '"bedrok"', "wants one of auto, bedrock, converse, anthropic, claude, none, not"),
    ("backend", '""', "wants one of auto, bedrock, converse, anthropic, claude, none, not ''"),
    ("backend", "[]", "wants one of auto, bedrock, converse, anthropic, claude, none, not []"),
    ("model", '""', "wants a text, not ''"),
    ("refresh", "[]", "wants a text, not []"),
    ("max_cost", '"a lot"', "wants a number, not 'a lot'"),
    ("max_cost", "-0.5", "wants a number from 0 to 1e9, not -0.5"),
    ("max_deaths", "0.5", "wants a whole number, not 0.5"),
    ("hang", '"soon"', 'wants a time such as 90, "90s", "10m" or "6h", not \'soon\''),
    ("hang", "-1", 'wants a time such as 90, "90s", "10m" or "6h", not -1'),
    ("hang", "false", 'wants a time such as 90, "90s", "10m" or "6h", not False'),
    ("max_wait", '"50%"', 'wants a time such as 90, "90s", "10m" or "6h", not \'50%\''),
    ("memory", '"8 hours"', 'wants a size such as "500MB", "8GB" or "60%", not \'8 hours\''),
    ("memory", '"101%"', 'wants a size such as "500MB", "8GB" or "60%", not \'101%\''),
    ("max_resume", '"60%"', 'wants a size such as "50MB" or "1GB", not \'60%\''),
    (
        "context",
        '"90 percent"',
        'wants a number of tokens such as 150000 or "150k", or a percentage such as "80%",'
        " not '90 percent'",
    ),
]


@pytest.mark.parametrize(("key", "value", "fault"), BAD, ids=[f"{k}={v}" for k, v, _ in BAD])
def test_a_bad_value_is_named_with_its_place(
    tmp_path: Path, key: str, value: str, fault: str
) -> None:
    env = home(tmp_path, f"{key} = {value}\n")
    with pytest.raises(SettingsError) as raised:
        load(env)
    assert f"ccsup.toml: {key} {fault}" in str(raised.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("max_barren", "many"),
        ("ask", "perhaps"),
        ("deadline", "1e99"),
        ("max_park", "soon"),
        ("memory", "much"),
        ("context", "small"),
        ("steer", "left"),
        ("backend", "BEDROCK"),
    ],
)
def test_a_bad_variable_is_named(tmp_path: Path, key: str, value: str) -> None:
    name = f"CCSUP_{key.upper()}"
    with pytest.raises(SettingsError, match=f"^{name}: {key} wants"):
        load({"XDG_CONFIG_HOME": str(tmp_path), name: value})


@pytest.mark.parametrize(
    ("key", "toml", "variable", "held"),
    [
        ("hang", "90", "90", "90"),
        ("hang", '"10m"', "10m", "10m"),
        ("hang", "0.5", "0.5", "0.5"),
        ("max_wait", "1e3", "1000", "1000"),
        ("memory", '"8GB"', "8GB", "8GB"),
        ("memory", '"60%"', "60%", "60%"),
        ("max_resume", '"50 MB"', "50 MB", "50 MB"),
        ("context", "150_000", "150000", "150000"),
        ("context", '"150k"', "150k", "150k"),
        ("context", '"80%"', "80%", "80%"),
    ],
)
def test_a_quantity_is_a_number_or_a_text(
    tmp_path: Path, key: str, toml: str, variable: str, held: str
) -> None:
    bare = {"XDG_CONFIG_HOME": "/nowhere"}
    options: dict[str, Any] = {key: variable}
    for found in (
        load(home(tmp_path, f"{key} = {toml}\n")),
        load({**bare, f"CCSUP_{key.upper()}": variable}),
        load(bare, **options),
    ):
        assert getattr(found, key) == held


def test_every_default_is_a_value_that_could_be_given() -> None:
    given = {
        each.name: each.default
        for each in fields(Settings)
        if each.name != ROWS and each.default is not None
    }
    assert load({"XDG_CONFIG_HOME": "/nowhere"}, **given) == Settings()


@pytest.mark.parametrize("key", VALUES)
def test_every_option_is_a_setting_and_refused_by_its_name(key: str) -> None:
    text = {each.name for each in fields(Settings) if each.type in ("str", "str | None")}
    quantities = {each.name for each in fields(Settings) if each.metadata}
    bad: dict[str, Any] = {key: "" if key in text - quantities else "?"}
    with pytest.raises(SettingsError, match=f"^--{key.replace('_', '-')}: {key} wants "):
        load({"XDG_CONFIG_HOME": "/nowhere"}, **bad)


def test_every_backend_that_can_be_named_can_be_chosen() -> None:
    env = {"XDG_CONFIG_HOME": "/nowhere"}
    for name in BACKENDS:
        assert load(env, backend=name).backend == name
        found = choose(name, env, model=None, claude=("claude",))
        assert name in ("auto", "none") or (found is not None and found.name == name)


def test_a_bad_option_is_named_too(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="max_barren"):
        load({"XDG_CONFIG_HOME": str(tmp_path)}, max_barren=-1)


@pytest.mark.parametrize("toml", [b"ask = ", b"\xff\xfe"])
def test_a_file_that_is_no_toml_is_named(tmp_path: Path, toml: bytes) -> None:
    env = home(tmp_path, "")
    (tmp_path / "ccsup" / "ccsup.toml").write_bytes(toml)
    with pytest.raises(SettingsError, match=r"ccsup\.toml: "):
        load(env)


def test_the_policy_is_made_of_the_limits() -> None:
    row = Row("mine", Remedy.WAIT, "Words.", text="x")
    found = Settings(
        ask=True,
        max_barren=1,
        max_relaunches=2,
        max_deaths=3,
        death_window="4m",
        max_wait="5h",
        max_reset="1d",
        max_park="90",
        max_time="1.5h",
        max_cost=7.5,
        rows=(row,),
    ).policy
    assert found == Policy(
        ask=True,
        max_barren=1,
        max_relaunches=2,
        max_deaths=3,
        death_window=240,
        max_wait=18_000,
        max_reset=86_400,
        max_park=90,
        max_time=5_400,
        max_cost=7.5,
        own=(row,),
    )


def test_the_defaults_of_settings_and_policy_are_the_same() -> None:
    assert Settings().policy == Policy()
