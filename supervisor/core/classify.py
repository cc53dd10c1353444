"""classify(ending) -> Verdict: what happened, and on what evidence.

The rules stand in order; the first that speaks wins. An error counts only by its
own anchored text, never by words inside an answer or a tool result, and never by
``stop_reason: stop_sequence``, which every client-made entry carries.
"""

from __future__ import annotations

import re
import signal
from dataclasses import dataclass
from enum import Enum

from .ending import ApiError, Ending, Exit


class Cause(Enum):
    FINISHED = "finished"
    OUT_OF_MEMORY = "out of memory"
    KILLED = "killed in the middle of a turn"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Verdict:
    cause: Cause
    evidence: str

    @property
    def is_death(self) -> bool:
        return self.cause in (Cause.OUT_OF_MEMORY, Cause.KILLED)


# anthropics/claude-code#51754: "API Error: Out of memory". Claude Code puts an HTTP
# status before the message where there was one ("API Error: 400 Out of memory"), and
# older versions the JSON body; JavaScriptCore's own name for it is "RangeError".
OUT_OF_MEMORY = re.compile(
    r"(?:API Error:?\s*)?(?:\(?\d{3}\)?\s*)?(?:\{.{0,200}?\"message\"\s*:\s*\"|\S*Error: )?"
    r"(?:JavaScript heap )?out of memory\b",
    re.IGNORECASE | re.DOTALL,
)

# A crash or a kill, not a request to stop: those are TERM, HUP, INT and QUIT.
# Bun's own crashes come as SIGILL, SIGTRAP or SIGBUS too.
CRASHES = frozenset(
    {
        signal.SIGKILL,
        signal.SIGABRT,
        signal.SIGSEGV,
        signal.SIGBUS,
        signal.SIGILL,
        signal.SIGTRAP,
    }
)


def is_out_of_memory(error: ApiError | None) -> bool:
    return error is not None and OUT_OF_MEMORY.match(error.text.lstrip()) is not None


def classify(ending: Ending) -> Verdict:
    """The verdict on an ending; total, raises nothing."""
    error, exit = ending.error, ending.exit
    if ending.user_left:
        return Verdict(Cause.FAILED if error else Cause.FINISHED, "the user left")
    if error is not None and is_out_of_memory(error):
        return Verdict(Cause.OUT_OF_MEMORY, _quote(error, exit))
    if exit is not None and ending.turn_open and exit.deadly_signal in CRASHES:
        return Verdict(Cause.KILLED, f"{exit}, with a request still unanswered")
    if error is not None:
        return Verdict(Cause.FAILED, _quote(error, exit))
    if exit is None or exit.returncode == 0:
        return Verdict(Cause.FINISHED, str(exit or "alive at its prompt"))
    return Verdict(Cause.FAILED, str(exit))


def _quote(error: ApiError, exit: Exit | None) -> str:
    where = "last entry" if error.source == "transcript" else "StopFailure hook"
    state = f"process: {exit}" if exit else "process alive at its prompt, turn dead"
    return f'{where}: "{error.text.strip()[:200]}"; {state}'
