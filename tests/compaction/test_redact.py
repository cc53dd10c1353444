"""Redact: stable masks, nothing masked twice, the environment's own values, any text."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.compaction.redact import Redactor, redact_values, redactor

from .planted import EVERY, HARMLESS, chars


def redact(text: str, env: Mapping[str, str] | None = None, key: bytes = b"key") -> str:
    return redactor(env or {}, key)(text)


TOKEN = "glp" + "at-" + chars(20)
masks: Redactor = redactor({}, b"key")


def test_the_same_secret_has_the_same_mask_under_one_key() -> None:
    other = "glp" + "at-" + chars(21)
    once, twice, another = redact(f"{TOKEN} {TOKEN} {other}").split()
    assert once == twice != another
    assert redactor({"A_TOKEN": chars(30)}, b"key")(TOKEN) == once  # another run of this user
    assert redact(TOKEN, key=b"another user") != once


def test_a_masked_text_is_not_masked_again() -> None:
    for planted in EVERY:
        once = redact(planted.text)
        assert redact(once) == once, planted.text


fragments = st.lists(
    st.one_of(
        st.sampled_from([planted.text for planted in EVERY]),
        st.sampled_from([planted.secret for planted in EVERY]),
        st.sampled_from(HARMLESS),
        st.sampled_from([" ", "\n", '"', "=", ": ", "@", "; ", "https://", "password=", "-p "]),
        st.text(max_size=12),
    ),
    max_size=8,
).map("".join)


@settings(max_examples=400, deadline=None)
@given(fragments)
def test_whatever_is_put_together_is_masked_once_and_for_all(text: str) -> None:
    once = masks(text)
    assert masks(once) == once
    once.encode()


@settings(max_examples=200, deadline=None)
@given(st.lists(fragments, max_size=4))
def test_strings_together_are_masked_like_each_alone(texts: list[str]) -> None:
    assert redact_values(texts, masks) == [masks(text) for text in texts]


def test_strings_are_masked_in_any_depth() -> None:
    value = {"a": [{"b": TOKEN}, 3, None, True], TOKEN: "key"}
    assert redact_values(value, masks) == {"a": [{"b": redact(TOKEN)}, 3, None, True], TOKEN: "key"}


@pytest.mark.parametrize("half", ["\ud83d", "\ude00"])
def test_half_a_surrogate_pair_is_replaced_for_no_encoder_takes_it(half: str) -> None:
    told = redact(f"{half} and {TOKEN} and more")
    assert TOKEN not in told and "and more" in told
    told.encode()


# The environment's own values


def test_values_of_secret_names_are_masked_wherever_they_stand() -> None:
    env = {"DEPLOY_TOKEN": "words 12 and", "LONGER_SECRET": "plain words 12 and more"}
    told = redact("(plain words 12 and more) words 12 and", env)
    assert "words" not in told and "plain" not in told
    assert told.count("[redacted:environment:") == 2


ODD = 'p@ss/w0rd+with "quotes" & é'


@pytest.mark.parametrize(
    "spelling",
    [
        ODD,
        urllib.parse.quote(ODD),
        urllib.parse.quote(ODD, safe=""),
        urllib.parse.quote_plus(ODD),
        json.dumps(ODD)[1:-1],
        json.dumps(ODD, ensure_ascii=False)[1:-1],
        json.dumps(json.dumps(ODD))[3:-3],
    ],
)
def test_they_are_masked_in_other_spellings(spelling: str) -> None:
    assert redact(f"x{spelling}y", {"A_SECRET": ODD}).startswith("x[redacted:environment:")
    assert redact(f"x{spelling}y") == f"x{spelling}y"


@pytest.mark.parametrize("before", ["", "u", "us", "usr", "user:"])
def test_they_are_masked_in_base64(before: str) -> None:
    value = chars(30)
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        text = encode(f"{before}{value}!".encode()).decode()
        told = redact(text, {"A_SECRET": value})
        assert "[redacted:environment:" in told
        left = told.replace("[redacted:environment:", " ").split("]")[-1]
        assert len(left) <= 6


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDITOR_NAME", "a long harmless value"),  # no secret by its name
        ("API_KEY", "short"),  # would hit words everywhere
        ("SSH_AUTH_SOCK", "/tmp/ssh-agent/agent.1"),  # a path
        ("AUTH_URL", "https://login.example.org"),
        ("GIT_AUTHOR_EMAIL", "jan.novak@example.org"),  # an author is no authority
        ("SECRET", ""),
    ],
)
def test_other_values_are_not(name: str, value: str) -> None:
    assert redact(f"x {value} y", {name: value}) == f"x {value} y"


# Hostile text: every rule must stay linear. Each of these takes milliseconds; a rule that
# backtracks takes minutes, and the suite's own time limit ends it.

LONG = 300_000
RUNS = [
    *"aA0_-./=:@\"'\\ \n~&JkpcqzK",
    *("ey" + "J", "-ey" + "J", "sk-", "S" + "G.", "A" * 40 + "Q~", "://", "://a:", "a@", "a.b-"),
    *("-----BEGIN PRIVATE " + "KEY-----\n", "-----END PRIVATE " + "KEY-----", "BEGIN "),
    *("pass" + "word", "pass" + 'word="', "pass" + "word: ", "tok" + 'en="\\', "--tok" + "en "),
    *("cur" + "l -u ", "mysq" + "l ", "cook" + "ie: a=b;", "author" + "ization: bearer "),
    *("machi" + "ne a login ", "secret = ", "x" * 64 + "\n", "0123456789" * 6 + "\\n", "key-"),
]


@pytest.mark.parametrize("unit", RUNS, ids=repr)
def test_a_long_run_of_anything_is_done_in_no_time(unit: str) -> None:
    run = unit * (LONG // len(unit))
    told = masks(run)
    assert masks(f"{run}\n{TOKEN}\n").endswith(f"{masks(TOKEN)}\n")
    assert len(told) <= len(run) + 200_000
