"""Bedrock by the anthropic SDK: InvokeModel, streaming, as Claude Code itself asks it."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from ...aws.client import ANTHROPIC_VERSION, Chain, make_client
from . import candidates, counting
from .bounded import Heard
from .messages import stream
from .protocol import Limits, Request, Summary
from .sdk import SdkBackend
from .translate import address, of_anthropic, of_botocore, region_or_none


class Bedrock(SdkBackend):
    """`env` is the environment of this very process, for the SDK and boto3 read theirs."""

    name = "bedrock"
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
        extra = {"anthropic_version": ANTHROPIC_VERSION}
        with of_botocore(limits), of_anthropic(limits):
            address(self._env, "ANTHROPIC_BEDROCK_BASE_URL")
            keys = self._chain.keys()
            with make_client(self._env, limits.silence, keys) as client:
                return stream(client, request, self.name, heard, marked=marked, extra=extra)

    def _counted(self, request: Request) -> int | None:
        return counting.on_bedrock(self._chain, request)
