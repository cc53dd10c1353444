"""How things stand as the session goes: its task list, and what runs in the background."""

from __future__ import annotations

import random

from .facts import Fact
from .phrasings import Phrasing
from .records import Json
from .tools import Tools

LISTED = 10  # items that a TodoWrite list shows at once


class TaskList:
    """The list as TodoWrite or the Task tools keep it; `open_ones` are the facts."""

    def __init__(
        self, tools: Tools, rng: random.Random, phrasing: Phrasing, *, task_tools: bool
    ) -> None:
        self._tools, self._rng, self._phrasing = tools, rng, phrasing
        self._task_tools = task_tools
        self._items: list[Json] = []
        self._wanted = 0  # open items, at least

    def begin(self, count: int) -> None:
        self._wanted = count
        for _ in range(count):
            self._add()
        self._show()

    def _add(self) -> None:
        subject = self._phrasing.say("todo").text
        self._items.append({"content": subject, "status": "pending", "activeForm": subject})
        if self._task_tools:
            self._tools.task_made(len(self._items), subject)

    def move(self) -> None:
        """One item is done, the next begun, now and then a new one is put behind."""
        pending = [item for item in self._items if item["status"] != "completed"]
        if len(pending) <= self._wanted or self._rng.random() < 0.3:
            self._add()
        for status, item in zip(("completed", "in_progress"), pending[:2], strict=False):
            item["status"] = status
            if self._task_tools:
                self._tools.task_moved(self._items.index(item) + 1, status)
        self._show()

    def _show(self) -> None:
        if not self._task_tools:
            done = [item for item in self._items if item["status"] == "completed"]
            left = [item for item in self._items if item["status"] != "completed"]
            self._tools.todos([dict(item) for item in (*done[-LISTED:], *left)])

    def open_ones(self) -> list[Fact]:
        left = [item["content"] for item in self._items if item["status"] != "completed"]
        return [Fact("todo", subject, (subject,)) for subject in left]


class Background:
    """Shells that were started; each dies later, which is a fact."""

    def __init__(self, tools: Tools, phrasing: Phrasing) -> None:
        self._tools, self._phrasing = tools, phrasing
        self._running: list[tuple[str, str, int, str]] = []

    def start(self) -> None:
        made = self._phrasing.choose("background")
        command = self._phrasing.fill(made["cmd"])
        tail = self._phrasing.fill(made["tail"], command.slots).text
        shell = self._tools.background(command.text)
        self._running.append((shell, command.text, made["code"], tail))

    def end(self) -> Fact | None:
        if not self._running:
            return None
        shell, command, code, tail = self._running.pop(0)
        self._tools.background_ended(shell, code, tail)
        told = f"background task died: {command}: exit {code}"
        return Fact("background", told, (command,))
