"""The process that compacts: an order on stdin, JSON lines on stdout.

It runs apart from the supervisor, so that parsing, the SDK's second of import and its 80 MB
never touch the relay, and Ctrl-C can end it at once. Lines: ``{"progress": characters}``,
``{"say": text}``, at last ``{"result": {…}}`` or ``{"failed": reason}``.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from . import worktree
from .compact import Means, compact
from .order import Order
from .prompts import PACKAGE, PromptError, load
from .redact import redactor

# -P: the working directory, which may be a hostile project, is no place to import from.
BOOT = (
    "import sys; sys.path.append(sys.argv[1]); from {package}.compaction.worker import main; main()"
)


def command() -> list[str]:
    """The argv of a worker."""
    package = __package__.partition(".")[0]
    boot = BOOT.format(package=package)
    return [sys.executable, "-P", "-c", boot, str(PACKAGE.parent)]


def order_line(order: Order, prompt_folders: tuple[Path, ...]) -> bytes:
    told = {"order": asdict(order), "prompts": [str(folder) for folder in prompt_folders]}
    return json.dumps(told).encode() + b"\n"


def main() -> None:
    told = json.loads(sys.stdin.readline())
    order = Order(**told["order"])
    folders = tuple(Path(folder) for folder in told["prompts"])
    try:
        result = compact(order, _means(order, folders, dict(os.environ)))
    except (OSError, PromptError) as error:
        _tell({"failed": str(error)})
        return
    _tell({"result": asdict(result)})


def _means(order: Order, folders: tuple[Path, ...], env: Mapping[str, str]) -> Means:
    return Means(
        env=env,
        summary_prompt=load("summary", folders),
        continue_prompt=load("continue", folders),
        resume_prompt=load("resume", folders),
        redact=redactor(env, secrets.token_bytes(16)),
        tree=worktree.state(Path(order.cwd), env),
        now=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        new_uuid=lambda: str(uuid.uuid4()),
        progress=lambda characters: _tell({"progress": characters}),
        say=lambda text: _tell({"say": text}),
    )


def _tell(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()
