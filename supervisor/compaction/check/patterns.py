"""patterns: how the things that a narrative may invent are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from .prose_words import FILES, NO_FILES, NO_HOSTS, PROSE
from .source import LETTER
from .vocabulary import CASED, DOMAINS, EXTENSIONS, UNITS


class Kind(Enum):
    """What a claim is of. `struck`: somebody could act upon it, so that it may not stay."""

    COMMAND = ("a command", True)
    URL = ("a URL", True)
    HOST = ("a host", True)
    FLAG = ("a flag", True)
    SETTING = ("a setting", True)
    PERMISSION = ("a permission", True)
    PATH = ("a path", False)
    NAME = ("a name", False)
    HASH = ("a hash", False)
    VERSION = ("a version", False)
    QUANTITY = ("a quantity", False)
    NUMBER = ("a number", False)

    def __init__(self, told: str, struck: bool) -> None:
        self.told = told
        self.struck = struck


@dataclass(frozen=True, slots=True)
class Claim:
    """`text` stands in the narrative from `start` to `end` (characters)."""

    kind: Kind
    text: str
    start: int
    end: int


UNIT = "|".join(sorted({*UNITS, *CASED}, key=len, reverse=True))
DOMAIN = "|".join(sorted(DOMAINS, key=len, reverse=True))
EXTENSION = "|".join(sorted(EXTENSIONS, key=len, reverse=True))
LABEL = (
    r"(?:pid|port|job|build|run|account|order|ticket|issue|PR|pull request|exit code|exit status"
    r"|status|code|HTTP|id|row|user|line|error)(?: (?:number|no\.|id|code))?:? #?"
)
VERSIONED = (
    r"(?:python|node|ruby|go|java|php|postgres(?:ql)?|mysql|sqlite|django|rails|react|angular|rust"
    r"|swift|kotlin|ubuntu|debian|alpine|redis|kafka|terraform|kubernetes|docker|version|release)"
)
DATE = r"\d{4}[-/][01]\d[-/][0-3]\d(?:[T ]\d{2}:\d{2}(?::\d{2})?)?"
L = LETTER
DASH = "[\u2010\u2011\u2012\u2013\u2014\u2212]"
NO_TARGET = "|".join(sorted(PROSE | NO_HOSTS, key=len, reverse=True))
# What is named by a value: "Retries was set to 50"; a number that counts something is none.
SET = (
    r"(?:set|raised|lowered|changed|increased|reduced|decreased|bumped|limited|capped|fixed|kept"
    r"|configured|pinned|defaults?|defaulted)"
)
VALUED = (
    r"(?:limit|maximum|minimum|max|min|timeout|size|budget|rate|level|threshold|depth|value|count"
    r"|default|cap|ttl|interval|delay|retries|attempts|priority|weight)"
)
NAMED = rf"\b(?!(?i:{NO_TARGET}|it|there|what)\b)[A-Za-z_][\w-]*`? "
NUMERAL = r"(?P<it>-?\d+(?:[,_]\d{3})*(?:\.\d+)?)"
ALONE = (
    r"(?=[.,;:!?)]*(?:\s*$|\s*\n|[.;!?)](?:\s|$)|,? (?:and|but|or|for|in|instead|from|now|by|as"
    r"|because|so|then|per|at|on|again|when|while|where|not|which)\b)|,\s)"
)
# What comes first wins its place. A group `it` is the claim, where there is one.
PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        (
            Kind.URL,
            r"\b[A-Za-z][A-Za-z0-9+]{1,12}://"
            r"(?:\[(?:[0-9a-fA-F:.]+|\.|dot)\]|[^\s<>\"'`|\\^{}\[\]])+",
        ),
        (Kind.URL, rf"(?<![{L}.@/-])git@[a-z0-9.-]+:[\w./~-]+"),
        (Kind.NAME, r"\barn:[\w-]+:[\w:/.*-]+"),
        (Kind.HOST, rf"(?<![{L}.+@/-])[\w.+-]{{1,64}}@[a-z0-9-]+(?:\.[a-z0-9-]+)+"),
        (Kind.HOST, rf"(?<![{L}.+@/-])[\w.+-]{{1,64}}@[a-z][a-z0-9-]*(?![\w/:-]|\.\w)"),
        (Kind.HOST, r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?!\.?\d)(?::\d+|/\d{1,2}\b)?"),
        (Kind.HOST, r"(?<![\w:])(?=[0-9a-f:]{0,40}::)[0-9a-f]{1,4}(?::{1,2}[0-9a-f]{1,4}){2,7}\b"),
        (Kind.HOST, r"\[(?P<it>(?=[0-9a-fA-F:]*::)[0-9a-fA-F]{1,4}(?::{1,2}[0-9a-fA-F]{1,4})+)\]"),
        (Kind.HOST, r"(?<![\w:])fe80::[0-9a-f:]+"),
        (Kind.HOST, r"\blocalhost:\d+"),
        (Kind.PATH, r"(?<!\w)[A-Za-z]:\\[\w\\.-]+"),
        (Kind.NUMBER, rf"(?<![\d./-]){DATE}(?![\d/-])"),
        (
            Kind.PATH,
            rf"(?<![{L}/.~@:+*$-])(?:~/|\$[A-Z_]+/|/)?(?:[{L}.@+*-]+/)+[{L}.@+*-]*",
        ),
        (
            Kind.HOST,
            rf"(?<![{L}.@/-])(?:(?:[A-Za-z0-9][a-z0-9-]*(?:\.|\[\.\]))+(?:{DOMAIN})"
            rf"|(?:[A-Z0-9][A-Z0-9-]+\.)+(?:{DOMAIN.upper()}))(?::\d+)?(?![{L}(-]|\.\w)",
        ),
        (
            Kind.HOST,
            r"(?i:\b(?:(?:re)?connect(?:s|ed|ing|ion)?|ssh|sshed|log(?:s|ged|ging)? in|telnet"
            r"|tunnel(?:s|ed)?) (?:in)?to )(?:(?i:(?:the )?(?:host|server|machine|box)) )?"
            rf"(?P<it>(?!(?:{NO_TARGET})\b)[a-z][a-z0-9-]{{2,63}})(?![\w./@-]\w)",
        ),
        (
            Kind.HOST,
            r"(?i:\b(?:host|hostname|server|machine|box|instance)(?: (?:is|was|named|called))? )"
            r"(?P<it>[a-z][a-z0-9]*(?:-[a-z0-9]+)*-?\d+)(?![\w./@-]\w)",
        ),
        (
            Kind.HOST,
            r"(?i:\b(?:host|hostname|server|machine|box|instance) (?:named|called) )"
            r"(?P<it>[a-z][a-z0-9-]{2,63})(?![\w./@-]\w)",
        ),
        (Kind.HASH, r"\b[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\b"),
        (Kind.FLAG, rf"(?<![{L}.-])--[A-Za-z][{L}-]*(?:=[^\s`\"',;)]+)?"),
        (Kind.FLAG, rf"(?<![{L}.\u2010-\u2015-])(?:{DASH}{{2}}|-{DASH}|{DASH}-)[A-Za-z][{L}-]*"),
        (
            Kind.FLAG,
            rf"(?<![^\s\"'(`]){DASH}(?:force|hard|recursive|delete|all|yes|rf|privileged|amend|prune"
            rf"|mirror|purge|[a-z]+-[a-z]+[a-z-]*)(?![{L}])",
        ),
        (Kind.FLAG, r"(?<![^\s\"'(])-(?:[A-Za-z]|(?!ed|er|ly|ic|al|es)[a-z]{2})(?![\w-])"),
        (Kind.SETTING, rf"(?<![{L}.$/=-])[A-Z][A-Z0-9_]+=[^\s`\"',;)(=]+"),
        (Kind.NUMBER, r"(?<![\w:.])\d{1,2}:[0-5]\d(?::[0-5]\d)?(?![\d:])"),
        (
            Kind.VERSION,
            rf"(?<![{L}.])v?\d+(?:\.\d+){{2,3}}(?:[.-]?(?:rc|a|b|alpha|beta|dev|post)[.-]?\d*)?(?![\w])",
        ),
        (Kind.VERSION, rf"(?<![{L}.])v\d+(?:\.\d+)+(?!\w)"),
        (Kind.VERSION, rf"(?i:\b{VERSIONED} )(?P<it>\d+\.\d+)(?!\.?\d)"),
        (Kind.NAME, r"(?<![\w-])[A-Z][A-Z0-9]{1,9}-\d+\b(?!-\d)"),
        (Kind.NAME, r"\bCVE-\d{4}-\d+\b"),
        (
            Kind.QUANTITY,
            rf"(?<![{L}.$/])\d+(?:[,_'\u2019\u00a0\u202f\u2009]\d{{3}})*(?:\.\d+)?[kM]?"
            rf"[ \u00a0\u202f-]?(?:{UNIT})(?![{L}])",
        ),
        (Kind.NUMBER, rf"(?<![{L}])\$\d+(?:,\d{{3}})*(?:\.\d+)?"),
        (Kind.NUMBER, rf"\b(?i:{LABEL})(?P<it>\d{{2,}})\b(?![.,]\d)"),
        (Kind.NUMBER, r"(?<![\w&])#\d{2,}\b"),
        (
            Kind.NUMBER,
            rf"{NAMED}(?:(?i:is|was|are|were|be|been|has been|to be)(?: (?i:now|still|only|set"
            rf"|again))*(?: (?i:{SET}))?(?: (?:to|at))?|=|:=|equals|(?i:stands|stood) at"
            rf"|(?i:{SET}) (?:to|at)) {NUMERAL}{ALONE}",
        ),
        (Kind.NUMBER, rf"(?i:\b{VALUED}(?: of| at| to| =|:)? ){NUMERAL}{ALONE}"),
        (Kind.NUMBER, rf"(?i:\b{SET} )(?:`?[\w.-]+`? ){{1,3}}to {NUMERAL}{ALONE}"),
        (Kind.HASH, r"\b(?=[0-9a-f]{0,39}\d)(?=[0-9a-f]{0,39}[a-f])[0-9a-f]{7,64}\b"),
        (Kind.PATH, rf"(?<![{L}./-])[{L}.][{L}.+-]*\.(?:{EXTENSION})(?![{L}-]|\.[{L}])"),
        (Kind.PATH, rf"(?<![{L}./-])(?:{FILES})(?![{L}-]|\.\w)"),
        (
            Kind.PATH,
            rf"\b[Ff]ile (?:named |called )?(?P<it>(?!(?:{'|'.join(sorted(PROSE | NO_FILES))})\b)"
            rf"(?!\w+(?:ed|ing|ly)\b)[a-z_][\w-]{{2,}})(?![\w./(-]\w)",
        ),
        (Kind.NAME, rf"(?<![{L}.])[A-Za-z_][{L}]*(?:\.[{L}]+)*(?:\(\))?"),
    )
)
