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
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ..claude.sessions import config_dir
from . import worktree
from .backends.choose import NONE, choose
from .compact import Means, compact
from .order import Order
from .prompts import PACKAGE, VARIABLES, PromptError, find_compact_instructions, load_sound
from .redact import redactor

_lock = threading.Lock()  # parts are read in parallel

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
        result = compact(order, means_of(order, folders, dict(os.environ), _tell))
    except (OSError, PromptError) as error:
        _tell({"failed": str(error)})
        return
    _tell({"result": asdict(result)})


def means_of(
    order: Order,
    folders: tuple[Path, ...],
    env: Mapping[str, str],
    tell: Callable[[dict[str, Any]], None],
) -> Means:
    """The real world of an order; raises PromptError for a template that cannot be used."""
    redact = redactor(env, bytes.fromhex(order.key) if order.key else secrets.token_bytes(16))
    cwd = Path(order.cwd)
    with_model = order.with_model and order.backend != NONE
    return Means(
        prompts={name: load_sound(name, folders)[0] for name in VARIABLES},
        backend=choose(order.backend, env, model=order.model, claude=order.claude or ["claude"])
        if with_model
        else None,
        redact=redact,
        tree=worktree.state(cwd, env),
        now=datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        new_uuid=lambda: str(uuid.uuid4()),
        clock=time.monotonic,
        progress=lambda characters: tell({"progress": characters}),
        say=lambda text: tell({"say": text}),
        compact_instructions=redact(find_compact_instructions(cwd, config_dir(env)))
        if with_model
        else "",
    )


def _tell(message: dict[str, Any]) -> None:
    with _lock:
        sys.stdout.write(json.dumps(message) + "\n")
        sys.stdout.flush()
