"""A call with a deadline that holds whatever the call is waiting for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")
Heard = Callable[[int], None]


class Late(Exception):
    """The call was not done in time, and has been left behind."""


class _Abandoned(Exception):
    """Raised in a thread that nobody waits for any more, at its next sign of life."""


def bounded(call: Callable[[Heard], T], seconds: float, progress: Callable[[int], None]) -> T:
    """What ``call(heard)`` returns or raises; Late when it takes longer than `seconds`.

    The call runs in a thread of its own, for no timeout of an SDK reaches a name that is looked
    up, a credential_process, or a stream that sends pings for ever. What the call tells `heard`
    is told to `progress`, in the caller's thread. A call that is left behind, because it is late
    or `progress` or a signal raises something, ends at its next `heard` or its own timeout; it
    keeps no process from ending.
    """
    messages: SimpleQueue[int | _Outcome[T]] = SimpleQueue()
    left = threading.Event()

    def heard(count: int) -> None:
        if left.is_set():
            raise _Abandoned
        messages.put(count)

    def run() -> None:
        outcome: _Outcome[T] = _Outcome()
        with outcome:
            outcome.value = call(heard)
        messages.put(outcome)

    end = time.monotonic() + seconds
    threading.Thread(target=run, daemon=True).start()
    try:
        while True:
            try:
                told = messages.get(timeout=max(0.0, end - time.monotonic()))
            except Empty:
                raise Late from None
            if isinstance(told, int):
                progress(told)
                if time.monotonic() >= end:
                    raise Late
                continue
            if told.error is not None:
                raise told.error
            assert told.value is not None
            return told.value
    finally:
        left.set()


class _Outcome(Generic[T]):
    """What a block has come to; it lets no error out, for another thread is to raise it."""

    value: T | None = None
    error: BaseException | None = None

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> bool:
        self.error = error
        return True
