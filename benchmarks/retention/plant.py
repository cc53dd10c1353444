"""Planting by category: each function writes the records in which one fact stands."""

from __future__ import annotations

import random
from pathlib import PurePosixPath

from .facts import Fact
from .names import Names
from .phrasings import Phrasing
from .projects import Project
from .tools import Tools

FLAGGED = 0.6  # of the failing commands show it by their exit; the rest were piped


class Planter:
    """Plants facts in one session; what is used again later stands in `ids` and `files`."""

    def __init__(
        self,
        tools: Tools,
        rng: random.Random,
        names: Names,
        phrasing: Phrasing,
        project: Project,
    ) -> None:
        self.tools, self._rng, self._names = tools, rng, names
        self._phrasing, self._project = phrasing, project
        self.files: list[str] = []  # that the session has edited and that still exist
        self.ids: list[tuple[str, int]] = []  # with the number of uses still to come

    def task(self) -> Fact:
        worded = self._phrasing.say("task")
        self.tools.session.user(worded.text)
        return Fact("task", worded.text, worded.probe)

    def said(self, category: str) -> Fact:
        """What the user says in the middle of the work: an instruction or a rule."""
        worded = self._phrasing.say(category)
        chat, way = self._phrasing.say("user").text, self._rng.random()
        session = self.tools.session
        if way < 0.15:
            session.queued(worded.text)
        elif way < 0.25:
            self.tools.refused(f"make {self._names.draw('module')}", worded.text)
        elif way < 0.4:
            pasted = self.tools.outputs.make("log", self._rng.randrange(400, 3_000))
            session.user(f"{chat}\n\n```\n{pasted}\n```\n\n{worded.text}")
        elif way < 0.6:
            session.user([{"type": "text", "text": f"{chat} {worded.text}"}])
        else:
            session.user(worded.text)
        return Fact(category, worded.text, worded.probe)

    def file(self) -> Fact:
        path, way = self._names.draw("path"), self._rng.random()
        told, names = f"edited {path}", [PurePosixPath(path).name]
        if way < 0.4:
            self.tools.edit(path)
        elif way < 0.5 and self.files:
            self.tools.edit_two(path, self._rng.choice(self.files))
        elif way < 0.68:
            self.tools.write(path)
            told = f"wrote {path}"
        else:
            told, names = self._by_shell(path, names)
        if not told.startswith("deleted"):
            self.files.append(path)
        return Fact("file", told, tuple(names))

    def _by_shell(self, path: str, names: list[str]) -> tuple[str, list[str]]:
        way = self._rng.choice(("rm", "git rm", "git mv", "mv", "sed", "heredoc", "tee"))
        here = self._rng.choice(("", f'cd "{self.tools.session.cwd}" && '))
        body = self.tools.outputs.make("source", 300)
        match way:
            case "rm" | "git rm":
                flag = " -f" if way == "rm" else ""
                self.tools.bash(f"{here}{way}{flag} {path}", "")
                return f"deleted {path}", names
            case "mv" | "git mv":
                new = self._names.draw("path")
                self.tools.bash(f"{here}{way} {path} {new}", "")
                return f"renamed {path} to {new}", [*names, PurePosixPath(new).name]
            case "sed":
                self.tools.bash(f"{here}sed -i 's/{self._names.draw('column')}/x/g' {path}", "")
                return f"edited {path}", names
            case "heredoc":
                self.tools.bash(f"{here}cat > {path} <<'EOF'\n{body}\nEOF", "")
            case _:
                self.tools.bash(f"{here}echo '{self._names.draw('env')}=1' | tee -a {path}", "")
        return f"wrote {path}", names

    def command(self) -> Fact:
        made = self._phrasing.choose("command")
        command = self._phrasing.fill(made["cmd"])
        outcome = self._phrasing.fill(made["out"], command.slots).text
        log = self.tools.outputs.make("build", self._rng.randrange(0, 1_200))
        self.tools.bash(command.text, f"{log}\n{outcome}".strip())
        return Fact("command", f"{command.text}: {outcome}", (command.text,))

    def commit(self) -> Fact:
        subject = self._phrasing.say("commit").text
        sha = f"{self._rng.getrandbits(28):07x}"
        body = f"{subject}\n\nCo-Authored-By: Claude <noreply@anthropic.com>"
        command = self._rng.choice(
            (
                f'git add -A && git commit -m "{subject}"',
                f"git commit -am '{subject}' && git status --short",
                f"git add -A\ngit commit -m \"$(cat <<'EOF'\n{body}\nEOF\n)\"",
            )
        )
        files, lines = self._rng.randrange(1, 9), self._rng.randrange(2, 400)
        told = f"[main {sha}] {subject}\n {files} files changed, {lines} insertions(+)"
        self.tools.bash(command, told)
        return Fact("commit", f"{sha} {subject}", (sha, subject))

    def prose(self, category: str) -> Fact:
        """A decision or a value in the assistant's own words, among others."""
        worded = self._phrasing.say(category)
        before, after = self._phrasing.say("chat").text, self._phrasing.say("chat").text
        words = self._rng.choice(
            (worded.text, f"{before} {worded.text}", f"{before}\n\n{worded.text} {after}")
        )
        if self._rng.random() < 0.3:
            self.tools.says(words)
        else:
            self.tools.bash("git diff --stat", self.tools.outputs.make("diff", 400), words=words)
        return Fact(category, worded.text, worded.probe)

    def attempt(self) -> Fact:
        worded = self._phrasing.say("attempt")
        build = self._rng.choice(self._project.builds)
        log = self.tools.outputs.make("build", self._rng.randrange(300, 2_500))
        self.tools.bash(build, log, code=int(self._rng.random() < FLAGGED))
        self.tools.bash("git checkout -- .", "", words=worded.text)
        return Fact("attempt", worded.text, worded.probe)

    def id(self) -> Fact:
        made = self._names.draw("id")
        worded = self._phrasing.say("id_prose", id=made)
        line = self._phrasing.say("id_output", id=made).text
        above, below = (self.tools.outputs.make("log", 700) for _ in "ab")
        output = f"{above}\n{line}\n{below}"
        way = self._rng.random()
        if way < 0.35:  # in an output alone; that it matters shows when it is used
            self.tools.bash(f"make {self._names.draw('module')}", output)
            self.ids.append((made, 3))
            return Fact("id", line, (made,))
        if way < 0.7:
            self.tools.bash(f"make {self._names.draw('module')}", output)
        self.tools.says(worded.text)
        self.ids.append((made, 1))
        return Fact("id", worded.text, (made,))

    def use_of_id(self, made: str) -> None:
        command = self._phrasing.say("id_use", id=made).text
        self.tools.bash(command, self.tools.outputs.make("json", 500))

    def error(self) -> Fact:
        """A failure on the way, and its cure."""
        made = self._phrasing.choose("error")
        line = self._phrasing.fill(made["line"])
        cure = self._phrasing.fill(made["fix"], line.slots).text
        above = self.tools.outputs.make("source", self._rng.randrange(200, 1_500))
        build = self._rng.choice(self._project.builds)
        flagged = self._rng.random() < FLAGGED
        command = build if flagged else f"{build} 2>&1 | tail -40"
        self.tools.bash(command, f"{above}\n{line.text}", code=int(flagged))
        if self.files:
            self.tools.edit(self._rng.choice(self.files), words=cure)
        self.tools.bash(build, self.tools.outputs.make("build", 400))
        return Fact("error", line.text, (line.text,))

    def subagent(self) -> Fact:
        worded = self._phrasing.say("subagent")
        lines = [self._phrasing.say("report").text for _ in range(self._rng.randrange(6, 14))]
        lines.insert(self._rng.randrange(2, len(lines)), worded.text)
        prompt = f"{self._phrasing.say('chat').text} {self._names.draw('module')}?"
        inner = [prompt, self.tools.outputs.make("grep", 700)] if self._rng.random() < 0.4 else []
        self.tools.agent(prompt, "\n\n".join(lines), inner)
        return Fact("subagent", worded.text, worded.probe)
