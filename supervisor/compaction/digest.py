"""digest: what can be known of a conversation without a model.

The user's own words, what the assistant said, each tool call with its outcome, the files
touched, the commits made, the task list, the last failure and the step under way.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from ..claude.entries import Block, Entry, result_text

CONTINUE_MARK = "[ccsup]"  # a prompt of ours begins with it; it is not the user's word
NOT_SPOKEN = (
    "<task-notification",
    "<bash-",
    "<command-",
    "<local-command-",
    "<system-reminder>",
    "[Request interrupted",
)
COMMAND = re.compile(  # a slash command of the user's own, with what he asked for
    r"<command-name>(?P<name>.*?)</command-name>.*?<command-args>(?P<words>.*?)</command-args>",
    re.DOTALL,
)
LONG = 60  # characters; a prompt of so many stands inside another by no chance
WRITES = {"Write": "written", "Edit": "edited", "MultiEdit": "edited", "NotebookEdit": "edited"}
COMMIT = re.compile(r"^\[[^\]\n]+ ([0-9a-f]{7,40})\] (.+)$", re.MULTILINE)
TASK_TOOLS = ("TaskCreate", "TaskUpdate")


@dataclass(frozen=True, slots=True)
class Said:
    """Words in the record: of "user" or "assistant". `entry`: the uuid of their entry."""

    who: str
    text: str
    entry: str = ""


@dataclass(slots=True)
class Call:
    """A tool call; `output` is None while its result is missing."""

    id: str
    name: str
    arguments: dict[str, Any]
    output: str | None = None
    failed: bool = False
    entry: str = ""  # the uuid of its entry

    @property
    def brief(self) -> str:
        """The one argument that tells the call, on one line."""
        for key in ("command", "file_path", "notebook_path", "pattern", "url", "query", "prompt"):
            value = self.arguments.get(key)
            if isinstance(value, str) and value:
                return " ".join(value.split())
        return " ".join(str(value) for value in self.arguments.values() if isinstance(value, str))


@dataclass(slots=True)
class Digest:
    record: list[Said | Call] = field(default_factory=list)
    earlier: list[str] = field(default_factory=list)  # summaries of older compactions
    files: dict[str, list[str]] = field(default_factory=dict)  # path -> what was done, in order
    commits: list[tuple[str, str]] = field(default_factory=list)  # (hash, subject)
    todos: list[tuple[str, str]] = field(default_factory=list)  # (status, content)

    @property
    def user_words(self) -> list[str]:
        return [part.text for part in self.record if isinstance(part, Said) and part.who == "user"]

    def add_unwritten(self, prompts: Iterable[str]) -> None:
        """Add what the user has said and a killed Claude Code had not written down yet."""
        written = self.user_words
        for prompt in dict.fromkeys(map(str.strip, prompts)):  # two witnesses may tell one
            known = any(prompt == words or prompt in words.split("\n\n") for words in written)
            long = len(prompt) > LONG and any(prompt in words for words in written)
            spoken = prompt and not prompt.startswith((*NOT_SPOKEN, CONTINUE_MARK))
            if spoken and not known and not long:
                self.record.append(Said("user", prompt))

    @property
    def calls(self) -> list[Call]:
        return [part for part in self.record if isinstance(part, Call)]

    @property
    def last_failure(self) -> Call | None:
        """The last failed call, unless the same call has passed since."""
        for call in reversed(self.calls):
            if call.failed:
                passed = any(
                    (later.name, later.brief) == (call.name, call.brief)
                    and not later.failed
                    and later.output is not None
                    for later in self.calls[self.calls.index(call) + 1 :]
                )
                return None if passed else call
        return None

    @property
    def under_way(self) -> Call | None:
        """The call in whose middle it ended; one that was left open earlier is not it."""
        last = self.record[-1] if self.record else None
        return last if isinstance(last, Call) and last.output is None else None


def digest(entries: Iterable[Entry]) -> Digest:
    found = Digest()
    calls: dict[str, Call] = {}
    tasks: dict[str, tuple[str, str]] = {}
    for entry in entries:
        if entry.is_summary:
            found.earlier.append(entry.text)
            continue
        if entry.is_api_error or entry.is_meta:
            continue
        spoken = "assistant" if entry.type == "assistant" else "user"
        for block in entry.blocks:
            match block.get("type"):
                case "text":
                    _hear(found, spoken, str(block.get("text", "")), entry)
                case "tool_use":
                    call = _call(block, entry)
                    calls[call.id] = call
                    found.record.append(call)
                    _note_use(found, call)
                case "tool_result":
                    answered = calls.get(str(block.get("tool_use_id")))
                    if answered is not None:
                        answered.output = result_text(block)
                        answered.failed = bool(block.get("is_error"))
                        _note_outcome(found, answered, tasks)
    if tasks:
        found.todos = list(tasks.values())
    return found


def _hear(found: Digest, who: str, text: str, entry: Entry) -> None:
    stripped = text.strip()
    if not stripped:
        return
    if who == "assistant":
        if entry.is_answer:
            found.record.append(Said(who, stripped, entry.uuid))
    elif (command := COMMAND.search(stripped)) and stripped.startswith("<command-"):
        words = f"{command['name'].strip()} {command['words'].strip()}"
        if command["words"].strip():
            found.record.append(Said(who, words, entry.uuid))
    elif not stripped.startswith((*NOT_SPOKEN, CONTINUE_MARK)):
        found.record.append(Said(who, stripped, entry.uuid))


def _call(block: Block, entry: Entry) -> Call:
    arguments = block.get("input")
    return Call(
        id=str(block.get("id")),
        name=str(block.get("name")),
        arguments=arguments if isinstance(arguments, dict) else {},
        entry=entry.uuid,
    )


def _note_use(found: Digest, call: Call) -> None:
    if call.name == "TodoWrite" and isinstance(call.arguments.get("todos"), list):
        found.todos = [
            (str(item.get("status", "pending")), str(item.get("content", "")))
            for item in call.arguments["todos"]
            if isinstance(item, dict)
        ]


def _note_outcome(found: Digest, call: Call, tasks: dict[str, tuple[str, str]]) -> None:
    path = call.arguments.get("file_path") or call.arguments.get("notebook_path")
    if isinstance(path, str) and (call.name in WRITES or call.name == "Read"):
        done = "failed" if call.failed else WRITES.get(call.name, "read")
        actions = found.files.setdefault(path, [])
        if not actions or actions[-1] != done:
            actions.append(done)
    if call.name == "Bash" and call.output:
        found.commits += [(match[1], match[2]) for match in COMMIT.finditer(call.output)]
    if call.name in TASK_TOOLS and not call.failed:
        _note_task(call, tasks)


def _note_task(call: Call, tasks: dict[str, tuple[str, str]]) -> None:
    """The task list of newer versions: TaskCreate names, TaskUpdate changes."""
    arguments = call.arguments
    if call.name == "TaskCreate":
        number = re.search(r"#(\d+)", call.output or "")
        key = number[1] if number else str(len(tasks) + 1)
        tasks[key] = (
            "pending",
            str(arguments.get("subject") or arguments.get("description") or ""),
        )
    else:
        key = str(arguments.get("taskId", ""))
        status, subject = tasks.get(key, ("pending", f"task {key}"))
        tasks[key] = (
            str(arguments.get("status") or status),
            str(arguments.get("subject") or subject),
        )
