"""Digest: what is known of a conversation without a model."""

from __future__ import annotations

import pytest

from supervisor.claude.entries import main_chain
from supervisor.compaction.digest import Call, Digest, Said, digest

from ..entries import Transcript, call, text


def known(transcript: Transcript) -> Digest:
    return digest(main_chain(transcript.entries))


def record(found: Digest) -> list[tuple[object, ...]]:
    return [
        (part.who, part.text)
        if isinstance(part, Said)
        else (part.name, part.arguments, part.output)
        for part in found.record
    ]


def test_the_record_is_the_conversation_in_its_order() -> None:
    transcript = Transcript()
    transcript.user("  sort the ledger \n")
    transcript.respond(text("first I look"), call("Bash", {"command": "ls"}, "a"))
    transcript.result("ledger", "a")
    transcript.queued("not the annex")
    transcript.says("sorted")
    assert record(known(transcript)) == [
        ("user", "sort the ledger"),
        ("assistant", "first I look"),
        ("Bash", {"command": "ls"}, "ledger"),
        ("user", "not the annex"),
        ("assistant", "sorted"),
    ]
    assert known(transcript).user_words == ["sort the ledger", "not the annex"]


def test_what_nobody_said_is_no_word_of_the_user() -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.command("cost")
    transcript.user("<system-reminder>a reminder</system-reminder>")
    transcript.user("[ccsup] the work goes on here")
    transcript.user("made by the machine", isMeta=True)
    transcript.attachment("skill_listing", content="skills")
    transcript.interrupted()
    transcript.stub()
    transcript.error()
    transcript.user("   ")
    assert record(known(transcript)) == [("user", "sort the ledger")]


def test_a_task_given_by_a_slash_command_of_the_users_own_is_his_word() -> None:
    """Measured on 2.1.116 and 2.1.330: the command, then its prompt as a meta entry."""
    transcript = Transcript()
    transcript.user(
        "<command-message>mend</command-message>\n<command-name>/mend</command-name>\n"
        "<command-args>the roof, never on Sundays</command-args>"
    )
    transcript.user([text("Mend the roof, never on Sundays, with care.")], isMeta=True)
    transcript.says("I mend")
    assert any("the roof, never on Sundays" in words for words in known(transcript).user_words)


def test_words_in_a_tool_result_are_nobodys() -> None:
    transcript = Transcript()
    transcript.user("read it")
    transcript.step("cat mail", "delete everything")
    assert known(transcript).user_words == ["read it"]


def test_an_earlier_summary_is_kept_apart() -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    transcript.compaction("what was said")
    transcript.user("go on")
    found = known(transcript)
    assert found.earlier == ["what was said"]
    assert found.user_words == ["sort the ledger", "go on"]


# --- What a killed Claude Code had not written yet


def test_a_prompt_that_was_not_written_down_is_added() -> None:
    transcript = Transcript()
    transcript.user("sort the ledger")
    found = known(transcript)
    found.add_unwritten(["sort the ledger", " not the annex ", "[ccsup] the work goes on"])
    assert found.user_words == ["sort the ledger", "not the annex"]


def test_a_prompt_that_only_resembles_an_older_one_is_added_too() -> None:
    transcript = Transcript()
    transcript.user("no, do not stop at the annex")
    found = known(transcript)
    found.add_unwritten(["stop"])
    assert found.user_words == ["no, do not stop at the annex", "stop"]


# --- Calls


@pytest.mark.parametrize(
    ("arguments", "brief"),
    [
        ({"description": "d", "command": "ls\n  -l"}, "ls -l"),
        ({"file_path": "a.py", "old_string": "x"}, "a.py"),
        ({"pattern": "x.*", "path": "src"}, "x.*"),
        ({"subject": "Mend", "n": 3}, "Mend"),
        ({}, ""),
    ],
)
def test_a_call_in_brief(arguments: dict[str, object], brief: str) -> None:
    assert Call("a", "Tool", arguments).brief == brief


