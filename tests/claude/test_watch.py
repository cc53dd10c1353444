"""Watch: what the session is doing, by its transcript, by its hooks, and by both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from supervisor.claude.follow import size
from supervisor.claude.hooks import HookChannel
from supervisor.claude.watch import Expectation, Watch
from supervisor.core.ending import Exit
from supervisor.core.events import Answered, TurnBegan, TurnDied

from ..entries import OUT_OF_MEMORY, SESSION, START, Transcript, call, line_of, text

OTHER = "99999999-2222-4333-8444-555555555555"
LATER = START + 1_000  # after every line of a transcript


class Scene:
    """A Claude Code home with one project, and a log of hooks."""

    def __init__(self, home: Path) -> None:
        self.home, self.cwd = home, Path("/home/me/ledger")
        self.env = {"CLAUDE_CONFIG_DIR": str(home)}
        self.folder = home / "projects" / "-home-me-ledger"
        self.folder.mkdir(parents=True)
        self.log = home / "hooks.jsonl"

    def watch(
        self, session: str | None = SESSION, *, hooks: bool = False, **expected: Any
    ) -> Watch:
        """A watch that begins now: what lies in the folder was there before."""
        sizes = {path: size(path) for path in self.folder.iterdir()}
        expectation = Expectation(self.folder, session, sizes=sizes, **expected)
        channel = HookChannel(self.log) if hooks else None
        return Watch(self.env, self.cwd, expectation, channel)

    def put(self, transcript: Transcript, more: bytes = b"") -> Path:
        path = transcript.write(self.folder)
        path.write_bytes(transcript.data() + more)
        return path

    def fire(self, name: str, session: str = SESSION, **told: str) -> None:
        path = str(self.folder / f"{session}.jsonl")
        event = {"hook_event_name": name, "session_id": session, "transcript_path": path, **told}
        with self.log.open("a") as log:
            log.write(json.dumps(event) + "\n\n")

    def fail(self, session: str = SESSION, words: str = OUT_OF_MEMORY) -> None:
        self.fire("StopFailure", session, error="unknown", last_assistant_message=words)


@pytest.fixture
def scene(tmp_path: Path) -> Scene:
    return Scene(tmp_path)


def kinds(found: list[Any]) -> list[str]:
    return [type(event).__name__ for event in found]


def died() -> Transcript:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.step("sort ledger", "sorted")
    transcript.error()
    transcript.turn_duration()
    transcript.bookkeeping()
    return transcript


# --- Two witnesses, each alone enough


def test_the_transcript_alone_tells_a_death(scene: Scene) -> None:
    watch = scene.watch()
    assert watch.poll(LATER) == []
    path = scene.put(died())
    found = watch.poll(LATER)
    assert kinds(found) == ["Answered", "TurnDied"]
    assert isinstance(found[1], TurnDied)
    ending = found[1].ending
    assert ending.error is not None and ending.error.text == OUT_OF_MEMORY
    assert (ending.exit, ending.turn_open, ending.user_left) == (None, False, False)
    facts = ending.facts
    assert (facts.session, facts.path, facts.tool_calls) == (SESSION, str(path), 1)
    assert facts.size == size(path)
    assert watch.poll(LATER) == []


def test_the_hooks_alone_tell_a_death(scene: Scene) -> None:
    watch = scene.watch(None, hooks=True)
    scene.fire("SessionStart", source="startup")
    scene.fire("UserPromptSubmit", prompt="sort the ledger")
    assert watch.poll(LATER) == []
    assert watch.ending(None).turn_open and watch.session == SESSION
    scene.fail()
    (event,) = watch.poll(LATER)
    assert isinstance(event, TurnDied) and event.ending.error is not None
    assert event.ending.error.source == "hook" and not event.ending.turn_open
    assert watch.prompts == ["sort the ledger"]
    assert event.ending.facts.session is None  # nothing on the disk to take up


def test_where_both_speak_the_death_is_one(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.put(died())
    scene.fail()
    assert kinds(watch.poll(LATER)).count("TurnDied") == 1
    error = watch.ending(None).error
    assert error is not None and error.source == "transcript"


def test_a_healthy_session_tells_no_death(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.says("done")
    scene.put(transcript)
    scene.fire("UserPromptSubmit", prompt="sort the ledger")
    assert watch.poll(LATER) == [Answered()]
    assert watch.ending(Exit(code=0)).error is None


# --- Which session it is


def test_a_process_announces_a_session_of_an_unknown_id(scene: Scene) -> None:
    (scene.home / "sessions").mkdir()
    (scene.home / "sessions" / "7.json").write_text(json.dumps({"sessionId": SESSION}))
    watch = scene.watch(None)
    scene.put(died())
    scene.put(Transcript(OTHER))
    assert kinds(watch.poll(LATER, pid=7)) == ["Answered", "TurnDied"]
    assert watch.session == SESSION


def test_the_file_that_grows_is_the_session(scene: Scene) -> None:
    scene.put(died())
    watch = scene.watch(None)
    assert watch.poll(LATER) == [] and watch.session is None
    other = Transcript(OTHER)
    other.user("another request")
    scene.put(other)
    assert watch.poll(LATER) == [] and watch.session == OTHER


def test_a_clear_goes_over_to_the_new_session(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.put(died())
    scene.fire("UserPromptSubmit", prompt="sort the ledger")
    assert kinds(watch.poll(LATER)) == ["Answered", "TurnDied"]
    scene.fire("SessionEnd", reason="clear")
    scene.fire("SessionStart", OTHER, source="clear")
    assert watch.poll(LATER) == [TurnBegan()]  # the dead turn is left behind
    assert (watch.session, watch.prompts) == (OTHER, [])
    assert not watch.ending(None).user_left
    other = Transcript(OTHER)
    other.user("count the ledger")
    other.error()
    scene.put(other)
    assert kinds(watch.poll(LATER)) == ["TurnDied"]


def test_the_end_of_another_session_changes_nothing(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.fire("SessionEnd", OTHER, reason="clear")
    watch.poll(LATER)
    assert watch.session == SESSION


def test_a_transcript_that_was_moved_is_followed(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("sort the ledger")
    path = scene.put(transcript)
    watch.poll(LATER)
    moved = scene.home / "projects" / "-elsewhere" / path.name
    moved.parent.mkdir()
    path.rename(moved)
    transcript.error()
    moved.write_bytes(transcript.data())
    assert kinds(watch.poll(LATER)) == ["TurnDied"]
    assert watch.path == moved


# --- What is news


def test_a_death_before_our_launch_is_no_news(scene: Scene) -> None:
    transcript = died()
    scene.put(transcript)
    watch = scene.watch()
    assert watch.poll(LATER) == [] and watch.ending(None).error is None
    transcript.user("once more")
    scene.put(transcript)
    assert watch.poll(LATER) == []
    transcript.error()
    scene.put(transcript)
    assert kinds(watch.poll(LATER)) == ["TurnDied"]


def test_bookkeeping_after_the_error_does_not_hide_it(scene: Scene) -> None:
    watch = scene.watch()
    transcript = died()
    scene.put(transcript)
    watch.poll(LATER)
    transcript.bookkeeping()
    transcript.turn_duration()
    transcript.blob("a request")
    transcript.attachment("date", date="2026-11-22")
    transcript.sidechain("a subagent at work")
    scene.put(transcript)
    assert watch.poll(LATER) == [] and watch.ending(None).error is not None


def test_a_new_entry_after_the_error_is_a_new_turn(scene: Scene) -> None:
    watch = scene.watch()
    transcript = died()
    scene.put(transcript)
    watch.poll(LATER)
    transcript.user("go on")
    scene.put(transcript)
    assert watch.poll(LATER) == [TurnBegan()]
    assert watch.ending(None).error is None and watch.ending(None).turn_open
    transcript.error()
    scene.put(transcript)
    assert kinds(watch.poll(LATER)) == ["TurnDied"]


def test_a_prompt_after_a_failure_that_hooks_told_is_a_new_turn(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.fail()
    assert kinds(watch.poll(LATER)) == ["TurnDied"]
    scene.fire("UserPromptSubmit", prompt="go on")
    assert watch.poll(LATER) == [TurnBegan()]


@pytest.mark.parametrize(("heard", "stands"), [(START - 5, False), (LATER, True)])
def test_only_an_entry_younger_than_the_hook_ends_its_error(
    scene: Scene, heard: float, stands: bool
) -> None:
    watch = scene.watch(hooks=True)
    scene.fail()
    watch.poll(heard)
    transcript = Transcript()
    transcript.user("sort the ledger")
    scene.put(transcript)
    watch.poll(heard)
    assert (watch.ending(None).error is not None) is stands


def test_a_tool_result_that_holds_an_error_is_none(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("read the old transcript")
    transcript.calls("Read", file_path="old.jsonl")
    transcript.result(died().data().decode())
    transcript.says(OUT_OF_MEMORY, stop="stop_sequence")
    scene.put(transcript)
    assert kinds(watch.poll(LATER)) == ["Answered", "Answered"]
    assert watch.ending(None).error is None


def test_an_error_of_a_subagent_is_not_the_sessions(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.error()["isSidechain"] = True
    scene.put(transcript)
    assert watch.poll(LATER) == []


def test_a_retry_that_is_under_way_is_no_death(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("sort the ledger")
    retry = {"type": "system", "subtype": "api_error", "uuid": "r", "retryAttempt": 1}
    scene.put(transcript, line_of(retry))
    assert watch.poll(LATER) == [] and watch.ending(None).turn_open


# --- Damage


def test_torn_lines_are_counted_and_passed_over(scene: Scene) -> None:
    watch = scene.watch()
    torn = b'{"type":"user","mess\n' + b"\0" * 64 + b"\n"
    scene.put(Transcript()).write_bytes(torn + died().data())
    assert kinds(watch.poll(LATER)) == ["Answered", "TurnDied"]
    assert watch.skipped == 2


def test_a_last_line_without_its_end_is_read_after_the_childs_end(scene: Scene) -> None:
    watch = scene.watch()
    path = scene.put(Transcript())
    path.write_bytes(line_of(Transcript().error()).rstrip(b"\n"))
    assert watch.poll(LATER) == []
    assert kinds(watch.poll(LATER, final=True)) == ["TurnDied"]
    assert watch.skipped == 0


# --- Is a request unanswered?


def open_after(scene: Scene, transcript: Transcript, *, before: bool = False) -> bool:
    watch = scene.watch(turn_open=before)
    scene.put(transcript)
    watch.poll(LATER)
    return watch.ending(Exit(signal=9)).turn_open


def test_a_request_of_print_mode_stands_from_the_first_moment(scene: Scene) -> None:
    assert open_after(scene, Transcript(), before=True)
    assert not open_after(scene, Transcript())


def test_a_turn_is_open_until_its_last_answer(scene: Scene) -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    assert open_after(scene, transcript)
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.respond(text("first I look"), call("Bash", {"command": "ls"}, "a"))
    assert open_after(scene, transcript)
    transcript.result("ledger")
    assert open_after(scene, transcript)
    transcript.says("sorted")
    assert not open_after(scene, transcript, before=True)


def test_words_before_a_call_do_not_close_the_turn(scene: Scene) -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    words, _ = transcript.respond(text("first I look"), call("Bash", {"command": "ls"}, "a"))
    words["message"]["stop_reason"] = None  # as 2.1.116 has it on all lines but the last
    transcript.lines.pop()
    assert open_after(scene, transcript)


def test_an_error_closes_the_turn(scene: Scene) -> None:
    assert not open_after(scene, died(), before=True)


def test_an_interrupted_turn_is_closed(scene: Scene) -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.calls("Bash", command="sleep 100")
    transcript.result("The tool was rejected", failed=True)
    transcript.interrupted()
    assert not open_after(scene, transcript, before=True)


def test_a_local_slash_command_opens_no_turn(scene: Scene) -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.says("sorted")
    transcript.command("cost")
    transcript.user("<bash-input>ls</bash-input>")
    assert not open_after(scene, transcript)


def test_a_local_slash_command_closes_none_either(scene: Scene) -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.command("cost")
    assert open_after(scene, transcript)


def test_a_summary_of_claude_codes_own_opens_no_turn(scene: Scene) -> None:
    transcript = Transcript()
    transcript.compaction("what was said", trigger="manual")
    assert not open_after(scene, transcript)


@pytest.mark.parametrize(
    ("reason", "left"),
    [("prompt_input_exit", True), ("logout", True), ("other", False), ("clear", False)],
)
def test_the_user_left_or_the_process_ended(scene: Scene, reason: str, left: bool) -> None:
    watch = scene.watch(hooks=True)
    scene.fire("SessionEnd", reason=reason)
    watch.poll(LATER)
    assert watch.ending(Exit(code=0)).user_left is left


# --- Answers


def test_the_blocks_of_a_response_count_once(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("three at once")
    transcript.respond(text("so be it"), *(call("Bash", {}, name) for name in "ABC"))
    for name in "CBA":
        transcript.result(name, name)
    transcript.says("done")
    scene.put(transcript)
    assert watch.poll(LATER) == [Answered()] * 5
    assert watch.answers == 2 and watch.ending(None).facts.tool_calls == 3
    totals = watch.totals()
    assert totals["num_turns"] == 2
    assert (totals["usage"]["input_tokens"], totals["usage"]["output_tokens"]) == (200, 40)


def test_an_error_and_a_stub_are_no_answers(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.stub()
    transcript.error()
    scene.put(transcript)
    assert kinds(watch.poll(LATER)) == ["TurnDied"] and watch.answers == 0


def rebuilt() -> Transcript:
    """A file as ccsup writes it: boundary, summary, a round, a closing entry."""
    transcript = Transcript()
    transcript.compaction("the context")
    transcript.step("sort ledger", "sorted")
    transcript.stub()
    for line in transcript.lines:
        line["ccsup"] = {"from": OTHER}
    return transcript


def test_an_answer_below_our_context_is_linked(scene: Scene) -> None:
    transcript = rebuilt()
    scene.put(transcript)
    watch = scene.watch(leaf=transcript.leaf)
    assert watch.poll(LATER) == []  # the old answers in it are none of this launch
    transcript.attachment("date", date="2026-11-22")
    transcript.user("go on")
    transcript.blob("a request")
    transcript.turn_duration()
    transcript.says("I go on")
    scene.put(transcript)
    assert watch.poll(LATER) == [Answered(linked=True)]


def test_an_answer_beside_our_context_is_not_linked(scene: Scene) -> None:
    transcript = rebuilt()
    scene.put(transcript)
    watch = scene.watch(leaf=transcript.leaf)
    transcript.leaf = None
    transcript.user("go on")
    transcript.says("go on with what?")
    scene.put(transcript)
    assert watch.poll(LATER) == [Answered(linked=False)]


def test_parallel_calls_below_our_context_are_linked(scene: Scene) -> None:
    transcript = rebuilt()
    scene.put(transcript)
    watch = scene.watch(leaf=transcript.leaf)
    transcript.user("go on")
    transcript.respond(*(call("Bash", {}, name) for name in "AB"))
    transcript.result("b", "B")
    transcript.result("a", "A")
    transcript.says("done")
    scene.put(transcript)
    assert watch.poll(LATER) == [Answered(linked=True)] * 3
