"""source: the transcript as it was sent, indexed so that many things can be looked up in it."""

from __future__ import annotations

import json
import re
from functools import cached_property

from ..plan.budget import tokens
from .vocabulary import UNITS

UNVERIFIED = " (unverified: not in the transcript)"
# A letter of a name. Scripts that write no spaces are left out: a name may touch their signs.
LETTER = "A-Za-z0-9_\u00c0-\u024f\u0370-\u052f"
WORD = re.compile(f"[{LETTER}]+")
# What may not stand on the two sides of a thing for the thing to be whole.
NAME_SIDE = re.compile(f"[{LETTER}]")
PATH_LEFT = re.compile(f"[{LETTER}.@+~-]")
PATH_RIGHT = re.compile(rf"[{LETTER}-]|\.[{LETTER}]")
FLAG_SIDE = re.compile(f"[{LETTER}-]")
DIGIT_LEFT = re.compile(r"[\d.]")
DIGIT_RIGHT = re.compile(r"\d")
NUMBER_LEFT = re.compile(f"[{LETTER}.]")
NOTHING = re.compile(r"(?!)")

ESCAPE = re.compile(r"(?:\\u[0-9a-fA-F]{4})+|\\[\"\\/bfnrt]")
PLAIN = {"n": "\n", "t": "\t", "r": "\n", "b": " ", "f": " "}
STRING_END = re.compile(r'(?<!\\)"')
ONE_COMMAND = re.compile(r"\n|&&|\|\||[;|]")  # what stands between is one simple command
NUMBER = re.compile(
    rf"(?:(?P<given>[=:]\s?[\"']?|--?[a-z][\w-]{{0,30}}[ =])|(?<![{LETTER}.]))"
    r"(?P<whole>\d{1,3}(?:[,_'\u2019]\d{3})+(?!\d)|\d+)(?P<rest>\.\d+)?"
    rf"[ -]?(?P<unit>%|[A-Za-z][{LETTER}]*)?"
)
THIN = re.compile(r"(?<=\d)[\u00a0\u202f\u2009](?=\d{3}(?!\d))")
GIVEN = "="  # the mark of a number that is the value of something
BARE = ""  # that of one with no word behind it
SPOKEN = ("user", "notes")
WINDOW = 40  # words of one command
PLACES = 1_000  # of a program in one line; more is no command


def unescaped(text: str) -> str:
    """`text` without one level of JSON's escapes, be it JSON as a whole or not."""
    return ESCAPE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    found = match[0]
    return str(json.loads(f'"{found}"')) if found[1] == "u" else PLAIN.get(found[1], found[1])


def canonical(whole: str, rest: str | None = None) -> str:
    """A number without thousands separators and idle noughts: "1,230.50" -> "1230.5"."""
    digits = re.sub(r"\D", "", whole).lstrip("0") or "0"
    decimals = (rest or "").rstrip("0").rstrip(".")
    return digits + decimals


def spaced(text: str) -> str:
    """`text` with every run of white space as one blank; thin spaces in numbers as commas."""
    return " ".join(THIN.sub(",", text).split())


