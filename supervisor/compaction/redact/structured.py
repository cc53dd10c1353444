"""Secrets in JSON values: what stands under or behind a secret's name, and the names too.

A value is masked as it would be in a text, behind its name. So the name is what it takes
there: "x_password" for every password's name.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from .assignments import LONGEST, LONGEST_NAME, SECRET_NAME

TOGETHER = 1 << 20  # characters of strings that are looked through at once
NAMES = 4_096  # that are remembered
HEADER = re.compile(r"(?:proxy-)?(authorization)\Z|(?:set-)?(cookie)\Z", re.IGNORECASE)
CUSTOM = re.compile(r"x-[\w-]{1,40}\Z", re.IGNORECASE)
NO_NAME = re.compile(r"[^\w.$-]+")
WORD = re.compile(r"\S*")


def lead(name: str) -> str:
    """What a text with a value of this name begins with; "" where the name tells nothing."""
    return _lead(name[-LONGEST_NAME:])


@lru_cache(NAMES)
def _lead(name: str) -> str:
    if header := HEADER.match(name):
        return f'"{(header[1] or header[2]).capitalize()}": '
    word = SECRET_NAME.search(NO_NAME.sub("_", name.strip()))
    if word is None:
        return ""
    if name.startswith("-"):
        return f'"--{word[0]}", '
    return f'"{"X" if word[0].isupper() else "x"}_{word[0]}": '


def keyed(name: str, value: str, redact: Callable[[str], str]) -> str:
    """`value` masked as a text would be in which it stands behind `name`."""
    begin = lead(name)
    if not begin:
        return redact(value)
    quoted = json.dumps(value[:LONGEST], ensure_ascii=False)
    told = redact(begin + quoted)
    if told == begin + quoted:
        return redact(value)
    inside = told[len(begin) :] if told.startswith(begin) else told
    try:
        found = str(json.loads(inside))
    except ValueError:  # a mask took a quote or half an escape
        found = inside.strip('"')
    return redact(found + WORD.sub("", value[LONGEST:], count=1))


def redact_values(value: Any, redact: Callable[[str], str]) -> Any:
    """The same JSON value with every string masked, and every key that is a secret itself.

    The strings are looked through together first, for most hold nothing.
    """
    texts = list(_texts(value, ""))
    if len(texts) > 1 and sum(map(len, texts)) <= TOGETHER:
        together = "\n".join(texts)
        if redact(together) == together:
            return value
    return _each(value, "", redact)


def strings(value: Mapping[str, Any], redact: Callable[[str], str]) -> dict[str, str]:
    """The strings of a JSON object by their keys, masked only where their name tells a secret."""
    return {
        key: keyed(name, part, redact) if lead(name) else part
        for key, name, part in _named(value)
        if isinstance(part, str)
    }


def _named(value: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """The parts of a JSON object: key, the name that tells what the part is, part.

    The name is the key, but in {"name": "password", "value": "…"} that of the other part.
    """
    for key, part in value.items():
        name = key
        if key == "value":
            name = next((at for at in map(value.get, ("name", "key")) if isinstance(at, str)), key)
        yield key, name, part


def _each(value: Any, name: str, redact: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return keyed(name, value, redact) if name else redact(value)
    if isinstance(value, list):
        return [_each(part, before, redact) for before, part in _behind(value, name)]
    if isinstance(value, dict):
        return {redact(key): _each(part, by, redact) for key, by, part in _named(value)}
    if isinstance(value, int) and name and lead(name) and not isinstance(value, bool):
        told = keyed(name, str(value), redact)
        return value if told == str(value) else told
    return value


def _texts(value: Any, name: str) -> Iterator[str]:
    """What has to be looked at, each string behind what tells it."""
    if isinstance(value, str):
        begin = lead(name) if name else ""
        if begin:
            yield begin + json.dumps(value[:LONGEST], ensure_ascii=False)
        yield value
    elif isinstance(value, list):
        for before, part in _behind(value, name):
            yield from _texts(part, before)
    elif isinstance(value, dict):
        for key, by, part in _named(value):
            yield key
            yield from _texts(part, by)
    elif isinstance(value, int) and name and not isinstance(value, bool) and lead(name):
        yield f'{lead(name)}"{value}"'


def _behind(value: list[Any], name: str) -> Iterator[tuple[str, Any]]:
    """Each part of a list with the name that tells it: an option before it, else the list's."""
    before = name
    for part in value:
        yield before, part
        before = part if isinstance(part, str) and _leads(part) else name


def _leads(part: str) -> bool:
    """Whether it is an option or a header: a word such as "password" alone is in many lists."""
    if len(part) > LONGEST_NAME or not (part.startswith("-") or part[:1] in "xXpPaAcCsS"):
        return False
    if part.startswith("-"):
        return NO_NAME.search(part) is None and bool(lead(part))
    return HEADER.match(part) is not None or (CUSTOM.match(part) is not None and bool(lead(part)))
