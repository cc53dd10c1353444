"""What was said and done, oldest first, each line with its worth."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from .digest import Digest
from .digest.failures import RUNNERS, is_failure, telling_lines
from .digest.files import WRITES
from .digest.words import REFUSED
from .plan.budget import elide, tokens
from .plan.pack import Item
from .record import Call

# Commands that look and change nothing, by their first word.
LOOKS = re.compile(
    r"^(?:ls|cat|head|tail|less|grep|rg|ag|find|fd|pwd|cd|echo|printf|wc|which|type|sleep|true|tree"
    r"|stat|file|du|df|env|printenv|date|whoami|ps|jq|awk|sort|uniq|diff|test|man|sed -n|history"
    r"|git (?:status|diff|log|show|branch(?: -\w+)?$|remote|blame|ls-files|rev-parse|stash list)"
    r"|curl(?!.*(?:-X|--request|-d\b|--data|-F\b|-T\b|--upload))"
    r"|(?:docker|kubectl|podman|helm|systemctl|gh|aws|gcloud|az|terraform)\b.*\b(?:logs?|ps|get|list|ls"
    r"|describe|inspect|show|status|top|events|images|plan|view|output|history))\b"
)
# What git is told all day, and what is told of it elsewhere.
GIT = re.compile(r"^git (?:add|checkout|commit|stash|switch|restore|fetch)\b")
# Commands that change something outside a file, wherever they stand.
ACTS = re.compile(
    r"\b(?:migrat\w*|upgrade|downgrade|deploy\w*|apply|install|uninstall|publish|release|push|pull|clone"
    r"|merge|rebase|reset|checkout|cherry-pick|revert|stash|tag|commit|create\w*|delete|destroy|drop"
    r"|restart|start|stop|reload|seed|import|export|restore|backup|dump|init|login|scale|rollout|kill"
    r"|chmod|chown|mkdir|ln|curl|wget|ssh|scp|rsync|docker|kubectl|helm|terraform|aws|gcloud|az|psql"
    r"|mysql|redis-cli|alembic|make|build|compile|generate|codegen|patch|bump|sync|run|add|remove"
    r"|enable|disable|grant|revoke|set|send|playbook|rename|provision)\b",
    re.IGNORECASE,
)
LEADING = re.compile(r"^(?:cd \S+ (?:&&|;) |(?:[A-Z_]+=\S+ )+|sudo |time |timeout \S+ )+")
TASKS = ("TodoWrite", "TaskCreate", "TaskUpdate", "TaskList", "TaskGet", "Task", "Agent")
AMPLE = 0.3  # of the room: where the lines take less, none is left out
LEAST = 40.0  # worth of an old line, where there are more
NEAR = 30  # calls from the end: their outputs are shown at length
NEWEST, SHORT, LONGEST = 1_500, 300, 8_000  # characters of an output
LONGEST_CALL = 240  # characters
USUAL, DOUBLED = 20, 4.0  # tokens of a line, and the worth that one of twice as many loses


@dataclass(frozen=True, slots=True)
class Line:
    """A line, and the number of its step."""

    at: int
    item: Item


def timeline(digest: Digest, shown: Collection[str] = (), room: int = 6_000) -> list[Line]:
    """The lines in order. `room`: tokens of the context; `shown`: entries that stand elsewhere."""
    last = max(1, len(digest.steps) - 1)
    found = []
    for note in digest.notes:
        step = digest.steps[note.at]
        if step.entry in shown:
            continue
        by_agent = isinstance(step, Call)
        worth = _note_worth(note.worth + (1.0 if by_agent else 0.0), note.at / last)
        lead = "subagent: " if by_agent else "said: "
        found.append(Line(note.at, Item(note.text, worth, group=note.at, lead=lead)))
    made: dict[tuple[str, str], list[int]] = {}
    for at, step in enumerate(digest.steps):
        if isinstance(step, Call) and not _is_elsewhere(step) and step.entry not in shown:
            made.setdefault((step.name, step.brief), []).append(at)
    shape = {key: _shape(key[1]) for key in made}
    shapes = Counter(shape.values())
    told: set[str] = set()
    length = max(SHORT, min(LONGEST, 2 * room // max(1, len(made))))
    for key, times in made.items():
        alike = shapes[shape[key]] / max(4.0, len(made) / 60)
        found += _of_call(digest, times, alike, length, told)
    found.sort(key=lambda line: line.at)
    weighed = [replace(line, item=_by_cost(line.item)) for line in found]
    if sum(tokens(line.item.text) for line in weighed) <= room * AMPLE:
        return weighed
    return [line for line in weighed if line.item.worth >= _least(line.at / last)]


def _least(nearness: float) -> float:
    """What is old and of little worth is not handed on, although there may be room."""
    return LEAST * min(1.0, 2.5 * (1.0 - nearness))


def _by_cost(item: Item) -> Item:
    """What takes twice the room has to be worth more."""
    return replace(
        item, worth=item.worth - DOUBLED * math.log2(max(1.0, tokens(item.text) / USUAL))
    )


def _is_elsewhere(call: Call) -> bool:
    """In the task list, among the subagents, or among the user's words."""
    refused = call.failed and call.result is not None and call.result.head.startswith(REFUSED)
    return call.name in TASKS or refused


