"""``ccsup inspect``: what is in a transcript, how it ended, what ccsup would do."""

from __future__ import annotations

import json
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .plot import marks, sparkline
from .transcripts import means_for, order_of, put, settings_of, transcript

if TYPE_CHECKING:
    from ..compaction.offline import Offline, Read
    from ..settings import Settings

NARROWEST, WIDEST = 40, 100  # columns
INDENT = 12
MOST = 12  # lines of a list, for a person


@click.command("inspect", short_help="What is in a transcript, and how it ended.")
@click.option("--json", "as_json", is_flag=True, help="The same as JSON, the lists in full.")
@click.argument("source", metavar="[FILE|SESSION]", required=False)
@click.pass_context
def inspect_transcript(context: click.Context, as_json: bool, source: str | None) -> None:
    """Print what is in a transcript: when and how long, its calls, files and commits, its context
    over time, what fills it, its cost by list price, how it ended, and what ccsup would do.

    FILE is a transcript; SESSION an id, or its first characters (4 at least); without either it
    is the newest transcript of this project. No model is asked, and nothing changed.

    \b
    ccsup inspect                    the newest session of this project
    ccsup inspect 3f2a               the session whose id begins so
    ccsup inspect --json 3f2a | jq .ending

    \b
    The keys of --json: version (1), session, transcripts [{path, size}], missing, cwd,
    claude_version, models {name: answers}, sessions, began, last (ISO 8601), seconds, entries,
    answers, user_messages, tool_calls {name: count}, files_changed [{path, told}], files_read,
    commits [{hash, subject}], compactions [{at, by, trigger, tokens_before, tokens_after}],
    unreadable_lines, usage {kind: tokens}, cost (US dollars), context {now, largest,
    points [{at, tokens}]}, outputs {tool: tokens}, largest_outputs [{call, tokens}],
    ending {row, told, evidence, remedy, then, at, pid}, compaction {budget, tokens_before,
    tokens_after, parts [{name, title, tokens, kept, left_out}]}.

    Exit codes: 66 there is no such transcript, 2 it is not clear which one.
    """
    from ..compaction import offline

    path = transcript(source)
    settings = settings_of(context)
    order = order_of(path, settings, with_model=False)
    means = means_for(order, settings)
    read = offline.read([Path(each) for each in order.transcripts], means.redact)
    found = as_data(path, settings, read, offline.context(order, means, read))
    if as_json:
        put(json.dumps(found, indent=1, ensure_ascii=False))
        return
    width = max(NARROWEST, min(WIDEST, shutil.get_terminal_size().columns))
    put("\n".join(_page(found, width, plain=not _draws())), page=True)


def as_data(path: Path, settings: Settings, read: Read, made: Offline) -> dict[str, Any]:
    """All that is known, in the shape of --json."""
    from ..claude.ended import ended
    from ..claude.follow import size
    from ..claude.locate import lineage
    from ..run.living import living_pid

    record, known, story = read.record, read.digest, read.story
    end = ended(path, settings.rows)
    row = end.verdict.row
    times = record.first_at, record.last_at
    files = known.files.items()
    return {
        "version": 1,
        "session": path.stem,
        "transcripts": [{"path": str(each), "size": size(each)} for each in lineage(path)],
        "missing": [str(each) for each in record.missing],
        "cwd": record.cwd,
        "claude_version": record.version,
        "models": dict(story.models.most_common()),
        "sessions": story.sessions,
        "began": _iso(times[0]),
        "last": _iso(times[1]),
        "seconds": round(times[1] - times[0], 3) if times[0] and times[1] else None,
        "entries": record.entries,
        "answers": story.answers,
        "user_messages": len(known.words),
        "tool_calls": dict(story.calls.most_common()),
        "files_changed": [{"path": name, "told": f.told} for name, f in files if f.is_changed],
        "files_read": [name for name, file in files if not file.is_changed],
        "commits": [{"hash": name, "subject": subject} for name, subject in known.commits],
        "compactions": [
            {
                "at": _iso(each.at),
                "by": each.by,
                "trigger": each.trigger,
                "tokens_before": each.before,
                "tokens_after": each.after,
            }
            for each in story.compactions
        ],
        "unreadable_lines": record.skipped,
        "usage": dict(story.usage),
        "cost": round(story.cost, 6),
        "context": {
            "now": story.now,
            "largest": story.largest,
            "points": [{"at": _iso(each.at), "tokens": each.tokens} for each in story.points],
        },
        "outputs": {name: size for name, size in story.outputs.most_common() if size},
        "largest_outputs": [{"call": call, "tokens": size} for size, call in record.largest],
        "ending": {
            "row": row.name,
            "told": row.told,
            "evidence": end.verdict.evidence,
            "remedy": row.remedy.value,
            "then": row.remedy.told,
            "at": _iso(end.at),
            "pid": living_pid(os.environ, path.stem),
        },
        "compaction": made.as_data(),
    }


