"""What a run learns of each child that is gone."""

from __future__ import annotations

from collections import Counter

from ..core.policy import Finish
from ..core.state import State
from ..journal.runs import RunFolder
from .sentry import Sentry
from .steering import Steering


class Lessons:
    """`endings`: the tally of what was died of, by cause."""

    def __init__(self, steering: Steering, folder: RunFolder) -> None:
        self._steering, self._folder = steering, folder
        self.endings: Counter[str] = Counter()

    def learn(self, buried: Sentry, state: State) -> None:
        """After the machine has judged: the size it died at, the processes it has left.

        What a child in good order leaves running (nohup, a daemon) is the user's own.
        """
        verdict, ending = state.verdict, state.ending
        if verdict is not None and ending is not None:
            self._steering.note(ending, verdict.row, buried.launch.watch.tally)
        if verdict is not None and verdict.is_death:
            self.endings[verdict.row.name] += 1
        if buried.was_killed or state.stopping or (verdict and verdict.row.of_process):
            swept = buried.sweep()
            if swept:
                self._folder.append({"swept": swept})
        elif isinstance(state.decision, Finish):
            self._steering.went_well()
