"""What a check of the credentials is asked and what it answers, from the supervisor's side."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal, cast, get_args

# good: they work, or will until their own expiry. expired: they do not, and a person or a new
# login must act. denied: they are accepted, but may not call the model. unknown: no telling.
State = Literal["good", "expired", "denied", "unknown"]

TIMEOUT = 30.0  # s for a whole check
# -P: the working directory, which may be a hostile project, is no place to import from.
BOOT = "import sys; sys.path.append(sys.argv.pop(1)); from {package}.aws.check import main; main()"


@dataclass(frozen=True, slots=True)
class Check:
    """`fingerprint`: 16 hex digits, others when the credentials are; None if there are none.

    `told`: one sentence for a person; it holds no secret.
    """

    state: State
    fingerprint: str | None = None
    told: str = ""

    def line(self) -> bytes:
        return json.dumps(asdict(self)).encode() + b"\n"

    @staticmethod
    def parse(line: bytes) -> Check:
        """The check of a line; unknown, with the reason, for what is no such line."""
        try:
            found = json.loads(line)
        except ValueError:
            found = None
        if not isinstance(found, dict) or found.get("state") not in get_args(State):
            return Check("unknown", None, "The check of the AWS credentials gave no answer.")
        mark = found.get("fingerprint")
        return Check(
            cast(State, found["state"]),
            mark if isinstance(mark, str) else None,
            str(found.get("told", "")),
        )


def command(model: str | None, probe: bool, timeout: float = TIMEOUT) -> list[str]:
    """The argv of a check, to be run in the environment that Claude Code has.

    `probe` also asks `model` (a Bedrock id, profile or ARN) for one token; None: no probe.
    `timeout`: seconds, after which it answers that it does not know. It wants a session of its
    own (``start_new_session``) and no stdin: nothing then asks the terminal for an MFA code,
    and what hangs is killed with it.
    """
    here = Path(__file__).resolve().parents[2]
    boot = BOOT.format(package=__package__.partition(".")[0])
    asked = ["--probe", model] if probe and model else []
    return [sys.executable, "-P", "-c", boot, str(here), "--timeout", f"{timeout:g}", *asked]
