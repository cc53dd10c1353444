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
    mask = redact(TOKEN)
    assert redact_values(value, masks) == {"a": [{"b": mask}, 3, None, True], mask: "key"}


# JSON values: what stands under a secret's name

PHRASE = "Zx81" + "Qlmw77"
MASKED = "[redacted:assignment:"


@pytest.mark.parametrize(
    "value",
    [
        {"pass" + "word": PHRASE},
        {"pass": PHRASE},
        {"apiKey": PHRASE},
        {"API key": PHRASE},
        {"opts": {"auth": {"client_secret": PHRASE}}},
        {"x": ["a", {"pass" + "phrase": PHRASE}]},
        {"pass" + "word": [PHRASE]},
        {"pass" + "word": f'with "quotes\\{PHRASE}'.replace(" ", "_")},
        {"env": [{"name": "DB_PASS" + "WORD", "value": PHRASE}]},
        {"headers": {"Authorization": f"Bearer {PHRASE}"}},
        {"headers": ["Authorization", f"Basic {PHRASE}"]},
        {"headers": ["X-Api-Key", PHRASE]},
        {"Set-Cookie": f"sid={PHRASE}"},
        ["mysql", "-u", "root", "--pass" + "word", PHRASE, "db"],
        {"pass" + "word": f"{PHRASE}\n"},
        {"tok" + "en": PHRASE * 900},
        {"Authorization": f"Bearer {PHRASE * 900}"},
    ],
    ids=str,
)
def test_what_stands_under_a_secrets_name_is_masked(value: object) -> None:
    told = redact_values(value, masks)
    assert PHRASE not in str(told) and "[redacted:" in str(told)
    assert redact_values(told, masks) == told
    assert json.dumps(told).count("redacted") == 1


@pytest.mark.parametrize(
    "value",
    [
        {"fields": ["password", PHRASE, "email"]},  # names of fields, not an option and its value
        {"password": "short", "max_tokens": 40960000, "token": "next-page"},
        {"password": "${DB_PASSWORD}", "secret_name": PHRASE, "primary_key": PHRASE},
        {"tokens": [PHRASE], "keys": {"one": PHRASE}, "passed": PHRASE},
        ["--token-file", PHRASE, "-v", PHRASE, "X-Request-Id", PHRASE],
        [{"name": "region", "value": PHRASE}, {"password": True, "token": None}],
        {"password": {"type": "string", "description": PHRASE}},
    ],
    ids=str,
)
def test_other_names_mask_nothing(value: object) -> None:
    assert redact_values(value, masks) == value


def test_a_number_under_a_passwords_name_is_masked() -> None:
    told = redact_values({"pass" + "word": 12345678, "port": 12345678}, masks)
    assert told["password"].startswith(MASKED) and told["port"] == 12345678


def test_values_that_hold_nothing_are_looked_at_once() -> None:
    looks = []
    value = {"password": "short", "a": ["some words"] * 50, "b": {"c": "more words"}}
    assert redact_values(value, lambda text: looks.append(text) or text) is value  # type: ignore[func-returns-value]
    assert len(looks) == 1


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


WORDS = "correct" + "horsebattery"
SLASHED = "/" + chars(39, seed=3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("DB_PASS", WORDS), ("SMTP_PWD", WORDS), ("PASS", WORDS), ("DB_PASSWD", WORDS)),
        *(("DB_PASSCODE", WORDS), ("PASS_2", WORDS)),
        ("AWS_SECRET_ACCESS_KEY", SLASHED),
        ("AWS_SECRET_ACCESS_KEY", "/" + "dummy" * 7),
        ("AWS_SECRET_ACCESS_KEY", "/aB3x9Kq2Lm/Zt8wPq+7vNc4Rb/Jh2kLd9sQe1"),
        ("DB_PASS" + "WORD", SLASHED),
    ],
)
def test_names_of_a_password_and_values_that_begin_with_a_slash(name: str, value: str) -> None:
    assert redact(f"x {value} y", {name: value}).startswith("x [redacted:environment:")


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
        *(("PWD", "some where else"), ("OLDPWD", "some where else"), ("COMPASS", "north by west")),
        *(("PASSAGE", "a long passage"), ("BYPASS", "a long bypass"), ("APP_PWD_", "")),
        ("APP_PWD", "/home/jan/projects/ledger"),  # a folder
        ("DEPLOY_KEY", "/home/jan/.ssh/id_ed25519"),
        ("DB_PASSWORD", "/run/secrets/db_password"),
        ("PASSWORD_FILE", SLASHED),  # a file's name
    ],
)
def test_other_values_are_not(name: str, value: str) -> None:
    assert redact(f"x {value} y", {name: value}) == f"x {value} y"


# Hostile text: every rule must stay linear. Each of these takes milliseconds; a rule that
# backtracks takes minutes, and the suite's own time limit ends it.

LONG = 60_000
RUNS = [
    *"aA0_-./=:@\"'\\ \n~&JkpcqzK",
    *("ey" + "J", "-ey" + "J", "sk-", "S" + "G.", "A" * 40 + "Q~", "://", "://a:", "a@", "a.b-"),
    *("-----BEGIN PRIVATE " + "KEY-----\n", "-----END PRIVATE " + "KEY-----", "BEGIN "),
    *("pass" + "word", "pass" + 'word="', "pass" + "word: ", "tok" + 'en="\\', "--tok" + "en "),
    *("cur" + "l -u ", "mysq" + "l ", "cook" + "ie: a=b;", "author" + "ization: bearer "),
    *(
        "machi" + "ne a login ",
        "secret = ",
        "<pass" + "word>",
        "</tok" + "en>",
        "a:*:",
        "a:12:b:c:",
        "$2" + "y$10$",
    ),
    *(
        "identified by '",
        "PASS" + "WORD '",
        "://a:b/",
        "{SHA}",
        "n",
        ">x</",
        "x" * 64 + "\n",
        "0123456789" * 6 + "\\n",
        "key-",
    ),
]


@pytest.mark.parametrize("unit", RUNS, ids=repr)
def test_a_long_run_of_anything_is_done_in_no_time(unit: str) -> None:
    run = unit * (LONG // len(unit))
    told = masks(run)
    assert masks(f"{run}\n{TOKEN}\n").endswith(f"{masks(TOKEN)}\n")
    assert len(told) <= len(run) + 200_000
