"""The SDK's client of Bedrock, as Claude Code's environment describes it.

``AWS_REGION``, ``AWS_PROFILE`` and the rest of the AWS chain, ``AWS_BEARER_TOKEN_BEDROCK``,
``ANTHROPIC_BEDROCK_BASE_URL``, ``CLAUDE_CODE_SKIP_BEDROCK_AUTH``.
"""

from __future__ import annotations

import threading
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

    kind = Unsigned if is_unsigned(env) else anthropic.AnthropicBedrock
    client = kind(
        aws_region=region_of(env),
        max_retries=0,
        timeout=httpx2.Timeout(silence, connect=min(10.0, silence)),
    )
    client.api_key = client.api_key or None  # a variable that is empty is none
    if keys is not None:
        client.aws_access_key, client.aws_secret_key = keys.access_key, keys.secret_key
        client.aws_session_token = keys.token
    return client


class Chain:
    """The AWS chain, for several threads at once; botocore's own session is for one.

    A credential_process, an SSO portal or a metadata service may take its time here: whoever
    has a deadline calls it from a thread that can be left behind.
    """

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._lock = threading.Lock()
        self._session: Any = None

    def keys(self) -> Any:
        """botocore's frozen credentials, fresh; None where there are none or none are wanted.

        Raises botocore's errors, and RuntimeError for keys that have expired.
        """
        if self._env.get("AWS_BEARER_TOKEN_BEDROCK") or is_unsigned(self._env):
            return None
        with self._lock:
            found = self._made().get_credentials()
            return found.get_frozen_credentials() if found else None

    def runtime(self, silence: float) -> Any:
        """boto3's client of the Bedrock runtime, which never retries.

        `silence`: seconds without a byte. It goes where Claude Code itself goes
        (``ANTHROPIC_BEDROCK_BASE_URL``) and is closed by the caller. Raises botocore's errors.
        """
        import botocore  # type: ignore[import-untyped]
        from botocore.config import Config  # type: ignore[import-untyped]

        told: dict[str, Any] = {
            "connect_timeout": min(10.0, silence),
            "read_timeout": silence,
            "retries": {"total_max_attempts": 1, "mode": "standard"},
            # A client that is left behind must not make another one wait for its connection.
            "max_pool_connections": 1,
        }
        if is_unsigned(self._env):
            told["signature_version"] = botocore.UNSIGNED
        region = region_of(self._env)
        with self._lock:
            return self._made().client(
                "bedrock-runtime",
                region_name=region,
                endpoint_url=self._env.get("ANTHROPIC_BEDROCK_BASE_URL") or None,
                config=Config(**told),
            )

    def _made(self) -> Any:
        import boto3  # type: ignore[import-untyped]

        if self._session is None:
            self._session = boto3.Session()
        return self._session


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


def region_of(env: Mapping[str, str]) -> str:
    """The region of the requests, by Claude Code's own rule."""
    return env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or _profile_region(env)


def _profile_region(env: Mapping[str, str]) -> str:
    import boto3

    return boto3.Session(profile_name=env.get("AWS_PROFILE")).region_name or DEFAULT_REGION
