"""The wards: what watches a living child for a hang, and for outgrowing its context or memory.

Three clocks tell a hang: the transcript and the hooks, what the child writes to its terminal,
and the CPU time of the child and all below it. A tool at work, a dialog that waits for the
user and an idle prompt are none.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..claude.sessions import last_written
from ..claude.watch import Watch
from ..core.backoff import duration
from ..core.wording import size
from ..host.processes import descendants, is_stopped
from ..host.tree import Sample, Tree
from .steering import Steering

EVERY = 5.0  # s between two samples of the child's processes
IDLE = 0.02  # CPU seconds a second; a child that waits uses less, one that reads a stream more
BUSY = 0.9  # one that spins uses this and more
STILL = 20.0  # s without a word or a key at the prompt
YOUNG = 5.0  # s by which a call's process may be older than the call's entry
SPINNER = 3.0  # times as long, where the terminal still moves or a call has no process
ASLEEP = 30.0  # s between two looks; they come every fifth of a second unless we were stopped


@dataclass(frozen=True, slots=True)
class Limits:
    """Zero switches a ward off."""

    hang: float  # s
    memory: int  # bytes of the child and all below it
    context: int  # tokens


class Wards:
    """Over one launch. Times are steady seconds."""

    def __init__(
        self,
        limits: Limits,
        watch: Watch,
        tree: Tree,
        steering: Steering,
        pid: int,
        *,
        on_terminal: bool,
        now: float,
    ) -> None:
        self._limits, self._watch, self._tree = limits, watch, tree
        self._steering, self._pid, self._on_terminal = steering, pid, on_terminal
        self._next = now + min(EVERY, limits.hang / 4 or EVERY)
        self._stirred = self._shown = self._looked = now
        self._opened = now  # when a tool call was last not under way
        self._heard = 0.0  # the watch's own time of it
        self._cpu = (now, 0.0)  # when the transcript last stirred, and the CPU time then
        self.rss = 0  # bytes, the most that was seen
        self._sample = Sample(0, 0.0, 0)

    def shown(self, now: float) -> None:
        """The child has written; to a pipe it writes only what it has to say."""
        self._shown = now
        if not self._on_terminal:
            self._stirred = now

    def look(self, now: float) -> tuple[str, str] | None:
        """The ward that wants the child ended, and its evidence; None while all is well."""
        self._forget_sleep(now)
        if self._watch.stirred != self._heard:
            self._heard, self._stirred = self._watch.stirred, now
        if not self._watch.tally.open_calls:
            self._opened = now
        if (told := self._context(now)) is not None:
            return "context threshold", told
        if now < self._next or not (self._limits.hang or self._limits.memory):
            return None
        self._next = now + min(EVERY, self._limits.hang / 4 or EVERY)
        self._sample = self._tree.look()
        self.rss = max(self.rss, self._sample.rss)
        if self._stirred >= self._cpu[0]:
            self._cpu = (now, self._sample.cpu)
        if (told := self._memory(now)) is not None:
            return "memory limit", told
        if (told := self._hang(now)) is not None:
            return "hang", told
        return None

    def _forget_sleep(self, now: float) -> None:
        """Time that a laptop slept, or that ^Z stopped us, is no silence of the child."""
        gap, self._looked = now - self._looked, now
        if gap > ASLEEP:
            self._stirred, self._shown = self._stirred + gap, self._shown + gap
            self._cpu = (self._cpu[0] + gap, self._cpu[1])

    def is_safe(self, now: float) -> bool:
        """Nothing is lost if the child is ended now: no tool at work, nobody typing."""
        if self._watch.between_calls:
            return True
        still = now - max(self._stirred, self._shown) >= STILL
        return self._watch.at_rest and still

    def _context(self, now: float) -> str | None:
        if not self.is_safe(now):
            return None
        tally = self._watch.tally
        if self._steering.too_large(tally):
            return (
                f"about {tally.size:,} tokens, close to the {self._steering.ceiling_tokens:,}"
                " that have killed a session here"
            )
        if self._limits.context and tally.context >= self._limits.context:
            return f"about {tally.context:,} tokens, over the threshold {self._limits.context:,}"
        return None

    def _memory(self, now: float) -> str | None:
        over = self._limits.memory and self._sample.rss > self._limits.memory
        if not over or not self._watch.tally.answers or not self.is_safe(now):
            return None
        return (
            f"claude and its children have {size(self._sample.rss)}, over the limit of"
            f" {size(self._limits.memory)}"
        )

    def _hang(self, now: float) -> str | None:
        if not self._limits.hang or not self._watch.turn_open:
            return None
        tool = bool(self._watch.tally.open_calls) and not is_stopped(self._pid)
        if tool and (self._on_terminal or self._tool_lives()):
            self._stirred = now  # a long tool, or a dialog that waits for the user
        silent = now - self._stirred
        if silent < self._limits.hang:
            return None
        shown = now - self._shown if self._on_terminal else silent
        share = (self._sample.cpu - self._cpu[1]) / max(1.0, now - self._cpu[0])
        patience = self._limits.hang
        if tool or shown < patience or IDLE < share < BUSY:
            patience *= SPINNER
        if silent < patience or self._others_write(silent):
            return None
        return (
            f"for {duration(silent)} no word in the transcript or from a hook, the terminal still"
            f" for {duration(shown)}, CPU at {share:.0%}"
        )

    def _tool_lives(self) -> bool:
        """Whether a process runs below the child that is as young as the call."""
        young = self._opened - YOUNG
        return any(process.created >= young for process in descendants(self._pid))

    def _others_write(self, silent: float) -> bool:
        """Whether subagents have written to their transcripts meanwhile."""
        path = self._watch.path
        ago = last_written(path.with_suffix("")) if path is not None else None
        return ago is not None and ago < silent * 0.9
