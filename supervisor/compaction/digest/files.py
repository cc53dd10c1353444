"""Files and what was done to them, by the tools and by the shell; commits."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..record import Call

WRITES = {"Write": "written", "Edit": "edited", "MultiEdit": "edited", "NotebookEdit": "edited"}
COMMIT = re.compile(r"^\[[^\]\n]+ ([0-9a-f]{7,40})\] (.+)$", re.MULTILINE)
WORD = r"""(?:'[^']*'|"[^"]*"|[^\s;&|<>'"()])+"""
NAME = r"""(?:'[^'\n]+'|"[^"\n$]+"|[\w@%+=:,./~-]+)"""
SHELL = re.compile(
    rf"(?<![0-9&>-])>>?\s*(?P<to>{NAME})"
    rf"|\btee\s+(?:-a\s+)?(?P<tee>{NAME})"
    rf"|\bsed\s+(?P<sed>(?:{WORD}[ \t]*)+)"
    rf"|(?:(?:^|[;&|(])\s*|\b(?:sudo|then|do|else|git|xargs)\s+)(?P<verb>rm|mv|cp|touch)\s+"
    rf"(?P<names>(?:{WORD}[ \t]*)+)",
    re.MULTILINE,
)
VERBS = {"rm": "deleted", "mv": "moved", "cp": "copied", "touch": "created"}
NO_FILE = re.compile(r"^(?:/dev/|&|\d+$|-|/tmp/?$|\$|\*|\.{1,2}/?$)")
HEREDOC = re.compile(
    r"<<-?\s*\\?['\"]?(\w+)['\"]?([^\n]*)\n.*?^\s*\1\s*$", re.DOTALL | re.MULTILINE
)
QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
SIGNS = re.compile(r"[<>;&|()\n]")  # in quotes they are no signs of the shell


@dataclass(slots=True)
class File:
    """What was done to a file, in order, each kind with how often; `last`: the step's number."""

    done: dict[str, int] = field(default_factory=dict)
    last: int = 0

    @property
    def is_changed(self) -> bool:
        return bool(self.done.keys() - {"read", "failed"})

    @property
    def told(self) -> str:
        parts = [f"{what} {count}x" if count > 1 else what for what, count in self.done.items()]
        return ", ".join(parts)


def files(calls: Iterable[tuple[int, Call]]) -> dict[str, File]:
    """Paths as they were written, each with what was done to it; the one touched last is last."""
    found: dict[str, File] = {}
    for at, call in calls:
        for path, done in _touched(call):
            file = found.pop(path, None) or File()
            file.done[done] = file.done.get(done, 0) + 1
            file.last = at
            found[path] = file
    return found


def _touched(call: Call) -> list[tuple[str, str]]:
    path = call.arguments.get("file_path") or call.arguments.get("notebook_path")
    if isinstance(path, str) and (call.name in WRITES or call.name == "Read"):
        done = "failed" if call.failed else WRITES.get(call.name, "read")
        return [(path, done)]
    command = call.arguments.get("command")
    if call.name == "Bash" and isinstance(command, str) and not call.failed:
        return list(dict.fromkeys(by_shell(command)))
    return []


def by_shell(command: str) -> list[tuple[str, str]]:
    """The files that a shell command writes, as far as its words tell: (path, what)."""
    found: list[tuple[str, str]] = []
    plain = QUOTED.sub(lambda quoted: SIGNS.sub(" ", quoted[0]), HEREDOC.sub(r" \2\n", command))
    for match in SHELL.finditer(plain):
        if name := match["to"] or match["tee"]:
            found.append((name, "written"))
        elif match["sed"]:
            found += [(name, "edited") for name in _edited(match["sed"])]
        elif match["verb"]:
            found += _moved(match["verb"], match["names"])
    cleaned = [(name.strip("'\""), done) for name, done in found]
    return [(name, done) for name, done in cleaned if _is_file(name)]


def _edited(words: str) -> list[str]:
    """The files of `sed -i`: all its words but the options and the script."""
    told = re.findall(WORD, words)
    if not any(re.match(r"-[a-zA-Z]*i|--in-place", word) for word in told):
        return []
    scripts = [at for at, word in enumerate(told) if word in ("-e", "-f", "--expression")]
    names = [
        word
        for at, word in enumerate(told)
        if not word.startswith("-") and at - 1 not in scripts and word.strip("'\"")
    ]
    return names if scripts else names[1:]


def _moved(verb: str, words: str) -> list[tuple[str, str]]:
    names = [name for name in re.findall(WORD, words) if not name.startswith("-")]
    if verb in ("mv", "cp") and len(names) > 1:
        target = names.pop()
        return [(name, f"{VERBS[verb]} to {target}") for name in names]
    return [(name, VERBS[verb]) for name in names]


def _is_file(name: str) -> bool:
    return bool(name) and not NO_FILE.match(name) and ("/" in name or "." in name)


def commits(calls: Iterable[tuple[int, Call]]) -> list[tuple[str, str]]:
    """(hash, subject), oldest first, as git told them."""
    found: dict[str, str] = {}
    for _, call in calls:
        if call.name == "Bash" and call.output and "] " in call.output:
            found.update((match[1], match[2]) for match in COMMIT.finditer(call.output))
    return list(found.items())
