"""permissions: what a narrative says that the user allows, or no longer forbids.

Whoever believes it may do what was forbidden, and no spelling can be looked up. So such a
sentence goes, unless it quotes words that the user has said.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .source import Source, spaced

WHO = (
    r"\b(?:users?|owners?|maintainers?|operators?|customers?|humans?|they|he|she|boss|team lead)\b"
)
NEAR = r"(?:(?!\b(?:not|never|nobody|no longer)\b|n['’]t\b)[^;]){0,48}?"
PERIL = (
    r"(?:push|delet|deploy|touch|chang|edit|modif|overwrit|remov|merg|forc|publish|drop|skip|ignor"
    r"|bypass|disabl|reset|rewrit|alter|wip|releas|commit|run)\w*"
)
CLAIM = re.compile(
    "|".join(
        (
            rf"{WHO}{NEAR}\b(?:(?:allow|permit|approv|authori[sz]|sanction|okay|waiv|lift|relax)"
            r"(?:e?[ds]|es|ted|t?s|ing)\b|(?:allow|permit|approve|authori[sz]e)\b"
            r"|consent(?:s|ed)?\b|ok['’]d\b|green-?l(?:it|ighted)\b|agree[sd]? (?:to|with)\b"
            r"|(?:gave|gives?|given|granted) (?:\w+ ){0,3}"
            r"(?:permission|consent|approval|go-?ahead|green light|ok(?:ay)?|blessing|leave)\b"
            r"|(?:withdrew|revoked|dropped|cancell?ed) (?:\w+ ){0,3}(?:prohibition|ban|rule|veto)\b"
            r"|(?:no longer|does not any ?more) (?:forbids?|prohibits?|objects?|minds?|bans?)\b"
            r"|(?:is|are|was|were) (?:now |perfectly )?(?:fine|ok|okay|happy) with\b"
            rf"|(?:said|says|told|wrote|confirmed|decided)\b[^;]{{0,80}}\b(?:may|can) (?:now )?"
            rf"(?:be )?{PERIL})",
            rf"{WHO}{NEAR}\bno longer (?:forbids?|prohibits?|objects?|minds?|bans?)\b",
            r"\b(?:it|that|this)(?:['’]s| is| was) (?:now |perfectly |again )?(?:fine|ok|okay"
            r"|allowed|permitted|all right|alright|acceptable|approved) (?:now )?to\b",
            rf"\b(?:it|that|this)(?:['’]s| is| was) (?:now )?(?:safe|free) to {PERIL}",
            r"\b(?:prohibition|ban|interdiction|freeze|veto|embargo)s?\b[^;]{0,60}\b(?:lifted"
            r"|dropped|removed|waived|withdrawn|revoked|relaxed|cancell?ed|void|over|gone"
            r"|no longer)\b",
            r"\b(?:rule|restriction|constraint|instruction|order)s?\b[^;]{0,60}\b(?:lifted|waived"
            r"|withdrawn|revoked|relaxed|void|no longer (?:appl(?:y|ies)|holds?|binding|valid))\b",
            r"\b(?:no longer|not any ?more) (?:forbidden|prohibited|banned|off[- ]limits"
            r"|disallowed|protected|(?:needs?|requires?) (?:\w+ ){0,2}(?:approval|permission"
            r"|confirmation|consent))\b",
            r"\bnot (?:forbidden|prohibited|banned|off[- ]limits)\b",
            r"\b(?:is|are|was|were|been) (?:now|again|explicitly|finally|since|meanwhile) "
            r"(?:allowed|permitted|approved|authori[sz]ed)\b",
            r"\b(?:allowed|permitted|approved|authori[sz]ed|forbidden no more) (?:now|again"
            r"|by the user)\b",
            rf"^(?!.*\b(?:no|never|none|neither|nobody|not|nothing)\b).*\b{PERIL}[^;]{{0,50}}"
            r"\b(?:is|are) (?:allowed|permitted|fine|ok|okay|approved)\b",
            rf"\b(?:you|we|I|one|claude|the (?:assistant|agent|model|session)) (?:may (?:now "
            rf"|freely |safely |again )?{PERIL}"
            r"|(?:am|is|are) (?:now )?(?:allowed|permitted|free) to\b)",
            r"\b(?:permission|approval|consent|go-?ahead)\b (?:\w+ ){0,5}?(?:was|has been|is|were) "
            r"(?:now )?(?:given|granted|obtained)\b",
            r"\bwith the (?:user|owner|maintainer)['’]s (?:permission|approval|consent|blessing)\b",
        )
    ),
    re.IGNORECASE,
)
QUICK = re.compile(
    r"allow|permi|approv|authori|consent|agree|sanction|okay|ok['’]d|waiv|lift|relax|green|forb"
    r"|prohib|\bfine\b|\bok\b|\bsafe\b|\bfree\b|\bmay\b|\bcan\b|ban|veto|freeze|embargo|interdict"
    r"|longer|any ?more|go-?ahead|void|withdr|revok|blessing|happy|off[- ]limits|acceptable"
    r"|al(?:l )?right|given|grant|gave|gives?\b|dropped|cancel",
    re.IGNORECASE,
)
QUOTED = re.compile(
    r"\"([^\"\n]{3,400})\"|“([^”\n]{3,400})”|«([^»\n]{3,400})»|`([^`\n]{3,400})`"
    r"|(?<!\w)['‘]([^\n]{3,400}?)['’](?!\w)"
)
STOP = re.compile(
    r"[.!?。！？][\"”»'’)\]*_`]{0,4}(?=\s|$)|\n(?=\s*(?:\n|[-*+#>|]|\d{1,3}[.)]\s|```|~~~))"
)
MARKER = re.compile(r"[\s>*+#-]*(?:\d{1,3}[.)]\s+)?")
LONGEST = 2_000  # characters of a sentence that are looked at


def permissions(text: str, source: Source) -> Iterator[tuple[int, int]]:
    """Where the sentences stand that claim a permission and quote nobody."""
    hidden = QUOTED.sub(lambda quote: re.sub(r"[.!?]", "_", quote[0]), text)
    first = 0
    for last in (*(match.end() for match in STOP.finditer(hidden)), len(text)):
        marker = MARKER.match(text, first, last)
        start = marker.end() if marker else first
        sentence = text[start:last].rstrip()
        if _claims(sentence) and not _is_quoted(sentence, source):
            yield start, start + len(sentence)
        first = last


def _claims(sentence: str) -> bool:
    for at in range(0, len(sentence), LONGEST):
        part = " ".join(re.sub("[*_`]", "", sentence[at : at + LONGEST]).split())
        if QUICK.search(part) and CLAIM.search(part):
            return True
    return False


def _is_quoted(sentence: str, source: Source) -> bool:
    """Whether it quotes two words or more that the user has said in a row."""
    for match in QUOTED.finditer(sentence):
        words = spaced(next(filter(None, match.groups()))).rstrip(".,;:!?…")
        if len(words.split()) > 1 and any(words in said for said in source.said):
            return True
    return False
