"""What is on disk of ours is masked, and stays in its form."""

from __future__ import annotations

import json
import os
import re
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from supervisor.journal.runs import RunFolder, masked

SECRET = "-secret-"


def mask(text: str) -> str:
    """Masks the word, whatever follows the option, and whole blocks of lines."""
    text = re.sub(r"(?<=--password )(?!\[)\S+", "[masked]", text)
    return re.sub(r"-secret-|BEGIN.*?END", "[masked]", text, flags=re.DOTALL)


class Colour(Enum):
    RED = SECRET


def folder(home: Path, *, on: bool = True) -> RunFolder:
    return RunFolder(home, "one", mask) if on else RunFolder(home, "one")


RECORD: dict[str, Any] = {
    "argv": ("claude", "-p", f"Use {SECRET}", "--password", "hunter22"),
    "deep": [{"evidence": [f"a {SECRET}"]}, 1, 2.5, None, True],
    "path": Path(SECRET),
    "colour": Colour.RED,
}


def test_every_string_of_a_record_is_masked_and_the_rest_is_kept(tmp_path: Path) -> None:
    run = folder(tmp_path)
    run.append(RECORD)
    [line] = (run.path / "journal.jsonl").read_text().splitlines()
    told = json.loads(line)
    assert SECRET not in line and "hunter22" not in line
    assert told["argv"] == ["claude", "-p", "Use [masked]", "--password", "[masked]"]
    assert told["deep"] == [{"evidence": ["a [masked]"]}, 1, 2.5, None, True]


def test_without_a_mask_it_would_be_seen(tmp_path: Path) -> None:
    run = folder(tmp_path, on=False)
    run.append(RECORD)
    run.write("context.md", SECRET.encode())
    assert (run.path / "journal.jsonl").read_text().count(SECRET) == 3
    assert (run.path / "context.md").read_text() == SECRET


def test_a_string_behind_an_ordinary_one_is_masked_alone() -> None:
    assert masked(["-p", "words", "hunter22"], mask) == ["-p", "words", "hunter22"]
    assert masked(["--password"], mask) == ["--password"]


def test_a_file_is_masked_over_its_lines(tmp_path: Path) -> None:
    run = folder(tmp_path)
    path = run.write("context.md", f"one {SECRET}\nBEGIN\nof lines\nEND\n\xff".encode("latin-1"))
    assert path is not None
    assert path.read_bytes().startswith(b"one [masked]\n[masked]\n")


@pytest.mark.parametrize("opening", ['{"a": 1}\n', "[1]\n", ""])
def test_lines_of_json_stay_lines_of_json(tmp_path: Path, opening: str) -> None:
    run = folder(tmp_path)
    data = f'{opening}{{"prompt": "{SECRET} BEGIN", "next": "END"}}\n{{"n": 2}}\n'
    path = run.write("hooks-1.jsonl", data.encode())
    assert path is not None
    *_, prompt, last = path.read_text().splitlines()
    assert json.loads(prompt) == {"prompt": "[masked] BEGIN", "next": "END"}
    assert last == '{"n": 2}'


def test_a_file_for_a_program_is_written_as_it_is(tmp_path: Path) -> None:
    path = folder(tmp_path).write_plain("plugin-1/hooks.json", SECRET.encode())
    assert path is not None and path.read_text() == SECRET


def test_what_others_have_written_is_masked_when_they_are_done(tmp_path: Path) -> None:
    run = folder(tmp_path)
    log = run.path / "hooks-1.jsonl"
    log.write_text(f'{{"prompt": "{SECRET}"}}\nnot json {SECRET}\n{{"n": 1}}\n')
    run.seal("hooks-1.jsonl")
    assert log.read_text() == '{"prompt": "[masked]"}\nnot json [masked]\n{"n": 1}\n'
    run.seal("hooks-2.jsonl")  # never written
    assert run.trouble is None


def test_what_came_late_is_masked_at_the_end_of_the_run(tmp_path: Path) -> None:
    run = folder(tmp_path)
    for name in ("hooks-1.jsonl", "compaction-1.log"):
        (run.path / name).write_text(SECRET)
    run.close()
    for name in ("hooks-1.jsonl", "compaction-1.log"):
        assert (run.path / name).read_text() == "[masked]"


def test_a_link_in_the_place_of_a_log_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text(SECRET)
    run = folder(tmp_path)
    os.symlink(victim, run.path / "hooks-1.jsonl")
    run.seal("hooks-1.jsonl")
    assert victim.read_text() == SECRET and run.trouble is not None
