"""What is asked of a backend, what it answers, and how it says that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

MAX_TOKENS = 4_096  # of the answer; Bedrock reserves it up front and burns it fivefold


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model. `model` is a name as the backend's ``candidates`` gives it."""

    model: str
    system: str
    material: str  # the transcript, as data
    instructions: str  # the rendered prompt
    max_tokens: int = MAX_TOKENS
    repeats: bool = False  # the same material will be asked about again, within minutes

    def sendable(self) -> Request:
        """Without halves of characters, which a transcript may hold and no service takes."""
        texts = self.system, self.material, self.instructions
        system, material, instructions = (
            text.encode("utf-8", "replace").decode("utf-8") for text in texts
        )
        return replace(self, system=system, material=material, instructions=instructions)


@dataclass(frozen=True, slots=True)
class Summary:
    """A narrative, who wrote it, and what it used (tokens).

    `model` is the one that has answered; `input_tokens` are those that no cache held.
    """

    text: str
    model: str
    backend: str = ""
    stop_reason: str = "end_turn"
    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_input_tokens: int = 0
    cache_creation_input_tokens: int = 0

    @property
    def usage(self) -> dict[str, int]:
        """As ``claude.models.cost`` wants it."""
        return {
            "input_tokens": self.input_tokens,
            "output_tokens": self.output_tokens,
            "cache_read_input_tokens": self.cache_read_input_tokens,
            "cache_creation_input_tokens": self.cache_creation_input_tokens,
        }


class SummaryFailed(Exception):
    """No narrative could be had; the message says why, in a person's words.

    `too_long`: the same model may answer to less material. `model_refused`: the fault may lie
    in the model alone, or in its quota, and another one may be tried.
    """

    def __init__(self, reason: str, *, model_refused: bool = False, too_long: bool = False) -> None:
        super().__init__(reason)
        self.model_refused = model_refused
        self.too_long = too_long


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one ``ask``, with all its attempts."""

    silence: float  # s without a byte
    deadline: float  # s for the whole summary


class Backend(Protocol):
    """Who writes the narrative. All methods may be called from several threads at once."""

    @property
    def name(self) -> str:
        """The value of the setting `backend` that means this one."""

    def candidates(self) -> list[str]:
        """The models to ask, best first."""

    def ask(self, request: Request, limits: Limits, progress: Callable[[int], None]) -> Summary:
        """Ask for the narrative; `progress` is told the characters so far, in this thread.

        What `progress` raises ends the request and comes out as it is: so an ask is cancelled.
        Raises SummaryFailed for whatever else goes wrong.
        """

    def count(self, request: Request) -> int | None:
        """The tokens of the request, or None where they cannot be known.

        It takes a few seconds at most and raises nothing; after a first failure it is None
        at once.
        """
