"""lookup: where a claim of each kind may stand in the transcript, and in which spellings."""

from __future__ import annotations

import re

from .claims import quantity
from .command_lines import holds_command
from .patterns import DASH, Claim, Kind
from .source import (
    BARE,
    DIGIT_LEFT,
    DIGIT_RIGHT,
    FLAG_SIDE,
    GIVEN,
    NOTHING,
    NUMBER_LEFT,
    PATH_LEFT,
    Source,
    canonical,
)
from .vocabulary import ALIKE, MEASURES, PROGRAMS, UNITS

LONG_NUMBER = 3  # digits; so long a number means the same thing without its unit
HERE = ("localhost", "127.0.0.1")  # a port given anywhere may be one of them
TIME_LEFT = re.compile(r"[\d:.]")
LEFT_OF_URL = re.compile(r"[\w+]")
RIGHT_OF_URL = re.compile(r"[\w-]|[.:]\w|%")
LEFT_OF_REST = re.compile(r"[\w.@-]")
LEFT_OF_HTTP = re.compile(r"[\w.@/-]")
LEFT_OF_HOST = re.compile(r"[\w.-]")
RIGHT_OF_HOST = re.compile(r"[\w-]|[.:]\w")


def holds(source: Source, claim: Claim) -> bool:
    """Whether the transcript holds a claim, in its own spelling or one that means the same."""
    text = claim.text
    match claim.kind:
        case Kind.COMMAND:
            return holds_command(source, text)
        case Kind.URL:
            return _holds_url(source, text)
        case Kind.HOST:
            return _holds_host(source, text)
        case Kind.FLAG:
            return _holds_flag(source, text)
        case Kind.SETTING:
            return _holds_setting(source, text)
        case Kind.PERMISSION:
            return False  # those that quote the user are no claims
        case Kind.PATH:
            return _holds_path(source, text)
        case Kind.HASH:
            return any(source.holds(each, right=NOTHING) for each in (text, text.lower()))
        case Kind.VERSION:
            return source.holds(text.removeprefix("v"), DIGIT_LEFT, DIGIT_RIGHT)
        case Kind.QUANTITY:
            return _holds_quantity(source, text)
        case Kind.NUMBER:
            return _holds_number(source, text)
        case Kind.NAME:
            return _holds_name(source, text)


def _holds_url(source: Source, url: str) -> bool:
    url = url.rstrip("/")
    if source.holds(url, LEFT_OF_URL, RIGHT_OF_URL):
        return True
    scheme, sign, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if sign and (scheme, host) != (scheme.lower(), host.lower()):  # they have no case
        return _holds_url(source, f"{scheme.lower()}://{host.lower()}{slash}{path}")
    if not sign:  # host/path without a scheme, where the source has one
        return source.holds(url, LEFT_OF_REST, RIGHT_OF_URL)
    return scheme in ("http", "https") and source.holds(rest, LEFT_OF_HTTP, RIGHT_OF_URL)


def _holds_host(source: Source, host: str) -> bool:
    if source.holds(host, LEFT_OF_HOST, RIGHT_OF_HOST):
        return True
    if host != host.lower():
        return source.holds(host) or _holds_host(source, host.lower())
    if "." not in host and "@" not in host and ":" not in host:
        return host in source.folded or source.holds(host)
    name, _, port = host.partition(":")
    if name.rpartition(".")[2] in ALIKE and not port:
        return source.holds(host) or source.holds_path("/".join(name.split(".")))
    given = GIVEN in source.numbers.get(port, ()) or source.holds(f"port {port}")
    if not (port.isdigit() and given):
        return False
    return name in HERE or source.holds(name, LEFT_OF_HOST, RIGHT_OF_HOST)


def _holds_flag(source: Source, flag: str) -> bool:
    if dashes := re.match(f"(?:{DASH}|-)*{DASH}(?:{DASH}|-)*", flag):
        flag = "--" + flag[dashes.end() :]
    name, sign, value = flag.partition("=")
    if not source.holds(name, FLAG_SIDE, FLAG_SIDE):
        return False
    return not sign or source.holds(flag) or source.holds(f"{name} {value}")


def _holds_setting(source: Source, setting: str) -> bool:
    name, _, value = setting.partition("=")
    signs = ("=", " = ", '="', "='", ": ", ":", '": ', '": "', '":"', " ")
    return any(source.holds(f"{name}{sign}{value}") for sign in signs)


def _holds_path(source: Source, path: str) -> bool:
    if source.holds_path(path):
        return True
    bare = re.sub(r"^(?:\.{1,2}/|~/|\$[A-Z_]+/)+", "", path).rstrip("/")
    if "*" in bare:
        bare = bare.partition("*")[0].rpartition("/")[0]
    return not bare or source.holds_path(bare)


def _holds_name(source: Source, name: str) -> bool:
    """A name as such; a qualified one also as a path, or as parts of which the last is one."""
    if name.endswith("()"):
        return _holds_name(source, name[:-2])
    if source.holds(name):
        return True
    parts = name.split(".")
    if len(parts) == 1:
        return name.lower() in PROGRAMS and name in source.words
    if source.holds_path("/".join(parts)) or source.holds("/".join(parts), PATH_LEFT):
        return True
    last = parts[-1]
    distinct = "_" in last.strip("_") or re.search(r"[a-z][A-Z]", last) is not None
    return distinct and all(part in source.words for part in parts)


def _holds_quantity(source: Source, text: str) -> bool:
    """With its unit; or bare, where it is long or the value of something (timeout=30)."""
    if source.holds(text, NUMBER_LEFT):
        return True
    number, unit = quantity(text)
    behind = source.numbers.get(number, set())
    units = {UNITS.get(word, word) for word in behind}
    if unit in units or GIVEN in units or (BARE in units and len(number) >= LONG_NUMBER):
        return True
    counted = unit not in MEASURES  # "31 tests" are "31 passed" elsewhere
    return counted and any(word not in UNITS for word in behind)


def _holds_number(source: Source, text: str) -> bool:
    left = TIME_LEFT if ":" in text else NUMBER_LEFT
    if source.holds(text, left, DIGIT_RIGHT):
        return True
    number = text.lstrip("#$-").replace("_", ",")
    if re.fullmatch(r"\d[\d,]*(?:\.\d+)?", number):
        whole, _, rest = number.partition(".")
        return canonical(whole, f".{rest}") in source.numbers
    date = text.replace("/", "-").replace(" ", "T")
    return source.holds(date, NUMBER_LEFT, DIGIT_RIGHT)
