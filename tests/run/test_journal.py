"""The journal of a run: every record has its time; what was judged, said and given is there."""

from __future__ import annotations

from pathlib import Path

from ..programs import world_with
from ..world import Job, bedrock, numbered
from .hurried import PROMPT, run, world_of


def test_a_run_with_a_death_tells_the_row_and_what_was_said(tmp_path: Path) -> None:
    world = world_of(tmp_path, "when_asked(2, lambda: os._exit(0))")
    with bedrock(world, Job(numbered(2))), run(world, *PROMPT) as ended:
        assert ended.ends() == 0, ended.stderr
        records = world.journal()
        stderr = ended.stderr
    kinds = ("event", "launch", "said", "exit")
    times = [record["at"] for record in records if any(kind in record for kind in kinds)]
    assert len(times) > 9 and times == sorted(times)
    exited = [record["row"] for record in records if record.get("event") == "Exited"]
    assert exited == ["silent exit", "finished"]
    said = [line.strip() for record in records for line in record.get("said", "").splitlines()]
    assert "Claude Code ended in the middle of the job and said nothing." in said
    assert all(line in stderr for line in said)
    assert [record["exit"] for record in records if "exit" in record] == [0]
    assert records[-1]["exit"] == 0


def test_a_run_without_a_death_says_nothing_and_gives_its_code(tmp_path: Path) -> None:
    world = world_with(tmp_path, "import sys; sys.exit(3)")
    assert world.run("-p", "x").code == 3
    records = world.journal()
    assert not any("said" in record for record in records)
    assert [record["row"] for record in records if record.get("event") == "Exited"] == ["failed"]
    assert records[-1]["exit"] == 3
