"""Files: what was done to them, by the tools and by the shell; commits."""

from __future__ import annotations

import pytest

from supervisor.compaction.digest.files import by_shell

from ...entries import Transcript, call
from ..facts import bash, digest_of, known


def use(transcript: Transcript, name: str, path: str, *, failed: bool = False) -> None:
    key = "notebook_path" if name == "NotebookEdit" else "file_path"
    transcript.respond(call(name, {key: path}, f"id{len(transcript.lines)}"))
    transcript.result("said", f"id{len(transcript.lines) - 1}", failed=failed)


def test_files_tell_what_was_done_to_them() -> None:
    transcript = Transcript()
    for name, path in (
        ("Read", "a"),
        ("Edit", "a"),
        ("Edit", "a"),
        ("Read", "a"),
        ("Write", "b"),
        ("MultiEdit", "b"),
        ("NotebookEdit", "c"),
        ("Grep", "d"),
    ):
        use(transcript, name, path)
    use(transcript, "Write", "e", failed=True)
    found = known(transcript).files
    assert {path: file.told for path, file in found.items()} == {
        "a": "read 2x, edited 2x",
        "b": "written, edited",
        "c": "edited",
        "e": "failed",
    }
    assert [path for path, file in found.items() if file.is_changed] == ["a", "b", "c"]


def test_the_file_that_was_touched_last_is_last() -> None:
    transcript = Transcript()
    for path in ("a", "b", "a"):
        use(transcript, "Edit", path)
    assert list(known(transcript).files) == ["b", "a"]


@pytest.mark.parametrize(
    ("command", "files"),
    [
        ("sed -i 's/a/b/' src/x.py", [("src/x.py", "edited")]),
        ("sed -i.bak -e 's/a/b/' x.py y.py", [("x.py", "edited"), ("y.py", "edited")]),
        ("sed -i '' 's/a/b/' x.py && ls", [("x.py", "edited")]),
        ("sed -E -i 's/(a|b)>/c/g' x.py", [("x.py", "edited")]),
        ("sed -n 1,9p x.py", []),
        ("sed 's/-i/b/' x.py", []),
        ("echo hi > notes.txt", [("notes.txt", "written")]),
        ("echo hi >> 'my notes.txt'", [("my notes.txt", "written")]),
        ("make 2> err.log", []),
        ("make > /dev/null 2>&1", []),
        ("echo '1 > 0.5' x -> y/z => a.b", [("a.b", "written")]),
        ("awk '$1 > 0.5 {print $2}' data.csv", []),
        ("ls | tee -a out/log.txt", [("out/log.txt", "written")]),
        ("mv a.py b.py", [("a.py", "moved to b.py")]),
        ("git mv a.py lib/", [("a.py", "moved to lib/")]),
        ("cd x && rm -rf ./build old.txt; ls", [("./build", "deleted"), ("old.txt", "deleted")]),
        ("cp -r a.py b.py dest/", [("a.py", "copied to dest/"), ("b.py", "copied to dest/")]),
        ("touch new.py", [("new.py", "created")]),
        ("docker run --rm org/image:1.2 ls /app", []),
        ("git commit -m 'x; rm old.py > y.z'", []),
        ('echo "mv a.py b.py"', []),
        ("ls -la src/x.py", []),
        (
            "cat > src/x.py <<'EOF'\nif a > b.c:\n    rm('d.e')\nEOF\necho done > y.txt",
            [("src/x.py", "written"), ("y.txt", "written")],
        ),
        ("cat <<EOF > src/x.py\na > b.c\nEOF", [("src/x.py", "written")]),
        ("cat <<-END | tee z.txt\n\ta > b.c\n\tEND\nls", [("z.txt", "written")]),
    ],
)
def test_the_shell_writes_files_too(command: str, files: list[tuple[str, str]]) -> None:
    assert by_shell(command) == files


def test_a_command_that_failed_has_written_nothing() -> None:
    assert digest_of(bash("echo > a.txt", "no", failed=True)).files == {}
    assert list(digest_of(bash("echo > a.txt")).files) == ["a.txt"]


def test_commits_are_taken_from_gits_own_words() -> None:
    transcript = Transcript()
    told = "[main 1a2b3c4] Sort the ledger\n 1 file changed\n"
    transcript.step("git commit", told)
    transcript.step("git commit", "[main (root-commit) 0123456789ab] Begin")
    transcript.step("echo", "see [main 1a2b3c4] Sort, [INFO] done and [x yz] no hash")
    transcript.calls("Read", file_path="log")
    transcript.result("[main fffffff] Of another day")
    assert known(transcript).commits == [
        ("1a2b3c4", "Sort the ledger"),
        ("0123456789ab", "Begin"),
    ]
