"""supervise: from a command line and an environment to an exit code."""

from __future__ import annotations

import os
import shutil
import time
import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from ..claude.models import window
from ..claude.output import for_format
from ..claude.sessions import project_dir
from ..compaction.prompts import VARIABLES
from ..compaction.prompts import load as load_prompt
from ..compaction.redact import redactor
from ..core.ceiling import is_off
from ..core.invocation import Invocation
from ..core.table import is_left
from ..host.guard import Guard
from ..journal.ceilings import Ceilings
from ..journal.mask_key import mask_key
from ..journal.runs import RunFolder, state_home
from ..settings import Settings
from ..settings.quantities import BYTES, TOKENS, amount, seconds
from ..terminal.loop import Loop
from ..terminal.screen import Screen
from .console import Console
from .environment import for_child, for_summarizer, prompt_folders
from .launcher import Launcher, Place
from .shell import Run
from .steering import Steering
from .wards import Limits

NOT_EXECUTABLE, NOT_FOUND = 126, 127


def supervise(settings: Settings, argv: tuple[str, ...], env: Mapping[str, str], cwd: Path) -> int:
    """Run claude with `argv` under supervision and give the exit code.

    A command that holds no session of this terminal is executed in our place. Raises
    PromptError, before anything is started, for a template that cannot be used.
    """
    program = shutil.which(settings.claude, path=env.get("PATH"))
    if program is None and "/" in settings.claude and Path(settings.claude).exists():
        Console().say(f"{settings.claude}: cannot be executed; it is no executable file")
        return NOT_EXECUTABLE
    if program is None and "/" in settings.claude:
        Console().say(
            f"{settings.claude}: no such file; it is named by --claude, CCSUP_CLAUDE or"
            " the key claude of ccsup.toml"
        )
        return NOT_FOUND
    if program is None:
        Console().say(
            f"{settings.claude}: not found on PATH; install Claude Code"
            " (npm install -g @anthropic-ai/claude-code) or name it with CCSUP_CLAUDE"
        )
        return NOT_FOUND
    invocation = Invocation.of(argv)
    on_terminal = os.isatty(0) and os.isatty(1) and not invocation.prints
    half = os.isatty(1) and not os.isatty(0) and not invocation.prints
    screen = Screen.open() if on_terminal else None
    if not invocation.holds_session or half or (on_terminal and screen is None):
        os.execve(program, (settings.claude, *argv), for_child(env))
    for name in VARIABLES:
        load_prompt(name, prompt_folders(settings, env, cwd))
    folder = _folder(env)
    loop = Loop()
    left = partial(is_left, own=settings.rows)
    stdout = None if screen else for_format(invocation.output_format, left)
    place = Place(str(cwd / program), env, cwd)
    known = for_summarizer(env)  # with the user's Claude Code settings
    model = invocation.value("--model") or known.get("ANTHROPIC_MODEL") or "default"
    steering = Steering(
        Ceilings(state_home(env)),
        project_dir(env, cwd),
        model,
        env,
        window(model),
        Path(place.program),
        Console(screen.write if screen else None).say,
        on=settings.steer,
    )
    limits = _limits(settings, model, known)
    run = Run(settings, place, folder, loop, screen, stdout, new_uuid, limits, steering)
    printed, steered = run.printing.printed, steering.environment
    run.launcher = Launcher(place, invocation, folder, loop, screen, printed, new_uuid, steered)
    folder.append(
        {
            "at": round(time.time(), 3),
            "run": folder.path.name,
            "argv": argv,
            "cwd": str(cwd),
            "claude": program,
        }
    )
    guard = Guard(f"{folder.path.name}/")
    try:
        code = run.run()
    finally:
        run.let_go()
        guard.dismiss()
        if screen:
            screen.close()
        folder.close()
        loop.close()
    return code


def _limits(settings: Settings, model: str, env: Mapping[str, str]) -> Limits:
    """The wards' limits in figures.

    A user who has switched Claude Code's own compaction off wants none at a threshold either,
    unless he names one.
    """
    named = settings.context != Settings().context
    off = is_off(env) and not named
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return Limits(
        hang=seconds(settings.hang),
        memory=int(amount(settings.memory, BYTES, memory)),
        context=0 if off else int(amount(settings.context, TOKENS, window(model))),
    )


def _folder(env: Mapping[str, str]) -> RunFolder:
    name = f"{datetime.now():%Y%m%d-%H%M%S}-{os.urandom(3).hex()}"
    mask = redactor(for_summarizer(env), mask_key(state_home(env)))
    try:
        return RunFolder(state_home(env), name, mask)
    except OSError as error:
        import tempfile

        spare = Path(tempfile.mkdtemp(prefix="ccsup-"))
        Console().say(f"{error.filename}: {error.strerror}; the journal goes to {spare}")
        return RunFolder(spare, name, mask)


def new_uuid() -> str:
    return str(uuid.uuid4())