def _shape(command: str) -> str:
    """A command without what varies in it."""
    return " ".join(re.findall(r"(?<![\w./:@=-])-{0,2}[a-zA-Z]{2,}(?![\w./:@=-])", command))[:80]


def _note_worth(worth: float, nearness: float) -> float:
    return min(84.0, 24.0 + 7.0 * worth + 4.0 * nearness)


def _of_call(
    digest: Digest, times: list[int], alike: float, length: int, told: set[str]
) -> list[Line]:
    """A call that was made at each of `times`: how it went at last, and each way it failed.

    `alike`: how many commands have its shape, by what is usual; `length`: characters of an
    output; `told`: the reasons that have been told.
    """
    last = max(1, len(digest.steps) - 1)
    runs = [(at, step) for at in times if isinstance(step := digest.steps[at], Call)]
    found = []
    for at, run in runs:
        if not is_failure(run):
            continue
        lines = telling_lines((run.output or "").strip())
        reason = " / ".join(lines)
        if not lines or reason in told:
            continue
        told.add(reason)
        passed = not is_failure(runs[-1][1])
        text = f"{_call(run)} -> FAILED{' (ok later)' if passed else ''}: {reason}"
        worth = 40.0 if passed and RUNNERS.search(run.brief) else 66.0
        worth += 6.0 * at / last
        shown = _detail(run, _length(at, last, length))
        found.append(Line(at, Item(text, worth, shown, _detail_worth(run, at / last))))
    at, run = runs[-1]
    if is_failure(run) and found:
        return found
    text = _call(run) + (f" ({len(runs)}x)" if len(runs) > 1 else "")
    if run.result is None:
        text += " -> no result: it was under way when the session ended"
    else:
        text += " -> FAILED" if is_failure(run) else " -> ok"
    worth = worth_of(run) - 8.0 * math.log(max(1.0, alike)) + 6.0 * at / last
    shown = _detail(run, _length(at, last, length))
    return [*found, Line(at, Item(text, worth, shown, _detail_worth(run, at / last)))]


def _length(at: int, last: int, usual: int) -> int:
    """Characters of an output: of the newest calls more is shown."""
    return max(NEWEST, usual) if at > last - NEAR else usual


def _call(call: Call) -> str:
    return f"{call.name} `{elide(call.brief, LONGEST_CALL)}`"


def _detail(call: Call, length: int) -> str:
    """The output, indented."""
    shown = elide((call.output or "").strip(), length)
    return "\n".join(f"    {line}" for line in shown.splitlines())


def worth_of(call: Call) -> float:
    """How much it matters that a call was made, from 0 to 100."""
    if call.name in WRITES:
        return 24.0  # the file stands in its own part
    if call.name != "Bash":
        return 8.0 if call.name in ("Read", "Grep", "Glob", "LS") else 40.0
    command = LEADING.sub("", call.brief)
    if LOOKS.match(command) or GIT.match(command):
        return 12.0 if not re.search(r"&&|;|>|\|", command) else 20.0
    if RUNNERS.search(command):
        return 40.0
    return 72.0 if ACTS.search(command) else 64.0


def _detail_worth(call: Call, near: float) -> float:
    return 20.0 * near + (20.0 if is_failure(call) else 10.0 if call.name == "Bash" else 0.0)
