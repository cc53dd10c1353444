"""A test of the machine that reads as a conversation.

    assert (
        Playbook()
        << Spawn()
        >> Spawned(7)
        >> Exited(Ending(Exit(code=0)))
        << SetTimer(None)
        << Deliver()
        << Quit(0)
    )

`>>` is what happens, `<<` what the machine must order: all of it, in this order. Nothing is
played before the playbook stands behind `assert`; one that never does is an error itself.
The first Spawn is the shell's own, so a playbook opens with it.
"""

from __future__ import annotations

import difflib
import warnings
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from enum import Enum
from typing import Any

from supervisor.core.commands import Announce, Command, Spawn
from supervisor.core.events import Event
from supervisor.core.machine import Impossible, State, step
from supervisor.core.policy import Policy


@dataclass(frozen=True)
class Says:
    """Stands for an Announce whose text holds all these words."""

    words: tuple[str, ...]

    def __init__(self, *words: str) -> None:
        object.__setattr__(self, "words", words)

    def fits(self, command: object) -> bool:
        return isinstance(command, Announce) and all(word in command.text for word in self.words)


class Playbook:
    """`<<` expected commands, `>>` events fed; `state` is the last one once it was played."""

    def __init__(self, policy: Policy | None = None) -> None:
        self.state = State(policy=policy or Policy())
        self._script: list[Command | Says | Event] = []
        self._arrows: list[str] = []
        self._asserted = False

    def __lshift__(self, command: Command | Says) -> Playbook:
        return self._note("<<", command)

    def __rshift__(self, event: Event) -> Playbook:
        return self._note(">>", event)

    def __bool__(self) -> bool:
        """Play it; raises AssertionError with a diff where the machine says other things."""
        self._asserted = True
        script = zip(self._arrows, self._script, strict=True)
        expected = [f"{arrow} {show(line)}" for arrow, line in script]
        actual = self._play()
        if expected != actual:
            difference = "\n".join(line.rstrip() for line in difflib.ndiff(expected, actual))
            raise AssertionError(f"- the playbook, + the machine\n{difference}")
        return True

    def __del__(self) -> None:
        if not self._asserted:
            warnings.warn("a playbook was never played: it wants an assert", stacklevel=2)

    def _note(self, arrow: str, line: Command | Says | Event) -> Playbook:
        self._arrows.append(arrow)
        self._script.append(line)
        return self

    def _play(self) -> list[str]:
        said: list[str] = []
        self._hear(said, Spawn())
        events = [
            line for arrow, line in zip(self._arrows, self._script, strict=True) if arrow == ">>"
        ]
        for event in events:
            said.append(f">> {show(event)}")
            try:
                self.state, commands = step(self.state, event)  # type: ignore[arg-type]
            except Impossible as impossible:
                return [*said, f"!! Impossible: {impossible}"]
            for command in commands:
                self._hear(said, command)
        return said

    def _hear(self, said: list[str], command: Command) -> None:
        wanted = self._script[len(said)] if len(said) < len(self._script) else None
        fits = wanted.fits(command) if isinstance(wanted, Says) else wanted == command
        said.append(f"<< {show(wanted if fits else command)}")


def show(value: object) -> str:
    """A repr that leaves out what is as by default."""
    if isinstance(value, Says):
        return f"Says({', '.join(map(repr, value.words))})"
    if isinstance(value, Enum):
        return f"{type(value).__name__}.{value.name}"
    if not is_dataclass(value) or isinstance(value, type):
        return repr(value)
    told = [
        f"{field.name}={show(getattr(value, field.name))}"
        for field in fields(value)
        if getattr(value, field.name) != _default(field)
    ]
    return f"{type(value).__name__}({', '.join(told)})"


def _default(field: Field[Any]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default
