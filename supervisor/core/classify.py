"""classify(ending) -> Verdict: what happened, and on what evidence.

The rules stand in the table; what is here is their order. An error counts only by its own
anchored text, never by words inside an answer or a tool result, and never by
``stop_reason: stop_sequence``, which every client-made entry carries.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .ending import ApiError, Ending, Exit
from .rows import Remedy, Row
from .table import FAILED, FINISHED, USER_LEFT, row_of_error, row_of_process, ward

QUOTED = 200  # characters of an error, at the most


@dataclass(frozen=True, slots=True)
class Verdict:
    row: Row
    evidence: str

    @property
    def remedy(self) -> Remedy:
        return self.row.remedy

    @property
    def is_death(self) -> bool:
        """Something is to be done about it."""
        return self.remedy not in (Remedy.FINISH, Remedy.HAND)


def classify(ending: Ending, own: Sequence[Row] = ()) -> Verdict:
    """The verdict on an ending; `own` are the user's rows.

    Raises KeyError for an ending that is condemned by no ward of the table.
    """
    error, exit = ending.error, ending.exit
    if ending.user_left:
        return Verdict(USER_LEFT, "the user left")
    if ending.condemned is not None:
        return Verdict(ward(ending.condemned), _figures(ending))
    if ending.turn_open and (error is None or _is_crash(exit)):
        found = row_of_process(ending, own)
        if found is not None:
            return Verdict(found, f"{exit}, with a request still unanswered{_beside(ending)}")
    if error is not None:
        return Verdict(row_of_error(error, own), _quote(error, exit))
    if exit is None or exit.returncode == 0:
        return Verdict(FINISHED, str(exit or "alive at its prompt"))
    return Verdict(FAILED, str(exit))


def _is_crash(exit: Exit | None) -> bool:
    return exit is not None and exit.deadly_signal is not None


def _beside(ending: Ending) -> str:
    told = ""
    if ending.oom_kills:
        told += f"; the kernel counts {ending.oom_kills} more oom_kill in its cgroup"
    if ending.under_way:
        told += f"; under way: {ending.under_way[:120]}"
    return told


def _figures(ending: Ending) -> str:
    return f"{ending.screen or 'by its figures'}; {ending.exit or 'process alive'}"


def _quote(error: ApiError, exit: Exit | None) -> str:
    where = "last entry" if error.source == "transcript" else "StopFailure hook"
    state = f"process: {exit}" if exit else "process alive at its prompt, turn dead"
    return f'{where}: "{_short(error.text.strip())}"; {state}'


def _short(text: str) -> str:
    """Head and tail: Claude Code puts advice first, and what the service said last."""
    return text if len(text) <= QUOTED else f"{text[: QUOTED // 2]} … {text[-QUOTED // 2 :]}"
