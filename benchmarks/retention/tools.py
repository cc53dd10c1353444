"""Steps of a session: a call of one of Claude Code's tools and its result."""

from __future__ import annotations

import random
from typing import Any

from .outputs import Outputs, numbered
from .phrasings import Phrasing
from .records import Json, Session

THINKS, TALKS = 0.3, 0.45  # of the responses
NARRATED = 0.5  # of what is said tells of what was seen, as long and as precise as a fact
FAILED_BY_SHELL = "Exit code {code}\n{output}"


def text(words: str) -> Json:
    return {"type": "text", "text": words}


class Tools:
    """Makes the steps of one session; `lead` is what the assistant says before a call."""

    def __init__(
        self, session: Session, rng: random.Random, outputs: Outputs, phrasing: Phrasing
    ) -> None:
        self.session, self._rng = session, rng
        self.outputs, self._phrasing = outputs, phrasing
        self._shells = 0

    def absolute(self, path: str) -> str:
        return f"{self.session.cwd}/{path}"

    def lead(self, words: str | None = None) -> list[Json]:
        """Thinking and prose before a call, either of them now and then missing."""
        blocks: list[Json] = []
        if self._rng.random() < THINKS:
            thought = self._phrasing.say("thought").text
            signature = f"{self._rng.getrandbits(512):0128x}"
            blocks.append({"type": "thinking", "thinking": thought, "signature": signature})
        if words is None and self._rng.random() < TALKS:
            kind = "narration" if self._rng.random() < NARRATED else "chat"
            words = self._phrasing.say(kind).text
        if words:
            blocks.append(text(words))
        return blocks

    def says(self, words: str) -> None:
        self.session.respond(text(words))

    def _step(
        self, name: str, arguments: Json, output: str, structured: Any, words: str | None
    ) -> None:
        call = self.session.call(name, arguments)
        self.session.respond(*self.lead(words), call)
        self.session.result(call["id"], output, structured)

    def bash(self, command: str, output: str, *, code: int = 0, words: str | None = None) -> None:
        """A command of the shell; `code` other than 0 marks the result as an error."""
        arguments = {"command": command, "description": self._phrasing.say("chat").text[:60]}
        call = self.session.call("Bash", arguments)
        self.session.respond(*self.lead(words), call)
        if code:
            told = FAILED_BY_SHELL.format(code=code, output=output)
            self.session.result(call["id"], told, failed=True)
            return
        structured = {"stdout": output, "stderr": "", "interrupted": False, "isImage": False}
        self.session.result(call["id"], output, structured)

    def read(self, path: str) -> None:
        content = self.outputs.make("source")
        where = self.absolute(path)
        lines = content.count("\n") + 1
        file = {"filePath": where, "content": content, "numLines": lines, "startLine": 1}
        structured = {"type": "text", "file": {**file, "totalLines": lines}}
        self._step("Read", {"file_path": where}, numbered(content), structured, None)

    def edit(self, path: str, words: str | None = None) -> None:
        where = self.absolute(path)
        old, new = self.outputs.make("source", 160), self.outputs.make("source", 240)
        arguments = {"file_path": where, "old_string": old, "new_string": new}
        told = f"The file {where} has been updated. Here's the result of running `cat -n`:\n"
        structured = {
            "filePath": where,
            "oldString": old,
            "newString": new,
            "originalFile": self.outputs.make("source", 900),
            "structuredPatch": [{"oldStart": 4, "newStart": 4, "lines": new.split("\n")}],
            "userModified": False,
            "replaceAll": False,
        }
        self._step("Edit", arguments, told + numbered(new), structured, words)

    def edit_two(self, first: str, second: str) -> None:
        """Two edits in one response, as parallel calls."""
        calls = [
            self.session.call(
                "Edit",
                {
                    "file_path": self.absolute(path),
                    "old_string": self.outputs.make("source", 90),
                    "new_string": self.outputs.make("source", 130),
                },
            )
            for path in (first, second)
        ]
        self.session.respond(*self.lead(), *calls)
        for call in calls:
            where = call["input"]["file_path"]
            self.session.result(
                call["id"], f"The file {where} has been updated.", {"filePath": where}
            )

    def write(self, path: str, words: str | None = None) -> None:
        where, content = self.absolute(path), self.outputs.make("source", 900)
        structured = {"type": "create", "filePath": where, "content": content}
        told = f"File created successfully at: {where}"
        self._step("Write", {"file_path": where, "content": content}, told, structured, words)

    def grep(self, pattern: str) -> None:
        found = self.outputs.make("grep")
        arguments = {"pattern": pattern, "output_mode": "content", "-n": True}
        structured = {"mode": "content", "numFiles": 3, "filenames": [], "content": found}
        self._step("Grep", arguments, found, structured, None)

    def glob(self, pattern: str) -> None:
        found = self.outputs.make("listing", 600)
        self._step("Glob", {"pattern": pattern}, found, {"filenames": found.split("\n")}, None)

    def todos(self, items: list[Json]) -> None:
        told = (
            "Todos have been modified successfully. Ensure that you continue to use the todo"
            " list to track your progress."
        )
        structured = {"oldTodos": [], "newTodos": items}
        self._step("TodoWrite", {"todos": items}, told, structured, None)

    def task_made(self, number: int, subject: str) -> None:
        arguments = {"subject": subject, "description": subject, "activeForm": subject}
        told = f"Task #{number} created successfully: {subject}"
        structured = {"task": {"id": str(number), "subject": subject}}
        self._step("TaskCreate", arguments, told, structured, None)

    def task_moved(self, number: int, status: str) -> None:
        arguments = {"taskId": str(number), "status": status}
        structured = {"success": True, "taskId": str(number), "updatedFields": ["status"]}
        self._step("TaskUpdate", arguments, f"Updated task #{number} status", structured, None)

    def agent(self, prompt: str, report: str, inner: list[str]) -> None:
        """A subagent: its own lines as a sidechain where `inner` has any, then its report."""
        arguments = {"description": prompt[:40], "prompt": prompt, "subagent_type": "Explore"}
        name = self._rng.choice(("Task", "Agent"))
        call = self.session.call(name, arguments)
        self.session.respond(*self.lead(), call)
        agent = f"{self._rng.getrandbits(28):07x}"
        for number, words in enumerate(inner):
            self.session.sidechain("assistant" if number else "user", words, agent)
        content = [text(report)]
        structured = {
            "status": "completed",
            "prompt": prompt,
            "agentId": agent,
            "content": content,
            "totalDurationMs": 48_000,
            "totalTokens": 21_300,
            "totalToolUseCount": len(inner),
        }
        self.session.result(call["id"], [*content, text(f"agentId: {agent}")], structured)

    def background(self, command: str) -> str:
        """Starts a shell in the background; gives its id."""
        self._shells += 1
        shell = f"b{self._rng.getrandbits(24):06x}"
        arguments = {"command": command, "run_in_background": True, "description": "in background"}
        told = f"Command running in background with ID: {shell}"
        structured = {"stdout": "", "stderr": "", "backgroundTaskId": shell}
        self._step("Bash", arguments, told, structured, None)
        return shell

    def background_ended(self, shell: str, code: int, tail: str) -> None:
        told = (
            f"<status>failed</status>\n\n<exit_code>{code}</exit_code>\n\n"
            f"<stdout>\n{self.outputs.make('log', 600)}\n{tail}\n</stdout>"
        )
        structured = {"shellId": shell, "status": "failed", "exitCode": code, "stdout": tail}
        self._step("BashOutput", {"bash_id": shell}, told, structured, None)

    def refused(self, command: str, words: str) -> None:
        """The user says no to a call, and what to do."""
        call = self.session.call("Bash", {"command": command, "description": "a step"})
        self.session.respond(*self.lead(), call)
        told = (
            "The user doesn't want to proceed with this tool use. The tool use was rejected (eg."
            " if it was a file edit, the new_string was NOT written to the file). To tell you how"
            f" to proceed, the user said:\n{words}"
        )
        self.session.result(call["id"], told, failed=True)
