"""Tasks: the task list, what was left running, subagents."""

from __future__ import annotations

from supervisor.compaction.digest.tasks import Agent, Background
from supervisor.compaction.record import Call, Excerpt

from ...entries import Transcript
from ..facts import bash, digest_of, known, said


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


def test_a_task_that_was_deleted_or_never_made_is_none() -> None:
    transcript = Transcript()
    transcript.calls("TaskCreate", subject="Sort")
    transcript.result("Task #4 created successfully: Sort")
    transcript.calls("TaskUpdate", taskId="4", status="deleted")
    transcript.result("Updated task #4")
    transcript.calls("TaskCreate", subject="Never answered")
    assert known(transcript).todos == []


# --- What was left running


def left(command: str, output: str) -> Call:
    arguments = {"command": command, "run_in_background": True}
    return Call(f"id {command}", "Bash", arguments, Excerpt(output))


def watch(name: str, output: str, **arguments: object) -> Call:
    return Call("w", name, arguments, Excerpt(output))


STARTED = left("npm run dev", "Command running in background with ID: bash_1. Output …")


def test_a_command_in_the_background_runs_until_more_is_told() -> None:
    (task,) = digest_of(STARTED, bash("ls")).background
    assert task == Background("bash_1", "npm run dev", "running when last seen", "")
    assert digest_of(bash("npm run dev")).background == []


def test_one_that_has_died_is_told_with_its_last_words() -> None:
    told = "<status>failed</status>\n<exit_code>137</exit_code>\n<stdout>out of heap</stdout>"
    (task,) = digest_of(STARTED, watch("BashOutput", told, bash_id="bash_1")).background
    assert task.state == "failed, exit 137" and "out of heap" in task.words
    again = watch("BashOutput", "exit code: 137", bash_id="bash_1")
    (task,) = digest_of(STARTED, again, again).background
    assert task.state.count("exit 137") == 1


def test_what_is_told_of_another_does_not_count() -> None:
    other = watch("BashOutput", "<status>failed</status>", bash_id="bash_2")
    (task,) = digest_of(STARTED, other).background
    assert task.state == "running when last seen"


def test_one_that_was_killed_is_told() -> None:
    (task,) = digest_of(STARTED, watch("KillShell", "killed", shell_id="bash_1")).background
    assert task.state == "killed"


def test_a_notice_tells_how_it_ended_and_is_no_word_of_the_user() -> None:
    notice = said(
        "user",
        "<task-notification>\n<task-id>bash_1</task-id>\n<status>completed</status>\n"
        "<summary>The server\nhas stopped</summary>\n</task-notification>",
    )
    found = digest_of(STARTED, notice)
    assert [(task.state, task.words) for task in found.background] == [
        ("completed", "The server\nhas stopped")
    ]
    assert found.words == []
    assert digest_of(notice).background == []


# --- Subagents


def test_subagents_and_what_they_returned() -> None:
    found = digest_of(
        Call("a", "Task", {"description": "Find\n it", "prompt": "…"}, Excerpt("It is in x.py")),
        Call("b", "Agent", {"prompt": "Count them"}, Excerpt("no"), failed=True),
        Call("c", "Task", {"description": "Open"}),
        Call("d", "TaskCreate", {"subject": "none of them"}, Excerpt("#1")),
    ).agents
    assert found == [
        Agent("Find it", "It is in x.py"),
        Agent("Count them", "no", failed=True),
        Agent("Open", None),
    ]


def test_what_a_subagent_found_out_is_among_what_was_said() -> None:
    words = "We chose sqlite because the disk is small.\nagentId: 7\n<usage>tokens: 9</usage>"
    found = digest_of(Call("a", "Task", {"description": "Ask"}, Excerpt(words))).notes
    assert [note.text for note in found] == ["We chose sqlite because the disk is small."]
