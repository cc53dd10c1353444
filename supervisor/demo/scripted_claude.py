"""A scripted child: enough of Claude Code to die and be relaunched, in a tenth of a second.

It keeps a transcript in Claude Code's shapes, fires the hooks of a ``--plugin-dir``, asks the
Bedrock endpoint of its environment, runs the Bash calls it gets, and ends its turn with the
synthetic "API Error: …" entry where the answer is an error. No more than ccsup looks at.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from pathlib import Path
from typing import Any

VERSION = "2.1.116"
# Claude Code's own word for an HTTP status; others have it call an error unknown.
KINDS = {401: "authentication_failed", 403: "authentication_failed", 429: "rate_limit"}
VALUED = frozenset(
    "--session-id --resume --output-format --model --max-turns --max-budget-usd".split()
)
TOOLS = [{"name": "Bash", "description": "run", "input_schema": {"type": "object"}}]


class Session:
    """One process's part of a session."""

    def __init__(self, session: str, plugin: Path | None, *, resumed: bool) -> None:
        self.id = session
        slug = "".join(c if c.isalnum() else "-" for c in os.getcwd())  # noqa: PTH109
        folder = Path(os.environ["HOME"]) / ".claude" / "projects" / slug
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{session}.jsonl"
        self.messages: list[dict[str, Any]] = []
        self.leaf: str | None = None
        self._hooks = _hooks(plugin)
        if resumed:
            self._load()
        self.fire("SessionStart", source="resume" if resumed else "startup")

    def _load(self) -> None:
        if not self.path.exists():
            sys.exit(f"No conversation found with session ID: {self.id}")
        for line in self.path.read_text().splitlines():
            record = json.loads(line)
            if record.get("type") in ("user", "assistant") and "isApiErrorMessage" not in record:
                self.messages.append({key: record["message"][key] for key in ("role", "content")})
            self.leaf = record.get("uuid", self.leaf)

    def fire(self, event: str, **more: str) -> None:
        told = {"session_id": self.id, "transcript_path": str(self.path), "hook_event_name": event}
        for matcher, command in self._hooks.get(event, ()):
            if matcher in ("", more.get("source")):
                words = json.dumps(told | more).encode()  # what it prints is for the model
                subprocess.run(["/bin/sh", "-c", command], input=words, stdout=subprocess.DEVNULL)

    def write(self, record: dict[str, Any]) -> None:
        record = {
            "parentUuid": self.leaf,
            "isSidechain": False,
            **record,
            "uuid": str(uuid.uuid4()),
            "sessionId": self.id,
            "version": VERSION,
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        }
        self.leaf = record["uuid"]
        with self.path.open("a") as file:
            file.write(json.dumps(record, separators=(",", ":")) + "\n")

    def say(self, role: str, content: Any, **more: Any) -> None:
        message = {"role": role, "content": content, **more}
        self.messages.append({"role": role, "content": content})
        self.write({"type": role, "message": message})

    def turn(self, prompt: str) -> tuple[str, bool]:
        """The final words, and whether they are an error."""
        self.fire("UserPromptSubmit", prompt=prompt)
        self.say("user", prompt)
        while True:
            try:
                answer = _ask(self.messages)
            except urllib.error.HTTPError as error:
                return self._fail(json.load(error).get("message", str(error)), error.code)
            self.say(
                "assistant",
                answer["content"],
                id=answer["id"],
                model=answer["model"],
                stop_reason=answer["stop_reason"],
                usage=answer["usage"],
            )
            calls = [block for block in answer["content"] if block["type"] == "tool_use"]
            if not calls:
                texts = [block["text"] for block in answer["content"] if "text" in block]
                return "\n".join(texts), False
            self.say("user", [_run(call) for call in calls])

    def _fail(self, reason: str, status: int) -> tuple[str, bool]:
        words, kind = f"API Error: {reason}", KINDS.get(status, "unknown")
        told = {"apiErrorStatus": status} if status in KINDS else {}
        message = {
            "id": str(uuid.uuid4()),
            "model": "<synthetic>",
            "role": "assistant",
            "stop_reason": "stop_sequence",
            "stop_sequence": "",
            "content": [{"type": "text", "text": words}],
            "usage": {"input_tokens": 0, "output_tokens": 0},
        }
        failed = {"type": "assistant", "message": message, "error": kind, **told}
        self.write({**failed, "isApiErrorMessage": True})
        with self.path.open("a") as file:
            file.write(json.dumps({"type": "last-prompt", "lastPrompt": "…"}) + "\n")
        self.fire("StopFailure", error=kind, last_assistant_message=words)
        return words, True


def _hooks(plugin: Path | None) -> dict[str, list[tuple[str, str]]]:
    """By event: what must match, and the command."""
    if plugin is None:
        return {}
    told = json.loads((plugin / "hooks" / "hooks.json").read_text())["hooks"]
    return {
        event: [
            (each.get("matcher", ""), hook["command"])
            for each in matchers
            for hook in each["hooks"]
        ]
        for event, matchers in told.items()
    }


def _ask(messages: list[dict[str, Any]]) -> dict[str, Any]:
    url = f"{os.environ['ANTHROPIC_BEDROCK_BASE_URL']}/model/scripted/invoke"
    body = json.dumps({"messages": messages, "tools": TOOLS, "max_tokens": 1024}).encode()
    with urllib.request.urlopen(urllib.request.Request(url, body), timeout=60) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def _run(call: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        ["/bin/sh", "-c", call["input"]["command"]], capture_output=True, text=True, check=False
    )
    return {
        "type": "tool_result",
        "tool_use_id": call["id"],
        "content": (done.stdout + done.stderr).strip(),
        "is_error": done.returncode != 0,
    }


def main() -> None:
    options: dict[str, str] = {}
    words: list[str] = []
    arguments = iter(sys.argv[1:])
    for word in arguments:
        if word == "--":
            words += arguments
        elif word.startswith("--plugin-dir="):
            options["--plugin-dir"] = word.partition("=")[2]
        elif word in VALUED:
            options[word] = next(arguments)
        elif word == "--version":
            print(f"{VERSION} (scripted)")
            return
        elif word.startswith("-"):
            options[word] = ""
        else:
            words.append(word)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    plugin = Path(options["--plugin-dir"]) if "--plugin-dir" in options else None
    chosen = options.get("--resume") or options.get("--session-id") or str(uuid.uuid4())
    session = Session(chosen, plugin, resumed="--resume" in options)
    if "-p" in options:
        _print(session, words, options.get("--output-format", "text"))
    else:
        _converse(session, words)


def _print(session: Session, words: list[str], form: str) -> None:
    prompt = words[0] if words else ""
    if not sys.stdin.isatty():
        prompt = "\n".join(filter(None, (prompt, sys.stdin.read())))
    text, failed = session.turn(prompt)
    session.fire("SessionEnd", reason="other")
    result = {"type": "result", "is_error": failed, "result": text, "num_turns": 1}
    print(text if form == "text" else json.dumps(result))
    sys.exit(1 if failed else 0)


def _converse(session: Session, words: list[str]) -> None:
    prompts = iter(words)
    while True:
        prompt = next(prompts, None)
        if prompt is None:
            print("> ", end="", flush=True)
            prompt = sys.stdin.readline()
            if not prompt or prompt.strip() == "/exit":
                session.fire("SessionEnd", reason="prompt_input_exit")
                return
        print(session.turn(prompt.strip())[0], flush=True)


if __name__ == "__main__":
    main()
