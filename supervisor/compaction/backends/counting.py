"""The tokens of a request, counted by the service; asked once, and not again after a refusal."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .bounded import Late, bounded
from .candidates import countable
from .protocol import Limits, Request
from .retry import Trouble
from .translate import of_botocore

TIME = 4.0  # s for one count, all in all
LIMITS = Limits(silence=3.0, deadline=TIME)


class Counter:
    """Remembers that counting does not work here: many accounts do not allow it."""

    def __init__(self) -> None:
        self._works = True

    def count(self, ask: Callable[[], int | None]) -> int | None:
        """What `ask` gives within a few seconds, else None; `ask` may raise Trouble."""
        if not self._works:
            return None
        try:
            found = bounded(lambda heard: [ask()], TIME, lambda count: None)[0]
        except (Trouble, Late):
            found = None
        self._works = found is not None
        return found


def on_bedrock(chain: Any, request: Request) -> int | None:
    """By CountTokens, which costs nothing and wants ``bedrock:CountTokens``. Raises Trouble."""
    model = countable(request.model)
    if model is None:
        return None
    with of_botocore(LIMITS):
        client = chain.runtime(LIMITS.silence)
        try:
            told = client.count_tokens(modelId=model, input={"converse": converse_input(request)})
        finally:
            client.close()
        return int(told["inputTokens"])


def converse_input(request: Request, *, marked: bool = False) -> dict[str, Any]:
    """The conversation as Converse wants it; `marked`: the material ends a cached prefix."""
    mark = [{"cachePoint": {"type": "default"}}] if marked else []
    content = [{"text": request.material}, *mark, {"text": request.instructions}]
    return {
        "system": [{"text": request.system}],
        "messages": [{"role": "user", "content": content}],
    }
