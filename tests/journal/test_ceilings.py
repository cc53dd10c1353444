"""Ceilings: what was learned is kept from run to run, and damage costs no more than that."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from supervisor.core.ceiling import Ceiling
from supervisor.journal.ceilings import MOST, NAME, Ceilings

LEARNED = Ceiling(80_000, 3_000, 2)


def test_what_was_learned_is_there_for_the_next_run(tmp_path: Path) -> None:
    assert Ceilings(tmp_path).put("/ledger", "sonnet", LEARNED) is None
    assert Ceilings(tmp_path).get("/ledger", "sonnet") == LEARNED
    assert os.listdir(tmp_path) == [NAME], "nothing half written is left"


def test_each_project_and_model_has_its_own(tmp_path: Path) -> None:
    ceilings = Ceilings(tmp_path)
    others = {("/ledger", "opus"): Ceiling(1), ("/annex", "sonnet"): Ceiling(2)}
    for (project, model), ceiling in others.items():
        ceilings.put(project, model, ceiling)
    assert ceilings.get("/ledger", "sonnet") is None
    ceilings.put("/ledger", "sonnet", LEARNED)
    assert ceilings.all() == {**others, ("/ledger", "sonnet"): LEARNED}


def test_a_newer_one_takes_the_place_of_the_older(tmp_path: Path) -> None:
    ceilings = Ceilings(tmp_path)
    ceilings.put("/ledger", "sonnet", Ceiling(90_000))
    ceilings.put("/ledger", "sonnet", LEARNED)
    assert list(ceilings.all().values()) == [LEARNED]


def test_one_is_forgotten_and_the_others_are_not(tmp_path: Path) -> None:
    ceilings = Ceilings(tmp_path)
    for model in ("sonnet", "opus"):
        ceilings.put("/ledger", model, LEARNED)
    assert ceilings.put("/ledger", "sonnet", None) is None
    assert list(ceilings.all()) == [("/ledger", "opus")]
    assert ceilings.put("/ledger", "haiku", None) is None  # never known
    assert list(ceilings.all()) == [("/ledger", "opus")]


def test_the_oldest_go_first(tmp_path: Path) -> None:
    entry = {"model": "sonnet", "tokens": 80_000, "step": 0, "deaths": 1}
    known = [{"project": f"/{number}", **entry} for number in range(MOST)]
    (tmp_path / NAME).write_text(json.dumps(known))
    ceilings = Ceilings(tmp_path)
    ceilings.put("/0", "sonnet", LEARNED)  # the oldest, but new again
    ceilings.put("/ledger", "sonnet", LEARNED)
    found = [project for project, _ in ceilings.all()]
    assert len(found) == MOST and found[-2:] == ["/0", "/ledger"] and "/1" not in found


@pytest.mark.parametrize("name", ["/home/ě 😀", "/odd \udcff bytes", '"quoted"\n'])
def test_a_project_may_have_any_name(tmp_path: Path, name: str) -> None:
    assert Ceilings(tmp_path).put(name, "sonnet", LEARNED) is None
    assert Ceilings(tmp_path).get(name, "sonnet") == LEARNED


GOOD = {"project": "/ledger", "model": "sonnet", "tokens": 80_000, "step": 3_000, "deaths": 2}


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no JSON",
        b"\xff\xfe\0",
        b"[" * 100_000,
        b"3",
        b'{"project": "/ledger"}',
        b'["/ledger", null, []]',
        *(
            json.dumps([{**GOOD, **damage}]).encode()
            for damage in (
                {"tokens": "80000"},
                {"tokens": -1},
                {"tokens": 0},
                {"step": None},
                {"step": -1},
                {"deaths": 1.5},
            )
        ),
    ],
    ids=lambda data: data[:20],
)
def test_what_cannot_be_read_is_not_there_and_is_replaced(tmp_path: Path, data: bytes) -> None:
    (tmp_path / NAME).write_bytes(data)
    ceilings = Ceilings(tmp_path)
    assert ceilings.all() == {}
    assert ceilings.put("/ledger", "sonnet", LEARNED) is None
    assert ceilings.all() == {("/ledger", "sonnet"): LEARNED}


def test_a_good_entry_among_bad_ones_is_kept(tmp_path: Path) -> None:
    told: list[Any] = ["damage", {**GOOD, "project": "/annex", "step": None}, GOOD]
    (tmp_path / NAME).write_text(json.dumps(told))
    assert Ceilings(tmp_path).all() == {("/ledger", "sonnet"): LEARNED}


def test_a_folder_that_takes_no_file_gives_the_error(tmp_path: Path) -> None:
    missing = Ceilings(tmp_path / "none")
    error = missing.put("/ledger", "sonnet", LEARNED)
    assert isinstance(error, FileNotFoundError)
    assert missing.get("/ledger", "sonnet") is None
    (tmp_path / "file").touch()
    assert isinstance(Ceilings(tmp_path / "file").put("/x", "y", LEARNED), NotADirectoryError)


def test_a_file_that_cannot_be_replaced_gives_the_error(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    assert isinstance(Ceilings(tmp_path).put("/ledger", "sonnet", LEARNED), OSError)


@pytest.mark.parametrize("mask", [0, 0o077])
def test_the_file_is_private_whatever_the_umask(tmp_path: Path, mask: int) -> None:
    before = os.umask(mask)
    try:
        Ceilings(tmp_path).put("/ledger", "sonnet", LEARNED)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    home = tmp_path / "state"
    home.mkdir()
    (home / NAME).symlink_to(victim)
    assert Ceilings(home).put("/ledger", "sonnet", LEARNED) is None
    assert victim.read_text() == "precious" and not (home / NAME).is_symlink()


def test_a_link_in_the_place_of_the_half_written_file_is_not_followed(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    home = tmp_path / "state"
    home.mkdir()
    (home / f"{NAME}.{os.getpid()}").symlink_to(victim)
    assert isinstance(Ceilings(home).put("/ledger", "sonnet", LEARNED), OSError)
    assert victim.read_text() == "precious"