class Source:
    """A text to look things up in. Built once, in linear time; shared by all lookups.

    The text may be the JSON of a transcript: it is read without JSON's escapes, and once more
    without those of a JSON text that stands inside. What an earlier check marked as unverified
    is taken out, so that a doubtful name does not become true by being handed on.
    """

    def __init__(self, text: str) -> None:
        raw = _without_doubts(text)
        self.tokens = tokens(text)
        self._json = raw.lstrip().removeprefix("<transcript>").lstrip().startswith(("[", "{"))
        self._raw = raw
        once = unescaped(raw)
        views = (once, unescaped(once)) if self._json else (raw, once)
        self._views = tuple(dict.fromkeys(map(spaced, views)))
        self._tokens: dict[str, list[list[str]]] = {}
        self._found: dict[tuple[str, str, str], bool] = {}

    @cached_property
    def words(self) -> frozenset[str]:
        """Every run of letters, digits and underscores."""
        return frozenset(word for view in self._views for word in WORD.findall(view))

    @cached_property
    def lower(self) -> str:
        """The whole in one case, for what has no case of its own."""
        return "\n".join(self._views).casefold()

    @cached_property
    def said(self) -> tuple[str, ...]:
        """What the user has said; and notes, in which such words were looked up before."""
        array = self._raw.strip().removeprefix("<transcript>").removesuffix("</transcript>")
        whole = _parsed(array)
        entries = whole if isinstance(whole, list) else list(map(_parsed, array.splitlines()))
        found = [entry.get(key) for entry in entries if isinstance(entry, dict) for key in SPOKEN]
        return tuple(spaced(text) for text in found if isinstance(text, str))

    @cached_property
    def folded(self) -> frozenset[str]:
        """The words in one case, for those of plain speech."""
        return frozenset(map(str.casefold, self.words))

    def holds(
        self,
        text: str,
        left: re.Pattern[str] = NAME_SIDE,
        right: re.Pattern[str] = NAME_SIDE,
    ) -> bool:
        """Whether `text` stands somewhere with nothing of `left` and `right` at its sides."""
        text = spaced(text)
        key = (text, left.pattern, right.pattern)
        if key not in self._found:
            whole = left.match("a") and right.match("a")  # no letter may stand at its sides
            self._found[key] = not (whole and not self.knows(text)) and any(
                _stands(view, text, left, right) for view in self._views
            )
        return self._found[key]

    def holds_path(self, path: str) -> bool:
        """Whether a path stands there, or one that ends with it or begins with it."""
        return self.holds(path, PATH_LEFT, PATH_RIGHT)

    def knows(self, text: str) -> bool:
        """Whether all its words stand somewhere: quick, and necessary for most things."""
        return all(word in self.words for word in WORD.findall(text))

    @cached_property
    def numbers(self) -> dict[str, set[str]]:
        """Each number with the words behind it; GIVEN and BARE where there is no word."""
        found: dict[str, set[str]] = {}
        for view in self._views:
            for match in NUMBER.finditer(view):
                units = found.setdefault(canonical(match["whole"], match["rest"]), set())
                unit = (match["unit"] or BARE).lower()
                units.add(unit)
                if match["given"] and unit not in UNITS:
                    units.add(GIVEN)
        return found

    @cached_property
    def _commands(self) -> list[str]:
        """The simple commands (and other lines) of the text, each once."""
        strings = map(unescaped, STRING_END.split(self._raw)) if self._json else [self._raw]
        found = (part.strip() for string in strings for part in ONE_COMMAND.split(string))
        return list(dict.fromkeys(filter(None, found)))

    def windows(self, program: str) -> list[list[str]]:
        """The words from each place of `program` on, as far as one command may go."""
        if program not in self._tokens:
            self._tokens[program] = [
                words[at : at + WINDOW]
                for line in self._commands
                if program in line
                for words in [[part for word in line.split() for part in _parts(bare(word))]]
                for at in _places(words, program)
            ]
        return self._tokens[program]


def bare(word: str) -> str:
    """A word of a command without its quotes and what a sentence puts around it."""
    return word.strip("\"'`()[]{},").rstrip(".:;") or word


def _parsed(text: str) -> object:
    try:
        return json.loads(text.strip().rstrip(","))
    except (ValueError, RecursionError):
        return None


def _parts(word: str) -> tuple[str, ...]:
    """The word of a command; of --name=value also the two."""
    name, sign, value = word.partition("=")
    return (word, name, bare(value)) if sign and word.startswith("-") else (word,)


def _places(words: list[str], program: str) -> list[int]:
    ending = "/" + program
    places = [at for at, word in enumerate(words) if word == program or word.endswith(ending)]
    return places[:PLACES]


def _stands(view: str, text: str, left: re.Pattern[str], right: re.Pattern[str]) -> bool:
    if not text:
        return True
    at = view.find(text)
    while at >= 0:
        end = at + len(text)
        if not (at and left.match(view, at - 1)) and not right.match(view, end):
            return True
        at = view.find(text, at + 1)
    return False


def _without_doubts(text: str) -> str:
    """Without the things that an earlier check could not find, and their marks."""
    pieces = text.split(UNVERIFIED)
    return " ".join([*map(_without_last, pieces[:-1]), pieces[-1]])


def _without_last(piece: str) -> str:
    """Without the last word; for a number with a unit, these two."""
    before, _, last = piece.rpartition(" ")
    if not any(character.isdigit() or character in "/._" for character in last):
        earlier, _, number = before.rpartition(" ")
        if number[-1:].isdigit():
            return earlier
    return before
