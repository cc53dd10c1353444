"""The user's own words, kept at hand for a session that compacts by itself.

A model that summarizes drops prohibitions (arXiv 2606.22528: violations rose from 0 to 30 %
of the episodes, and to none where the words survived); a hook puts them back word for word.
"""

from __future__ import annotations

from collections.abc import Sequence

from ..claude.hooks import PINNED
from ..journal.runs import RunFolder

PINS = "pins.md"
LIMIT = 2_200  # tokens; Claude Code shows no more than 10,000 characters of a hook's words


class Pins:
    """The file in the run's folder that the hook prints."""

    def __init__(self, folder: RunFolder) -> None:
        self._folder = folder
        self._written: tuple[str, ...] = ()

    def keep(self, *said: Sequence[str]) -> None:
        """Write the file anew if the user has said more."""
        if not any(said):
            return
        from ..compaction.compose import user_words  # 40 ms: not before there are any
        from ..compaction.digest import CONTINUE_MARK, NOT_SPOKEN

        words = tuple(
            text.strip()
            for texts in said
            for text in texts
            if text.strip() and not text.strip().startswith((CONTINUE_MARK, *NOT_SPOKEN, "/"))
        )
        if words == self._written or not words:
            return
        self._written = words
        told = f"{PINNED}\n\n{user_words(words, LIMIT)}\n"
        self._folder.write(PINS, told.encode("utf-8", "replace"))
