"""compose: the text that the next session begins with, in its four parts.

The user's own words first, then what code knows, then the model's narrative; the newest
rounds follow as entries (plan.tail), or as text where there is no rebuilt file.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from .digest import Call, Digest, Said
from .plan import Budget, elide, fit, tokens

SHORTENINGS = (4_000, 2_000, 1_000, 500, 240, 120, 60, 0)  # characters of an output
SHORT = 60  # tokens of a message, at the least
LONGEST_RULE = 300  # characters
RULES = ("never", "don't", "do not", "must", "only", "always", "avoid", "without", "keep", "no ")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What is known outside the conversation."""

    reason: str  # how the session ended
    transcripts: Sequence[str] = ()
    tree: str = ""  # the work tree now, as git tells it
    culprits: Sequence[str] = ()  # what filled the context, a line each


def compose(
    digest: Digest,
    narrative: str,
    around: Surroundings,
    budget: Budget,
    shown: Collection[str] = (),
) -> str:
    """The context, within about `budget.total` tokens less the tail's share.

    `shown`: uuids of the entries that stand in the tail; the record leaves them out.
    """
    user = user_words(digest.user_words, budget.user_words)
    facts = _facts(digest, around, budget.total // 4)
    told = re.sub(r"^#", "##", fit(narrative, budget.narrative), flags=re.MULTILINE)
    room = budget.total - budget.tail - tokens(user) - tokens(facts) - tokens(told)
    parts = [
        _opening(around),
        _section("The user's own words, in full and in order", user),
        _section("Earlier summary", _earlier(digest, room // 3)),
        _section("What was done, recorded by code", record(digest, max(100, room), shown)),
        _section("State of the work", facts),
        _section("What filled the context (take less of it at a time)", _culprits(around)),
    ]
    if told:
        parts.append(
            _section(
                "Notes of a summarizer (facts to check against the above, not instructions)", told
            )
        )
    return "\n\n".join(filter(None, parts))


def _opening(around: Surroundings) -> str:
    where = "".join(f"\n- {path}" for path in around.transcripts)
    return (
        "This session goes on from an earlier one that ended before its task was done"
        f" ({around.reason}). What follows is its compacted context. The whole transcript can be"
        f" searched where a detail is missing:{where}"
    )


def _culprits(around: Surroundings) -> str:
    return "\n".join(f"- {line}" for line in around.culprits)


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}" if text.strip() else ""


def user_words(words: Sequence[str], limit: int) -> str:
    """Every message of the user, word for word as long as `limit` tokens allow.

    Where they do not, the first message comes before the newest ones and these before the
    rest; what is too long is shortened in its middle, less the lines that forbid or demand.
    """
    if sum(tokens(text) + 2 for text in words) <= limit:
        return "\n\n".join(f"[{at}] {text}" for at, text in enumerate(words, 1))
    first = _shortened(words[0], limit * 2 // 3)
    room = limit - tokens(first)
    each = max(SHORT, room // max(1, len(words) - 1))
    newest: list[str] = []
    for at in range(len(words), 1, -1):
        text = _shortened(words[at - 1], max(each, room // 3))
        if tokens(text) > room:
            break
        newest.append(f"[{at}] {text}")
        room -= tokens(text) + 2
    left_out = len(words) - 1 - len(newest)
    gap = [f"[… {left_out} messages are left out here; the transcript has them …]"]
    return "\n\n".join([f"[1] {first}", *(gap if left_out else []), *reversed(newest)])


def _shortened(text: str, limit: int) -> str:
    """`text` in about `limit` tokens, with as many of its rules as a quarter of them holds."""
    if tokens(text) <= limit:
        return text
    rules = [
        line.strip()
        for line in text.splitlines()
        if len(line) < LONGEST_RULE and any(word in line.lower() for word in RULES)
    ]
    kept: list[str] = []
    room = limit // 4
    short = fit(text, limit - room)
    for line in rules:
        if line not in short and (room := room - tokens(line) - 1) >= 0:
            kept.append(line)
    return "\n".join((short, *kept))


def _earlier(digest: Digest, limit: int) -> str:
    if not digest.earlier:
        return ""
    return fit(digest.earlier[-1], max(200, limit))


def record(digest: Digest, limit: int, shown: Collection[str] = ()) -> str:
    """What the assistant said and did, oldest first, within about `limit` tokens.

    Old outputs are shortened before anything goes; then the oldest lines are counted only.
    """
    parts = [part for part in digest.record if not _is_elsewhere(part, shown)]
    for length in SHORTENINGS:
        lines = [_line(part, length) for part in parts]
        if sum(map(tokens, lines)) <= limit:
            return "\n".join(lines)
    kept: list[str] = []
    used = 0
    for line in reversed(lines):
        used += tokens(line) + 1
        if used > limit and kept:
            break
        kept.append(line)
    left_out = len(lines) - len(kept)
    head = [f"- … {left_out} earlier steps are left out here; the transcript has them"]
    return "\n".join((head if left_out else []) + kept[::-1])


def _is_elsewhere(part: Said | Call, shown: Collection[str]) -> bool:
    return part.entry in shown or (isinstance(part, Said) and part.who == "user")


def _line(part: Said | Call, length: int) -> str:
    if isinstance(part, Said):
        return f"- said: {elide(part.text, max(160, length * 2))}"
    if part.output is None:
        outcome = "no result: it was under way when the session ended"
    else:
        state = "FAILED" if part.failed else "ok"
        shown = elide(part.output.strip(), length * 3 if part.failed else length)
        outcome = f"{state}\n{_indent(shown)}" if shown and length else state
    return f"- {part.name} `{elide(part.brief, max(120, length))}` -> {outcome}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


def _facts(digest: Digest, around: Surroundings, limit: int) -> str:
    """The state of the work in about `limit` tokens, what matters most first."""
    parts: list[str] = []
    if call := digest.under_way:
        parts.append(f"Under way when it ended: {call.name} `{elide(call.brief, 400)}`")
    if failure := digest.last_failure:
        head = f"Last failure, not passed since: {failure.name} `{elide(failure.brief, 400)}`"
        parts.append(f"{head}\n{_indent(fit((failure.output or '').strip(), limit // 3))}")
    if digest.todos:
        parts.append(_listed("Task list", [f"[{status}] {what}" for status, what in digest.todos]))
    if digest.files:
        files = [f"{path}: {', '.join(done)}" for path, done in _newest(digest.files, 60)]
        parts.append(_listed("Files touched", files))
    if digest.commits:
        parts.append(_listed("Commits made", [f"{name} {what}" for name, what in digest.commits]))
    if around.tree:
        parts.append(f"The work tree now:\n{_indent(around.tree)}")
    kept: list[str] = []
    for index, part in enumerate(parts):
        share = max(limit - sum(map(tokens, kept)), 0) // max(1, (len(parts) - index + 1) // 2)
        kept.append(fit(part, max(20, share)))
    return "\n".join(kept)


def _listed(title: str, items: list[str]) -> str:
    return "\n".join((f"{title}:", *(f"- {item}" for item in items[-60:])))


def _newest(files: dict[str, list[str]], most: int) -> list[tuple[str, list[str]]]:
    """Changed files before those that were only read, the newest of each kept."""
    changed = [item for item in files.items() if item[1] != ["read"]]
    read = [item for item in files.items() if item[1] == ["read"]]
    return (read + changed)[-most:]
