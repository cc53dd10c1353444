"""Own rows: what a user may put into the table of endings, and how he is told what is wrong."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from supervisor.core.classify import classify
from supervisor.core.ending import ApiError, Ending, Exit
from supervisor.core.rows import Remedy, Row
from supervisor.settings import SettingsError, load
from supervisor.settings.rows import KEYS, REMEDIES, RowError, row_of

from ..world import environment

TOML = """
[[rows]]
name = "gateway asleep"
remedy = "wait"
told = "The gateway is asleep."
text = "the gateway is (?:asleep|dozing)"
statuses = [418]

[[rows]]
name = "evicted"
remedy = "resume"
signals = ["SIGTERM"]
"""
ROW: Mapping[str, Any] = {"name": "mine", "remedy": "wait", "text": "asleep"}


def home(folder: Path, toml: str) -> dict[str, str]:
    (folder / "ccsup").mkdir(exist_ok=True)
    (folder / "ccsup" / "ccsup.toml").write_text(toml)
    return {"XDG_CONFIG_HOME": str(folder)}


def test_a_row_is_made_of_its_table() -> None:
    told = {
        "name": "mine",
        "remedy": "park",
        "told": "Words.",
        "text": "a|b",
        "kinds": ["server_error"],
        "statuses": [418, 503],
        "signals": ["SIGKILL", "SIGTERM"],
    }
    assert set(told) == set(KEYS)
    assert row_of(told) == Row(
        "mine",
        Remedy.PARK,
        "Words.",
        text="a|b",
        kinds=frozenset({"server_error"}),
        statuses=frozenset({418, 503}),
        signals=frozenset({signal.SIGKILL, signal.SIGTERM}),
        source="ccsup.toml",
    )


@pytest.mark.parametrize("remedy", REMEDIES)
def test_every_remedy_of_the_table_may_be_asked_for(remedy: str) -> None:
    assert row_of({**ROW, "remedy": remedy}).remedy.value == remedy


@pytest.mark.parametrize(
    "evidence",
    [{"text": "x"}, {"kinds": ["rate_limit"]}, {"statuses": [503]}, {"signals": ["SIGHUP"]}],
    ids=lambda each: next(iter(each)),
)
def test_one_kind_of_evidence_is_enough(evidence: dict[str, Any]) -> None:
    row = row_of({"name": "mine", "remedy": "hand", **evidence})
    assert row.told == "The session ended: mine."


BAD: list[tuple[object, str]] = [
    ("mine", "wants tables"),
    ({**ROW, "remedi": "wait"}, f"unknown key 'remedi'; known: {', '.join(KEYS)}"),
    ({"remedy": "wait", "text": "x"}, "a row wants a name"),
    ({**ROW, "name": ""}, "a row wants a name"),
    ({**ROW, "name": 3}, "name wants a text, not 3"),
    ({"name": "mine", "text": "x"}, f"mine: remedy wants one of {', '.join(REMEDIES)}, not ''"),
    (
        {**ROW, "remedy": "pray"},
        f"mine: remedy wants one of {', '.join(REMEDIES)}, not 'pray'",
    ),
    ({**ROW, "told": ["x"]}, "told wants a text, not ['x']"),
    ({**ROW, "text": 418}, "text wants a text, not 418"),
    ({**ROW, "text": "a(b"}, "mine: text is no regular expression: missing ), unterminated"),
    ({**ROW, "text": "(?i)a"}, "mine: text is no regular expression: case is ignored anyway"),
    ({**ROW, "text": "(?s)a"}, "mine: text is no regular expression: global flags"),
    ({**ROW, "text": "(?:a(b)"}, "mine: text is no regular expression: missing ), unterminat"),
    ({**ROW, "kinds": "rate_limit"}, "kinds wants a list, not 'rate_limit'"),
    ({**ROW, "statuses": 503}, "statuses wants a list, not 503"),
    ({**ROW, "statuses": ["503"]}, "mine: statuses wants HTTP numbers such as 503, not '503'"),
    ({**ROW, "statuses": [99]}, "mine: statuses wants HTTP numbers such as 503, not 99"),
    ({**ROW, "statuses": [True]}, "mine: statuses wants HTTP numbers such as 503, not True"),
    ({**ROW, "signals": ["KILL"]}, "mine: signals wants names such as SIGKILL, not 'KILL'"),
    ({**ROW, "signals": [9]}, "mine: signals wants names such as SIGKILL, not 9"),
    ({**ROW, "signals": [["SIGKILL"]]}, "mine: signals wants names such as SIGKILL, not ['SIGK"),
    ({"name": "mine", "remedy": "wait"}, "mine: wants evidence: text, kinds, statuses or signals"),
    (
        {"name": "mine", "remedy": "wait", "statuses": []},
        "mine: wants evidence: text, kinds, statuses or signals",
    ),
]


@pytest.mark.parametrize(("told", "fault"), BAD, ids=[fault[:50] for _, fault in BAD])
def test_a_row_that_cannot_be_used_is_told_what_would_be_right(told: object, fault: str) -> None:
    with pytest.raises(RowError) as raised:
        row_of(told)
    assert str(raised.value).startswith(fault)


@pytest.mark.parametrize(
    ("toml", "fault"),
    [
        (
            '[[rows]]\nname = "mine"\nremedy = "pray"\n',
            "rows: row 1: mine: remedy wants one of finish, ",
        ),
        ('rows = ["mine"]\n', "rows: row 1: wants tables"),
        (f"{TOML}\n[[rows]]\nname = 'third'\n", "rows: row 3: third: remedy wants one of finish, "),
        ('rows = "mine"\n', "rows wants [[rows]] tables, not 'mine'"),
        ("[rows]\nname = 'mine'\n", "rows wants [[rows]] tables, not {"),
    ],
)
def test_a_bad_row_is_named_with_its_file(tmp_path: Path, toml: str, fault: str) -> None:
    with pytest.raises(SettingsError) as raised:
        load(home(tmp_path, toml))
    assert str(raised.value).startswith(f"{tmp_path}/ccsup/ccsup.toml: {fault}")


def test_rows_come_from_the_file_alone(tmp_path: Path) -> None:
    env = {**home(tmp_path, TOML), "CCSUP_ROWS": "[]"}
    assert [row.name for row in load(env).rows] == ["gateway asleep", "evicted"]
    assert load(env).policy.own == load(env).rows
    assert load({"XDG_CONFIG_HOME": "/nowhere"}).rows == ()


def test_the_users_rows_stand_before_the_tables(tmp_path: Path) -> None:
    own = load(home(tmp_path, TOML)).rows
    overloaded = ApiError("API Error: 503 the gateway is dozing", "server_error", 503)
    ended = Ending(None, turn_open=False, error=overloaded)
    assert classify(ended).row.name == "service down"
    assert classify(ended, own).row.name == "gateway asleep"
    asked = Ending(Exit(signal=signal.SIGTERM), turn_open=True)
    assert classify(asked).row.name == "asked to end"
    assert classify(asked, own).row.name == "evicted"


def explain(folder: Path, *arguments: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [sys.executable, "-m", "supervisor", "explain", "--json", *arguments],
        env={**environment(folder, "", None), "XDG_CONFIG_HOME": str(folder)},
        cwd=folder,
        capture_output=True,
        timeout=60,
        check=True,
    )
    rows: list[dict[str, Any]] = json.loads(done.stdout)["rows"]
    return rows


def test_a_row_of_the_users_own_changes_what_is_explained(tmp_path: Path) -> None:
    told = "API Error: 418 The gateway is asleep"
    (before,) = explain(tmp_path, told)
    assert (before["name"], before["remedy"]) == ("unknown error", "resume")
    home(tmp_path, TOML)
    (after,) = explain(tmp_path, told)
    assert (after["name"], after["remedy"], after["source"]) == (
        "gateway asleep",
        "wait",
        "ccsup.toml",
    )
    (other,) = explain(tmp_path, "API Error: 503 Service Unavailable")
    assert other["name"] == "service down"
    assert [row["name"] for row in explain(tmp_path)][:2] == ["gateway asleep", "evicted"]
    assert os.listdir(tmp_path) == ["ccsup"], "nothing is written"
