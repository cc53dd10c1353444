"""Rescue on the real Claude Code: a session that died outside ccsup comes to its end."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
from pathlib import Path

from supervisor.demo.bedrock import Reply, Request, Say, text

from ..cli.test_transcripts import NOTES
from ..world import Job, Outcome, World, bedrock, numbered

TASK = "Sort the ledger of Ostrava. Never touch the file budget-1972.xls, whatever happens."
FLAGS = ("-p", "--dangerously-skip-permissions")
FINAL = "The ledger is sorted."


def notes(request: Request) -> Reply:
    return Say((text(NOTES),))


def rescue(world: World, *arguments: str, cwd: Path) -> Outcome:
    done = subprocess.run(
        [*world.ccsup("rescue"), *arguments],
        env=world.env,
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=False,
    )
    return Outcome(done.returncode, done.stdout.decode(), done.stderr.decode())


def age(path: Path) -> None:
    """It was last written to a minute ago."""
    at = path.stat().st_mtime - 60
    os.utime(path, (at, at))


def test_a_session_that_died_outside_is_brought_to_its_end(world: World) -> None:
    """From another folder, by the beginning of its id, with the model's notes."""
    job = Job(numbered(4), FINAL, dies=lambda number, request: number == 4, summary=notes)
    with bedrock(world, job):
        dead = world.run(*FLAGS, TASK, bare=True)
        assert dead.code == 1 and "Out of memory" in dead.stdout
        [original] = world.transcripts()
        before = hashlib.sha256(original.read_bytes()).hexdigest()
        age(original)
        ended = rescue(
            world, original.stem[:8], "--", *FLAGS, "--output-format", "json", cwd=world.home
        )
    assert ended.code == 0, ended.stderr
    assert json.loads(ended.stdout)["result"] == FINAL
    assert hashlib.sha256(original.read_bytes()).hexdigest() == before
    assert f"at home in {world.cwd}" in ended.stderr
    assert 'last entry: "API Error: Out of memory"' in ended.stderr
    assert len(world.transcripts()) == 2 and len(job.summaries) == 1
    first = job.asked[4].text()
    for told in (TASK, "Decision 1: plan 7 it is", "Novak stands in", "[ccsup] ", str(original)):
        assert told in first


def test_a_later_death_compacts_from_the_whole(world: World) -> None:
    """Words behind the dashes are a message of the user's, and as lasting as the others."""
    steps = numbered(5)
    job = Job(steps, FINAL, dies=lambda number, request: number in (4, 6))
    options = ("--backend", "none", "--", *FLAGS)
    with bedrock(world, job):
        world.run(*FLAGS, TASK, bare=True)
        young = rescue(world, *options, cwd=world.cwd)
        [original] = world.transcripts()
        age(original)
        ended = rescue(world, *options, "Leave the docs for later.", cwd=world.cwd)
        for path in world.transcripts():
            age(path)
        well = rescue(world, *options, cwd=world.cwd)
    assert young.code == 75 and "a claude may still be at work" in young.stderr
    assert (ended.code, ended.stdout) == (0, f"{FINAL}\n"), ended.stderr
    assert len(world.transcripts()) == 3 and not job.summaries
    for told in (TASK, "Decision 1: plan 7", "Decision 4: plan 28", "Leave the docs for later."):
        assert told in job.asked[-1].text()
    assert well.code == 65 and "ended well" in well.stderr
