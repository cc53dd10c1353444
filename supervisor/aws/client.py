"""The SDK's client of Bedrock, as Claude Code's environment describes it.

``AWS_REGION``, ``AWS_PROFILE`` and the rest of the AWS chain, ``AWS_BEARER_TOKEN_BEDROCK``,
``ANTHROPIC_BEDROCK_BASE_URL``, ``CLAUDE_CODE_SKIP_BEDROCK_AUTH``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# SDK 2.12.0 sends 2026-10-21, of which no trace is public; Bedrock documents this one.
ANTHROPIC_VERSION = "bedrock-2023-05-31"
DEFAULT_REGION = "us-east-1"  # Claude Code's, since 2.1.172


def make_client(env: Mapping[str, str], silence: float, keys: Any = None) -> Any:
    """An AnthropicBedrock that never retries; `silence`: seconds without a byte.

    `env` is the environment of this very process, for the SDK and boto3 read theirs. `keys`:
    botocore's frozen credentials, in the place of what the AWS chain would find anew.
    Raises botocore's ProfileNotFound and the SDK's ValueError.
    """
    import anthropic
    import httpx2

    class Unsigned(anthropic.AnthropicBedrock):
        """For a gateway that signs by itself."""

        def _prepare_request(self, request: Any) -> None:
            return None

    region = env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or _profile_region(env)
    kind = Unsigned if is_unsigned(env) else anthropic.AnthropicBedrock
    client = kind(
        aws_region=region,
        max_retries=0,
        timeout=httpx2.Timeout(silence, connect=min(10.0, silence)),
    )
    client.api_key = client.api_key or None  # a variable that is empty is none
    if keys is not None:
        client.aws_access_key, client.aws_secret_key = keys.access_key, keys.secret_key
        client.aws_session_token = keys.token
    return client


def is_unsigned(env: Mapping[str, str]) -> bool:
    """Whether requests go out without credentials, for a gateway to sign."""
    skip = env.get("CLAUDE_CODE_SKIP_BEDROCK_AUTH", "").lower() in ("1", "true", "yes", "on")
    return skip and not env.get("AWS_BEARER_TOKEN_BEDROCK")


def code_and_message(error: Any) -> tuple[str, str]:
    """Bedrock's own code and words in an APIStatusError; the code stands in a header."""
    code = error.response.headers.get("x-amzn-errortype", "").split(":")[0]
    body = error.body if isinstance(error.body, dict) else {}
    if isinstance(body.get("error"), dict):  # an exception frame in the stream
        body = body["error"]
        code = str(body.get("type") or code)
    return code, str(body.get("message") or body.get("Message") or "")


def _profile_region(env: Mapping[str, str]) -> str:
    import boto3  # type: ignore[import-untyped]

    return boto3.Session(profile_name=env.get("AWS_PROFILE")).region_name or DEFAULT_REGION
