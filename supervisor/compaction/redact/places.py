"""Secrets that are told by where they stand: headers, cookies, URLs, commands, netrc."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .formats import B64, END, HEX, preceded

QUOTE = r"\\{0,3}[\"'`]?"
SCHEME = r"(?i:bearer|basic|token|bot|apikey|negotiate)\s{1,3}"
HEADER = (
    rf"{QUOTE}\s{{0,3}}[:=,]\s{{0,3}}{QUOTE}{SCHEME}"
    r"(?P<secret>(?=[a-z]*[^a-z\s])[A-Za-z0-9._~+/=:-]{8,}+)"
)
COOKIE = (
    rf"{QUOTE}(?:\s{{0,3}}[:=]\s{{0,3}}|[ \t]){QUOTE}"
    r"(?P<secret>[\w.!-]{1,80}=[^\s;\"'\\,]{8,}+(?:;[ ]?[^;\"'\n\\]{1,2000}+)*)"
)
URL = r"[^\s:/@'\"\[]{0,256}+:(?P<secret>[^\s/'\"$<{%@][^\s/'\"@]{2,256}+)@"
# A slash in the password: what stands before it is no port.
URL_SLASH = (
    r"[^\s:/@'\"\[]{1,256}+:(?!\d{1,5}/|(?i:port)\b)"
    r"(?P<secret>[^\s/'\"$<{%@][^\s/'\"@:]{0,256}+/[^\s'\"@:]{2,256}+)@(?=[\w\[])"
)
DSN = r"(?P<secret>[0-9a-f]{32})@[\w.-]+/\d"  # Sentry's: a key in the place of the user
OPTIONS = r"\b(?:[^\n|;]|\\\n){0,400}?\s"  # of a command, up to the one that is meant
WORD = r"(?:(?P<q>[\"'])(?P<secret>[^\"'\s]{3,200})(?P=q)|(?P<other>[^\s\"'$;|&<>(){}]{4,200}))"
USER = r"[ =]?[\"']?[^\s:\"']{1,100}:(?P<secret>[^\s\"'$][^\s\"']{2,200})"
NETRC = r"\s+\S{1,200}\s+login\s+\S{1,200}\s+password\s+(?P<secret>\S{3,200})"


@dataclass(frozen=True, slots=True)
class Place:
    """Group "secret" (or "other") of `pattern` is the secret; `literal` stands in its match.

    `letter`: one of the literal that is rare in texts, in lower case.
    """

    kind: str
    letter: str
    literal: str
    pattern: str


def _behind(kind: str, letter: str, literal: str, rest: str) -> Place:
    return Place(kind, letter, literal, re.escape(literal) + rest)


def _prefixed(kind: str, letter: str, literal: str, tail: str) -> Place:
    """A format without a sign that `literals` looks for; the literal is a part of it."""
    return Place(kind, letter, literal, rf"(?P<secret>{literal}{preceded(literal)}{tail})")


PLACES: tuple[Place, ...] = (
    _behind("authorization", "z", "uthorization", HEADER),
    _behind("authorization", "z", "UTHORIZATION", HEADER),
    _behind("cookie", "k", "ookie", COOKIE),
    _behind("url-password", "@", "://", URL),
    _behind("url-password", "@", "://", URL_SLASH),
    _behind("sentry-dsn", "@", "://", DSN),
    _behind("netrc-password", "c", "machine", NETRC),
    _behind("password-option", "c", "curl", rf"{OPTIONS}(?:-u|--user|-U|--proxy-user){USER}"),
    _behind("password-option", "c", "redis-cli", rf"{OPTIONS}-a\s*{WORD}"),
    _behind("password-option", "k", "docker login", rf"{OPTIONS}-p\s*{WORD}"),
    _behind("password-option", "p", "sshpass", rf"\s+-p\s*{WORD}"),
    _behind("password-option", "q", "mysql", rf"(?:dump|admin)?{OPTIONS}-p{WORD}"),
    _prefixed("databricks-token", "p", "dapi", rf"{HEX}{{32}}(?:-\d)?{END}"),
    _prefixed("twilio-key", "k", "SK", rf"{HEX}{{32}}{END}"),
    _prefixed("aws-session-token", "z", "FwoGZXIvYXdz", f"{B64}{{60,}}"),
    _prefixed("aws-session-token", "z", "FQoGZXIvYXdz", f"{B64}{{60,}}"),
)
# What is looked for by each letter in a text in lower case, behind that letter.
SIGHTS = {
    "z": "ation(?<=authorization)|xivyxdz",
    "k": "ie(?<=cookie)|er login|(?<=sk)[0-9a-f]{32}",
    "c": r"hine(?<=machine)\s+\S{1,200}\s+login\s|url\s|li(?<=redis-cli)",
    "p": "ass(?<=sshpass)|i(?<=dapi)[0-9a-f]{32}",
    "q": "l(?<=mysql)",
    "@": r"(?<=[^\s'\"@]{2}[^\s/'\"@]@)[\w.\[-]",
}


def where(match: re.Match[str]) -> tuple[int, int]:
    """Where the secret stands in a match."""
    group = "other" if "other" in match.re.groupindex and match["other"] else "secret"
    return match.span(group)
