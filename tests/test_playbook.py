"""The playbook itself: a test tool that finds nothing would be worse than none."""

from __future__ import annotations

import pytest

from supervisor.core.commands import Announce, Deliver, Quit, SetTimer, Spawn
from supervisor.core.ending import Ending, Exit
from supervisor.core.events import Compacted, Exited, Spawned, SpawnFailed

from .playbook import Playbook, Says, show

ENDED_WELL = Exited(Ending(Exit(code=0)))


def test_a_true_conversation_passes() -> None:
    playbook = Playbook() << Spawn() >> Spawned(7) >> ENDED_WELL
    assert playbook << SetTimer(None) << Deliver() << Quit(0)
    assert playbook.state.returncode == 0


def test_another_command_is_shown_as_a_diff() -> None:
    playbook = Playbook() << Spawn() >> Spawned(7) >> ENDED_WELL
    playbook << SetTimer(None) << Deliver() << Quit(3)
    with pytest.raises(AssertionError, match=r"(?s)- << Quit\(code=3\).*\+ << Quit\(code=0\)"):
        assert playbook


def test_a_missing_command_is_shown_as_a_diff() -> None:
    playbook = Playbook() << Spawn() >> Spawned(7) << Deliver()
    with pytest.raises(AssertionError, match=r"- << Deliver\(\)"):
        assert playbook


def test_the_last_commands_must_be_checked_too() -> None:
    playbook = Playbook() << Spawn() >> Spawned(7) >> ENDED_WELL << SetTimer(None) << Deliver()
    with pytest.raises(AssertionError, match=r"\+ << Quit\(code=0\)"):
        assert playbook


def test_the_order_of_the_commands_counts() -> None:
    playbook = Playbook() << Spawn() >> Spawned(7) >> ENDED_WELL
    playbook << Deliver() << SetTimer(None) << Quit(0)
    with pytest.raises(AssertionError, match="the machine"):
        assert playbook


def test_an_impossible_event_ends_the_conversation() -> None:
    playbook = Playbook() << Spawn() >> Compacted("s2")
    with pytest.raises(AssertionError, match="!! Impossible: Compacted while starting"):
        assert playbook


def test_a_playbook_without_assert_is_an_error() -> None:
    with pytest.warns(UserWarning, match="never played"):
        Playbook() << Spawn() >> Spawned(7)


def test_says_wants_an_announcement_with_all_its_words() -> None:
    refused = Playbook() << Spawn() >> SpawnFailed(127, "claude: not found")
    assert refused << SetTimer(None) << Says("claude", "not found") << Quit(127)
    assert not Says("claude", "found it").fits(Announce("claude: not found"))
    assert not Says("0").fits(Quit(0))


def test_what_is_as_by_default_is_not_shown() -> None:
    assert show(ENDED_WELL) == "Exited(ending=Ending(exit=Exit(code=0)))"
    assert show(Spawn()) == "Spawn()"