def _page(found: dict[str, Any], width: int, *, plain: bool) -> Iterator[str]:
    from ..core.backoff import duration
    from ..core.wording import size

    def line(title: str, text: str, before: str = "") -> str:
        whole = f"{title:<{INDENT}}{before}{' '.join(text.split())}"
        return whole if len(whole) <= width else f"{whole[: width - 3]}..."

    def wrapped(title: str, text: str) -> Iterator[str]:
        for at, each in enumerate(textwrap.wrap(text, width - INDENT) or [""]):
            yield f"{'' if at else title:<{INDENT}}{each}"

    end, sizes = found["ending"], found["compaction"]
    yield f"{'session':<{INDENT}}{found['session']}"
    for each in found["transcripts"]:
        yield f"{'transcript':<{INDENT}}{each['path']} ({size(each['size'])})"  # to be copied
    lasted = f", {duration(found['seconds'])}" if found["seconds"] else ""
    yield line("when", f"{_short(found['began'])} to {_short(found['last'])}{lasted}")
    yield line("where", f"{found['cwd']}; Claude Code {found['claude_version'] or 'unknown'}")
    models = ", ".join(f"{name} ({count:,})" for name, count in found["models"].items())
    yield line("models", models or "no answer")
    counts = (
        (found["user_messages"], "user message"),
        (found["answers"], "answer"),
        (found["unreadable_lines"], "unreadable line"),
    )
    told = ", ".join(_counted(*each) for each in counts)
    yield line("holds", f"{found['entries']:,} entries, {told}")
    calls = ", ".join(f"{name} {count:,}" for name, count in found["tool_calls"].items())
    yield line("calls", calls or "none")
    changed = [f"{each['path']}: {each['told']}" for each in found["files_changed"]]
    commits = [f"{each['hash']} {each['subject']}" for each in found["commits"]]
    for title, texts in {"changed": changed, "commits": commits}.items():
        for at, text in enumerate(texts[-MOST:]):
            yield line("" if at else title, text)
        if len(texts) > MOST:
            yield line("", f"and {len(texts) - MOST} more before them")
    yield line("read", _counted(len(found["files_read"]), "file"))
    yield line("cost", f"${found['cost']:,.2f} by list price")
    yield ""
    yield from _context(found, width, line, plain=plain)
    yield ""
    running = f"; a claude still runs it (pid {end['pid']})" if end["pid"] else ""
    yield from wrapped("ended", f"{_short(end['at'])}, {end['row']}: {end['told']}")
    yield from wrapped("evidence", f"{end['evidence']}{running}")
    yield from wrapped("then", end["then"])
    yield ""
    yield line(
        "compacted",
        f"about {sizes['tokens_before']:,} tokens become {sizes['tokens_after']:,} without a model",
    )
    for part in sizes["parts"]:
        left = f", {part['left_out']} left out" if part["left_out"] else ""
        yield line("", f"{part['title']}{left}", f"{part['tokens']:>7,}  ")


def _context(found: dict[str, Any], width: int, line: Any, *, plain: bool) -> Iterator[str]:
    """The context over time, and what fills it."""
    told = found["context"]
    points = told["points"]
    room = width - INDENT
    if points:
        values = [point["tokens"] for point in points]
        yield f"{'context':<{INDENT}}{sparkline(values, room, plain=plain)}"
        times = [each["at"] for each in found["compactions"] if each["at"]]
        behind = [sum((point["at"] or "") < time for point in points[:-1]) for time in times]
        if behind:
            yield f"{'':<{INDENT}}{marks(behind, len(points), room)}".rstrip()
            word = "compaction" if len(behind) == 1 else "compactions"
            yield line("", f"^ {len(found['compactions'])} {word}")
        yield line("", f"{told['now']:,} tokens at the end, {told['largest']:,} at its largest")
    else:
        yield line("context", "no answer tells of its tokens")
    for at, each in enumerate(found["largest_outputs"]):
        yield line("" if at else "filled by", each["call"], f"{each['tokens']:>7,}  ")


def _counted(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _iso(at: float | None) -> str | None:
    if at is None:
        return None
    try:
        return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds")
    except (ValueError, OverflowError, OSError):  # a year that no calendar has
        return None


def _short(iso: str | None) -> str:
    """The time in the user's own zone."""
    if iso is None:
        return "unknown"
    try:
        return f"{datetime.fromisoformat(iso).astimezone():%Y-%m-%d %H:%M:%S}"
    except (ValueError, OverflowError, OSError):  # at an end of the calendar
        return iso


def _draws() -> bool:
    """Whether the blocks of a sparkline can be shown."""
    coding = (sys.stdout.encoding or "").lower().replace("-", "")
    return coding == "utf8" and os.environ.get("TERM") not in ("dumb", "linux")
