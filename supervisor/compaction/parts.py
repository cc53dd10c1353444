"""The facts as parts of the next context, each piece with its worth.

From 0 to 100: the user's words and what must never be lost (rules, what is open) come first; then
what was changed; then what was decided and what failed; then the rest.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .digest import Digest
from .digest.words import Rule
from .merge import heading, standing, with_earlier
from .plan.budget import elide, fit, tokens
from .plan.pack import Item, Part
from .plan.spoken import shortened
from .timeline import timeline

SHORT = 48  # tokens of a message, at the least
MARK = 12  # tokens of the words that say what is left out
WORDS_TARGET = 0.28  # of the room: what the user's messages take, the longest shortened for it
WORDS_SHARE = 0.45  # and what they may take where all are short
READ = 40  # files
LONGEST_LINE = 300  # characters


def parts(digest: Digest, budget: int, tree: str, shown: Collection[str] = ()) -> list[Part]:
    """The parts in their order. `tree`: the work tree now; `shown`: see `timeline`."""
    kept = digest.before
    found = [
        *of_user(digest.words, digest.rules, budget),
        Part("under_way", _under_way(digest), 0.1),
        Part("failure", _failure(digest, budget), 0.25),
        Part("tasks", _tasks(digest), 0.25),
        Part("files", _files(digest), 0.25),
        Part("tests", _tests(digest), 0.15),
        Part("commits", _ranked([f"{name} {what}" for name, what in digest.commits], 74, 80), 0.2),
        Part("background", _background(digest), 0.1),
        Part("agents", _agents(digest), 0.2),
        Part("values", _values(digest), 0.2),
        Part("done", tuple(line.item for line in timeline(digest, shown, budget)), 0.6),
        Part("read", _read(digest), 0.05),
        Part("tree", _tree(tree), 0.15),
    ]
    if kept is None:
        return found
    return [with_earlier(part, standing(digest, part.key, kept.lines(part.key))) for part in found]


def of_user(words: Sequence[str], rules: Sequence[Rule], budget: int) -> list[Part]:
    """Every message, word for word as long as its share allows; else the rules in them first.

    Where it does not, the first message comes before the newest ones and these before the rest;
    what is too long is shortened in its middle.
    """
    limit = int(WORDS_SHARE * budget)
    sizes = [tokens(message) + 4 for message in words]
    first = min(sizes[0], limit * 2 // 3) if sizes else 0
    target = int(WORDS_TARGET * budget)
    longest = level(sizes[1:], target - min(first, target // 2), SHORT)
    items = []
    for at, message in enumerate(words):
        most = first if at == 0 else longest
        worth = 100.0 if at == 0 else 98.0 + at / len(words)
        items.append(Item(_cut(f"[{at + 1}] {message}", most), worth, vital=at == 0))
    kept = _kept(items, limit)
    pinned = [
        Item(rule.text, 99.0 if rule.forbids else 95.0, unless=rule.text, vital=rule.forbids)
        for rule in rules
        if rule.at not in kept or rule.text not in items[rule.at].text
    ]
    return [Part("words", tuple(items), WORDS_SHARE), Part("rules", tuple(pinned), 0.35)]


def _cut(text: str, most: int) -> str:
    return text if tokens(text) <= most else shortened(text, most - MARK)


def level(sizes: Sequence[int], limit: int, least: int) -> int:
    """The most that each may have so that all fit into `limit`; the longest give way."""
    left, room = len(sizes), limit
    for size in sorted(sizes):
        if size * left > room:
            return max(least, room // left)
        room -= size
        left -= 1
    return max(sizes, default=least)


def _kept(items: Sequence[Item], limit: int) -> set[int]:
    """The messages that there is room for: the first, then the newest."""
    found: set[int] = set()
    room = limit
    for at in (0, *range(len(items) - 1, 0, -1)) if items else ():
        cost = tokens(items[at].text) + 1
        if cost <= room:
            room -= cost
            found.add(at)
    return found


def _ranked(texts: Sequence[str], oldest: float, newest: float) -> tuple[Item, ...]:
    step = (newest - oldest) / max(1, len(texts) - 1)
    return tuple(
        Item(elide(text, LONGEST_LINE), newest - step * (len(texts) - 1 - at))
        for at, text in enumerate(texts)
    )


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _under_way(digest: Digest) -> tuple[Item, ...]:
    call = digest.under_way
    return (Item(heading(call), 98.0, vital=True),) if call else ()


def _failure(digest: Digest, budget: int) -> tuple[Item, ...]:
    call = digest.last_failure
    if call is None:
        return ()
    head = heading(call)
    output = (call.output or "").strip()
    full, short = (
        f"{head}\n{_indented(fit(output, limit))}" for limit in (budget // 8, budget // 20)
    )
    return (Item(full, 97.0, short=short, vital=True),)


def _tasks(digest: Digest) -> tuple[Item, ...]:
    return tuple(
        Item(f"[{status}] {elide(what, LONGEST_LINE)}", 45.0 if done else 98.0, vital=not done)
        for status, what in digest.todos
        for done in (status == "completed",)
    )


def _files(digest: Digest) -> tuple[Item, ...]:
    changed = [f"{path}: {file.told}" for path, file in digest.files.items() if file.is_changed]
    return _ranked(changed, 80, 87)


def _read(digest: Digest) -> tuple[Item, ...]:
    return _ranked(
        [path for path, file in digest.files.items() if not file.is_changed][-READ:], 9, 18
    )


def _tests(digest: Digest) -> tuple[Item, ...]:
    found = []
    for run in digest.runs:
        names = ", ".join(run.failing[:20])
        state = "passing" if run.passed else "failing"
        text = f"{state}: `{elide(run.command, 160)}`"
        text += f" -> {run.told}" if run.told else ""
        text += f"; failing: {names}" if names else ""
        found.append(Item(text, 50.0 if run.passed else 89.0))
    return tuple(found)


def _background(digest: Digest) -> tuple[Item, ...]:
    found = []
    for task in digest.background:
        words = " ".join(task.words.split())
        text = f"`{elide(task.command, 200)}` ({task.id}): {task.state}"
        text += f": {elide(words, 200)}" if words else ""
        good = task.state in ("completed", "running when last seen")
        found.append(Item(text, 62.0 if good else 88.0))
    return tuple(found)


def _agents(digest: Digest) -> tuple[Item, ...]:
    """What each was asked; what it returned stands, as far as it matters, in the timeline."""
    found = []
    for agent in digest.agents:
        if agent.returned is None:
            found.append(Item(f"{agent.asked} -> nothing yet", 85.0))
            continue
        words = elide(" ".join(agent.returned.split()), 900)
        state = "FAILED" if agent.failed else "returned"
        found.append(Item(f"{agent.asked} -> {state}", 70.0, f"    {words}", 30.0))
    return tuple(found)


def _values(digest: Digest) -> tuple[Item, ...]:
    return tuple(
        Item(
            value.line if value.name in value.line else f"{value.name} — {value.line}",
            36.0 + 4.5 * value.worth,
            unless=value.name,
        )
        for value in digest.values
    )


def _tree(tree: str) -> tuple[Item, ...]:
    if not tree:
        return ()
    return (Item(_indented(tree), 56.0, short=_indented(fit(tree, 120))),)
