"""What the three backends that hold an SDK have in common: attempts, and a mark given up."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from .bounded import Heard, bounded
from .counting import Counter
from .messages import is_marked
from .protocol import Limits, Request, Summary
from .retry import Trouble, persist, refuses_marks


class SdkBackend:
    """`candidates`, `_once` and `_counted` are the backend's own; all else is alike."""

    name = ""
    service = ""  # in a person's words

    def __init__(
        self,
        env: Mapping[str, str],
        model: str | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._env, self._model, self._sleep = env, model, sleep
        self._marks = True  # until the service refuses them
        self._counter = Counter()

    def candidates(self) -> list[str]:
        raise NotImplementedError

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        request = request.sendable()

        def written(count: int) -> None:
            if count:  # an event without text is a sign of life, but nothing to tell
                progress(count)

        def attempt(seconds: float) -> Summary:
            return bounded(lambda heard: self._tried(request, limits, heard), seconds, written)

        return persist(attempt, self.service, limits, sleep=self._sleep)

    def count(self, request: Request) -> int | None:
        return self._counter.count(lambda: self._counted(request.sendable()))

    def _tried(self, request: Request, limits: Limits, heard: Heard) -> Summary:
        marked = self._marks and is_marked(request)
        try:
            return self._once(request, limits, heard, marked)
        except Trouble as trouble:
            if not (marked and refuses_marks(trouble.failure)):
                raise
        self._marks = False
        return self._once(request, limits, heard, False)

    def _once(self, request: Request, limits: Limits, heard: Heard, marked: bool) -> Summary:
        """One attempt; raises Trouble and SummaryFailed."""
        raise NotImplementedError

    def _counted(self, request: Request) -> int | None:
        """The tokens, by the service; raises Trouble."""
        raise NotImplementedError
