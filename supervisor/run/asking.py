"""The controlling terminal, beside whatever stdin and stdout are."""

from __future__ import annotations

import os
from collections.abc import Callable

from ..terminal.loop import READ, Loop
from .console import Console

YES = ("", "y", "yes")


def ask(loop: Loop, console: Console, question: str, heard: Callable[[bool], None]) -> None:
    """Give the next line that the user types to `heard`; no where nobody can type."""
    try:
        terminal = os.open("/dev/tty", os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        console.say("No terminal to ask on (--ask).")
        heard(False)
        return
    console.prompt(question)

    def read() -> None:
        loop.remove(terminal)
        answer = os.read(terminal, 1024).decode("utf-8", "replace")
        os.close(terminal)
        heard(bool(answer) and answer.strip().lower() in YES)

    loop.add(terminal, READ, read)


def in_foreground() -> bool:
    """Are we in the foreground of a terminal, whose ^C reaches the child as well?"""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
