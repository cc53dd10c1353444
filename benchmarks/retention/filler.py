"""What a session is mostly made of: steps, chat and bookkeeping that need not be kept."""

from __future__ import annotations

import random

from .names import Names
from .outputs import test_run
from .phrasings import Phrasing
from .plant import Planter
from .projects import Project
from .records import Json

BLOB = (20_000, 190_000)  # bytes of a request that newer versions keep beside the conversation
LOOKS = (
    "git status --short",
    "git log --oneline -20",
    "ls -la {module}",
    "cat {module}/README.md",
    "rg -n {column}",
    "find . -name '*{module}*'",
    "head -100 {path}",
    "docker compose logs --tail 200 {service}",
    "tail -n 300 /var/log/{service}.log",
    "curl -s localhost:{port}/healthz",
)


class Filler:
    """Steps of no consequence; `blobs` where the file is large enough to hold requests."""

    def __init__(
        self,
        planter: Planter,
        rng: random.Random,
        names: Names,
        phrasing: Phrasing,
        project: Project,
        *,
        blobs: bool,
    ) -> None:
        self._planter, self._tools, self._rng = planter, planter.tools, rng
        self._names, self._phrasing, self._project = names, phrasing, project
        self._blobs = blobs

    def step(self) -> None:
        way = self._rng.random()
        tools = self._tools
        if way < 0.25:
            tools.read(self._scratch("src"))
        elif way < 0.55:
            self._look()
        elif way < 0.68:
            tools.grep(self._scratch(""))
        elif way < 0.73:
            tools.glob(f"**/{self._scratch('*')}")
        elif way < 0.82:
            self._tests()
        elif way < 0.90 and self._planter.files:
            tools.edit(self._rng.choice(self._planter.files))
        elif way < 0.95:
            tools.says(self._phrasing.say("trivial").text)
        elif self._blobs:
            self._blob()

    def _scratch(self, folder: str) -> str:
        words = [self._phrasing.fill("{n}").text, self._rng.choice(("a", "b", "c", "d"))]
        return f"{folder}/seen_{'_'.join(words)}.txt" if folder else f"seen_{'_'.join(words)}"

    def _look(self) -> None:
        slots = {"module": self._scratch(""), "path": self._scratch("lib"), "column": "self"}
        command = self._phrasing.fill(self._rng.choice(LOOKS), {**slots, "service": "web"}).text
        self._tools.bash(command, self._tools.outputs.any())

    def _tests(self) -> None:
        """A run of the tests; one that fails is put right and run again."""
        count = self._rng.randrange(40, 900)
        command = {"pytest": "pytest -q", "cargo": "cargo test"}.get(
            self._project.runner, "npx jest"
        )
        if self._rng.random() < 0.3:
            bad = [self.test_name() for _ in range(self._rng.randrange(1, 3))]
            told = test_run(self._rng, self._project.runner, count, bad)
            self._tools.bash(command, told, code=1)
            if self._planter.files:
                self._tools.edit(self._rng.choice(self._planter.files))
        self._tools.bash(command, test_run(self._rng, self._project.runner, count, []))

    def test_name(self) -> str:
        module, what = self._names.draw("module"), self._names.draw("func").removesuffix("()")
        match self._project.runner:
            case "pytest":
                return f"tests/unit/test_{module}.py::test_{what}"
            case "cargo":
                return f"{module}::tests::{what}"
        return f"{module} › {what.replace('_', ' ')}"

    def small_talk(self) -> None:
        """The end of a turn and an ordinary word of the user's."""
        self.turn_ends()
        self._tools.session.user(self._phrasing.say("user").text)

    def turn_ends(self) -> None:
        session = self._tools.session
        self._tools.says(self._phrasing.say("chat").text)
        session.chain(
            {
                "type": "system",
                "subtype": "turn_duration",
                "durationMs": self._rng.randrange(9_000, 900_000),
                "isMeta": False,
            }
        )
        self.bookkeeping()
        if self._rng.random() < 0.12:
            self._local_command()

    def bookkeeping(self) -> None:
        session = self._tools.session
        mode = {"type": "permission-mode", "permissionMode": "bypassPermissions"}
        last = {"type": "last-prompt", "lastPrompt": "…", "leafUuid": session.leaf}
        cost = {"type": "cost-state", "totalCostUSD": round(session.written / 1e6, 4)}
        snapshot = {
            "type": "file-history-snapshot",
            "messageId": session.new_uuid(),
            "isSnapshotUpdate": False,
            "snapshot": {"trackedFileBackups": {}, "timestamp": session.stamp},
        }
        records: tuple[Json, ...] = (last, mode, cost)
        for record in records:
            session.line({**record, "sessionId": session.session})
        session.line(snapshot)

    def _blob(self) -> None:
        session = self._tools.session
        words = self._tools.outputs.make("json", self._rng.randrange(*BLOB))
        session.line(
            {
                "type": "api-request-blob",
                "sessionId": session.session,
                "hash": f"{self._rng.getrandbits(256):064x}",
                "message": {"role": "user", "content": [{"type": "text", "text": words}]},
            }
        )

    def _local_command(self) -> None:
        session = self._tools.session
        session.user(
            "Caveat: The messages below were generated by the user while running local commands."
            " DO NOT respond to these messages unless the user explicitly asks you to.",
            isMeta=True,
        )
        session.user(
            "<command-name>/cost</command-name>\n<command-message>cost</command-message>\n"
            "<command-args></command-args>"
        )
        session.user("<local-command-stdout>Total cost: $1.20</local-command-stdout>")

    def secret(self) -> str:
        """A credential in an output, made of pieces so that none stands in this file."""
        made = self._secret()
        env = self._tools.outputs.make("json", 300)
        lines = f"{env}\n{self._names.draw('env')}={made}\n"
        self._tools.bash("cat .env.local", lines)
        return made

    def _secret(self) -> str:
        rng = self._rng
        letters = "ABCDEFGHJKLMNPQRSTUVWXYZ234567"
        mixed = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        match rng.randrange(4):
            case 0:
                return "AK" + "IA" + "".join(rng.choices(letters, k=16))
            case 1:
                return "gh" + "p_" + "".join(rng.choices(mixed, k=36))
            case 2:
                word = "".join(rng.choices(mixed, k=18))
                return "postgres" + "://app:" + word + "@db.example.net:5432/app"
        return "sk" + "-ant-" + "api03-" + "".join(rng.choices(mixed, k=40))
