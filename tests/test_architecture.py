"""The rules of the house, read from the source itself: who may import whom, and how."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

import pytest

PACKAGE = Path(__file__).parents[1] / "supervisor"
SOURCES = {path.relative_to(PACKAGE): path for path in sorted(PACKAGE.rglob("*.py"))}

# What knows no clock, file, process, network or chance. Of signal only its constants, of
# datetime no now; the table of zones that zoneinfo reads is as good as a constant.
PURE = frozenset(
    "__future__ abc collections dataclasses datetime enum functools itertools json math operator"
    " re signal string textwrap types typing zoneinfo".split()
)
HEAVY = frozenset({"anthropic", "boto3", "botocore", "httpx2", "pexpect", "psutil"})
ADAPTERS = frozenset({"claude", "terminal", "compaction", "journal", "host", "aws"})
BELOW = {
    "core": {"core"},
    "terminal": {"core", "terminal"},
    "journal": {"core", "journal"},
    "host": {"core", "host"},
    "aws": {"aws"},
    "claude": {"core", "claude"},
    "compaction": {"core", "claude", "compaction"},
    "settings": {"core", "settings"},
}
# The ways from room to room: a summary is asked for with the client that is checked, and a
# claude that writes it dies with its process.
ACROSS = {
    PurePath("compaction/backends/bedrock.py"): "aws.client",
    PurePath("compaction/backends/converse.py"): "aws.client",
    PurePath("compaction/backends/translate.py"): "aws.client",
    PurePath("compaction/backends/claude_code.py"): "host.deathsig",
}
# And who may import them.
ABOVE = {
    "cli": {"__main__"},
    "run": {"cli"},
    "demo": {"cli"},
    "settings": {"cli", "run"},
}
FREE = "demo"  # it plays a whole world and may import anything
VAGUE = frozenset({"manager", "helper", "util", "base", "common", "misc"})
LONGEST = 250  # lines; a file that grows past it holds two things


@dataclass(frozen=True)
class Import:
    """`target`: for one of our own, the path of the module below the package."""

    line: int
    target: str
    ours: bool
    relative: bool
    at_top: bool

    @property
    def room(self) -> str:
        return self.target.split(".")[0]

    def __str__(self) -> str:
        return f"line {self.line}: {self.target}"


def imports(file: PurePath, source: str) -> list[Import]:
    return list(_imports(ast.parse(source), file, at_top=True))


def _imports(node: ast.AST, file: PurePath, *, at_top: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        match child:
            case ast.Import(names=names):
                for name in names:
                    yield _absolute(child.lineno, name.name, at_top)
            case ast.ImportFrom(level=0, module=str(module)):
                yield _absolute(child.lineno, module, at_top)
            case ast.ImportFrom(level=level, module=module, names=names):
                above = file.parent.parts[: len(file.parent.parts) - level + 1]
                start = (*above, *(module.split(".") if module else ()))
                for name in names:
                    yield Import(child.lineno, ".".join((*start, name.name)), True, True, at_top)
            case _:
                inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
                yield from _imports(child, file, at_top=at_top and not inside)


def _absolute(line: int, module: str, at_top: bool) -> Import:
    room, _, rest = module.partition(".")
    if room == PACKAGE.name:
        return Import(line, rest, True, False, at_top)
    return Import(line, module, False, False, at_top)


def broad_handlers(source: str) -> list[int]:
    """The lines that catch everything: bare, Exception or BaseException."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.ExceptHandler)
        and (
            node.type is None
            or any(
                isinstance(name, ast.Name) and name.id in ("Exception", "BaseException")
                for name in ast.walk(node.type)
            )
        )
    ]


def room_of(file: PurePath) -> str:
    """The folder below the package, or the module that stands beside the folders."""
    return file.parts[0] if len(file.parts) > 1 else file.stem


def found(room: str | None = None) -> list[tuple[PurePath, Import]]:
    return [
        (file, each)
        for file, path in SOURCES.items()
        if room in (None, room_of(file))
        for each in imports(file, path.read_text("utf-8"))
    ]


def told(offences: list[tuple[PurePath, Import]]) -> list[str]:
    return [f"supervisor/{file}, {offence}" for file, offence in offences]


def test_the_core_imports_only_the_pure_standard_library() -> None:
    foreign = [(file, each) for file, each in found("core") if not each.ours]
    assert told([(file, each) for file, each in foreign if each.room not in PURE]) == []


def test_the_core_takes_only_names_and_numbers_from_signal() -> None:
    taken = [
        f"supervisor/{file}, line {node.lineno}: signal.{node.attr}"
        for file, path in SOURCES.items()
        if room_of(file) == "core"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id == "signal"
        and not (node.attr.startswith("SIG") or node.attr in ("NSIG", "Signals"))
    ]
    assert taken == []


def test_the_core_does_not_ask_what_time_it_is() -> None:
    asked = [
        f"supervisor/{file}, line {node.lineno}: {node.attr}"
        for file, path in SOURCES.items()
        if room_of(file) == "core"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute)
        and node.attr in ("now", "today", "utcnow")
        and ast.unparse(node.value).rpartition(".")[2] in ("date", "datetime")
    ]
    assert asked == []


