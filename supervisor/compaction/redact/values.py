"""Is what stands behind a secret's name a value, or does it only refer to one?"""

from __future__ import annotations

import re

SHORTEST = 8  # characters; less is masked only behind a password's name
MASK = re.compile(r"\[redacted:[a-z0-9-]+:[0-9a-f]{4}\]")
# Variables, templates, words that stand for a value, and types.
PLACEHOLDER = re.compile(
    r"\$|%[({sd]|\{\{|\{[A-Za-z_]|<|@|#\{|[xX*.•-]{3,}\Z|(?:your|my)[-_]|change_?me|placeholder"
    r"|(?:none|null|true|false|undefined|required|optional|example|redacted|hidden|masked|secret"
    r"|password|passwd|token|string|object|number|boolean|bytearray|unknown|default)\W*\Z"
    r"|(?:process\.env|os\.|env\.|secrets?\.|vars?\.|self\.|this\.|settings\.|config\.|args\.)",
    re.IGNORECASE,
)
PATH = re.compile(r"(?:~|\.{1,2})?/[\w.@%+-]+(?:/[\w.@%+-]*)*\Z|[A-Za-z]:\\")
REFERENCE = re.compile(r"[A-Za-z_$][A-Za-z_]*\d{0,3}(?:\??\.[A-Za-z_][A-Za-z_]*\d{0,3})*\Z")
CONSTANT = re.compile(r"[A-Z]+(?:_[A-Z0-9]+)+\Z")
NO_WORD = re.compile(r"[A-Za-z]\d|\d[A-Za-z]")
LONGEST_PHRASE = 64  # characters of a password with spaces
AWS_SECRET = 40  # characters; one may look like a path


def is_literal(value: str, *, quoted: bool, strong: bool, env: bool, yaml: bool) -> bool:
    """Whether `value` is a secret itself.

    `strong`: the name leaves no doubt (a password's, or a variable's in capitals). `env`: it
    stands as in an environment file or an option. `yaml`: it is the rest of a line.
    """
    if MASK.fullmatch(value) or PLACEHOLDER.match(value) or "://" in value:
        return False
    if len(value) < (SHORTEST if env or not strong else SHORTEST - 2):
        return False
    if len(value) != AWS_SECRET and PATH.match(value):
        return False
    if any(map(str.isspace, value)):  # words for a person, unless one of them is none
        return strong and len(value) <= LONGEST_PHRASE and NO_WORD.search(value) is not None
    letters = any(map(str.isalpha, value))
    digits = any(map(str.isdigit, value))
    if not letters:
        return strong and digits
    if quoted:
        return strong or _is_random(value)
    if env:
        return (not CONSTANT.match(value) and "." not in value.rstrip(".")) or digits
    if REFERENCE.match(value):
        word = value.islower() and value.isalpha() and len(value) >= SHORTEST
        return (len(value) > 24 and digits) or (strong and yaml and word)
    return strong or _is_random(value)


def _is_random(value: str) -> bool:
    """Letters and digits, or letters of both cases in a long word without separators."""
    if any(map(str.isdigit, value)):
        return True
    mixed = not value.islower() and not value.isupper()
    return mixed and len(value) >= 24
