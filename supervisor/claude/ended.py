"""How a session ended, by its transcript alone: read from the end, at any size at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..core.classify import Verdict, classify
from ..core.ending import Ending, Exit
from ..core.rows import Row
from .branch import NewestFirst
from .entries import Entry
from .tally import Tally
from .watch import opens

MOST = 2_000  # entries that are looked at, where none of them decides
QUOTED = 120  # characters


@dataclass(frozen=True, slots=True)
class Ended:
    """The verdict on a session whose process is gone, as far as it can be known.

    `at`: seconds since the epoch of its last entry. `version`: of the Claude Code that wrote it.
    """

    verdict: Verdict
    at: float | None = None
    version: str | None = None


def ended(path: Path, own: Sequence[Row] = ()) -> Ended:
    """Read the newest entries and judge them; `own` are the user's rows. Raises OSError.

    How the process ended is not written down: a request that is still unanswered, with no error
    behind it, counts as a silent exit.
    """
    newest = _newest(path)
    turn_open, tally = True, Tally()
    for entry in reversed(newest):
        turn_open = opens(entry, turn_open)
        tally.note(entry)
    # behind what the terminal's own commands have left: an error before them is still the last word
    last = next((entry for entry in newest if entry.is_answer or _decides(entry)), None)
    under_way = "; ".join(tally.open_calls.values()) or tally.cut_short
    error = last.api_error if last else None
    ending = Ending(
        exit=Exit() if turn_open and error is None else None,
        turn_open=turn_open,
        error=error,
        under_way=under_way,
    )
    verdict = replace(classify(ending, own), evidence=_evidence(ending, own, last))
    version = last.raw.get("version") if last else None
    return Ended(verdict, last.at if last else None, version if isinstance(version, str) else None)


def _newest(path: Path) -> list[Entry]:
    """The last response, what came behind it, and what it takes to know whether it was all."""
    found: list[Entry] = []
    response: object = None
    for entry in NewestFirst(path):
        if len(found) >= MOST:
            break
        if not entry.on_main_chain or entry.is_summary or entry.raw.get("ccsup") is not None:
            continue
        elsewhere = entry.message.get("id") != response and not entry.is_tool_result
        if response is not None and elsewhere:
            break
        found.append(entry)
        if entry.type == "user" and not entry.is_tool_result and _decides(entry):
            break
        if entry.is_answer and _decides(entry):
            response = entry.message.get("id")
    return found


def _decides(entry: Entry) -> bool:
    """Whether it tells by itself that a request is open, or that none is."""
    return opens(entry, True) == opens(entry, False)


def _evidence(ending: Ending, own: Sequence[Row], last: Entry | None) -> str:
    if last is None:
        return "nothing came of it since ccsup has compacted it"
    if ending.error is not None:
        return classify(ending, own).evidence.rpartition("; process")[0]
    words = " ".join(last.text.split())
    shown = words if len(words) <= QUOTED else f"{words[:QUOTED]}…"
    if last.is_tool_result:
        told = "last entry: a tool's result"
    elif last.tool_calls:
        told = "last entry: a tool call without a result"
    else:
        told = f'last entry, of the {"user" if last.type == "user" else "model"}: "{shown}"'
    if not ending.turn_open:
        return told
    doing = f"; under way: {ending.under_way[:QUOTED]}" if ending.under_way else ""
    return f"a request still unanswered; {told}{doing}"
