"""rescue: a session that died outside ccsup is compacted, and goes on under supervision."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

from ..claude.ended import Ended, ended
from ..claude.entries import decode
from ..claude.follow import size
from ..claude.locate import homes, lineage
from ..claude.sessions import UUID, project_dir
from ..compaction.digest.words import spoken
from ..compaction.order import Order, Result
from ..compaction.prompts import VARIABLES, load
from ..core import wording
from ..core.commands import Way
from ..core.events import Compacted
from ..core.invocation import Invocation, next_argv
from ..core.launch import Operand
from ..core.policy import GAVE_UP, TRY_LATER
from ..core.rows import Remedy
from ..host.clock import steady
from ..journal.mask_key import mask_key
from ..journal.runs import state_home
from ..settings import Settings
from ..terminal.loop import Loop
from .compactor import Compactor
from .console import Console
from .environment import for_summarizer, prompt_folders
from .living import living_pid
from .recovery import MARGIN
from .wiring import supervise

UNFIT = 65  # sysexits.h EX_DATAERR: a session that is not to be rescued
STILL_WRITTEN = 5.0  # s since the last write; a claude may still be at work


class Refused(Exception):
    """The session is left as it is. `code`: the exit code."""

    def __init__(self, told: str, code: int = UNFIT) -> None:
        super().__init__(told)
        self.code = code


def refusal(path: Path, end: Ended, env: Mapping[str, str], now: float, *, force: bool) -> None:
    """Raises Refused where the session must not be relaunched.

    `now`: seconds since the epoch. `force` lets a session pass that has ended well or whose
    ending is the user's own affair, and nothing else.
    """
    if not UUID.match(path.stem):
        raise Refused(f"{path}: its name is no session's id, so claude cannot take it up")
    if pid := living_pid(env, path.stem):
        raise Refused(
            f"session {path.stem}: a claude still runs it (pid {pid}); end that one first",
            TRY_LATER,
        )
    since = now - path.stat().st_mtime
    if 0 <= since < STILL_WRITTEN:
        raise Refused(
            f"session {path.stem}: its transcript was written to {since:.1f} s ago, so that a"
            " claude may still be at work; try again in some seconds",
            TRY_LATER,
        )
    verdict = end.verdict
    if verdict.remedy is Remedy.FINISH and not force:
        raise Refused(
            f"session {path.stem} ended well ({verdict.evidence}); with --force it is compacted"
            " and relaunched all the same"
        )
    if verdict.remedy is Remedy.HAND and not force:
        raise Refused(
            f"{verdict.row.told}\nevidence  {verdict.evidence}\nThat is yours to settle; when it"
            f" is, ccsup rescue --force {path.stem[:8]} goes on"
        )
    if not any(map(_has_words, reversed(lineage(path)))):
        raise Refused(f"session {path.stem}: no message of a user is in it; there is nothing to do")


def home_of(path: Path, env: Mapping[str, str]) -> Path:
    """The working directory in which claude finds the session; raises Refused for none."""
    named = homes(path)
    home = next((each for each in named if project_dir(env, each) == path.parent), None)
    if home is None:
        where = ", ".join(map(str, named)) or "no folder"
        raise Refused(
            f"{path}: does not lie where claude would look for a session of {where};"
            " put it back into its project's folder"
        )
    if not home.is_dir():
        raise Refused(f"{home}: the session's own folder does not exist any more")
    return home


def rescue(
    settings: Settings,
    path: Path,
    arguments: tuple[str, ...],
    env: Mapping[str, str],
    home: Path,
    new_uuid: Callable[[], str],
    note: Callable[[str], None],
) -> int:
    """Compact the session in the file `path`, relaunch it in `home`, and give the exit code.

    The process is in `home` already. `arguments` are claude's own; words among them that are
    no option are the user's message, in the place of our prompt to go on. Raises PromptError,
    before anything is done, for a template that cannot be used, and OSError.
    `note` is told the new session.
    """
    if shutil.which(settings.claude, path=env.get("PATH")) is None:
        return supervise(settings, arguments, env, home)  # it says what is wrong
    console = Console()
    end = ended(path, settings.rows)
    console.say(_told(path, end))
    folders = prompt_folders(settings, env, home)
    for name in VARIABLES:
        load(name, folders)
    invocation = Invocation.of(arguments)
    said = " ".join(part.word for part in invocation.parts if isinstance(part, Operand))
    order = Order(
        transcripts=[str(each) for each in lineage(path)],
        session=new_uuid(),
        reason=end.verdict.row.name,
        model=settings.model,
        silence=settings.silence,
        deadline=settings.deadline,
        cwd=str(home),
        culprit=end.verdict.remedy is Remedy.THRASH,
        backend=settings.backend,
        claude=[settings.claude],
        key=mask_key(state_home(env)).hex(),
    )
    console.say("Reading the transcript.")
    answer = compacted(order, env, folders, console)
    if isinstance(answer, str):
        console.say(wording.without_model(answer))
        answer = compacted(replace(order, with_model=False), env, folders, console)
    if isinstance(answer, str) or answer.session is None:
        told = answer if isinstance(answer, str) else "nothing was said in it"
        console.say(f"Giving up: {told}.\ntranscript {path}")
        return GAVE_UP
    if answer.skipped:
        console.say(f"{answer.skipped} unreadable transcript lines were skipped.")
    way = Way[answer.way]
    sizes = answer.tokens_before, answer.tokens_after
    event = Compacted(answer.session, way, *sizes, answer.told, answer.cost)
    console.say(wording.relaunching(event))
    taken_up = way is Way.REBUILT
    # The user's words stand alone: behind a prompt of ours they would count as ours for good.
    prompt = (
        (said or answer.prompt) if taken_up else "\n\n".join(filter(None, (answer.prompt, said)))
    )
    argv = next_argv(
        invocation,
        resume=answer.session if taken_up else None,
        session=None if taken_up else answer.session,
        prompt=None if invocation.streams_input else prompt,
    )
    note(answer.session)
    return supervise(settings, argv, env, home)


def compacted(
    order: Order, env: Mapping[str, str], folders: tuple[Path, ...], console: Console
) -> Result | str:
    """The outcome of a compaction in a process of its own, or why there is none."""
    loop, answers = Loop(), list[Result | str]()
    compactor = Compactor(
        loop,
        order,
        for_summarizer(env),
        folders,
        None,
        console.say,
        lambda count: console.progress(f"summary: {count:,} characters so far"),
        answers.append,
    )
    due = steady() + order.deadline + MARGIN
    try:
        while not answers and steady() < due:
            loop.turn(1.0)
    finally:
        if not answers:  # late, or interrupted
            compactor.cancel()
        loop.close()
    return answers[0] if answers else f"no end within {order.deadline + MARGIN:g} s"


def _told(path: Path, end: Ended) -> str:
    verdict = end.verdict
    return (
        f"{verdict.row.told}\nevidence  {verdict.evidence}\n"
        f"session   {path.stem} ({wording.size(size(path))})\n"
        "The session is compacted, and goes on in a new one; its transcript stays as it is."
    )


def _has_words(path: Path) -> bool:
    """Whether a user speaks in it, or a compaction tells of what he said."""
    with path.open("rb") as file:
        for line in file:
            for entry in decode(line) or ():
                if entry.is_summary:
                    return True
                talks = entry.type in ("user", "attachment") and not entry.is_meta
                if talks and not entry.sidechain and spoken(entry.text):
                    return True
    return False


def moved(here: Path, home: Path, env: Mapping[str, str]) -> dict[str, str]:
    """The environment in `home`; the process goes there, and says so where it was elsewhere."""
    if here == home:
        return dict(env)
    os.chdir(home)
    Console().say(f"The session is at home in {home}; it goes on there.")
    return {**env, "PWD": str(home)}
