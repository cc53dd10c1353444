"""redact: mask secrets in every text that leaves memory.

A small table of vendor formats, each behind a literal that is cheap to look for, and the
exact values of environment variables whose names look secret (GitHub Actions' way, which
has no false positives). A mask carries a keyed hash, so that the same secret can be told
again within one run but not guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Callable, Mapping
from typing import Any

Redactor = Callable[[str], str]

PEM = (  # whole, or cut off somewhere in its lines
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----"
    r"(?:.*?-----END [A-Z ]*PRIVATE KEY-----|[\sA-Za-z0-9+/=\\:,-]*)"
)
AWS_PAIR = r"(?i)aws_?secret_?(?:access_?)?key[\"']?\s*[=:]\s*[\"']?([A-Za-z0-9/+=]{40})\b"
ASSIGNMENT = (
    r"(?i)\b[A-Z0-9_]*(?:PASSWORD|PASSWD|SECRET|TOKEN|API_KEY)=[\"']?([^\s\"'$<>{}()]{12,})"
)
NAMED = (  # in JSON, and in YAML where it is the whole line
    r"(?im)(?:[\"'][\w.-]*(?:password|passwd|secret|api_?key|(?:access|auth)_?token)[\"']\s*:"
    r"\s*[\"']|^\s*[\w.-]*(?:password|passwd|secret|api_?key|(?:access|auth)_?token):[ \t]+)"
    r"([^\s\"']{8,})(?=[\"']|\s*$)"
)

# (kind, a literal that must be there, pattern; group 1, where there is one, is the secret)
RULES: tuple[tuple[str, str, re.Pattern[str]], ...] = tuple(
    (kind, literal, re.compile(pattern, re.DOTALL))
    for kind, literal, pattern in (
        ("private-key", "PRIVATE KEY-----", PEM),
        ("aws-access-key", "A", r"\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}\b"),
        ("bedrock-key", "bedrock-api-key-", r"\bbedrock-api-key-[A-Za-z0-9+/=]{20,}"),
        ("bedrock-key", "ABSK", r"\bABSK[A-Za-z0-9+/=]{60,}"),
        ("anthropic-key", "sk-ant-", r"\bsk-ant-[A-Za-z0-9_-]{20,}"),
        ("openai-key", "sk-", r"\bsk-(?:proj-)?[A-Za-z0-9_-]{32,}"),
        ("github-token", "gh", r"\bgh[pousr]_[A-Za-z0-9]{30,}\b"),
        ("github-token", "github_pat_", r"\bgithub_pat_[A-Za-z0-9_]{40,}\b"),
        ("gitlab-token", "glpat-", r"\bglpat-[A-Za-z0-9_-]{20,}"),
        ("slack-token", "xox", r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("slack-hook", "hooks.slack.com", r"https://hooks\.slack\.com/services/[A-Za-z0-9/]{20,}"),
        ("google-key", "AIza", r"\bAIza[A-Za-z0-9_-]{35}\b"),
        ("stripe-key", "_live_", r"\b[rs]k_live_[A-Za-z0-9]{20,}\b"),
        ("npm-token", "npm_", r"\bnpm_[A-Za-z0-9]{36}\b"),
        ("pypi-token", "pypi-", r"\bpypi-[A-Za-z0-9_-]{50,}"),
        ("jwt", "eyJ", r"\beyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}"),
        ("url-password", "://", r"\b[a-z][a-z0-9+.-]*://[^\s:/@'\"]*:([^\s/@'\"]{3,})@"),
        ("aws-secret-key", "ecret", AWS_PAIR),
        ("bearer", "earer ", r"(?i)\bauthorization:\s*bearer\s+([A-Za-z0-9._~+/=-]{16,})"),
        ("assignment", "=", ASSIGNMENT),
        ("assignment", ":", NAMED),
    )
)  # fmt: skip

SECRET_NAME = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSW(?:OR)?D|PASSPHRASE|CREDENTIALS?|AUTH|(?<![A-Z])PAT)(?![A-Z])",
    re.IGNORECASE,
)
SURROGATE = re.compile("[\ud800-\udfff]")
SHORTEST = 12  # characters of an environment value that is masked wherever it stands


def redactor(env: Mapping[str, str], key: bytes) -> Redactor:
    """A function that masks the secrets in a text. `key` is random, one a run."""
    exact = sorted(
        {
            value
            for name, value in env.items()
            if SECRET_NAME.search(name) and len(value) >= SHORTEST and not value.startswith("/")
        },
        key=len,
        reverse=True,
    )

    def mask(kind: str, secret: str) -> str:
        mark = hmac.new(key, secret.encode("utf-8", "replace"), hashlib.sha256).hexdigest()[:4]
        return f"[redacted:{kind}:{mark}]"

    def redact(text: str) -> str:
        if SURROGATE.search(text):  # half a pair, which no encoder takes
            text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        for value in exact:
            if value in text:
                text = text.replace(value, mask("environment", value))
        for kind, literal, pattern in RULES:
            if literal in text:
                text = pattern.sub(_replacement(mask, kind), text)
        return text

    return redact


def _replacement(mask: Callable[[str, str], str], kind: str) -> Callable[[re.Match[str]], str]:
    def replace(match: re.Match[str]) -> str:
        if not match.re.groups:
            return mask(kind, match[0])
        if match[1].startswith("[redacted:"):
            return match[0]
        return match[0].replace(match[1], mask(kind, match[1]))

    return replace


def redact_values(value: Any, redact: Redactor) -> Any:
    """The same JSON value with every string masked (the keys are names, not data)."""
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, list):
        return [redact_values(part, redact) for part in value]
    if isinstance(value, dict):
        return {key: redact_values(part, redact) for key, part in value.items()}
    return value
