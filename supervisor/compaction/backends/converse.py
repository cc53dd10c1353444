"""Bedrock by boto3: ConverseStream, which any model on Bedrock understands."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ...aws.client import Chain
from . import candidates, counting
from .bounded import Heard
from .messages import finished
from .protocol import Limits, Request, Summary
from .sdk import SdkBackend
from .translate import address, of_botocore, region_or_none

USAGE = {
    "inputTokens": "input_tokens",
    "outputTokens": "output_tokens",
    "cacheReadInputTokens": "cache_read_input_tokens",
    "cacheWriteInputTokens": "cache_creation_input_tokens",
}


class Converse(SdkBackend):
    """`env` is the environment of this very process, for boto3 reads its own."""

    name = "converse"
    service = "Bedrock"

    def __init__(
        self,
        env: Mapping[str, str],
        model: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        super().__init__(env, model, sleep)
        self._chain = Chain(env)

    def candidates(self) -> list[str]:
        return candidates.on_bedrock(self._model, self._env, region_or_none(self._env))

    def _once(self, request: Request, limits: Limits, heard: Heard, marked: bool) -> Summary:
        with of_botocore(limits):
            address(self._env, "ANTHROPIC_BEDROCK_BASE_URL")
            client = self._chain.runtime(limits.silence)
            try:
                return _stream(client, request, heard, marked)
            finally:
                client.close()

    def _counted(self, request: Request) -> int | None:
        return counting.on_bedrock(self._chain, request)


def _stream(client: Any, request: Request, heard: Heard, marked: bool) -> Summary:
    parts: list[str] = []
    length, stop, usage = 0, "", dict[str, int]()
    answer = client.converse_stream(
        modelId=request.model,
        inferenceConfig={"maxTokens": request.max_tokens},
        **counting.converse_input(request, marked=marked),
    )
    events = answer["stream"]
    try:
        for event in events:
            if "contentBlockDelta" in event:
                text = event["contentBlockDelta"]["delta"].get("text", "")
                parts.append(text)
                length += len(text)
            elif "messageStop" in event:
                stop = event["messageStop"].get("stopReason") or ""
            elif "metadata" in event:
                told = event["metadata"].get("usage", {})
                usage = {ours: told.get(theirs, 0) for theirs, ours in USAGE.items()}
            heard(length)
    finally:
        events.close()
    return finished(Summary("".join(parts), request.model, Converse.name, stop, **usage))
