"""Small processes with a part to play, and ways to wait for what they do."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil

PATIENCE = 20.0  # s
STAGE = "CCSUP_TEST_STAGE"

# A process says its number when it is ready, and stays for ever.
STAY = "import os, signal; print(os.getpid(), flush=True); signal.pause()"
STUBBORN = (
    "import os, signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    " print(os.getpid(), flush=True); signal.pause()"
)


def child_of(code: str, then: str, how: str = "start_new_session=True") -> str:
    """A program that starts `code`, and goes on with `then` when it is ready."""
    return (
        "import os, signal, subprocess, sys\n"
        f"child = subprocess.Popen([sys.executable, '-c', {code!r}],"
        f" stdout=subprocess.PIPE, {how})\n"
        "print(child.stdout.readline().decode().strip(), flush=True)\n"
        f"{then}\n"
    )


@contextmanager
def stage() -> Iterator[dict[str, str]]:
    """An environment; all that was started with it, or by those, ends with the stage."""
    name = uuid.uuid4().hex
    try:
        yield {**os.environ, STAGE: name}
    finally:
        while there := [process for process in psutil.process_iter() if _is_on(process, name)]:
            for process in there:
                with suppress(psutil.NoSuchProcess):
                    process.kill()


def _is_on(process: psutil.Process, name: str) -> bool:
    with suppress(psutil.Error, OSError):
        return process.environ().get(STAGE) == name and is_alive(process.pid)
    return False


@contextmanager
def actor(
    code: str, *, env: Mapping[str, str] | None = None, session: bool = True, said: int = 1
) -> Iterator[tuple[subprocess.Popen[str], list[int]]]:
    """A program that has said `said` numbers."""
    with stage() as around:
        process = subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**around, **(env or {})},
            start_new_session=session,
        )
        assert process.stdout is not None and process.stdin is not None
        try:
            yield process, [int(process.stdout.readline()) for _ in range(said)]
        finally:
            if process.returncode is None:
                process.kill()
            process.stdin.close()
            process.stdout.close()
            process.wait()


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.Error:
        return False


def until(holds: Callable[[], bool]) -> None:
    """Look until it holds."""
    limit = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < limit, "it never came"
        time.sleep(0.005)


def mark(number: int) -> str:
    """A marker that no other process on the machine has, of another test run neither."""
    return f"test-{os.getpid()}-{number}"
