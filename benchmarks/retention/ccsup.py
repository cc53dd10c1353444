"""ccsup as a contestant: `compact` without a model, and with one that misses nothing."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .contestants import CannotRun, Case, Made
from .facts import CATEGORIES, JUDGEMENT
from .perfect import PerfectSummarizer
from .process import environment, last_words, run

ROOT = Path(__file__).resolve().parents[2]


class Ccsup:
    """Runs `command compact FILE --backend … --budget N`; by default that of this checkout."""

    def __init__(self, command: Sequence[str] = (), budget: int | None = None) -> None:
        self._command = tuple(command) or (sys.executable, "-m", "supervisor")
        self._budget = budget

    def without_model(self, case: Case) -> Made:
        return self._run(case, "none")

    def with_perfect_model(self, case: Case) -> Made:
        """A loopback Bedrock that gives back each fact it was sent."""
        return self._with_model(case, CATEGORIES)

    def with_obedient_model(self, case: Case) -> Made:
        """One that leaves out, as it is told to, what code hands on."""
        return self._with_model(case, JUDGEMENT)

    def _with_model(self, case: Case, told: Sequence[str]) -> Made:
        with PerfectSummarizer(case.truth, told) as bedrock:
            made = self._run(
                case,
                "bedrock",
                AWS_REGION="us-west-2",
                AWS_EC2_METADATA_DISABLED="true",
                CLAUDE_CODE_USE_BEDROCK="1",
                CLAUDE_CODE_SKIP_BEDROCK_AUTH="1",
                ANTHROPIC_BEDROCK_BASE_URL=bedrock.url,
                AWS_ENDPOINT_URL_BEDROCK_RUNTIME=bedrock.url,
                ANTHROPIC_MODEL="us.anthropic.claude-sonnet-4-6",
                **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "dummy"),
            )
            if not bedrock.asked:
                raise CannotRun("the model was never asked")
        return Made(made.context, made.seconds, made.memory, bedrock.sent)

    def _run(self, case: Case, backend: str, **more: str) -> Made:
        budget = self._budget or case.budget
        argv = [*self._command, "compact", str(case.path)]
        argv += ["--backend", backend, "--budget", str(budget)]
        with tempfile.TemporaryDirectory(prefix="retention-home-") as home:
            env = environment(Path(home), PYTHONPATH=str(ROOT), PYTHONUTF8="1", **more)
            ran = run(argv, Path(home), env)
        if ran.status or not ran.stdout.strip():
            raise CannotRun(last_words(ran))
        return Made(ran.stdout, ran.seconds, ran.memory)
