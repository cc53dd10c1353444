"""Whole recoveries with a secret of every format in them: none is found afterwards.

They stand in what the user says, in the arguments, in a tool's output and in the error that
the session dies of. Looked through are all files of the state folder, the requests that
ccsup itself has made, and the session file it has written.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from supervisor.demo.bedrock import BreakOff
from supervisor.journal.mask_key import NAME

from ..compaction.planted import EVERY, Planted, chars
from ..world import Job, World, bedrock
from .hurried import FINAL, run, world_of

# Masks nothing: what the tests would see if ccsup masked nothing.
SWITCHED_OFF = """
import os
if os.environ.get("MASKS") == "none":
    from supervisor.compaction import redact
    redact.redactor = lambda env, key: str
"""
# What is on the disk of an earlier launch while a later one lives.
COPIES_LOGS = """
import shutil
for log in Path.home().glob(".local/state/ccsup/runs/*/hooks-1.jsonl"):
    if log.stat().st_size:
        shutil.copy(log, "hooks-of-the-dead")
"""
IN_ENVIRONMENT = Planted("environment", "", chars(30) + "/" + chars(30))
PLACES = ("prompt", "argv", "output", "error")


def of(place: str) -> list[Planted]:
    """Every format in two of the places."""
    number = PLACES.index(place)
    return [each for at, each in enumerate(EVERY) if at % 4 == number or (at + 2) % 4 == number]


def lines(place: str) -> str:
    return "\n\n".join(f"[{place} {at}] {each.text}" for at, each in enumerate(of(place)))


def files(world: World) -> Iterator[tuple[str, str]]:
    """All that ccsup has written, by name."""
    state = world.home / ".local" / "state" / "ccsup"
    for path in state.rglob("*"):
        if path.is_file() and path.name != NAME:
            yield path.name, path.read_text("utf-8", "replace")
    for path in world.transcripts():
        if '"ccsup"' in path.read_text():
            rebuilt = (json.loads(line) for line in path.read_text().splitlines())
            ours = [record for record in rebuilt if "ccsup" in record]
            yield "rebuilt", json.dumps(ours, ensure_ascii=False)


def leaks(where: str, text: str) -> set[tuple[str, str]]:
    """(where, kind) of each secret that the text tells, also as JSON has it."""
    plain = text.replace("\\n", "\n").replace('\\"', '"')
    return {
        (where, each.kind)
        for each in (*EVERY, IN_ENVIRONMENT)
        if each.core[-16:] in text or each.core[-16:] in plain
    }


def played(folder: Path, masks: str) -> tuple[World, set[tuple[str, str]], list[str]]:
    """A run that dies of an error with secrets in it, and what was found afterwards."""
    world = world_of(folder, COPIES_LOGS)
    output = world.cwd / "output.txt"
    output.write_text(lines("output"))
    job = Job(
        [("The secrets are shown.", "cat output.txt"), ("Goes on.", "echo on")],
        dies=lambda number, _: number == 3,
        death=BreakOff(f"Out of memory\n{lines('error')}"),
    )
    said = f"Do it step by step.\n{lines('prompt')}\n{IN_ENVIRONMENT.text}"
    script = world.home / "sitecustomize.py"
    script.write_text(SWITCHED_OFF)
    path = f"{world.home}:{world.env['PYTHONPATH']}"
    token = IN_ENVIRONMENT.secret
    arguments = ("-p", said, "--settings", json.dumps({"env": {"X": lines("argv")}}))
    with (
        bedrock(world, job),
        run(world, *arguments, MASKS=masks, DEPLOY_TOKEN=token, PYTHONPATH=path) as ended,
    ):
        assert ended.ends() == 0, ended.stderr
        assert ended.stdout.strip() == FINAL and job.deaths == 1
    assert job.summaries, "ccsup has asked for a summary"
    found: set[tuple[str, str]] = set()
    names = []
    dead = ("hooks-of-the-dead", (world.cwd / "hooks-of-the-dead").read_text())
    for name, text in (*files(world), dead):
        names.append(name)
        found |= leaks(name, text)
    for request in job.summaries:
        found |= leaks("request", json.dumps(request.body, ensure_ascii=False))
    return world, found, names


EXPECTED = {"journal.jsonl", "context-1.md", "launch-1.stdout", "pins.md"}


def test_no_secret_is_found_after_a_recovery(tmp_path: Path) -> None:
    world, found, names = played(tmp_path, "all")
    assert {*EXPECTED, "hooks-1.jsonl", "hooks-2.jsonl", "compaction-1.log", "rebuilt"} <= {*names}
    assert found == set()
    journal = (next(world.home.glob(".local/**/journal.jsonl"))).read_text()
    assert "[redacted:anthropic-key:" in journal and "[redacted:environment:" in journal
    for log in world.home.glob(".local/**/hooks-*.jsonl"):
        assert all(json.loads(line) for line in log.read_text().splitlines() if line)


def test_with_the_masks_switched_off_they_are_found_everywhere(tmp_path: Path) -> None:
    _, found, _ = played(tmp_path, "none")
    kinds = {each.kind for each in EVERY}
    for name in (
        "journal.jsonl",
        "hooks-1.jsonl",
        "request",
        "rebuilt",
        "pins.md",
        "hooks-of-the-dead",
    ):
        assert any(where == name for where, _ in found), name
    assert {kind for where, kind in found if where == "journal.jsonl"} >= kinds


def test_the_same_secret_has_the_same_mask_in_two_runs(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    secret = EVERY[0].text
    for _ in range(2):
        with bedrock(world, Job([])), run(world, "-p", f"Say {secret}") as ended:
            assert ended.ends() == 0, ended.stderr
    prompts = [record["argv"] for record in world.journal() if "launch" in record]
    told = {word for argv in prompts for word in argv if word.startswith("Say ")}
    assert len(prompts) == 2 and len(told) == 1 and secret not in told.pop()
