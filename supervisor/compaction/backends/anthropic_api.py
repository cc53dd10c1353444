"""The Anthropic API by its SDK, or a gateway that speaks it (``ANTHROPIC_BASE_URL``)."""

from __future__ import annotations

from typing import Any

from . import candidates, counting
from .bounded import Heard
from .messages import conversation, stream
from .protocol import Limits, Request, Summary
from .retry import Failure, Kind, Trouble
from .sdk import SdkBackend
from .translate import address, of_anthropic


class AnthropicApi(SdkBackend):
    """`env` is the environment of this very process, for the SDK reads its own."""

    name = "anthropic"
    service = "the Anthropic API"

    def candidates(self) -> list[str]:
        return candidates.on_anthropic(self._model, self._env)

    def _once(self, request: Request, limits: Limits, heard: Heard, marked: bool) -> Summary:
        with of_anthropic(limits), self._client(limits.silence) as client:
            return stream(client, request, self.name, heard, marked=marked)

    def _counted(self, request: Request) -> int | None:
        with of_anthropic(counting.LIMITS), self._client(counting.LIMITS.silence) as client:
            told = client.messages.count_tokens(
                model=request.model,
                system=request.system,
                messages=conversation(request, marked=False),
            )
            return int(told.input_tokens)

    def _client(self, silence: float) -> Any:
        """Claude Code takes the token before the key, the SDK the other way round.

        The SDK sends a key as a bearer; a gateway may look for it where Claude Code puts it.
        """
        import anthropic
        import httpx2

        token, key = (self._env.get(f"ANTHROPIC_{name}") for name in ("AUTH_TOKEN", "API_KEY"))
        if not token and not key:  # the SDK would say it in an exception of Python's own
            told = "neither ANTHROPIC_API_KEY nor ANTHROPIC_AUTH_TOKEN is set"
            raise Trouble(Failure(Kind.SETUP, told))
        url = address(self._env, "ANTHROPIC_BASE_URL")
        return anthropic.Anthropic(
            **({"auth_token": token} if token else {"api_key": key}),
            base_url=url,
            default_headers={"x-api-key": key} if url and key and not token else None,
            max_retries=0,
            timeout=httpx2.Timeout(silence, connect=min(10.0, silence)),
        )
