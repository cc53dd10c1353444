"""The input side of ``--input-format stream-json``: what a new process must be told again.

A client (claude-agent-sdk, for one) opens with control requests and keeps the process for
many turns. After a relaunch the standing ones are repeated under ids of ours, and the
answers to those are kept from the client, who has had his.
"""

from __future__ import annotations

import json
from typing import Any

PREFIX = "ccsup-"  # of a repeated request's id
STANDING = ("initialize", "set_model", "set_permission_mode", "set_max_thinking_tokens")


class Standing:
    """Watches the client's lines go by; the last request of each standing kind is kept."""

    def __init__(self) -> None:
        self._partial = b""
        self._requests: dict[str, dict[str, Any]] = {}

    def watch(self, data: bytes) -> bytes:
        """Gives `data` back as it is."""
        *lines, self._partial = (self._partial + data).split(b"\n")
        for line in lines:
            if b'"control_request"' not in line:
                continue
            try:
                told = json.loads(line)
            except (ValueError, RecursionError):
                continue
            request = told.get("request") if isinstance(told, dict) else None
            if isinstance(request, dict) and request.get("subtype") in STANDING:
                self._requests[request["subtype"]] = told
        return data

    def again(self, prompt: str | None) -> bytes:
        """The lines a relaunched process gets first, ending with the next user message."""
        lines = [
            {**told, "request_id": f"{PREFIX}{told.get('request_id')}"}
            for told in self._requests.values()
        ]
        if prompt is not None:
            message = {"role": "user", "content": prompt}
            lines.append({"type": "user", "message": message, "parent_tool_use_id": None})
        return b"".join(json.dumps(line).encode() + b"\n" for line in lines)


def answers_repeated(message: dict[str, Any]) -> bool:
    """Whether an output line answers a request that ccsup has repeated."""
    if message.get("type") != "control_response":
        return False
    response = message.get("response")
    name = response.get("request_id") if isinstance(response, dict) else None
    return isinstance(name, str) and name.startswith(PREFIX)
