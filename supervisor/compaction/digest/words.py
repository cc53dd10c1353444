"""The user's own words, and the rules among them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ..record import Said, Step

CONTINUE_MARK = "[ccsup]"  # a prompt of ours begins with it; it is not the user's word
NOT_SPOKEN = (
    "<task-notification",
    "<bash-",
    "<command-",
    "<local-command-",
    "<system-reminder>",
    "[Request interrupted",
)
COMMAND = re.compile(  # a slash command of the user's own, with what he asked for
    r"<command-name>(?P<name>.*?)</command-name>.*?<command-args>(?P<words>.*?)</command-args>",
    re.DOTALL,
)
# How Claude Code tells the model that the user did not want a call, and what he said to it.
REFUSED, REFUSAL = "The user doesn't want to proceed with this tool use", "the user said:"
LONG = 60  # characters; a prompt of so many stands inside another by no chance
LONGEST_RULE = 400  # characters
SENTENCE = re.compile(r"(?<=[.!?。！？;])\s+|\n+")
BULLET = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+")

# What forbids, demands or reserves, in the languages that users were seen to write in. A rule
# that is missed still stands in its message; one too many costs a line.
RULE = re.compile(
    r"\b(?:never|don'?t|do not|does not|mus(?:t|n'?t)|may not|not to be|no(?:t|body| one| more"
    r"| longer)?\b.{0,40}\b(?:touch|change|edit|modif|delete|remove|rename|commit|push|run|use|add"
    r"|install|deploy|merge|drop|reformat|upgrade|rewrite|move|call|send|write|make|allowed|ours"
    r"|yours|business)(?:e?s|e?d|ing)?|avoid|refrain|without|forbid|forbidden|prohibit"
    r"|off[- ]limits|hands off|out of bounds|stay away|steer clear"
    r"|keep (?:out|away|your|clear|it|the|all|every|using)"
    r"|leave\b.{0,60}\b(?:alone|untouched|be|as|is|unchanged|where|intact|the way)|read[- ]only"
    r"|frozen|freeze|untouch|sacred|sacrosanct|only|always|every time|whenever|at all times|ask"
    r" (?:me|first|before)|check with me|before you|unless|except|from now on|going forward"
    r"|remember|make sure|ensure|mind that|note that|important|require[sd]?|insist|has to|have to"
    r"|needs? to|should(?:n'?t)?|shall|can(?:no|')?t|won'?t|stop\b|instead of|rather than|prefer"
    r"|stick to|limit|at most|at least|no (?:more|less|fewer) than|under no|in no case|as (?:is|it"
    r" (?:is|stands|was)))\b"
    r"|\b(?:nicht|niemals|nie\b|kein(?:e|en|em|er)?|nur|immer|darf|dürfen|muss|müssen|ohne|bitte"
    r" kein|finger weg|lass|stets|vorher|jamais|ne\b.{0,30}\bpas|toujours|seulement|sans|nunca"
    r"|jamás|siempre|solo|sólo|sin|no (?:toques|cambies|borres|uses|hagas)|deja)\b"
    r"|不要|禁止|绝不|不得|必须|只能|不能|请勿|しない|禁",
    re.IGNORECASE,
)
FORBIDS = re.compile(
    r"\b(?:never|don'?t|do not|mus(?:t ?n'?o?t|n'?t)|may not|no(?:body| one|t)?\b|avoid|refrain"
    r"|without|forb|prohib|off[- ]limits|hands off|out of bounds|stay away|steer clear|leave"
    r"|keep (?:out|away|clear|your)|read[- ]only|frozen|untouch|unless|only|stop|as (?:is|it)"
    r"|nicht|nie|niemals|kein\w*|nur|ohne|finger weg|jamais|pas|sans|nunca|jamás|sin|solo|deja)\b"
    r"|n't\b|不要|禁止|绝不|不得|只能|不能|请勿",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A sentence of the user's that stands for good. `at`: the message it is in, from 0."""

    text: str
    at: int
    forbids: bool


def spoken(text: str) -> str | None:
    """What the user says with a text of his turn, or None where it is not his word."""
    stripped = text.strip()
    if not stripped:
        return None
    if stripped.startswith("<command-") and (command := COMMAND.search(stripped)):
        words = command["words"].strip()
        return f"{command['name'].strip()} {words}" if words else None
    return None if stripped.startswith((*NOT_SPOKEN, CONTINUE_MARK)) else stripped


def user_words(steps: Iterable[Step]) -> list[str]:
    """Every message of the user, in order; the same words twice in a row are one message.

    What he has said as he refused a call stands in the call's result.
    """
    found: list[str] = []
    for step in steps:
        words = None
        if isinstance(step, Said):
            words = spoken(step.text) if step.who == "user" else None
        elif step.failed and step.result is not None and step.result.head.startswith(REFUSED):
            words = spoken(step.result.head.partition(REFUSAL)[2])
        if words is not None and words != (found[-1] if found else None):
            found.append(words)
    return found


def unwritten(written: Sequence[str], prompts: Iterable[str]) -> list[str]:
    """What the user has said and a killed Claude Code had not written down yet."""
    found: list[str] = []
    for prompt in dict.fromkeys(map(str.strip, prompts)):  # two witnesses may tell one
        known = any(prompt == words or prompt in words.split("\n\n") for words in written)
        long = len(prompt) > LONG and any(prompt in words for words in written)
        is_spoken = prompt and not prompt.startswith((*NOT_SPOKEN, CONTINUE_MARK))
        if is_spoken and not known and not long:
            found.append(prompt)
    return found


def sentences(text: str) -> list[str]:
    """The sentences and lines of a text, without their bullets."""
    return [found for part in SENTENCE.split(text) if (found := BULLET.sub("", part).strip())]


def rules(words: Sequence[str]) -> list[Rule]:
    """The sentences that forbid, demand or reserve something, in order; each once."""
    found: dict[str, Rule] = {}
    for at, message in enumerate(words):
        for sentence in sentences(message):
            if len(sentence) <= LONGEST_RULE and RULE.search(sentence):
                rule = Rule(sentence, at, bool(FORBIDS.search(sentence)))
                found.setdefault(" ".join(sentence.lower().split()), rule)
    return list(found.values())
