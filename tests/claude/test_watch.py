"""Watch: what the session is doing, by its transcript, by its hooks, and by both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from supervisor.claude.follow import size
from supervisor.claude.hooks import HookChannel
from supervisor.claude.watch import Expectation, Watch, opens
from supervisor.core.classify import classify
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
    totals = watch.tally.totals()
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


# --- How it is under way


def test_a_session_has_begun_with_the_first_word(scene: Scene) -> None:
    watch = scene.watch(turn_open=True)
    transcript = Transcript()
    transcript.bookkeeping()
    scene.put(transcript)
    watch.poll(LATER)
    assert not watch.ending(Exit(code=0)).begun  # bookkeeping is no word
    transcript.user("sort the ledger")
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(Exit(code=0)).begun


def test_a_session_has_begun_with_a_prompt_that_the_hooks_tell(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.fire("SessionStart", source="startup")
    watch.poll(LATER)
    assert not watch.ending(Exit(code=0)).begun
    scene.fire("UserPromptSubmit", prompt="sort the ledger")
    watch.poll(LATER)
    assert watch.ending(Exit(code=0)).begun


def test_what_was_said_before_our_launch_is_no_beginning(scene: Scene) -> None:
    scene.put(rebuilt())
    watch = scene.watch()
    watch.poll(LATER)
    assert not watch.ending(Exit(code=0)).begun


def test_the_ending_tells_the_call_that_was_under_way(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("tidy up")
    transcript.step("ls", "ledger")
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(Exit(signal=15)).under_way == ""
    transcript.calls("Bash", command="pkill -f claude")
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(Exit(signal=15)).under_way == "Bash pkill -f claude"


def test_the_ending_tells_the_call_whose_command_has_ended_claude_code(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("tidy up")
    transcript.step("kill -TERM $PPID", "Exit code 143\nTerminated", failed=True)
    scene.put(transcript)
    watch.poll(LATER)
    ending = watch.ending(Exit(code=143))
    assert (ending.under_way, ending.turn_open) == ("Bash kill -TERM $PPID", True)
    assert classify(ending).row.name == "killed by its own command"
    transcript.says("That did not work.", stop="tool_use")
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(Exit(code=143)).under_way == ""


def test_a_call_that_is_open_comes_before_one_that_was_cut_short(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("two things at once")
    transcript.respond(*(call("Bash", {"command": name}, name) for name in ("kill 7", "make")))
    transcript.result("Exit code 143", "kill 7", failed=True)
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(Exit(code=143)).under_way == "Bash make"


def test_a_turn_rests_between_two_calls_and_nowhere_else(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()

    def rests() -> bool:
        scene.put(transcript)
        watch.poll(LATER)
        return watch.between_calls

    assert not rests()
    transcript.user("two things at once")
    assert not rests()  # the first request is under way
    transcript.respond(*(call("Bash", {}, name) for name in "AB"))
    assert not rests()
    transcript.result("a", "A")
    assert not rests()  # B is at work
    transcript.result("b", "B")
    assert rests()
    transcript.calls("Bash", command="ls")
    assert not rests()
    transcript.result("ledger")
    assert rests()
    transcript.says("and so")
    assert not rests()


def test_a_dead_turn_does_not_rest(scene: Scene) -> None:
    watch = scene.watch()
    scene.put(died())
    watch.poll(LATER)
    assert not watch.between_calls


def test_a_turn_that_only_the_hooks_tell_of_does_not_rest(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    scene.fire("UserPromptSubmit", prompt="sort the ledger")
    watch.poll(LATER)
    assert watch.turn_open and not watch.between_calls


def test_every_sign_of_life_stirs(scene: Scene) -> None:
    watch = scene.watch(hooks=True)
    watch.poll(LATER)
    assert (watch.stirred, watch.hooked) == (0.0, False)
    transcript = Transcript()
    transcript.user("sort the ledger")
    path = scene.put(transcript)
    watch.poll(LATER + 1)
    assert (watch.stirred, watch.hooked) == (LATER + 1, False)
    watch.poll(LATER + 2)
    assert watch.stirred == LATER + 1  # nothing new
    with path.open("ab") as file:
        file.write(line_of({"type": "last-prompt"}))  # bookkeeping is a sign of life too
    watch.poll(LATER + 3)
    assert watch.stirred == LATER + 3
    scene.fire("UserPromptSubmit", prompt="and count it")
    watch.poll(LATER + 4)
    assert (watch.stirred, watch.hooked) == (LATER + 4, True)


def test_an_error_knows_its_own_time(scene: Scene) -> None:
    """A limit that resets "at 3pm" means the next 3pm after these words."""
    watch = scene.watch()
    transcript = died()
    scene.put(transcript)
    watch.poll(LATER)
    error = watch.ending(None).error
    at = [line.get("isApiErrorMessage") for line in transcript.lines].index(True)
    assert error is not None and error.at == START + at


# --- What it has used


def test_an_ending_tells_the_size_and_the_cost(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("sort the ledger")
    for tokens in (20_000, 45_000):
        transcript.calls("Bash", command="sort ledger")
        transcript.lines[-1]["message"]["usage"] = {"input_tokens": tokens, "output_tokens": 1_000}
        transcript.result("x" * 4_000)
    transcript.error()
    scene.put(transcript)
    watch.poll(LATER)
    facts = watch.ending(None).facts
    assert facts.context == 46_000 + 1_000 + 6  # told, the result, the error's own words
    assert facts.cost == pytest.approx(0.065 * 3 + 0.002 * 15)


def test_a_conversation_that_is_taken_up_has_its_size_from_the_first(scene: Scene) -> None:
    watch = scene.watch(words=30_000)
    assert watch.ending(None).facts.context == 30_000
    transcript = Transcript()
    transcript.user("x" * 4_000)
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.ending(None).facts.context == 31_000
    assert watch.tally.largest_step == 1_000


def test_after_claude_codes_own_compaction_only_its_summary_counts(scene: Scene) -> None:
    watch = scene.watch(words=30_000)
    transcript = Transcript()
    transcript.user("x" * 40_000)
    transcript.says("first I look")
    transcript.lines[-1]["message"]["usage"] = {"input_tokens": 90_000}
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.tally.size == 90_000
    transcript.compaction("x" * 8_000)
    scene.put(transcript)
    watch.poll(LATER)
    assert (watch.tally.size, watch.tally.context) == (2_000, 2_000)
    transcript.user("x" * 4_000)
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.tally.size == 3_000 and watch.tally.largest == 90_000


def test_what_ccsup_has_written_is_not_counted_again(scene: Scene) -> None:
    watch = scene.watch(words=500)
    scene.put(rebuilt())  # a boundary and a summary of ours, as if they came later
    watch.poll(LATER)
    assert watch.tally.tool_calls == watch.answers == 0
    assert watch.tally.size <= 500


def test_a_subagents_compaction_is_not_the_sessions(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("x" * 4_000)
    transcript.compaction("short")
    for line in transcript.lines[-2:]:
        line["isSidechain"] = True
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.tally.size >= 1_000


def test_another_session_within_the_launch_begins_small(scene: Scene) -> None:
    watch = scene.watch(hooks=True, words=30_000)
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.calls("Bash", command="sort ledger")
    scene.put(transcript)
    watch.poll(LATER)
    assert watch.tally.open_calls and watch.tally.size > 30_000
    scene.fire("SessionStart", OTHER, source="clear")
    watch.poll(LATER)
    assert (watch.tally.size, watch.tally.open_calls, watch.moved) == (0, {}, True)


def test_an_answer_that_broke_off_does_not_swallow_what_came_after_it(scene: Scene) -> None:
    watch = scene.watch()
    transcript = Transcript()
    transcript.user("read it")
    name = transcript.calls("Read", file_path="/ledger")
    transcript.lines[-1]["message"]["stop_reason"] = None
    transcript.lines[-1]["message"]["usage"] = {"input_tokens": 20_000}
    transcript.result("x" * 40_000, name)
    scene.put(transcript)
    assert watch.poll(LATER) == [Answered()]
    assert watch.tally.context == 30_000


@pytest.mark.parametrize("odd", [["tool_use"], {"a": 1}, 7])
def test_a_stop_reason_of_any_shape_ends_nothing(odd: object) -> None:
    transcript = Transcript()
    transcript.says("All is sorted.")
    transcript.lines[-1]["message"]["stop_reason"] = odd
    assert opens(transcript.entries[-1], True) is False
    transcript.lines[-1]["message"]["stop_reason"] = None
    assert opens(transcript.entries[-1], True) is True
