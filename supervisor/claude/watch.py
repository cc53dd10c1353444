"""What the running session is doing, from two witnesses: its transcript and its hooks.

Each alone is enough. The transcript decides where it speaks, for it is the session; the
hooks tell which session it is (``/clear`` and ``/resume`` change it within a process) and
speak for a transcript that cannot be read. Only what came after our launch counts: an
older death, taken up again by the user, is not news.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..core.ending import ApiError, Ending, Exit, SessionFacts
from ..core.events import Answered, TurnBegan, TurnDied
from . import sessions
from .entries import Entry, decode
from .follow import Follower, size
from .hooks import HookChannel, HookEvent
from .tally import Tally

LEAVING = frozenset({"prompt_input_exit", "logout"})  # SessionEnd's reasons
INTERRUPTED = "[Request interrupted by user"
OPEN_REASONS = (None, "tool_use", "pause_turn")  # no set: a record may hold a list
# What a slash command of the terminal leaves behind is no request to the model.
COMMAND_MARKS = ("<command-", "<local-command-", "<bash-")

WatchEvent = Answered | TurnDied | TurnBegan


@dataclass(frozen=True, slots=True)
class Expectation:
    """What is known of the child's session before it starts.

    `session`: its id, where it is chosen by us or by the user. `leaf`: the last entry of
    a rebuilt file; an answer must descend from it. `sizes`: the transcripts that were
    there at the launch, with their bytes then.
    """

    folder: Path
    session: str | None = None
    leaf: str | None = None
    sizes: Mapping[Path, int] | None = None
    turn_open: bool = False  # with -p a request stands from the first moment
    words: int = 0  # estimated tokens of the conversation that is taken up


class Watch:
    def __init__(
        self, env: Mapping[str, str], cwd: Path, expected: Expectation, hooks: HookChannel | None
    ) -> None:
        self.skipped = 0  # torn or garbled lines
        self.prompts: list[str] = []  # what the user has submitted, as the hooks tell it
        self._env, self._cwd, self._expected, self._hooks = env, cwd, expected, hooks
        self._session: str | None = None
        self._follower: Follower | None = None
        self._linked = {expected.leaf} if expected.leaf else set()
        self._turn_open = expected.turn_open
        self._entry_error: ApiError | None = None
        self._hook_error: ApiError | None = None
        self._hook_at = 0.0
        self._user_left = False
        self.tally = Tally(expected.words)
        self.stirred = 0.0  # when anything was last heard or read, as `now` of a poll
        self.hooked = False  # the hooks speak
        self._told_error: ApiError | None = None
        self._read_any = False  # the transcript speaks
        self._resting = False  # the last entry is a tool's result
        self._half: Entry | None = None  # an answer that may still break off
        self.moved = False  # to another session, within this launch
        if expected.session:
            self._turn_to(expected.session, sessions.find(env, cwd, expected.session))

    @property
    def session(self) -> str | None:
        return self._session

    @property
    def path(self) -> Path | None:
        return self._follower.path if self._follower else None

    def poll(self, now: float, pid: int | None = None, *, final: bool = False) -> list[WatchEvent]:
        """What is new at `now` (seconds since the epoch); `final` after the child's end."""
        found: list[WatchEvent] = []
        for event in self._hooks.events() if self._hooks else ():
            self.stirred, self.hooked = now, True
            self._hear(event, now)
        if self._follower is None:
            self._search(pid)
        elif not self._follower.path.exists() and self._session:
            self._turn_to(self._session, sessions.find(self._env, self._cwd, self._session))
        for line in self._follower.lines(final=final) if self._follower else ():
            self.stirred = now
            entries = decode(line)
            if entries is None:
                self.skipped += 1
            for entry in entries or ():
                found += self._read(entry)
        error = self._error_now(final)
        if error != self._told_error:
            self._told_error = error
            found.append(TurnDied(self.ending(None)) if error else TurnBegan())
        return found

    def ending(self, exit: Exit | None) -> Ending:
        return Ending(
            exit=exit,
            turn_open=self._turn_open,
            error=self._error,
            user_left=self._user_left,
            begun=self._read_any or bool(self.prompts),
            under_way="; ".join(self.tally.open_calls.values()) or self.tally.cut_short,
            facts=SessionFacts(
                session=self._session if size(self.path) else None,
                path=str(self.path) if self.path else None,
                size=size(self.path),
                tool_calls=self.tally.tool_calls,
                context=self.tally.size,
                cost=self.tally.cost,
            ),
        )

    @property
    def answers(self) -> int:
        """Responses of the model since the launch."""
        return self.tally.answers

    @property
    def turn_open(self) -> bool:
        """A request of the user is not answered yet."""
        return self._turn_open

    @property
    def at_rest(self) -> bool:
        """Something was said in it, and all of it is answered."""
        return self._read_any and not self._turn_open and self._error is None

    @property
    def between_calls(self) -> bool:
        """In the middle of a turn, with no tool at work: the child can be ended at no loss."""
        return self._turn_open and self._read_any and self._resting and not self.tally.open_calls

    @property
    def _error(self) -> ApiError | None:
        return self._entry_error or self._hook_error

    def _error_now(self, final: bool) -> ApiError | None:
        """A hook's word alone, beside a transcript that is written, is believed at the end."""
        return self._error if final or not self._read_any else self._entry_error

    def _turn_to(self, session: str, path: Path) -> None:
        if self.path == path:
            return
        self._session = session
        self._follower = Follower(path, (self._expected.sizes or {}).get(path, 0))

    def _search(self, pid: int | None) -> None:
        """No hook has spoken and the id is not ours: what does the disk say?"""
        announced = sessions.of_process(self._env, pid) if pid else None
        if announced:
            self._turn_to(announced, sessions.find(self._env, self._cwd, announced))
            return
        before = self._expected.sizes or {}
        latest = sessions.newest(self._expected.folder)
        if latest is not None and size(latest) > before.get(latest, 0):
            self._turn_to(latest.stem, latest)

    def _hear(self, event: HookEvent, now: float) -> None:
        other = event.session != self._session and event.name != "SessionEnd"
        if event.session and event.transcript and other:
            if self._session is not None:
                self.moved = True
                self.tally.compacted()  # another context
            self._turn_to(event.session, event.transcript)
            self._entry_error = self._hook_error = None
            self.prompts = []
        match event.name:
            case "UserPromptSubmit":
                self._turn_open, self._hook_error = True, None
                self.prompts += [event.prompt] if event.prompt else []
            case "StopFailure":
                self._turn_open = False
                self._hook_error = ApiError(event.text, event.error or "unknown", source="hook")
                self._hook_at = now
            case "SessionEnd":
                self._user_left = event.reason in LEAVING

    def _read(self, entry: Entry) -> list[WatchEvent]:
        if entry.parent in self._linked and entry.uuid:
            self._linked.add(entry.uuid)
        if entry.type == "boundary" and not entry.sidechain:
            self.tally.compacted()
        if entry.is_summary and "ccsup" not in entry.raw:
            self.tally.note(entry)
        if not entry.on_main_chain or entry.is_summary or "ccsup" in entry.raw:
            return []  # not the conversation, or written by a compaction (ours or its own)
        if self._hook_error and (entry.at or 0.0) > self._hook_at:
            self._hook_error = None
        self._read_any = True
        self._entry_error = entry.api_error
        self._turn_open = opens(entry, self._turn_open)
        self._resting = entry.is_tool_result
        half, self._half = self._half, None
        if entry.type == "user" and half is not None:
            self.tally.answered(half)  # before what came after it
        self.tally.note(entry)
        if entry.is_answer and entry.message.get("stop_reason") is None:
            self._half = entry
            return []
        whole = entry if entry.is_answer else half if entry.type == "user" else None
        if whole is None:
            return []
        if whole is entry:
            self.tally.answered(whole)
        return [Answered(linked=self._is_linked(whole))]

    def _is_linked(self, entry: Entry) -> bool:
        elsewhere = self._session != self._expected.session  # /clear: a context of its own
        return self._expected.leaf is None or elsewhere or entry.uuid in self._linked


def opens(entry: Entry, before: bool) -> bool:
    """Is a request of the user unanswered after this entry?"""
    if entry.is_api_error:
        return False
    if entry.type == "assistant":
        if entry.tool_calls:
            return True
        return before if entry.message.get("stop_reason") in OPEN_REASONS else False
    text = entry.text.lstrip()
    if text.startswith(INTERRUPTED):
        return False
    if not entry.is_tool_result and text.startswith(COMMAND_MARKS):
        return before
    return True
