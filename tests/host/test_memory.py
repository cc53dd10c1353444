"""The kernel's own count of what it killed for want of memory."""

from __future__ import annotations

from pathlib import Path

import pytest

from supervisor.host.memory import oom_kills

V1, V2 = "4:memory:/box\n3:cpuset:/elsewhere\n", "0::/slice/box\n"
EVENTS = "low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\noom_group_kill 9\n"
CONTROL = "oom_kill_disable 0\nunder_oom 0\noom_kill 5\n"


def tree(root: Path, cgroup: str, files: dict[str, str], pid: str = "self") -> Path:
    for name, text in {f"proc/{pid}/cgroup": cgroup, **files}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("cgroup", "files", "count"),
    [
        (V2, {"slice/box/memory.events": EVENTS}, 2),
        (V2, {"unified/slice/box/memory.events": EVENTS}, 2),
        ("0::/\n", {"memory.events": EVENTS}, 2),
        (V1, {"memory/box/memory.oom_control": CONTROL}, 5),
        ("4:cpu,memory:/box\n", {"memory/box/memory.oom_control": CONTROL}, 5),
        ("4:memory:/a:b\n", {"memory/a:b/memory.oom_control": CONTROL}, 5),
        (
            V1 + V2,
            {"memory/box/memory.oom_control": CONTROL, "unified/slice/box/memory.events": EVENTS},
            7,
        ),
        (V1 + V2, {"memory/box/memory.oom_control": CONTROL}, 5),
    ],
    ids="v2 hybrid-v2 v2-root v1 v1-shared v1-colon both v1-with-an-empty-v2".split(),
)
def test_the_count_is_read(tmp_path: Path, cgroup: str, files: dict[str, str], count: int) -> None:
    in_mount = {f"sys/fs/cgroup/{name}": text for name, text in files.items()}
    assert oom_kills(root=tree(tmp_path, cgroup, in_mount)) == count


@pytest.mark.parametrize("path", ["/docker/0123", "/../../kubepods/pod7"])
def test_a_container_that_is_told_the_hosts_path_finds_its_own(tmp_path: Path, path: str) -> None:
    files = {"sys/fs/cgroup/memory.events": EVENTS, "sys/kubepods/pod7/memory.events": CONTROL}
    assert oom_kills(root=tree(tmp_path, f"0::{path}\n", files)) == 2
    files = {"sys/fs/cgroup/memory/memory.oom_control": CONTROL}
    assert oom_kills(root=tree(tmp_path / "v1", f"9:memory:{path}\n", files)) == 5


def test_its_own_path_goes_before_the_mounts_root(tmp_path: Path) -> None:
    files = {
        "sys/fs/cgroup/memory.events": "oom_kill 90",
        "sys/fs/cgroup/slice/box/memory.events": EVENTS,
    }
    assert oom_kills(root=tree(tmp_path, V2, files)) == 2


def test_a_cgroup_that_was_deleted_is_not_taken_for_the_mounts_root(tmp_path: Path) -> None:
    files = {"sys/fs/cgroup/memory.events": EVENTS}
    assert oom_kills(root=tree(tmp_path, "0::/slice/box (deleted)\n", files)) is None


@pytest.mark.parametrize(
    "text", ["", "oom_kill\n", "oom_kill many\n", "oom_kill -3\n", "oom_kill_disable 0\n", "\xff"]
)
def test_garbage_is_no_count(tmp_path: Path, text: str) -> None:
    assert oom_kills(root=tree(tmp_path, V2, {"sys/fs/cgroup/memory.events": text})) is None


@pytest.mark.parametrize("cgroup", ["", "nonsense", "0::", "1:cpu:/", "::::\n\n:", V2, V1])
def test_where_nobody_counts_nothing_is_known(tmp_path: Path, cgroup: str) -> None:
    assert oom_kills(root=tree(tmp_path, cgroup, {})) is None


def test_no_proc_no_count(tmp_path: Path) -> None:
    assert oom_kills(root=tmp_path) is None


def test_another_process_may_be_meant(tmp_path: Path) -> None:
    files = {"sys/fs/cgroup/slice/box/memory.events": EVENTS}
    root = tree(tmp_path, V2, files, pid="77")
    assert oom_kills(77, root) == 2
    assert oom_kills(78, root) is None and oom_kills(root=root) is None


def test_this_machine_has_a_count_or_none() -> None:
    count = oom_kills()
    assert count is None or count >= 0
