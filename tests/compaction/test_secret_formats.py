"""Every format of a secret is masked, and what only resembles one is not."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from supervisor.compaction.redact import redactor
from supervisor.compaction.redact.formats import FORMATS, Format
from supervisor.compaction.redact.literals import BEHIND, BEHIND_OTHERS, anchor
from supervisor.compaction.redact.places import PLACES

from .planted import ALNUM, B64, EVERY, HARMLESS, Planted, chars, pem
from .planted import FORMATS as PLANTED

MASK = re.compile(r"\[redacted:([a-z0-9-]+):[0-9a-f]{4}\]")
redact = redactor({}, b"key")


def named(planted: Planted) -> str:
    return f"{planted.kind} {planted.prefix[:9]}"


@pytest.mark.parametrize("planted", EVERY, ids=named)
def test_a_secret_is_masked_and_nothing_beside_it(planted: Planted) -> None:
    told = redact(f"before\n{planted.text}\nafter")
    mask = MASK.search(told)
    assert mask is not None and mask[1] == planted.kind, told
    assert told == f"before\n{planted.around.format(mask[0])}\nafter"


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_resembles_a_secret_stays(text: str) -> None:
    assert redact(text) == text
    assert redact(f"before\n{text}\nafter") == f"before\n{text}\nafter"


@pytest.mark.parametrize("planted", PLANTED, ids=named)
def test_a_secret_is_masked_in_escaped_and_url_encoded_text(planted: Planted) -> None:
    inside = json.dumps(f"line\n{planted.text}\nline")
    for text in (inside, json.dumps(inside), f"next%3D{planted.text}"):
        assert planted.core[-12:] not in redact(text)


def test_the_formats_of_more_than_thirty_makers_are_tried_by_hand() -> None:
    assert len({planted.kind for planted in PLANTED}) > 50


def test_every_kind_of_the_tables_is_among_the_examples_or_tried_at_random() -> None:
    tried = {planted.kind for planted in EVERY} | {each.kind for each in FORMATS}
    assert {place.kind for place in PLACES} <= tried


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.literal)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_whatever_a_format_describes_is_masked_and_its_prefix_alone_is_not(
    each: Format, data: st.DataObject
) -> None:
    tail = data.draw(st.from_regex(re.compile(each.tail, re.ASCII), fullmatch=True))
    head = data.draw(st.from_regex(re.compile(each.head, re.ASCII), fullmatch=True))
    assert redact(f"x {head}{each.literal}{tail} y").count("[redacted:") == 1
    for harmless in (each.literal, f"{each.literal}…", f"{each.literal}{tail[:5]}…"):
        assert redact(f"x {harmless} y") == f"x {harmless} y"


@pytest.mark.parametrize("each", FORMATS, ids=lambda each: each.literal)
def test_what_is_looked_for_first_is_in_every_format(each: Format) -> None:
    """An anchor that is not all a regular text is made of, and enough behind it."""
    sign = each.literal[anchor(each.literal)]
    assert sign in "~&JA_-."
    behind = each.literal[anchor(each.literal) + 1 :] + chars(11 if sign != "_" else 16, ALNUM)
    assert re.match(BEHIND.get(sign, BEHIND_OTHERS), behind)


def test_a_prefix_in_the_middle_of_a_word_is_none() -> None:
    secret = "h" + "f_" + chars(34)
    assert "redacted" in redact(f"({secret}")
    assert redact(f"sh{secret}") == f"sh{secret}"


# Syntaxes

PW, HASH = "hunter2x" + "yz", chars(22)
IN_SYNTAX = [
    Planted("pgpass", "", PW, "db.corp:5432:app:bob:{}"),
    Planted("pgpass", "", PW, "*:*:*:bob:{}"),
    Planted("sql-password", "", PW, "CREATE USER bob WITH PASS" + "WORD '{}';"),
    Planted("sql-password", "", PW, "alter role bob with pass" + "word '{}'"),
    Planted("sql-password", "", PW, "SET PASS" + "WORD FOR x = PASS" + "WORD('{}')"),
    Planted("sql-password", "", PW, "CREATE USER x IDENTI" + "FIED BY '{}'"),
    Planted("sql-password", "", PW, "identi" + 'fied with sha2_password by "{}"'),
    Planted("assignment", "", PW, "<pass" + "word>{}</password>"),
    Planted("assignment", "", "correct" + "horse", "<db:Pass" + "word type='a'>{}</db:Password>"),
    Planted("assignment", "", chars(20), "<api" + "Key>{}</apiKey>"),
    Planted("assignment", "", chars(20), "<client_sec" + "ret>{}</client_secret>"),
    Planted("assignment", "", chars(20), "<tok" + "en>{}</token>"),
    Planted("password-hash", "$ap" + "r1$", f"abcdefgh${HASH}", "bob:{}"),
    Planted("password-hash", "$2" + "y$", f"10${chars(53)}", "bob:{}"),
    Planted("password-hash", "$" + "6$", f"saltsalt${chars(86)}", "root:{}:19000:0:99999:7:::"),
    Planted("password-hash", "{SH" + "A}", chars(27, B64) + "=", "bob:{}"),
    Planted("url-password", "", "p4ss/w0rdX9", "postgres" + "://u:{}@host/db"),
    Planted("url-password", "", "a/p4ss/w0rdX9", "postgres" + "://u:{}@host"),
]


@pytest.mark.parametrize("planted", IN_SYNTAX, ids=named)
def test_what_the_syntax_around_it_tells_is_masked(planted: Planted) -> None:
    for begin, end in (("before\n", "\nafter"), ("", ""), ("first: 1\n", "\n\n")):
        told = redact(f"{begin}{planted.text}{end}")
        mask = MASK.search(told)
        assert mask is not None and mask[1] == planted.kind, told
        assert told == f"{begin}{planted.around.format(mask[0])}{end}"
        assert redact(told) == told
    assert planted.core not in redact(json.dumps(f"line\n{planted.text}\nline"))


@pytest.mark.parametrize(
    "text",
    [
        *("<password>${db.password}</password>", "<token>hello</token>", "<token>word</token>"),
        *("<label>Password</label>", "<key>CFBundleVersion12</key>", "<password></password>"),
        *("a.py:12:5:E501:lines2long", "2001:4860:abcd:ef01:1234", "10:30:45:123:abcdef"),
        *("root:x:0:0:root:/root:/bin/sh", "127.0.0.1:8080:80", "a:1:2:3:hunter2xyz"),
        *("PASSWORD '$1'", "with password '%s'", "PASSWORD '${DB}'", "PASSWORD 'at least 8 signs'"),
        *("identified by the color", "IDENTIFIED BY '<password>'", "cost $1 or $2y", "{SHA}"),
        *("http://host:8080/a/b1@b.cz", "http://host:port/a/b1@b.cz", "https://h.org/@t/a1@1.0"),
        *("git+ssh://git@host:owner/repo1@v1", "es/a1@1.0.0", "$2b$12$ is bcrypt"),
    ],
)
def test_what_only_resembles_such_a_syntax_stays(text: str) -> None:
    assert redact(text) == text
    assert redact(f"before\n{text}\nafter") == f"before\n{text}\nafter"


# Key blocks


BLOCK = pem("RSA PRIVATE " + "KEY", 30)
LINES = BLOCK.secret.split("\n")


@pytest.mark.parametrize("cut", [2, 5, 29])
def test_the_key_of_a_file_that_was_cut_is_masked(cut: int) -> None:
    """As ``head`` and ``tail`` show it: no line tells the end, or none the beginning."""
    for lines in (LINES[:cut], LINES[-cut:]):
        told = redact("\n".join(("words.", *lines, "", "more words.")))
        assert not any(line in told for line in lines if not line.startswith("-"))
        assert told.startswith("words.") and told.endswith("more words.")


def test_a_key_in_one_line_is_masked_whole_or_cut() -> None:
    line = "".join(LINES)
    body = "".join(LINES[1:-1])
    for text in (line, line[:-100], line[60:]):
        told = redact(f"words {text} words")
        assert body[100:108] not in told and body[-108:-100] not in told


def test_a_key_is_masked_with_line_numbers_and_quotes() -> None:
    shown = "\n".join(f"{at:6}→{line}" for at, line in enumerate(LINES, 1))
    quoted = "\n".join(f'"{line}\\n"' for line in LINES[:-1])
    for text in (shown, quoted, "\n".join(f"> {line}" for line in LINES[:9])):
        told = redact(text)
        assert not any(line in told for line in LINES if not line.startswith("-"))


def test_words_about_key_blocks_stay() -> None:
    begin, end = LINES[0], LINES[-1]
    for text in (f"a {begin} is a header", f"ends with {end}", f"{begin} and then {end[:9]}"):
        assert redact(text) == text
