"""Score compacted contexts by the planted facts they keep; prints tables, writes RESULTS.md.

python3 benchmarks/run_retention.py --sizes 300KB,5MB --seeds 6 --peers
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from retention import checkup, report  # noqa: E402
from retention.ccsup import Ccsup  # noqa: E402
from retention.contestants import BASELINES, Case, Contestant, Made, last  # noqa: E402
from retention.cozempic import Cozempic  # noqa: E402
from retention.generate import Order  # noqa: E402
from retention.lineage import Result, descent, once  # noqa: E402

FIXED = 10_000  # tokens of the budget that does not grow
OURS, OURS_FIXED, PERFECT = "ccsup, no model", f"ccsup, no model, {FIXED:,}", "ccsup, perfect model"
OBEDIENT = "ccsup, perfect model, judgement only"
LEGEND = """\
Percent of planted facts whose words stand in the context. *code*: what the records' shape tells
(task to background); *judgement*: decision to subagent; *pinned*: task, rules, open todos and the
last failure. A context may have N tokens: twice the facts' own (bytes by four), 6,000 at least,
where a row does not say otherwise; "mask old outputs", "everything" and cozempic keep to no budget.
Larger transcripts hold compactions of Claude Code's own; the baselines read what stood before
them, cozempic drops it. *leaks*: planted credentials that came through; *decoys*: facts of a
branch that was rewound, none of which is true; *sent*: what the model was shown, of all facts; the
perfect model returns each fact that it was sent, "judgement only" those that code does not hand on.
s and MB: median time and largest memory of the program's process; the baselines run inside the
benchmark. By generation: all facts so far, the
older transcripts being gone, without the states that newer ones have replaced."""


def main() -> None:
    asked = _arguments()
    if asked.check:
        _check(asked)
    peers = asked.peers_folder or Path(tempfile.gettempdir()) / "retention-peers"
    cozempic = Cozempic(peers) if asked.peers else None
    ccsup = tuple(shlex.split(asked.ccsup))
    contestants = _contestants(ccsup, cozempic)
    sections: list[str] = []
    with tempfile.TemporaryDirectory(prefix="retention-", dir=asked.folder) as folder:
        if 1 in asked.generations:
            for size in asked.sizes:
                found = _flat(Path(folder), asked, size, contestants)
                sections += _show(f"## {report.size_words(size)}", _sized(found))
        for depth in (each for each in asked.generations if each > 1):
            found = _deep(Path(folder), asked, depth, contestants)
            size = report.size_words(asked.lineage_size)
            title = f"## {depth} generations, each of {size} of new work"
            sections += _show(
                title, f"{report.by_generation(found)}\n\n{report.failures(found)}".rstrip()
            )
    head = _head(asked, cozempic)
    if asked.out:
        asked.out.write_text("\n\n".join((head, LEGEND, *sections)) + "\n", "utf-8")


def _check(asked: argparse.Namespace) -> None:
    """Ends the program where a generated transcript is not what it should be."""
    for size in asked.sizes:
        for order in _orders(asked, size):
            found = checkup.faults(order)
            if found:
                raise SystemExit(f"{order}:\n" + "\n".join(found))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    listed: Callable[[str], list[str]] = lambda words: words.split(",")  # noqa: E731
    sizes: Callable[[str], list[int]] = lambda words: [  # noqa: E731
        report.size_of(each) for each in words.split(",")
    ]
    numbers: Callable[[str], list[int]] = lambda words: [  # noqa: E731
        int(each) for each in words.split(",")
    ]
    parser.add_argument("--sizes", type=sizes, default=sizes("300KB,5MB,50MB"))
    parser.add_argument("--seeds", type=int, default=6, help="transcripts a size and phrasing")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--generations", type=numbers, default=[1, 3])
    parser.add_argument("--lineage-size", type=report.size_of, default=300_000)
    parser.add_argument("--phrasings", type=listed, default=["a", "b", "c"])
    parser.add_argument("--peers", action="store_true", help="also cozempic, from PyPI")
    parser.add_argument("--peers-folder", type=Path, help="where its environment stands")
    parser.add_argument("--check", action="store_true", help="look at each transcript first")
    parser.add_argument("--ccsup", default="", help="its command, if not this checkout's")
    parser.add_argument("--folder", type=Path, help="for the transcripts, which are removed")
    parser.add_argument("--out", type=Path, help="the tables as a file")
    return parser.parse_args()


def _contestants(command: tuple[str, ...], cozempic: Cozempic | None) -> dict[str, Contestant]:
    def last_fixed(case: Case) -> Made:
        return last(Case(case.path, FIXED, case.truth))

    found: dict[str, Contestant] = {
        OURS: Ccsup(command).without_model,
        OURS_FIXED: Ccsup(command, FIXED).without_model,
        PERFECT: Ccsup(command).with_perfect_model,
        OBEDIENT: Ccsup(command).with_obedient_model,
        f"last {FIXED:,}": last_fixed,
        **BASELINES,
    }
    if cozempic:
        found["cozempic, aggressive"] = cozempic.aggressive
    return found


def _orders(asked: argparse.Namespace, size: int) -> list[Order]:
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    return [Order(size, seed, phrasing) for phrasing in asked.phrasings for seed in seeds]


def _flat(
    folder: Path, asked: argparse.Namespace, size: int, contestants: dict[str, Contestant]
) -> list[Result]:
    return [result for order in _orders(asked, size) for result in once(folder, order, contestants)]


def _deep(
    folder: Path, asked: argparse.Namespace, depth: int, contestants: dict[str, Contestant]
) -> list[Result]:
    bounded = (
        OURS,
        OURS_FIXED,
        PERFECT,
        OBEDIENT,
        "last N",
        "head and tail",
        "mask old outputs, last N",
    )
    return [
        result
        for name in bounded
        for order in _orders(asked, asked.lineage_size)
        for result in descent(folder, order, depth, name, contestants[name])
    ]


def _sized(found: list[Result]) -> str:
    tables = (report.by_category, report.failures, report.by_phrasing, report.by_place)
    return "\n\n".join(filter(None, (made(found) for made in tables)))


def _show(title: str, tables: str) -> list[str]:
    sys.stdout.write(f"{title}\n\n{tables}\n\n")
    sys.stdout.flush()
    return [title, tables]


def _head(asked: argparse.Namespace, cozempic: Cozempic | None) -> str:
    from supervisor import __version__

    described = subprocess.run(
        ["git", "describe", "--always", "--dirty"], cwd=HERE, capture_output=True, text=True
    ).stdout.strip()
    seeds = f"{asked.first_seed} to {asked.first_seed + asked.seeds - 1}"
    peer = f"; {cozempic.version()}" if cozempic else ""
    return (
        f"# Retention\n\nMeasured on {datetime.now(UTC):%Y-%m-%d} with {os.cpu_count()} cores,"
        f" {platform.system()} {platform.machine()}, Python {platform.python_version()}:"
        f" ccsup {__version__} ({described or 'no commit'}){peer}. Seeds {seeds},"
        f" phrasings {', '.join(asked.phrasings)}."
    )


if __name__ == "__main__":
    main()
