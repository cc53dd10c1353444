"""The compaction's process, from the supervisor's side."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from ..compaction import worker
from ..compaction.order import Order, Result
from ..terminal.flow import Inlet
from ..terminal.loop import Loop


class Compactor:
    """One compaction under way. `done` gets a Result, or the reason why there is none."""

    def __init__(
        self,
        loop: Loop,
        order: Order,
        env: Mapping[str, str],
        prompt_folders: tuple[Path, ...],
        log: Path | None,
        said: Callable[[str], None],
        progress: Callable[[int], None],
        done: Callable[[Result | str], None],
    ) -> None:
        self._said, self._progress, self._done = said, progress, done
        self._partial = b""
        self._answer: Result | str | None = None
        with open(log or os.devnull, "ab") as errors:
            self._process = subprocess.Popen(
                worker.command(),
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                start_new_session=True,  # Ctrl-C is ours to pass on
                bufsize=0,
            )
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(worker.order_line(order, prompt_folders))
        self._process.stdin.close()
        os.set_blocking(self._process.stdout.fileno(), False)
        self._inlet = Inlet(loop, self._process.stdout.fileno(), self._hear, self._ended)

    def cancel(self) -> None:
        self._inlet.pause()
        self._process.kill()
        self._process.wait()
        self._close()

    def _hear(self, data: bytes) -> None:
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            told = json.loads(line)
            if "progress" in told:
                self._progress(told["progress"])
            elif "say" in told:
                self._said(told["say"])
            elif "result" in told:
                self._answer = Result(**told["result"])
            elif "failed" in told:
                self._answer = told["failed"]

    def _ended(self) -> None:
        code = self._process.wait()
        self._close()
        self._done(self._answer or f"the compaction's process ended with {code}")

    def _close(self) -> None:
        if self._process.stdout:
            self._process.stdout.close()
