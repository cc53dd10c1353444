"""What a compaction is asked for, and what it gives; both travel as JSON."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..core.commands import Way


@dataclass(frozen=True, slots=True)
class Order:
    """What to compact, and how. Paths as text: the order travels to a worker as JSON."""

    transcripts: list[str]  # of the run's sessions that brought progress, in their order
    way: str = Way.REBUILT.name
    hardness: int = 0
    with_model: bool = True
    session: str = ""  # the next session's id
    reason: str = ""
    died_at: list[int] | None = None  # tokens of the conversations that died before
    steps: int = 0  # answers since the last relaunch
    repeatable: bool = False  # the user's own command would say all that was said
    model: str | None = None
    silence: float = 60.0
    deadline: float = 120.0
    cwd: str = "."
    said: list[str] | None = None  # prompts that the hooks told; the file lags behind
    narrative: str | None = None  # of an earlier compaction of these same transcripts
    current: str | None = None  # the transcript of the session that ended
    max_resume: int = 50_000_000  # bytes; a larger transcript is never resumed
    culprit: bool = False  # name in the context what filled it
    at_rest: bool = False  # nothing is to be done until the user says more
    budget: int | None = None  # tokens of the context; None: what the conversation's size says
    backend: str = "auto"  # who writes the narrative
    claude: list[str] | None = None  # the argv that runs Claude Code, for the backend of that name
    key: str | None = None  # of the masks, in hex; None: one for this compaction alone


@dataclass(frozen=True, slots=True)
class Result:
    """`session` None: nothing was done yet, the same command says it all."""

    session: str | None
    way: str
    prompt: str = ""  # the next session's first prompt
    leaf: str | None = None  # the last entry of the rebuilt file
    context: str = ""
    narrative: str = ""
    told: str = ""  # who wrote the narrative, or why there is none
    cwd: str | None = None  # where the dead session was at home (a worktree, perhaps)
    tokens_before: int = 0
    tokens_after: int = 0
    skipped: int = 0  # unreadable lines of the transcripts
    usage: dict[str, Any] | None = None  # of all requests: tokens, "cost" in US dollars
    parts: list[dict[str, Any]] | None = None  # of the context: name and tokens

    @property
    def cost(self) -> float:
        """US dollars of the summary, by list price."""
        return float((self.usage or {}).get("cost", 0.0))
