"""The values of environment variables whose names look secret, in all their spellings."""

from __future__ import annotations

import base64
import json
import re
import urllib.parse
from collections.abc import Iterator, Mapping

SECRET_NAME = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIALS?|AUTH"
    r"|(?<![A-Z])(?:PAT|PASS|PASSCODE)|(?<=_)PWD)(?![A-Z])",
    re.IGNORECASE,
)
# A name that is a secret's own, not that of a file or an address of one.
ITS_OWN = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASS(?:W(?:OR)?D|PHRASE|CODE)?|PWD|PAT)\Z", re.IGNORECASE
)
ORDINARY = re.compile(r"[A-Z]?[a-z]+(?:[_-][a-z]+)*\d{0,2}\Z|[A-Z]+\Z")  # a folder's name
SHORTEST = 12  # characters of a value that is masked wherever it stands


def secret_values(env: Mapping[str, str]) -> list[str]:
    """The values to mask, in all their spellings, the longest first."""
    found = {
        spelling
        for name, value in env.items()
        if SECRET_NAME.search(name) and len(value) >= SHORTEST
        if not value.startswith(("http://", "https://"))
        if not value.startswith("/") or (ITS_OWN.search(name) and not _is_path(value))
        for spelling in _spellings(value)
    }
    return sorted(found, key=lambda each: (-len(each), each))


def _is_path(value: str) -> bool:
    """Several folders, and they have a dot or are words; random characters may begin with /."""
    folders = value.strip("/").split("/")
    words = sum(len(each) for each in folders if ORDINARY.match(each))
    return len(folders) > 1 and ("." in value or 2 * words > len(value))


def _spellings(value: str) -> Iterator[str]:
    """As it is, url-encoded, escaped for JSON (once and twice), and in base64."""
    yield value
    yield urllib.parse.quote(value, errors="replace")
    yield urllib.parse.quote(value, safe="", errors="replace")
    yield urllib.parse.quote_plus(value, errors="replace")
    for ascii_only in (True, False):
        once = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield once
        yield json.dumps(once, ensure_ascii=ascii_only)[1:-1]
    data = value.encode("utf-8", "replace")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        for before in range(3):  # bytes that stand before it in a larger text
            whole = encode(b"\0" * before + data).decode()
            # Only the characters that no neighbour has a part in.
            core = whole[(0, 2, 3)[before] : (before + len(data)) // 3 * 4]
            if len(core) >= SHORTEST:
                yield core
