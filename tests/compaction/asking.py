"""The three backends that hold an SDK, each asked over the loopback."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from supervisor.compaction.backends.anthropic_api import AnthropicApi
from supervisor.compaction.backends.bedrock import Bedrock
from supervisor.compaction.backends.converse import Converse
from supervisor.compaction.backends.protocol import Backend, Limits, Request, Summary, SummaryFailed
from supervisor.demo.bedrock import Refuse, Reply, StandIn
from supervisor.demo.bedrock import Request as Asked

from ..world import environment

KINDS = {"bedrock": Bedrock, "converse": Converse, "anthropic": AnthropicApi}
MODEL = "us.anthropic.claude-sonnet-4-6"
NOTES = "The ledger is sorted by date, for names repeat."
REQUEST = Request(MODEL, "the system", "the material", "the instructions", max_tokens=99)
LIMITS = Limits(silence=10.0, deadline=40.0)


def always(reply: Reply) -> Callable[[Asked], Reply]:
    return lambda asked: reply


def become(home: Path, url: str) -> dict[str, str]:
    """Make os.environ that of somebody who has set up all three; the SDKs read theirs."""
    found = environment(home, url, None)
    found |= {"ANTHROPIC_API_KEY": "a-key", "ANTHROPIC_BASE_URL": url}
    os.environ.clear()
    os.environ.update(found)
    return found


@dataclass
class Asking:
    """`ask` gives the summary or the failure; what was slept and told stands in the lists."""

    name: str
    home: Path
    answer: Callable[[Asked], Reply]
    count: Callable[[Asked], int | Refuse] | None = None
    slept: list[float] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)

    def __enter__(self) -> Asking:
        self.server = StandIn(self.answer, strict=True, count=self.count)
        self.server.__enter__()
        env = become(self.home, self.server.url)
        self.backend: Backend = KINDS[self.name](env, sleep=self.slept.append)
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()

    def ask(self, request: Request = REQUEST, limits: Limits = LIMITS) -> Summary | SummaryFailed:
        try:
            return self.backend.ask(request, limits, self.progress.append)
        except SummaryFailed as failure:
            return failure
