"""A run's compactions: what it remembers of its launches, and the one under way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..claude.follow import size
from ..claude.watch import Watch
from ..compaction.order import Order, Result
from ..core.commands import Compact, Way
from ..core.ending import Ending
from ..host.clock import steady
from ..journal.mask_key import mask_key
from ..journal.runs import RunFolder, state_home
from ..settings import Settings
from ..settings.quantities import BYTES, amount
from ..terminal.loop import Loop
from .console import Console
from .environment import for_summarizer, prompt_folders
from .launcher import Place

if TYPE_CHECKING:
    from .compactor import Compactor


MARGIN = 15.0  # s beside the summary: a start, writing
SLOWEST = 5e6  # bytes a second that are read at the least, on a busy machine


@dataclass(slots=True)
class Memory:
    """The material of the next compaction."""

    transcripts: list[str] = field(default_factory=list)  # of sessions that brought progress
    died_at: list[int] = field(default_factory=list)  # tokens of the conversations that died
    said: list[str] = field(default_factory=list)  # the user's prompts, as the hooks told them
    narrative: str | None = None  # of these very transcripts
    steps: int = 0  # answers of the model in the last launch
    spent: dict[str, Any] = field(default_factory=dict)  # its turns, tokens, milliseconds
    compactions: int = 0
    current: str | None = None  # the transcript of the session that ended last
    turns: int = 0  # answers of the model, over all launches
    cost: float = 0.0  # US dollars, likewise

    def bury(self, watch: Watch, ending: Ending, started: float) -> None:
        """A launch is over; `started` is its steady time."""
        if watch.moved:  # /clear or /resume: what was before is no part of this session
            self.transcripts, self.said, self.died_at, self.narrative = [], [], [], None
        path = ending.facts.path
        known = ending.facts.session and path and path not in self.transcripts
        if known and (watch.answers or not self.transcripts):
            self.transcripts.append(str(path))
        if watch.answers:
            self.narrative = None  # what it tells of has gone on
        if ending.facts.session and path:
            self.current = str(path)
        self.said += watch.prompts
        self.steps = watch.answers
        self.turns += watch.answers
        self.cost += watch.tally.cost
        self.spent = watch.tally.totals()
        self.spent["duration_ms"] = int((steady() - started) * 1000)

    def order(self, command: Compact, **more: Any) -> Order:
        self.compactions += 1
        return Order(
            transcripts=self._read(command),
            way=command.way.name,
            hardness=command.hardness,
            with_model=command.with_model,
            died_at=list(self.died_at),
            steps=self.steps,
            said=list(self.said),
            narrative=self.narrative,
            current=self.current,
            culprit=command.culprit,
            at_rest=command.at_rest,
            **more,
        )

    def _read(self, command: Compact) -> list[str]:
        """To resume a session it is read, though it may have brought no progress yet."""
        more = [self.current] if command.way is Way.RESUMED and self.current else []
        return [*self.transcripts, *(path for path in more if path not in self.transcripts)]

    def learn(self, result: Result) -> None:
        if result.way != Way.RESUMED.name and (self.steps or not self.died_at):
            self.died_at.append(result.tokens_before)
        if result.way != Way.RESUMED.name:
            self.narrative = result.narrative or None


class Recovery:
    """Starts a compaction, keeps what it made, and tells when it is done."""

    def __init__(
        self,
        settings: Settings,
        place: Place,
        folder: RunFolder,
        loop: Loop,
        console: Console,
        new_uuid: Callable[[], str],
    ) -> None:
        self.memory = Memory()
        self._settings, self._place, self._folder = settings, place, folder
        self._loop, self._console, self._new_uuid = loop, console, new_uuid
        self._under_way: Compactor | None = None
        self._due = self._allowed = 0.0  # steady seconds; and how many there were

    def begin(
        self,
        command: Compact,
        reason: str,
        repeatable: bool,
        done: Callable[[Result | str], None],
    ) -> None:
        """`done` gets the Result, or the reason why there is none."""
        from .compactor import Compactor  # not before there is something to compact

        order = self.memory.order(
            command,
            session=self._new_uuid(),
            reason=reason,
            repeatable=repeatable,
            model=self._settings.model,
            silence=self._settings.silence,
            deadline=self._settings.deadline,
            cwd=str(self._place.cwd),
            max_resume=int(amount(self._settings.max_resume, BYTES, 0)),
            backend=self._settings.backend,
            claude=[self._place.program],
        )
        self._folder.append({"compaction": self.memory.compactions, "order": asdict(order)})
        if command.way is not Way.RESUMED:
            self._console.say("Reading the transcript.")

        def ended(answer: Result | str) -> None:
            self._over()
            if isinstance(answer, Result):
                self._keep(answer)
            done(answer)

        bulk = sum(size(Path(path)) for path in order.transcripts)
        self._allowed = self._settings.deadline + MARGIN + bulk / SLOWEST
        self._due = steady() + self._allowed
        self._under_way = Compactor(
            self._loop,
            replace(order, key=mask_key(state_home(self._place.env)).hex()),
            for_summarizer(self._place.env),
            prompt_folders(self._settings, self._place.env, self._place.cwd),
            self._folder.write(f"compaction-{self.memory.compactions}.log", b""),
            self._console.say,
            lambda count: self._console.progress(f"summary: {count:,} characters so far"),
            ended,
        )

    def check(self, now: float) -> str | None:
        """Why the compaction under way has to be taken for failed at `now`, if so.

        A stream that only pings, a credential helper that hangs: the summary's own deadline
        does not see everything.
        """
        if self._under_way is None or now < self._due:
            return None
        self.cancel()
        return f"no end within {self._allowed:g} s"

    def cancel(self) -> None:
        if self._under_way:
            self._under_way.cancel()
            self._over()

    def _over(self) -> None:
        self._under_way = None
        self._folder.seal(f"compaction-{self.memory.compactions}.log")

    def _keep(self, result: Result) -> None:
        self.memory.learn(result)
        number = self.memory.compactions
        told = {
            name: getattr(result, name)
            for name in (
                "way",
                "session",
                "told",
                "tokens_before",
                "tokens_after",
                "usage",
                "parts",
            )
        }
        self._folder.append({"compaction": number, "result": told})
        if result.context:
            self._folder.write(f"context-{number}.md", result.context.encode("utf-8", "replace"))
        if result.narrative:
            self._folder.write(f"summary-{number}.md", result.narrative.encode("utf-8", "replace"))
        if result.skipped:
            self._console.say(f"{result.skipped} unreadable transcript lines were skipped.")
