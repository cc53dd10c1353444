"""A HOME with a person's AWS files, and the check of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest.mock import patch

from supervisor.aws.answer import Check, command
from supervisor.aws.check import look

from ..world import environment

NOWHERE = "http://127.0.0.1:1"
NO_KEYS = {
    "AWS_ACCESS_KEY_ID": None,
    "AWS_SECRET_ACCESS_KEY": None,
    "CLAUDE_CODE_SKIP_BEDROCK_AUTH": None,
    "AWS_EC2_METADATA_DISABLED": "true",
}


@dataclass
class Home:
    """`secrets`: what no check may ever tell."""

    folder: Path
    url: str = NOWHERE
    secrets: list[str] = field(default_factory=list)

    def env(self, **changes: str | None) -> dict[str, str]:
        """That of a Bedrock user; no credentials but those that `changes` bring."""
        found = {**environment(self.folder, self.url, None), **NO_KEYS, **changes}
        return {name: value for name, value in found.items() if value is not None}

    def config(self, text: str) -> None:
        self._aws("config").write_text(text)

    def credentials(self, text: str) -> None:
        self._aws("credentials").write_text(text)

    def sso_token(self, session: str, expires: str) -> None:
        """What `aws sso login` leaves; `session`: the sso-session, or a start URL (legacy)."""
        token = {"startUrl": "https://corp.test/start", "region": "us-east-1"}
        token |= {"accessToken": self.secret("sso-access-token"), "expiresAt": expires}
        name = hashlib.sha1(session.encode()).hexdigest()
        self._aws("sso/cache", f"{name}.json").write_text(json.dumps(token))

    def process(self, python: str) -> str:
        """The line of a profile whose credential_process runs this Python text."""
        path = self.folder / "credentials.py"
        path.write_text(f"import json, os, sys, time\n{python}\n")
        return f"credential_process = {sys.executable} {path}\n"

    def secret(self, word: str) -> str:
        self.secrets.append(f"SECRET-{word}")
        return self.secrets[-1]

    def check(self, model: str | None = None, timeout: float = 30, **env: str | None) -> Check:
        """Run the program as the supervisor does; it must not tell a secret anywhere."""
        done = subprocess.run(
            command(model, model is not None, timeout),
            env=self.env(**env),
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=60,
            start_new_session=True,
            check=False,
        )
        assert done.stdout.count(b"\n") == 1, done.stderr
        for secret in self.secrets:
            assert secret.encode() not in done.stdout + done.stderr
        return Check.parse(done.stdout)

    def look(self, model: str | None = None, **env: str | None) -> Check:
        """The same in this process, for what has nothing to do with the files of a HOME."""
        with patch.dict(os.environ, self.env(**env), clear=True):
            check = look(os.environ, model)
        for secret in self.secrets:
            assert secret.encode() not in check.line()
        return check

    def _aws(self, *parts: str) -> Path:
        path = self.folder.joinpath(".aws", *parts)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path


def is_mark(mark: str | None) -> bool:
    return mark is not None and re.fullmatch("[0-9a-f]{16}", mark) is not None


def static(home: Home, number: int = 1) -> dict[str, Any]:
    return {
        "AWS_ACCESS_KEY_ID": home.secret(f"AKIA{number}"),
        "AWS_SECRET_ACCESS_KEY": home.secret(f"key{number}"),
        "AWS_SESSION_TOKEN": home.secret(f"token{number}"),
    }


def printing(home: Home, **more: str) -> str:
    """What a credential_process runs to give keys."""
    keys = {name: home.secret(name) for name in ("AccessKeyId", "SecretAccessKey")}
    return f"print(json.dumps({ {'Version': 1, **keys, **more}!r}))"
