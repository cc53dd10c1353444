"""Golden transcripts: every shape that a cut can fall into, generated, never copied.

Each shape stands between plain rounds. The user's words hold a mark ``W…``, the outputs of tools
one ``R…``, so that it can be told what of them has reached the next session.
"""

from __future__ import annotations

from collections.abc import Callable

from .entries import SESSION, Json, Transcript, call, line_of, text

TASK = "W0 Count the shelves of the shop. Never open the drawer of the owner."
IMAGE = {
    "type": "image",
    "source": {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="},
}
DOCUMENT = {
    "type": "document",
    "source": {"type": "base64", "media_type": "application/pdf", "data": "JVBERi0="},
}
REFUSED = (
    "The user doesn't want to proceed with this tool use. The tool use was rejected (eg. if it"
    " was a file edit, the new_string was NOT written to the file)."
)

Shape = Callable[[Transcript, int], object]


def bash(n: int, letter: str = "") -> Json:
    return call("Bash", {"command": f"count shelf-{n}{letter}"}, f"toolu_{n:04d}{letter}")


def thinking(words: str = "The shelf comes first.") -> Json:
    return {"type": "thinking", "thinking": words, "signature": "c2lnbmVkIGJ5IHRoZSBtb2RlbA=="}


def plain(t: Transcript, n: int) -> None:
    t.respond(text(f"I count shelf {n}."), bash(n))
    t.result(f"R{n} apples")


def parallel(t: Transcript, n: int) -> None:
    """Three calls of one response, then their results in another order."""
    t.respond(text(f"All of shelf {n}."), *(bash(n, each) for each in "abc"))
    for letter in "cab":
        t.result(f"R{n}{letter} pears", f"toolu_{n:04d}{letter}")


def interleaved(t: Transcript, n: int) -> None:
    """A result that is there before the next block of its response is written."""
    parallel(t, n)
    said, a, b, c, of_c, of_a, of_b = t.lines[-7:]
    t.lines[-7:] = [said, a, of_a, b, c, of_c, of_b]


def thoughtful(t: Transcript, n: int) -> None:
    t.respond(thinking(), text(f"Shelf {n} it is."), bash(n))
    t.result(f"R{n} plums")
    t.respond(thinking(""), {"type": "redacted_thinking", "data": "c2VjcmV0"}, bash(n, "b"))
    t.result(f"R{n}b plums")
    t.respond(thinking("And no word of it."))


def media(t: Transcript, n: int) -> None:
    t.user([text(f"W{n} This is the shelf:"), IMAGE])
    t.respond(call("Read", {"file_path": f"/shop/shelf-{n}.png"}, f"toolu_{n:04d}"))
    t.result([text(f"R{n} the picture"), IMAGE, DOCUMENT])
    t.respond(call("Read", {"file_path": f"/shop/shelf-{n}.pdf"}, f"toolu_{n:04d}b"))
    t.result([DOCUMENT])


def empty(t: Transcript, n: int) -> None:
    """Texts of nothing, results of nothing, and a failure without a word."""
    t.respond(text(""), bash(n))
    t.result("")
    t.respond(text(" \n"), bash(n, "b"))
    t.result([])
    t.respond(bash(n, "c"))
    t.result("", failed=True)
    t.respond(text(""))


def blank_failure(t: Transcript, n: int) -> None:
    t.respond(bash(n))
    t.result(" \n", failed=True)


def odd_arguments(t: Transcript, n: int) -> None:
    for letter, given in (("a", None), ("b", ["list"]), ("c", {}), ("d", {"deep": [{"x": [1]}]})):
        t.respond({**call("mcp__shop__count", {}, f"toolu_{n:04d}{letter}"), "input": given})
        t.result(f"R{n}{letter} figs")


def interrupted(t: Transcript, n: int) -> None:
    """A tool that the user refused, a request and a tool that were interrupted."""
    t.respond(bash(n))
    t.result(REFUSED, failed=True)
    t.user([text("[Request interrupted by user for tool use]")])
    t.user(f"W{n} Not that shelf.")
    t.says("I was about to", stop="stop_sequence")
    t.interrupted()
    t.respond(bash(n, "b"))
    t.user(f"W{n}b Stop, the other one.")


def said_with_the_result(t: Transcript, n: int) -> None:
    """Results of one response in one entry, with words behind them."""
    t.respond(bash(n, "a"), bash(n, "b"))
    line = t.result(f"R{n}a", f"toolu_{n:04d}a")
    other = {**line["message"]["content"][0], "tool_use_id": f"toolu_{n:04d}b"}
    line["message"]["content"] += [other, text("[Request interrupted by user for tool use]")]


def queued(t: Transcript, n: int) -> None:
    t.respond(bash(n))
    t.lines.append({"type": "queue-operation", "operation": "enqueue", "content": f"W{n} Hurry."})
    t.result(f"R{n} melons")
    t.lines.append({"type": "queue-operation", "operation": "remove", "content": f"W{n} Hurry."})
    t.queued(f"W{n} Hurry.")
    t.respond(bash(n, "b"))
    t.result(f"R{n}b melons")
    t.queued([text(f"W{n}b And look:"), IMAGE])


def meta(t: Transcript, n: int) -> None:
    t.command("cost")
    t.bookkeeping()
    t.user("Words of a hook.", isMeta=True)
    t.attachment("hook_success", content="fine")
    t.turn_duration()
    t.blob("R99999 a request")
    t.user(f"W{n} Go on.")


def hooked(t: Transcript, n: int) -> None:
    """What hooks said between calls and their results."""
    t.respond(text("Both."), bash(n, "a"), bash(n, "b"))
    t.attachment("hook_success", content="fine", hookEvent="PreToolUse")
    t.result(f"R{n}a peas", f"toolu_{n:04d}a")
    t.attachment("hook_additional_context", content=["noted"], hookEvent="PostToolUse")
    t.result(f"R{n}b peas", f"toolu_{n:04d}b")
    t.queued(f"W{n} And the cellar.")
    t.attachment("hook_success", content="fine", hookEvent="PostToolUse")


def rewound(t: Transcript, n: int) -> None:
    """Back to before a message; what was said since is a dead branch."""
    leaf = t.leaf
    t.user("Count the drawer.")
    t.respond(bash(n, "x"))
    t.result("dead branch")
    t.says("The drawer is counted.")
    t.leaf = leaf
    t.user(f"W{n} Leave the drawer.")
    t.respond(bash(n))
    t.result(f"R{n} quinces")


def compacted(t: Transcript, n: int) -> None:
    t.compaction(f"This session is being continued. Shelf {n} was counted.")
    t.user(f"W{n} Now the next one.")
    t.respond(bash(n))
    t.result(f"R{n} grapes")


def todos(t: Transcript, n: int) -> None:
    for at, status in enumerate(("in_progress", "completed")):
        todo = {"content": f"shelf {n}", "status": status, "activeForm": "Counting"}
        t.respond(call("TodoWrite", {"todos": [todo]}, f"toolu_{n:04d}{at}"))
        t.result("Todos have been modified successfully.")  # of no worth: the list is


def subagent(t: Transcript, n: int) -> None:
    order = {"description": "a shelf", "prompt": f"Count shelf {n}.", "subagent_type": "general"}
    t.respond(call("Task", order, f"toolu_{n:04d}"))
    t.sidechain(f"Count shelf {n}.")
    t.result([text(f"R{n} The shelf holds 7 pears."), text("agentId: a1b2")])


def errors(t: Transcript, n: int) -> None:
    """Synthetic entries in the middle, which the session has left behind."""
    t.respond(bash(n))
    t.result(f"R{n} dates")
    t.error("API Error: 529 Overloaded", kind="overloaded")
    t.user(f"W{n} Try again.")
    t.stub("No response requested.")
    t.respond(bash(n, "b"))
    t.result(f"R{n}b dates")


def unanswered(t: Transcript, n: int) -> None:
    """Calls whose results never came, alone and beside one that did."""
    t.respond(bash(n, "a"), bash(n, "b"))
    t.result(f"R{n}a limes", f"toolu_{n:04d}a")
    t.user(f"W{n} What is with the other?")
    t.respond(text("It was lost."), bash(n, "c"))


def huge(t: Transcript, n: int) -> None:
    t.respond(bash(n))
    t.result(f"R{n} " + "a long line of output, and another one\n" * 5_000)
    wrote = {"file_path": f"/shop/list-{n}.txt", "content": "12 apples\n" * 6_000}
    t.respond(call("Write", wrote, f"toolu_{n:04d}b"))
    t.result(f"R{n}b File created.")
    t.user(f"W{n} " + "Mind the labels. " * 500)


def same_ids(t: Transcript, n: int) -> None:
    """What other processes have written goes on with ids that were used before."""
    for letter in "abc":
        t.respond(bash(n))
        t.result(f"R{n}{letter} kiwis")


def server_tools(t: Transcript, n: int) -> None:
    search = {"type": "server_tool_use", "id": f"srvtoolu_{n}", "name": "web_search", "input": {}}
    found = {"type": "web_search_tool_result", "tool_use_id": f"srvtoolu_{n}", "content": []}
    t.respond(search, found, text(f"The web knows of shelf {n}."), bash(n))
    t.result(f"R{n} nuts")


def at_rest(t: Transcript, n: int) -> None:
    t.says(f"Shelf {n} is counted.")
    t.user(f"W{n} Good. The next one.")
    t.says("Which one?")


SHAPES: dict[str, Shape] = {
    "plain rounds": plain,
    "parallel calls": parallel,
    "interleaved results": interleaved,
    "thinking": thoughtful,
    "media": media,
    "empty texts": empty,
    "a failure of blanks": blank_failure,
    "odd arguments": odd_arguments,
    "interruptions": interrupted,
    "words with the results": said_with_the_result,
    "queued words": queued,
    "meta entries": meta,
    "hooks in between": hooked,
    "a rewind": rewound,
    "a compaction of its own": compacted,
    "todos": todos,
    "a subagent": subagent,
    "errors left behind": errors,
    "calls without results": unanswered,
    "long texts": huge,
    "ids used again": same_ids,
    "tools of the server": server_tools,
    "a turn that ended": at_rest,
}


def golden(
    *names: str, version: str = "2.1.330", session: str = SESSION, large: bool = False
) -> Transcript:
    """A session with these shapes, one after the other, that dies in the end.

    `large`: of more than 25,000 tokens in its first output, so that a context may be large too.
    """
    t = Transcript(session, version)
    t.user(TASK)
    for n, count in enumerate((10_000 if large else 1, 1)):
        t.respond(bash(n))
        t.result(f"R{n} apples" + ", one more" * count)
    for n, name in enumerate(names, 2):
        SHAPES[name](t, n)
    plain(t, len(names) + 2)
    t.error()
    t.bookkeeping()
    return t


def cut(lines: list[Json], end: int, *, torn: bool = False) -> bytes:
    """A file that ends behind `end` lines, or in the middle of the last of them."""
    whole = [line_of(line) for line in lines[:end]]
    if torn and whole:
        whole[-1] = whole[-1][: len(whole[-1]) // 2]
    return b"".join(whole)


OPENING = 5  # lines before the shape
# A shape, and how many of its lines are there; "torn": the last of them is not whole.
CUTS: dict[str, tuple[str, int]] = {
    "a message last": ("a turn that ended", 2),
    "an answer last": ("a turn that ended", 3),
    "a call without its result": ("plain rounds", 2),
    "two results of three": ("parallel calls", 6),
    "parallel calls": ("parallel calls", 7),
    "a result before its response is whole": ("interleaved results", 3),
    "thinking last": ("thinking", 9),
    "media in the last result": ("media", 5),
    "a failure without a word": ("empty texts", 8),
    "an interrupted request": ("interruptions", 8),
    "queued words last": ("queued words", 5),
    "behind a rewind": ("a rewind", 7),
    "a compaction that has begun": ("a compaction of its own", 1),
    "behind a compaction": ("a compaction of its own", 2),
    "todos": ("todos", 4),
    "a subagent at work": ("a subagent", 2),
    "an error left behind": ("errors left behind", 5),
    "long texts": ("long texts", 5),
    "ids used again": ("ids used again", 6),
    "torn": ("plain rounds", 3),
}


def cut_at(name: str, version: str) -> bytes:
    """The session of `CUTS[name]` as its file was left."""
    shape, length = CUTS[name]
    return cut(
        golden(shape, version=version, large=True).lines, OPENING + length, torn=name == "torn"
    )
