"""The SDK's client as the environment describes it; see also test_bedrock_backend.py."""

from __future__ import annotations

import pytest
from botocore.credentials import ReadOnlyCredentials  # type: ignore[import-untyped]

from supervisor.aws.client import is_unsigned, make_client

KEYS = ReadOnlyCredentials("AKIAGIVEN", "secret", "token")
URL = "http://127.0.0.1:1/model/m/invoke"


def headers(monkeypatch: pytest.MonkeyPatch, keys: object, **env: str) -> dict[str, str]:
    """Those that a request would go out with."""
    import httpx2

    told = {"AWS_REGION": "eu-west-1", "AWS_EC2_METADATA_DISABLED": "true", **env}
    for name, value in told.items():
        monkeypatch.setenv(name, value)
    with make_client(told, 5.0, keys) as client:
        request = httpx2.Request("POST", URL, json={})
        client._prepare_request(request)
        return dict(request.headers)


def test_keys_that_are_given_are_used_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    env = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "other"}
    sent = headers(monkeypatch, KEYS, **env)
    assert "Credential=AKIAGIVEN/" in sent["authorization"]
    assert sent["x-amz-security-token"] == "token"
    assert "/eu-west-1/bedrock/" in sent["authorization"]
    assert "Credential=AKIAENVIRONMENT/" in headers(monkeypatch, None, **env)["authorization"]


@pytest.mark.parametrize("keys", [None, KEYS])
def test_an_empty_bearer_token_is_none(monkeypatch: pytest.MonkeyPatch, keys: object) -> None:
    env = {"AWS_ACCESS_KEY_ID": "AKIAENVIRONMENT", "AWS_SECRET_ACCESS_KEY": "other"}
    sent = headers(monkeypatch, keys, **env, AWS_BEARER_TOKEN_BEDROCK="")
    assert sent["authorization"].startswith("AWS4-HMAC-SHA256 ")
    sent = headers(monkeypatch, None, **env, AWS_BEARER_TOKEN_BEDROCK="a-key")
    assert sent["authorization"] == "Bearer a-key"


@pytest.mark.parametrize(
    ("env", "unsigned"),
    [
        ({}, False),
        ({"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "0"}, False),
        ({"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1"}, True),
        ({"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1", "AWS_BEARER_TOKEN_BEDROCK": ""}, True),
        ({"CLAUDE_CODE_SKIP_BEDROCK_AUTH": "1", "AWS_BEARER_TOKEN_BEDROCK": "k"}, False),
    ],
)
def test_who_signs(env: dict[str, str], unsigned: bool) -> None:
    assert is_unsigned(env) is unsigned
