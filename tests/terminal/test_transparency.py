"""Nobody at a terminal can tell ccsup from claude: the same program bare and supervised."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from ..programs import world_with
from ..screen import Person
from ..world import World


def both(world: World) -> tuple[Person, Person]:
    return (
        Person([str(world.claude)], world.env, world.cwd),
        Person(world.ccsup("run"), world.env, world.cwd),
    )


def outcome(person: Person) -> tuple[int, bytes]:
    code = person.wait()
    person.close()
    return code, person.seen


@pytest.mark.parametrize("code", [0, 1, 7, 127, 255])
def test_bytes_and_exit_code_are_those_of_the_child(tmp_path: Path, code: int) -> None:
    every_byte = "import sys; sys.stdout.buffer.write(bytes(range(256)) * 40); sys.stdout.flush()"
    world = world_with(tmp_path, f"{every_byte}; print('last line'); sys.exit({code})")
    bare, supervised = map(outcome, both(world))
    assert bare == supervised and bare[0] == code


def test_the_last_line_before_a_death_is_never_lost(tmp_path: Path) -> None:
    world = world_with(tmp_path, "import os; os.write(1, b'x' * 9000 + b'the end'); os._exit(3)")
    for _ in range(20):
        code, seen = outcome(Person(world.ccsup("run"), world.env, world.cwd))
        assert code == 3 and seen.endswith(b"the end")


def test_every_key_reaches_the_child(tmp_path: Path) -> None:
    world = world_with(
        tmp_path,
        "import os, tty; tty.setraw(0); os.write(1, b'ready')\n"
        "data = b''\n"
        "while len(data) < 256: data += os.read(0, 999)\n"
        "os.write(1, b'all' if data == bytes(range(256)) else repr(data).encode())\n",
    )
    person = Person(world.ccsup("run"), world.env, world.cwd)
    person.wait_for("ready")
    os.write(person.terminal, bytes(range(256)))
    person.wait_for("all")
    assert person.wait() == 0
    person.close()


def test_what_a_killed_child_switched_on_is_switched_off(tmp_path: Path) -> None:
    world = world_with(
        tmp_path,
        "import os, tty, signal; tty.setraw(0)\n"
        "os.write(1, b'\\x1b[?1049h\\x1b[?1000h\\x1b[?1006h\\x1b[?25l\\x1b[>1u\\x1b[?2004h')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n",
    )
    person = Person(world.ccsup("run"), world.env, world.cwd)
    code = person.wait()
    assert code in (137, -signal.SIGKILL)
    for undone in (b"\x1b[?1049l", b"\x1b[?1000l", b"\x1b[?1006l", b"\x1b[?25h", b"\x1b[<u"):
        assert undone in person.seen
    assert person.settings() == person.before[:4]
    person.close()


def test_a_clean_child_leaves_no_bytes_of_ours(tmp_path: Path) -> None:
    world = world_with(tmp_path, "print('\\x1b[?25lhello\\x1b[?25h')")
    assert outcome(Person(world.ccsup("run"), world.env, world.cwd))[1] == (
        b"\x1b[?25lhello\x1b[?25h\r\n"
    )


def test_a_grandchild_that_holds_the_terminal_does_not_hold_us(tmp_path: Path) -> None:
    world = world_with(
        tmp_path,
        "import subprocess\n"
        "p = subprocess.Popen(['sleep', '30'], start_new_session=True)\n"
        "print(p.pid, flush=True)\n",
    )
    person = Person(world.ccsup("run"), world.env, world.cwd)
    assert person.wait() == 0
    person.close()
    os.kill(int(person.seen.split()[0]), signal.SIGKILL)


def test_stop_and_continue(tmp_path: Path) -> None:
    world = world_with(
        tmp_path,
        "import os, signal\nprint('up', flush=True)\nos.kill(os.getpid(), signal.SIGSTOP)\n"
        "print('again', flush=True)\n",
    )
    person = Person(world.ccsup("run"), world.env, world.cwd)
    person.wait_for("up")
    while os.waitpid(person.pid, os.WUNTRACED | os.WNOHANG)[0] == 0:
        person.look()
    assert person.settings() == person.before[:4], "the shell gets a terminal in order"
    os.kill(person.pid, signal.SIGCONT)
    person.wait_for("again")
    assert person.wait() == 0
    person.close()


def test_a_child_that_is_stopped_while_it_holds_the_screen_does_not_stop_us(
    tmp_path: Path,
) -> None:
    """A program that suspends itself gives the terminal back first; this one was frozen."""
    world = world_with(
        tmp_path,
        "import os, signal, sys\nprint('\\x1b[?2004hup', os.getpid(), flush=True)\n"
        "os.kill(os.getpid(), signal.SIGSTOP)\nprint('again', flush=True)\n",
    )
    person = Person(world.ccsup("run"), world.env, world.cwd)
    person.wait_for("up")
    child = int(person.text.split("up")[1].split()[0])
    while "State:\tT" not in Path(f"/proc/{child}/status").read_text():
        assert person.look()
    assert os.waitpid(person.pid, os.WUNTRACED | os.WNOHANG)[0] == 0
    os.kill(child, signal.SIGCONT)
    person.wait_for("again")
    assert person.wait() == 0
    person.close()


def test_with_p_the_child_sees_a_terminal_where_we_have_one(tmp_path: Path) -> None:
    world = world_with(
        tmp_path, "import os, sys; os.write(1, b'a\\nb %d\\n' % os.isatty(1)); sys.exit(4)"
    )
    bare = outcome(Person([str(world.claude), "-p", "x"], world.env, world.cwd))
    supervised = outcome(Person(world.ccsup("run", "-p", "x"), world.env, world.cwd))
    assert bare == supervised == (4, b"a\r\nb 1\r\n")
