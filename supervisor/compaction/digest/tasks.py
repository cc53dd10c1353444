"""The task list, background tasks and subagents, as the tools' calls tell them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ..record import AGENT_TOOLS, Call, Said, Step

TASK_TOOLS = ("TaskCreate", "TaskUpdate")
WATCH_TOOLS = ("BashOutput", "TaskOutput", "KillShell", "KillBash", "TaskStop")
BACKGROUND = re.compile(r"(?:with ID|task id|shell id|bash_id)[:\s]+[\"'`]?([\w-]+)", re.IGNORECASE)
# What Claude Code itself puts behind a subagent's words.
TRAILER = re.compile(
    r"^agentId: .*$|<usage>.*?</usage>|^<[a-z_]+>[^<]*</[a-z_]+>$", re.MULTILINE | re.DOTALL
)
STATUS = re.compile(r"<status>\s*(\w+)\s*</status>")
EXIT = re.compile(r"<exit_code>\s*(-?\d+)\s*</exit_code>|exit(?:ed with)? code:?\s*(-?\d+)", re.I)
NOTICE = re.compile(r"<task-id>\s*([\w-]+)\s*</task-id>")
NOTICED = re.compile(r"<summary>\s*(.*?)\s*</summary>", re.DOTALL)


@dataclass(slots=True)
class Background:
    """A command left running; `state` as it was last told, `words` of its last output."""

    id: str
    command: str
    state: str = "running when last seen"
    words: str = ""


@dataclass(frozen=True, slots=True)
class Agent:
    """A subagent: what it was asked, and what it returned (None: nothing yet)."""

    asked: str
    returned: str | None
    failed: bool = False


def todos(calls: Iterable[Call]) -> list[tuple[str, str]]:
    """(status, what) of the task list as it last stood."""
    found: list[tuple[str, str]] = []
    tasks: dict[str, tuple[str, str]] = {}
    for call in calls:
        if call.name == "TodoWrite" and isinstance(call.arguments.get("todos"), list):
            found = [
                (str(item.get("status", "pending")), str(item.get("content", "")))
                for item in call.arguments["todos"]
                if isinstance(item, dict)
            ]
        elif call.name in TASK_TOOLS and not call.failed and call.result is not None:
            _note(call, tasks)
    told = [task for task in tasks.values() if task[0] != "deleted"]
    return told or found


def _note(call: Call, tasks: dict[str, tuple[str, str]]) -> None:
    """The task list of newer versions: TaskCreate names, TaskUpdate changes."""
    arguments = call.arguments
    if call.name == "TaskCreate":
        number = re.search(r"#(\d+)", call.output or "")
        key = number[1] if number else str(len(tasks) + 1)
        named = str(arguments.get("subject") or arguments.get("description") or "")
        tasks[key] = ("pending", named)
    else:
        key = str(arguments.get("taskId", ""))
        status, subject = tasks.get(key, ("pending", f"task {key}"))
        tasks[key] = (
            str(arguments.get("status") or status),
            str(arguments.get("subject") or subject),
        )


def background(steps: Iterable[Step]) -> list[Background]:
    """The commands that were left running, with what was last told of them."""
    found: dict[str, Background] = {}
    for step in steps:
        if isinstance(step, Said):
            if step.who == "user" and (notice := NOTICE.search(step.text)):
                _noticed(found.get(notice[1]), step.text)
        elif step.name == "Bash" and step.arguments.get("run_in_background"):
            told = BACKGROUND.search(step.output or "")
            key = told[1] if told else step.id
            found[key] = Background(key, step.brief)
        elif step.name in WATCH_TOOLS:
            _watched(found, step)
    return list(found.values())


def _noticed(task: Background | None, text: str) -> None:
    if task is None:
        return
    status, summary = STATUS.search(text), NOTICED.search(text)
    task.state = status[1] if status else "ended"
    task.words = summary[1] if summary else ""


def _watched(found: dict[str, Background], call: Call) -> None:
    key = next((str(value) for value in call.arguments.values() if str(value) in found), None)
    if key is None:
        return
    if call.name.startswith(("Kill", "TaskStop")):
        found[key].state = "killed"
        return
    output = call.output or ""
    status, code = STATUS.search(output), EXIT.search(output)
    if status:
        found[key].state = status[1]
    if code:
        found[key].state = f"{found[key].state.partition(',')[0]}, exit {code[1] or code[2]}"
    found[key].words = output.strip()[-400:]


def agents(calls: Iterable[Call]) -> list[Agent]:
    """The subagents, in the order they were sent."""
    return [
        Agent(
            " ".join(str(call.arguments.get("description") or call.brief).split())[:200],
            call.output,
            call.failed,
        )
        for call in calls
        if call.name in AGENT_TOOLS
    ]
