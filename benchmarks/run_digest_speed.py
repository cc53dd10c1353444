"""How fast a transcript of 1 GB is digested, beside json and plain reading in the same run.

python3 benchmarks/run_digest_speed.py --size 1GB --rounds 3
"""

from __future__ import annotations

import argparse
import os
import platform
import shlex
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent)]

from retention import report, speed  # noqa: E402
from retention.generate import Order, generate  # noqa: E402
from retention.load import Watch  # noqa: E402

SPOILT = 0.25  # cores that others kept busy; the table says nothing then
HEAD = ("", "MB/s", "s", "CPU s", "MB at peak", "json = 1")


def main() -> int:
    asked = _arguments()
    with tempfile.TemporaryDirectory(prefix="digest-speed-", dir=asked.folder) as folder:
        path = Path(folder) / f"{asked.seed:08x}-0000-4000-8000-000000000000.jsonl"
        size = _write(path, asked)
        command = tuple(shlex.split(asked.ccsup))
        with Watch() as watch:
            found = speed.measure(speed.readers(path, command), Path(folder), asked.rounds)
    if watch.others > asked.spoilt:
        sys.stdout.write(
            f"Spoilt: others kept {watch.others:.2f} cores busy; no table. Try again when the"
            " machine is quiet.\n"
        )
        return 1
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    sys.stdout.write(
        f"{size / 1e6:,.0f} MB, median of {asked.rounds}, {machine}; others kept"
        f" {watch.others:.2f} cores busy.\n\n{report.table(HEAD, speed.rows(found, size))}\n"
    )
    return 0


def _write(path: Path, asked: argparse.Namespace) -> int:
    """The transcript, as it is made; gives its bytes."""
    begun = time.perf_counter()
    with path.open("wb") as out:
        generate(out, Order(asked.size, asked.seed, asked.phrasing))
    size = path.stat().st_size
    seconds = time.perf_counter() - begun
    sys.stderr.write(f"wrote {size / 1e6:,.0f} MB in {seconds:.0f} s\n")
    return size


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--size", type=report.size_of, default=report.size_of("1GB"))
    parser.add_argument("--seed", type=int, default=2)
    parser.add_argument("--phrasing", default="a")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--ccsup", default="", help="its command, if not this checkout's")
    parser.add_argument("--folder", type=Path, help="for the transcript, which is removed")
    parser.add_argument("--spoilt", type=float, default=SPOILT, help="cores others may take")
    return parser.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
