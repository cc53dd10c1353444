"""What the child is given beside the user's own environment."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from supervisor.core.ceiling import WINDOW
from supervisor.run.environment import for_child, for_summarizer, supervised, user_env

PATIENCE, TRIES = "CLAUDE_CODE_RETRY_WATCHDOG", "CLAUDE_CODE_MAX_RETRIES"
BEDROCK = {"CLAUDE_CODE_USE_BEDROCK": "1"}


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment with an empty HOME."""
    return {"HOME": str(tmp_path)}


def settings(home: dict[str, str], text: str) -> None:
    folder = Path(home["HOME"]) / ".claude"
    folder.mkdir()
    (folder / "settings.json").write_text(text)


def test_on_bedrock_it_is_patient_with_a_service_and_not_with_credentials(
    home: dict[str, str],
) -> None:
    told = supervised({**home, **BEDROCK}, {})
    assert told == {**home, **BEDROCK, PATIENCE: "1", TRIES: "3"}


@pytest.mark.parametrize("off", [{}, {"CLAUDE_CODE_USE_BEDROCK": "0"}])
def test_off_bedrock_the_number_of_tries_is_its_own(
    home: dict[str, str], off: dict[str, str]
) -> None:
    told = supervised({**home, **off}, {})
    assert told[PATIENCE] == "1" and TRIES not in told


def test_bedrock_may_be_chosen_in_the_settings(home: dict[str, str]) -> None:
    settings(home, json.dumps({"env": BEDROCK}))
    assert supervised(home, {})[TRIES] == "3"


@pytest.mark.parametrize(("name", "value"), [(PATIENCE, "0"), (TRIES, "10"), (WINDOW, "150000")])
def test_what_the_user_has_set_is_left_as_it_is(
    home: dict[str, str], name: str, value: str
) -> None:
    told = supervised({**home, **BEDROCK, name: value}, {WINDOW: "100000"})
    assert told[name] == value


def test_what_steers_it_goes_along(home: dict[str, str]) -> None:
    assert supervised(home, {WINDOW: "100000"})[WINDOW] == "100000"


def test_it_is_not_told_that_another_claude_code_is_around_it(home: dict[str, str]) -> None:
    inside = {**home, "CLAUDE_CODE_CHILD_SESSION": "1"}
    assert "CLAUDE_CODE_CHILD_SESSION" not in supervised(inside, {})
    assert for_child(inside) == home


def test_nothing_else_is_removed(home: dict[str, str]) -> None:
    around = {**home, "CLAUDECODE": "1", "CLAUDE_CODE_ENTRYPOINT": "cli", "ODD": "ä b"}
    assert for_child(around) == around


def test_the_settings_of_the_user_win_for_the_summarizer(home: dict[str, str]) -> None:
    settings(home, json.dumps({"env": {"AWS_PROFILE": "theirs", "NUMBER": 4}}))
    told = for_summarizer({**home, "AWS_PROFILE": "shell"})
    assert (told["AWS_PROFILE"], told["NUMBER"]) == ("theirs", "4")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"env": []}', '{"env": null}', "\x00"])
def test_settings_that_cannot_be_read_say_nothing(home: dict[str, str], text: str) -> None:
    settings(home, text)
    assert user_env(home) == {} and for_summarizer(home) == home
