"""How often the kernel has killed for want of memory, as its cgroups count it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path, PurePosixPath

MOUNT = "sys/fs/cgroup"


def oom_kills(pid: int | None = None, root: Path = Path("/")) -> int | None:
    """The kills in the memory cgroup of `pid` (None: this process); None where nobody counts.

    Only the growth between two calls means something. A process that has ended is in no
    cgroup: ask for this process after its death, the child is in the same one.
    `root` is where proc and sys are found.
    """
    try:
        lines = (root / "proc" / str(pid or "self") / "cgroup").read_text("utf-8", "replace")
    except OSError:
        return None
    counts = [
        count
        for line in lines.splitlines()
        for counter in _counter(line, root / MOUNT)
        if (count := _oom_kill(counter)) is not None
    ]
    return sum(counts) if counts else None


def _counter(line: str, mount: Path) -> Iterator[Path]:
    """The file that counts for one line of /proc/PID/cgroup, if any does."""
    number, _, rest = line.partition(":")
    controllers, _, path = rest.partition(":")
    if path.endswith(" (deleted)"):
        return
    if number == "0" and not controllers:
        mounts, name = [mount, mount / "unified"], "memory.events"
    elif "memory" in controllers.split(","):
        mounts, name = [mount / "memory"], "memory.oom_control"
    else:
        return
    below = PurePosixPath(path.lstrip("/"))
    # In a container the path is often the host's, and the mount's root our own cgroup.
    places = [] if ".." in below.parts else [each / below / name for each in mounts]
    places += [each / name for each in mounts]
    yield from [place for place in places if place.is_file()][:1]


def _oom_kill(counter: Path) -> int | None:
    try:
        lines = counter.read_text("utf-8", "replace").splitlines()
    except OSError:
        return None
    for line in lines:
        key, _, value = line.partition(" ")
        if key == "oom_kill" and value.strip().isdecimal():
            return int(value)
    return None