@pytest.mark.parametrize("room", BELOW)
def test_a_room_imports_only_what_stands_below_it(room: str) -> None:
    ours = [(file, each) for file, each in found(room) if each.ours and not is_across(file, each)]
    assert told([(file, each) for file, each in ours if each.room not in BELOW[room]]) == []


def is_across(file: PurePath, each: Import) -> bool:
    return each.ours and each.target.rpartition(".")[0] == ACROSS.get(file)


def test_every_way_from_room_to_room_is_in_use() -> None:
    assert {file for file, each in found() if is_across(file, each)} == set(ACROSS)


def test_only_run_imports_all_the_adapters() -> None:
    taken: dict[str, set[str]] = {}
    for file, each in found():
        if each.ours and each.room in ADAPTERS:
            taken.setdefault(room_of(file), set()).add(each.room)
    all_of_them = {room for room, adapters in taken.items() if adapters == ADAPTERS}
    assert "run" in all_of_them
    assert all_of_them <= {"run", FREE}


def test_nothing_imports_what_stands_above_it() -> None:
    """cli -> run -> (claude, terminal, compaction, journal, host, aws) -> core."""
    upward = [
        (file, each)
        for file, each in found()
        if each.ours and each.room in ABOVE
        if room_of(file) not in {*ABOVE[each.room], each.room, FREE}
    ]
    assert told(upward) == []


def test_only_the_command_line_knows_click() -> None:
    click = [(file, each) for file, each in found() if each.room == "click" and not each.ours]
    assert told([(file, each) for file, each in click if room_of(file) not in ("cli", FREE)]) == []
    assert click


def test_what_is_slow_to_import_is_imported_where_it_is_used() -> None:
    heavy = [(file, each) for file, each in found() if each.room in HEAVY and not each.ours]
    assert told([(file, each) for file, each in heavy if each.at_top]) == []
    assert heavy


def test_imports_inside_the_package_are_relative() -> None:
    """The import name is also supervisord's."""
    assert told([(file, each) for file, each in found() if each.ours and not each.relative]) == []


def test_no_file_is_too_long() -> None:
    lengths = {str(file): len(path.read_text().splitlines()) for file, path in SOURCES.items()}
    assert {file: length for file, length in lengths.items() if length > LONGEST} == {}


def test_no_module_has_a_name_that_says_nothing() -> None:
    assert [str(file) for file in SOURCES if is_vague(file)] == []


def is_vague(file: PurePath) -> bool:
    names = (part.removesuffix(".py") for part in file.parts)
    words = {word for name in names for word in name.lower().split("_")}
    return any(word in VAGUE or word.removesuffix("s") in VAGUE for word in words)


def test_only_the_command_line_catches_everything() -> None:
    caught = [
        f"supervisor/{file}, line {line}"
        for file, path in SOURCES.items()
        if room_of(file) != "cli"
        for line in broad_handlers(path.read_text("utf-8"))
    ]
    assert caught == []


def test_every_module_of_the_core_has_its_test_and_the_reverse() -> None:
    spoken_by_the_machine = set(  # see test_machine.py
        "__init__ commands events state living dying recovering".split()
    )
    modules = {file.stem for file in SOURCES if room_of(file) == "core"} - spoken_by_the_machine
    tests = {path.stem.removeprefix("test_") for path in Path(__file__).parent.glob("core/test_*")}
    assert modules == tests


# The rules would be worth nothing if their eyes were shut.


@pytest.mark.parametrize(
    ("source", "target", "ours", "at_top"),
    [
        ("import os", "os", False, True),
        ("import os.path as p", "os.path", False, True),
        ("from os import path", "os", False, True),
        ("from . import worker", "compaction.worker", True, True),
        ("from .plan import cut", "compaction.plan.cut", True, True),
        ("from ..core.commands import Way", "core.commands.Way", True, True),
        ("from .. import claude", "claude", True, True),
        ("from supervisor.run import shell", "run", True, True),
        ("import supervisor.run.shell", "run.shell", True, True),
        ("def f():\n    import boto3", "boto3", False, False),
        ("class C:\n    import boto3", "boto3", False, True),
        ("if True:\n    try:\n        import boto3\n    finally: pass", "boto3", False, True),
    ],
)
def test_an_import_is_seen_for_what_it_is(
    source: str, target: str, ours: bool, at_top: bool
) -> None:
    [seen] = imports(PurePath("compaction/compact.py"), source)
    assert (seen.target, seen.ours, seen.at_top) == (target, ours, at_top)
    assert seen.relative == source.startswith("from .")


@pytest.mark.parametrize(
    "caught", ["", " Exception", " (OSError, Exception)", " BaseException as e"]
)
def test_a_broad_handler_is_seen(caught: str) -> None:
    assert broad_handlers(f"try:\n    pass\nexcept{caught}:\n    pass") == [3]


def test_a_narrow_handler_is_let_be() -> None:
    assert broad_handlers("try:\n    pass\nexcept (OSError, ValueError):\n    pass") == []


@pytest.mark.parametrize("name", ["util.py", "utils.py", "common/x.py", "run/file_manager.py"])
def test_a_vague_name_is_seen(name: str) -> None:
    assert is_vague(PurePath(name))


@pytest.mark.parametrize("name", ["database.py", "run/shell.py", "__init__.py", "basement.py"])
def test_a_good_name_is_let_be(name: str) -> None:
    assert not is_vague(PurePath(name))
