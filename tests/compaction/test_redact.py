"""Redact: each format of a secret is masked, and what only resembles one is not.

The secrets are no secrets: they are put together here, so that no scanner takes this file
for a leak.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest

from supervisor.compaction.redact import RULES, Redactor, redact_values, redactor

LETTERS = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"


def chars(count: int) -> str:
    return (LETTERS * (count // len(LETTERS) + 1))[:count]


def redact(text: str, env: Mapping[str, str] | None = None, key: bytes = b"key") -> str:
    return redactor(env or {}, key)(text)


PEM = "-----{} " + "RSA PRIVATE " + "KEY-----"
BLOCK = PEM.format("BEGIN") + "\n" + chars(64) + "\n" + chars(20) + "\n" + PEM.format("END")
UPPER = "ABCDEFGHIJKLMNOP"

# kind, the secret, a text that holds it, and a text that only looks like it
CASES = [
    ("private-key", BLOCK, "key: {} end", "-----BEGIN CERTIFICATE-----\nabc"),
    ("private-key", BLOCK.replace("\n", "\\n"), '"{}"', "a PRIVATE KEY----- in a text"),
    ("aws-access-key", "AKI" + "A" + UPPER, "id {}.", "AKIA" + UPPER.lower()),
    ("aws-access-key", "ASI" + "A" + UPPER, "id={}", "XASIA" + UPPER),
    ("bedrock-key", "bedrock-" + "api-key-" + chars(40), "{}", "bedrock-api-key-here"),
    ("bedrock-key", "ABS" + "K" + chars(100), "{}", "ABSK" + chars(10)),
    ("anthropic-key", "sk-" + "ant-api03-" + chars(40), "{}", "sk-ant-short"),
    ("openai-key", "sk-" + "proj-" + chars(48), "{}", "sk-learn and task-force-one"),
    ("openai-key", "sk-" + chars(48), "({})", "sk-" + chars(12)),
    ("github-token", "gh" + "p_" + chars(36), "{}", "ghp_" + chars(12)),
    ("github-token", "gh" + "s_" + chars(36), "x:{}@h", "right_" + chars(36)),
    ("github-token", "github" + "_pat_" + chars(60), "{}", "github_pat_" + chars(8)),
    ("gitlab-token", "glp" + "at-" + chars(20), "{}", "glpat-" + chars(8)),
    (
        "slack-token",
        "xox" + "b-" + "123456789012-" + chars(24),
        "{}",
        "xoxb-short and xox-hugs-and-kisses",
    ),
    (
        "slack-hook",
        "https://hooks." + "slack.com/services/T000/B000/" + chars(24),
        "{}",
        "https://hooks.slack.com/services/",
    ),
    ("google-key", "AI" + "za" + chars(35), "{}", "AIza" + chars(20)),
    ("stripe-key", "sk" + "_live_" + chars(24), "{}", "sk_test_" + chars(24)),
    ("npm-token", "np" + "m_" + chars(36), "{}", "npm_config_registry"),
    ("pypi-token", "py" + "pi-" + chars(80), "{}", "pypi-server"),
    ("jwt", "ey" + "J" + chars(20) + ".ey" + "J" + chars(20) + "." + chars(20), "{}", "eyJ.eyJ.x"),
    ("url-password", "hunter2x", "postgres://user:{}@db/x", "http://host:8080/a@b"),
    ("url-password", "hunter2x", "redis://:{}@cache", "git@github.com:owner/name"),
    ("aws-secret-key", chars(40), "aws_secret_access_key = {}", "aws_secret_access_key = none"),
    ("aws-secret-key", chars(40), '"SecretKey": 1, "AWS_SECRET_KEY": "{}"', "a secret key"),
    ("bearer", chars(24), "Authorization: Bearer {}", "the bearer of this letter was seen"),
    ("assignment", "correct-horse", "DB_PASSWORD={}", "DB_PASSWORD=$OTHER_VARIABLE"),
    ("assignment", "correct-horse", '"db_password": "{}"', '"password": "short"'),
    ("assignment", "correct-horse", "export API_TOKEN='{}'", "TOKEN=short"),
]


@pytest.mark.parametrize(
    ("kind", "secret", "around", "harmless"), CASES, ids=[case[0] for case in CASES]
)
def test_a_secret_is_masked_and_its_twin_is_not(
    kind: str, secret: str, around: str, harmless: str
) -> None:
    told = redact(f"before {around.format(secret)} after")
    mask = re.search(r"\[redacted:([a-z-]+):[0-9a-f]{4}\]", told)
    assert mask is not None and mask[1] == kind
    assert told == f"before {around.format(mask[0])} after"  # and nothing but the secret
    assert redact(harmless) == harmless


def test_every_rule_has_its_case() -> None:
    assert {kind for kind, _, _ in RULES} == {case[0] for case in CASES}
    for kind, literal, pattern in RULES:
        held = [around.format(secret) for name, secret, around, _ in CASES if name == kind]
        assert any(literal in text and pattern.search(text) for text in held), pattern


def test_the_key_of_a_file_that_was_cut_is_masked() -> None:
    """As ``head -5 id_rsa`` shows it: no line tells the end."""
    body = chars(64)
    assert body not in redact(PEM.format("BEGIN") + "\n" + body + "\n" + body + "\n")


def test_the_same_secret_has_the_same_mask_within_a_run() -> None:
    secret, other = "glp" + "at-" + chars(20), "glp" + "at-" + chars(21)
    once, twice, another = redact(f"{secret} {secret} {other}").split()
    assert once == twice != another
    assert redact(secret, key=b"another run") != once


def test_a_masked_text_is_not_masked_again() -> None:
    for _, secret, around, _ in CASES:
        once = redact(around.format(secret))
        assert redact(once) == once


# --- The environment's own values


def test_values_of_secret_names_are_masked_wherever_they_stand() -> None:
    env = {"DEPLOY_TOKEN": "words 12 and", "LONGER_SECRET": "plain words 12 and more"}
    told = redact("(plain words 12 and more) words 12 and", env)
    assert "words" not in told and "plain" not in told
    assert told.count("[redacted:environment:") == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EDITOR_NAME", "a long harmless value"),  # no secret by its name
        ("API_KEY", "short"),  # would hit words everywhere
        ("SSH_AUTH_SOCK", "/tmp/ssh-agent/agent.1"),  # a path
        ("GIT_AUTHOR_EMAIL", "jan.novak@example.org"),  # an author is no authority
        ("SECRET", ""),
    ],
)
def test_other_values_are_not(name: str, value: str) -> None:
    assert redact(f"x {value} y", {name: value}) == f"x {value} y"


def test_strings_are_masked_in_any_depth() -> None:
    secret = "glp" + "at-" + chars(20)
    mask = redact(secret)
    masked: Redactor = redactor({}, b"key")
    value = {"a": [{"b": secret}, 3, None, True], secret: "key"}
    assert redact_values(value, masked) == {"a": [{"b": mask}, 3, None, True], secret: "key"}
