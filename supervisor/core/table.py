"""The table of endings: each way in which a session ends, its evidence and its remedy.

The first row that fits counts: an error's own words before its kind or status, an error before
the way in which the process ended. A user's own rows stand before these.
"""

from __future__ import annotations

import signal
from collections.abc import Sequence

from .ending import ApiError, Ending
from .errors import ERRORS, UNKNOWN
from .rows import Remedy, Row

# What asks a process to end in good order; whoever sends it means it.
ASKED_TO_END = frozenset({signal.SIGHUP, signal.SIGINT, signal.SIGQUIT, signal.SIGTERM})
# Bun's own crashes come as SIGILL, SIGTRAP or SIGBUS too.
CRASHES = frozenset(
    {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP, signal.SIGFPE}
)
HEAP = r"(?i)heap out of memory|Ineffective mark-compacts|RangeError: Out of memory"
SELF_KILL = r"\b(?:pkill|killall|kill|taskkill)\b"

FINISHED = Row("finished", Remedy.FINISH, "The session has ended.")
FAILED = Row("failed", Remedy.FINISH, "Claude Code has ended with an error.")
USER_LEFT = Row("the user left", Remedy.FINISH, "The user has left the session.")

PROCESSES = (
    Row(
        "JavaScript heap exhausted",
        Remedy.COMPACT,
        "Claude Code ran out of memory in the middle of the job.",
        signals=CRASHES,
        screen=HEAP,
        of_size=True,
        source="#1421, #2278: Node's own limit",
    ),
    Row(
        "killed by the kernel for memory",
        Remedy.RESUME,
        "The kernel has killed Claude Code for the memory that it used.",
        signals=frozenset({signal.SIGKILL}),
        oom_killed=True,
        source="#4953, #11315, #86712",
    ),
    Row(
        "killed in the middle of a turn",
        Remedy.RESUME,
        "Claude Code was killed in the middle of the job.",
        signals=frozenset({signal.SIGKILL}),
        source="#54847",
    ),
    Row(
        "crashed in the middle of a turn",
        Remedy.RESUME,
        "Claude Code crashed: it was killed in the middle of the job.",
        signals=CRASHES,
        source="#10021, #62747: Bun",
    ),
    Row(
        "killed by its own command",
        Remedy.RESUME,
        "A command of the session has ended Claude Code itself.",
        signals=ASKED_TO_END,
        under_way=SELF_KILL,
        source="#3068, #13941",
    ),
    Row(
        "asked to end",
        Remedy.HAND,
        "Somebody has asked Claude Code to end in the middle of the job.",
        signals=ASKED_TO_END,
    ),
    Row(
        "not read",
        Remedy.FINISH,
        "Nobody reads what Claude Code writes.",
        signals=frozenset({signal.SIGPIPE}),
    ),
    Row(
        "silent exit",
        Remedy.RESUME,
        "Claude Code ended in the middle of the job and said nothing.",
        silent=True,
        source="#30959, #76293, #64063",
    ),
)

WARDS = (
    Row(
        "hang",
        Remedy.RESUME,
        "Claude Code stood still in the middle of the job.",
        ward=True,
        source="#26224, #20572, #94252",
    ),
    Row(
        "memory limit",
        Remedy.RESUME,
        "Claude Code has outgrown the memory that it may use.",
        ward=True,
        source="#86712",
    ),
    Row(
        "context threshold",
        Remedy.COMPACT,
        "The context has reached its threshold.",
        ward=True,
        source="#64802: Claude Code's own compaction did not come",
    ),
)

ROWS = (*ERRORS, UNKNOWN, *PROCESSES, *WARDS, USER_LEFT, FINISHED, FAILED)
PLANNED = frozenset({"memory limit", "context threshold"})  # wards that no death has called


def row_of_error(error: ApiError, own: Sequence[Row] = ()) -> Row:
    """The row of an error; `own` are the user's rows, which come before all others."""
    for rows in (own, ERRORS):
        by_text = (row for row in rows if row.is_told_by(error))
        by_kind = (row for row in rows if row.is_named_by(error))
        found = next(by_text, None) or next(by_kind, None)
        if found is not None:
            return found
    return UNKNOWN


def row_of_process(ending: Ending, own: Sequence[Row] = ()) -> Row | None:
    """The row of a process that ended in the middle of a turn."""
    return next((row for row in (*own, *PROCESSES) if row.is_shown_by(ending)), None)


def ward(name: str) -> Row:
    """The row of one of ccsup's own reasons for ending the child; KeyError for none."""
    return {row.name: row for row in WARDS}[name]


def is_left(error: ApiError, own: Sequence[Row] = ()) -> bool:
    """Whether an error is none that ccsup does anything about."""
    return row_of_error(error, own).remedy in (Remedy.FINISH, Remedy.HAND)
