"""Does a conversation keep the rules of the Messages API? Of what is refused, in its words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]


def complaint(body: Json) -> str | None:
    """What the API would say to a request's body, None where it would answer.

    Messages of one role in a row count as one, as they do there; messages of the role `system`
    stand apart and part nothing. The rules: https://docs.anthropic.com/en/api/messages and
    .../build-with-claude/tool-use.
    """
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        return "messages: at least one message is required"
    if messages[0].get("role") != "user":
        return 'messages: first message must use the "user" role'
    for found in (_contents(messages), _tools(_merged(messages)), _end(messages[-1])):
        for told in found:
            return told
    return None


def _contents(messages: list[Json]) -> Iterator[str]:
    last = len(messages) - 1
    for at, message in enumerate(messages):
        role, content = message.get("role"), message.get("content")
        if role not in ("user", "assistant", "system"):
            yield f'messages.{at}.role: "{role}" is no role'
        if not content and not (role == "assistant" and at == last):
            yield (
                f"messages.{at}: all messages must have non-empty content except for the"
                " optional final assistant message"
            )
        for block in _blocks(content):
            if block.get("type") == "text":
                if not block.get("text"):
                    yield "messages: text content blocks must be non-empty"
                if not block["text"].strip():
                    yield "messages: text content blocks must contain non-whitespace text"
            if _is(block, "tool_use") and not isinstance(block.get("input"), dict):
                yield f"messages.{at}: tool_use.input: Input should be a valid dictionary"
            if _is_result(block) and block.get("is_error") and not block.get("content"):
                yield f"messages.{at}: tool_result: content cannot be empty if `is_error` is true"


def _tools(messages: list[Json]) -> Iterator[str]:
    seen: set[str] = set()
    open_calls: list[str] = []
    for at, message in enumerate(messages):
        blocks = _blocks(message["content"])
        results = [block.get("tool_use_id") for block in blocks if _is(block, "tool_result")]
        unanswered = [call for call in open_calls if call not in results]
        first = len(results) == len([each for each in blocks[: len(results)] if _is_result(each)])
        if unanswered or (open_calls and not first):
            yield _unanswered(at - 1, unanswered or open_calls)
        for result in results:
            if result not in open_calls:
                yield (
                    f"messages.{at}: unexpected `tool_use_id` found in `tool_result` blocks:"
                    f" {result}. Each `tool_result` block must have a corresponding `tool_use`"
                    " block in the previous message."
                )
        if len(set(results)) < len(results):
            yield f"messages.{at}: each tool_use must have a single result"
        open_calls = [str(block.get("id")) for block in blocks if _is(block, "tool_use")]
        if len(seen | set(open_calls)) < len(seen) + len(open_calls):
            yield "messages: `tool_use` ids must be unique"
        seen.update(open_calls)
    if open_calls:
        yield _unanswered(len(messages) - 1, open_calls)


def _unanswered(at: int, calls: list[str]) -> str:
    return (
        f"messages.{at}: `tool_use` ids were found without `tool_result` blocks immediately"
        f" after: {', '.join(calls)}. Each `tool_use` block must have a corresponding"
        " `tool_result` block in the next message."
    )


def _end(last: Json) -> Iterator[str]:
    blocks = _blocks(last.get("content"))
    if last.get("role") != "assistant" or not blocks or not _is(blocks[-1], "text"):
        return
    if blocks[-1]["text"] != blocks[-1]["text"].rstrip():
        yield "messages: final assistant content cannot end with trailing whitespace"


def _merged(messages: list[Json]) -> list[Json]:
    found: list[Json] = []
    for message in messages:
        if message.get("role") == "system":
            continue
        blocks = _blocks(message.get("content"))
        if found and found[-1]["role"] == message["role"]:
            found[-1]["content"] += blocks
        else:
            found.append({"role": message["role"], "content": list(blocks)})
    return found


def _blocks(content: Any) -> list[Json]:
    if isinstance(content, str):
        return [{"type": "text", "text": content}] if content else []
    return [block for block in content or [] if isinstance(block, dict)]


def _is(block: Json, kind: str) -> bool:
    return block.get("type") == kind


def _is_result(block: Json) -> bool:
    return _is(block, "tool_result")
