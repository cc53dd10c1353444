"""Resume: the same session again, where it is fit, and what the user said and is not in it."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

import pytest

from supervisor.compaction.compact import compact
from supervisor.compaction.order import Order, Result
from supervisor.compaction.record import Record
from supervisor.compaction.recorder import record
from supervisor.compaction.redact import redactor
from supervisor.compaction.resume import resumed, why_not

from ..entries import SESSION, Transcript, line_of
from .test_compact import NEXT, SECRET, TASK, Teller, World, dead, ordered

PROMPT = "Go on where it stopped.\n"


def order_for(transcript: Transcript, folder: Path, **changes: Any) -> Order:
    """An order to resume the session of `transcript`."""
    order = ordered(folder, transcript, way="RESUMED", **changes)
    return replace(order, current=order.transcripts[-1])


redact = redactor({}, b"key")


def record_of(order: Order) -> Record:
    return record([Path(path) for path in order.transcripts], redact)


def again(order: Order, *unwritten: str) -> Result:
    return resumed(order, record_of(order), unwritten, PROMPT, redact)


# --- Whether it can be


def test_a_session_that_is_there_and_small_is_resumed(tmp_path: Path) -> None:
    assert why_not(order_for(dead(), tmp_path)) is None


@pytest.mark.parametrize("name", [None, "", "/p/notes.jsonl", "/p/11111111-2222.jsonl"])
def test_a_session_without_a_known_transcript_is_not(name: str | None) -> None:
    assert why_not(Order([], current=name)) == "its transcript is not known"


def test_a_session_whose_transcript_is_gone_is_not(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path)
    Path(str(order.current)).unlink()
    assert why_not(order) == f"{order.current}: No such file or directory"


def test_a_session_is_not_resumed_above_the_limit(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path)
    length = Path(str(order.current)).stat().st_size
    assert why_not(replace(order, max_resume=length)) is None
    assert why_not(replace(order, max_resume=length - 1)) is not None
    with Path(str(order.current)).open("ab") as file:
        file.truncate(60_000_000)  # a hole takes no room
    assert why_not(order) == "its transcript of 60.0 MB is over the limit of 50.0 MB"


# --- What it is told


def test_a_resumed_session_is_the_same_and_nothing_is_written(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    result = again(order)
    assert (result.session, result.way) == (SESSION, "RESUMED")
    assert (result.leaf, result.context, result.cwd) == (None, "", None)
    assert result.prompt == "[ccsup] Go on where it stopped."
    assert result.told == "out of memory"
    assert result.tokens_before == result.tokens_after > 0
    assert {path: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_what_the_user_said_and_is_not_written_goes_along(tmp_path: Path) -> None:
    result = again(order_for(dead(), tmp_path), "And count it.", "Then\n\nrest.")
    assert result.prompt == (
        "[ccsup] Go on where it stopped.\n\n"
        "What the user said last:\n\nAnd count it.\n\n"
        "What the user said last:\n\nThen\n\nrest."
    )


def test_words_go_along_once_though_two_witnesses_tell_them(tmp_path: Path) -> None:
    result = again(order_for(dead(), tmp_path), "And count it.", " And count it.\n")
    assert result.prompt.count("And count it.") == 1


@pytest.mark.parametrize(
    "words",
    [TASK, f"\n{TASK} ", "Not on Sundays!", "[ccsup] the work goes on here", "  ", "<bash-input>"],
)
def test_what_is_written_already_or_was_nobodys_word_does_not(tmp_path: Path, words: str) -> None:
    assert again(order_for(dead(), tmp_path), words).prompt == "[ccsup] Go on where it stopped."


def test_words_that_went_along_once_do_not_go_along_again(tmp_path: Path) -> None:
    """The second death of a session that was resumed: they stand in our own prompt."""
    transcript = dead()
    first = again(order_for(transcript, tmp_path), "And count it.", "And")
    transcript.user(first.prompt)
    transcript.step("wc ledger", "2")
    transcript.error()
    order = order_for(transcript, tmp_path)
    assert again(order, "And count it.", "And").prompt == "[ccsup] Go on where it stopped."
    second = again(order, "And count it.", "And count").prompt  # words of their own
    assert second.endswith("What the user said last:\n\nAnd count")


def test_words_that_never_reached_the_session_go_along_again(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path)
    assert again(order, "And count it.").prompt == again(order, "And count it.").prompt
    assert "And count it." in again(order, "And count it.").prompt


def test_words_with_a_secret_go_along_as_they_were_said(tmp_path: Path) -> None:
    """They are looked for masked, for so they stand in the record."""
    transcript = dead()
    words = f"The token is {SECRET}."
    order = order_for(transcript, tmp_path)
    assert again(order, words).prompt.endswith(words)
    transcript.user(words)
    assert SECRET not in again(order_for(transcript, tmp_path), words).prompt


# --- On the whole way


def test_the_whole_way_resumes_with_the_template_and_the_reason(tmp_path: Path) -> None:
    world = World()
    order = order_for(dead(), tmp_path, said=[TASK, "And count it."])
    result = compact(order, world.means())
    assert (result.session, result.way, result.context) == (SESSION, "RESUMED", "")
    assert result.prompt.startswith("[ccsup] The turn was broken off (out of memory)")
    assert result.prompt.endswith("\n\nWhat the user said last:\n\nAnd count it.")
    assert world.said == [] and not (tmp_path / f"{NEXT}.jsonl").exists()


def test_what_was_typed_ahead_goes_along(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path)
    queued = {"type": "queue-operation", "operation": "enqueue", "content": "And count it."}
    with Path(order.transcripts[0]).open("ab") as file:
        file.write(line_of(queued))
    assert "last:\n\nAnd count it." in compact(order, World().means()).prompt
    with Path(order.transcripts[0]).open("ab") as file:
        file.write(line_of({**queued, "operation": "dequeue"}))
    assert "And count it." not in compact(order, World().means()).prompt


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"max_resume": 10}, "over the limit of 10 bytes"),
        ({"current": None}, "its transcript is not known"),
    ],
)
def test_a_session_that_cannot_be_resumed_is_rebuilt(
    tmp_path: Path, changes: dict[str, Any], reason: str
) -> None:
    world = World()
    order = replace(order_for(dead(), tmp_path), **changes)
    result = compact(order, world.means())
    assert (result.session, result.way) == (NEXT, "REBUILT")
    assert TASK in result.context and (tmp_path / f"{NEXT}.jsonl").exists()
    (said,) = world.said
    assert said.startswith("the session cannot be resumed as it is: ") and reason in said


def test_where_the_same_command_says_it_all_nothing_is_resumed(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.user(TASK)
    transcript.error()
    order = order_for(transcript, tmp_path, repeatable=True)
    assert compact(order, World().means()) == Result(None, "RESUMED")
    told = compact(replace(order, repeatable=False), World().means())
    assert (told.session, told.way) == (SESSION, "RESUMED")


def test_a_session_in_which_nothing_was_said_is_not_resumed(tmp_path: Path) -> None:
    transcript = Transcript()
    transcript.bookkeeping()
    assert compact(order_for(transcript, tmp_path), World().means()).session is None


def test_the_current_session_is_resumed_and_not_an_earlier_one(tmp_path: Path) -> None:
    later = Transcript(NEXT)
    later.user("And count it.")
    later.step("wc ledger", "2")
    order = ordered(tmp_path, dead(), later, way="RESUMED", session="unused")
    result = compact(replace(order, current=order.transcripts[1]), World().means())
    assert result.session == NEXT


def test_a_model_is_not_asked_where_a_session_is_resumed(tmp_path: Path) -> None:
    world = World(Teller("notes"))
    result = compact(order_for(dead(), tmp_path, with_model=True), world.means())
    assert result.way == "RESUMED" and world.said == []


# --- What filled it


def filled() -> Transcript:
    transcript = dead()
    transcript.step(f"curl -H {SECRET} big", "x" * 8_000)
    transcript.step("ls", "ledger")
    return transcript


def test_a_context_names_what_filled_it_where_that_is_asked_for(tmp_path: Path) -> None:
    title = "What filled the context"
    plain = compact(ordered(tmp_path, filled()), World().means())
    assert title not in plain.context
    named = compact(ordered(tmp_path, filled(), culprit=True), World().means())
    section = named.context.partition(title)[2]
    assert "big`: about 2,000 tokens at once" in section and SECRET not in named.context


# --- As JSON


def test_an_order_and_its_result_travel_as_json(tmp_path: Path) -> None:
    order = order_for(dead(), tmp_path, culprit=True, max_resume=7, died_at=[1, 2], said=["ě\n"])
    assert Order(**json.loads(json.dumps(asdict(order)))) == order
    for result in (
        compact(order, World().means()),
        compact(replace(order, max_resume=10**9), World().means()),
        Result(None, "RESUMED", usage={"input_tokens": 3}),
    ):
        assert Result(**json.loads(json.dumps(asdict(result)))) == result


@pytest.mark.parametrize("kind", [Order, Result])
def test_nothing_in_them_is_of_a_kind_that_json_loses(kind: type[Order] | type[Result]) -> None:
    assert {each.type for each in fields(kind)} <= {
        "str",
        "str | None",
        "int",
        "int | None",
        "float",
        "bool",
        "list[str]",
        "list[str] | None",
        "list[int] | None",
        "dict[str, Any] | None",
        "list[dict[str, Any]] | None",
    }
