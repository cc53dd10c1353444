"""A client that keeps the process for many turns: stream-json both ways, as the SDK speaks."""

from __future__ import annotations

import json
import subprocess
from typing import Any

from ..world import Job, World, bedrock, numbered
from .test_headless import FLAGS, TASK, at

FORM = ("--input-format", "stream-json", "--output-format", "stream-json", "--verbose")


class Client:
    def __init__(self, world: World) -> None:
        self.process = subprocess.Popen(
            [*world.ccsup("run"), "-p", *FORM, *FLAGS],
            env=world.env,
            cwd=world.cwd,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        self.seen: list[dict[str, Any]] = []

    def send(self, message: dict[str, Any]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(message).encode() + b"\n")
        self.process.stdin.flush()

    def ask(self, words: str) -> dict[str, Any]:
        """The result of a turn."""
        self.send({"type": "user", "message": {"role": "user", "content": words}})
        return self.until("result")

    def until(self, kind: str) -> dict[str, Any]:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.seen.append(json.loads(line))
            if self.seen[-1]["type"] == kind:
                return self.seen[-1]
        raise AssertionError(f"the stream ended without a {kind}: {self.seen}")


def test_a_turn_dies_in_a_process_that_is_kept(world: World) -> None:
    job = Job(numbered(3), final="First answer.", dies=at(3))
    with bedrock(world, job):
        client = Client(world)
        hello = {"subtype": "initialize", "hooks": {}}
        client.send({"type": "control_request", "request_id": "r1", "request": hello})
        client.until("control_response")
        assert client.ask(TASK)["result"] == "First answer."
        job.final = "Second answer."
        assert client.ask("And now?")["result"] == "Second answer."
        assert client.process.stdin is not None
        client.process.stdin.close()
        with client.process:
            assert client.process.wait(timeout=60) == 0
    assert job.deaths == 1 and TASK in job.asked[3].text()
    assert TASK in job.asked[-1].text() and "And now?" in job.asked[-1].text()
    told = [(message["type"], message.get("is_error")) for message in client.seen]
    assert told.count(("result", False)) == 2 and ("result", True) not in told
    assert sum(message["type"] == "control_response" for message in client.seen) == 1