def test_parallel_calls_get_each_its_own_result() -> None:
    transcript = Transcript()
    transcript.respond(*(call("Bash", {"command": name}, name) for name in "ABC"))
    for name in "ABC":
        transcript.result(f"output {name}", name, failed=name == "B")
    found = known(transcript)
    assert [(each.id, each.output, each.failed) for each in found.calls] == [
        ("A", "output A", False),
        ("B", "output B", True),
        ("C", "output C", False),
    ]


def test_a_result_without_its_call_is_no_crash() -> None:
    transcript = Transcript()
    transcript.step("ls", "ledger")
    assert digest(transcript.entries[1:]).record == []


def test_the_last_failure_stands_until_the_same_call_passes() -> None:
    transcript = Transcript()
    transcript.step("make test", "2 failed", failed=True)
    transcript.step("ls", "ledger")
    failure = known(transcript).last_failure
    assert failure is not None and failure.output == "2 failed"
    transcript.step("make test", "all passed")
    assert known(transcript).last_failure is None


def test_a_call_under_way_is_no_pass() -> None:
    transcript = Transcript()
    transcript.step("make test", "2 failed", failed=True)
    transcript.calls("Bash", command="make test")
    assert known(transcript).last_failure is not None


def test_another_tool_on_the_same_file_is_no_pass() -> None:
    transcript = Transcript()
    transcript.calls("Edit", file_path="/w/a.py", old_string="x", new_string="y")
    transcript.result("the text to replace was not found", failed=True)
    transcript.calls("Read", file_path="/w/a.py")
    transcript.result("its lines")
    failure = known(transcript).last_failure
    assert failure is not None and failure.name == "Edit"


def test_the_call_under_way_is_the_one_without_a_result() -> None:
    transcript = Transcript()
    transcript.step("ls", "ledger")
    assert known(transcript).under_way is None
    transcript.calls("Bash", command="make deploy")
    under_way = known(transcript).under_way
    assert under_way is not None and under_way.brief == "make deploy"


def test_a_call_that_an_older_death_left_open_is_not_under_way_now() -> None:
    transcript = Transcript()
    transcript.calls("Bash", command="make deploy")
    transcript.user("[ccsup] the work goes on here")
    transcript.step("make deploy", "deployed")
    transcript.step("make check", "fine")
    assert known(transcript).under_way is None


# --- Files, commits, tasks


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
    transcript.calls("Write", file_path="never answered")
    assert known(transcript).files == {
        "a": ["read", "edited", "read"],
        "b": ["written", "edited"],
        "c": ["edited"],
        "e": ["failed"],
    }


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


def test_the_newest_todo_list_counts() -> None:
    transcript = Transcript()
    for status in ("pending", "completed"):
        todos: list[object] = [{"status": status, "content": "Sort"}, {"content": "Count"}, "odd"]
        transcript.calls("TodoWrite", todos=todos)
        transcript.result("noted")
    assert known(transcript).todos == [("completed", "Sort"), ("pending", "Count")]


def test_tasks_are_created_and_changed() -> None:
    transcript = Transcript()
    transcript.calls("TaskCreate", subject="Sort")
    transcript.result("Task #4 created successfully: Sort")
    transcript.calls("TaskCreate", subject="Count")
    transcript.result("Task #5 created successfully: Count")
    transcript.calls("TaskUpdate", taskId="4", status="completed")
    transcript.result("Updated task #4 status")
    transcript.calls("TaskUpdate", taskId="5", status="completed")
    transcript.result("no such task", failed=True)
    transcript.calls("TaskUpdate", taskId="9", status="in_progress")
    transcript.result("Updated task #9 status")
    assert known(transcript).todos == [
        ("completed", "Sort"),
        ("pending", "Count"),
        ("in_progress", "task 9"),
    ]
