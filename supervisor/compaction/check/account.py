"""account: is an answer an account of the job at all, or something in its place?"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

SHORTEST = 40  # characters; less is no account of a job
COPIED = 0.6  # of an answer's text; so much of the prompt in it is a copy of the prompt
LINE = 24  # characters; shorter lines may stand in both by chance

DRESS = re.compile(r"[\s>*_#\"'`~\-–—!¡¿.:⚠️❌🚫❗\[(]+")
# The first words of an error in the place of an answer, as clients, gateways and SDKs print it.
ERRORS = re.compile(
    r"(?:fatal |unexpected |internal |unknown )?(?:API |HTTP |request |server |client |runtime )?"
    r"(?:error|exception)\s*(?:[:(\[{]|\d{3}\b|code\b|occurred\b|while\b|-\s)"
    r"|an? (?:\w+ ){0,3}(?:error|exception) (?:has )?occurred"
    r"|(?:HTTP(?:/\d(?:\.\d)?)? )?[45]\d\d[ :-]+(?:(?-i:[A-Z{<])|\w+ (?:error|request|timeout))"
    r"|(?:internal server error|bad gateway|service (?:is )?(?:temporarily )?unavailable"
    r"|gateway time-?out|too many requests|rate limit (?:exceeded|reached)|upstream connect error"
    r"|request timed out|connection (?:error|refused|reset)|fetch failed|access ?denied"
    r"|unauthorized|forbidden|overloaded|out of memory|(?:prompt|input) is too long"
    r"|(?:your )?credit balance(?: is)?|no response|something went wrong"
    r"|invalid (?:api key|request))(?:exception|_error)?"
    r"(?=\s*(?:[.:!,;({<\"'-]|$|error\b|while\b|please\b|for\b|after\b|too\b|or\b))"
    r"|traceback \(most recent"
    r"|(?:[a-z_]+\.)*[A-Za-z]*(?:Error|Exception)(?::|\b\s*\()"
    r"|E(?:CONN\w+|TIMEDOUT|PIPE|NOTFOUND|AI_AGAIN)\b",
    re.IGNORECASE,
)
# The first words of an apology or a refusal in the languages that people work in. What has
# happened "unfortunately" to the job is an account; what the writer cannot do is none.
APOLOGIES = re.compile(
    r"(?:I(?:['’]m| am) (?:really |very |so |deeply )?(?:sorry|afraid|unable|not able|not going)"
    r"|(?:sorry|apologies|my apologies)\b|I (?:sincerely )?apologi[sz]e"
    r"|(?:unfortunately|regrettably),? I\b"
    r"|I (?:can(?:['’]t|not| not)|won['’]t|must decline|decline|don['’]t|do not"
    r"|need (?:the|more|you))\b"
    r"|as an? (?:AI|language model|assistant)"
    r"|(?:could|can|would) you (?:please )?(?:provide|share|paste|clarify)"
    r"|please (?:provide|share|paste|try again|upload)"
    r"|(?:there is|there['’]s|I see) no (?:transcript|conversation|material)"
    r"|no (?:transcript|conversation|material) (?:was|has been|is) "
    r"|(?:es )?tut mir (?:sehr )?leid|entschuldig|ich (?:kann|darf|werde) (?:\w+ ){0,3}nicht"
    r"|leider (?:kann|darf|ist es mir)|ich bin nicht in der lage|bitte (?:stell|gib|teil)"
    r"|(?:je suis )?(?:vraiment )?désolée?|je ne (?:peux|suis|puis)|malheureusement,? je"
    r"|je m['’]excuse|veuillez (?:fournir|réessayer)"
    r"|lo siento|lo lamento|disculp|perd[oó]n|no puedo|lamentablemente,? no|no me es posible"
    r"|desculp|sinto muito|lamento|(?:eu )?n[aã]o posso|infelizmente,? (?:eu )?n[aã]o"
    r"|mi dispiace|mi scus|non posso|purtroppo non|non sono in grado"
    r"|het spijt me|ik kan (?:\w+ ){0,3}niet|helaas kan ik|excuses"
    r"|jag är ledsen|tyvärr kan jag|jag kan inte|beklager|jeg kan ikke|desværre"
    r"|przepraszam|niestety nie|nie mogę|omlouv|bohužel|sajnál"
    r"|извините|простите|к сожалению,? я|я не могу|прошу прощения|вибачте|на жаль,? я"
    r"|özür dilerim|üzgünüm|maalesef|συγγνώμη|λυπάμαι|xin lỗi|maaf|saya tidak (?:bisa|dapat)"
    r"|申し訳|すみません|ごめん|恐れ入り|抱歉|很抱歉|对不起|對不起|我(?:无法|無法|不能)"
    r"|죄송|미안|آسف|أعتذر|عذر|لا أستطيع|क्षमा|माफ|סליחה|מצטער|ขออภัย|ขอโทษ)",
    re.IGNORECASE,
)
PAGE = re.compile(
    r"<(?:!doctype\b|\?xml\b|html\b|head\b|body\b|title\b|h1\b|center\b)", re.IGNORECASE
)
FENCED = re.compile(r"^```\w*[ \t]*\n(.*?)(?:\n```)?$", re.DOTALL)
ERROR_KEYS = frozenset(
    "error errors message Message errorMessage errorType __type fault detail code status".split()
)
TRANSCRIPT_KEY = re.compile(
    r'^\s*[\[{]*"(?:user|assistant|tool|input|failed|output|earlier_summary|type|role|content'
    r'|message|uuid|parentUuid|sessionId)"\s*:',
    re.MULTILINE,
)


def no_account(text: str, prompt: str = "", *, shaped: bool = False) -> str | None:
    """Why `text` is no account of a job, in a person's words, or None.

    `prompt`: what the model was asked, to know a copy of it. `shaped`: the text has the
    headings that were asked for, so that its first words alone do not condemn it.
    """
    plain = re.sub("[*_`]", "", text[:400])
    if dress := DRESS.match(plain):
        plain = plain[dress.end() :]
    if len(text) < SHORTEST:
        return f'the model gave no account: "{shown(text)}"'
    if PAGE.match(text):
        return f'the model gave no account but a page: "{shown(text)}"'
    if found := _json(text):
        return found
    if not shaped and (ERRORS.match(plain) or APOLOGIES.match(plain)):
        return f'the model gave no account: "{shown(text)}"'
    if prompt and _copied(text, prompt) >= COPIED:
        return "the model repeated what it was asked"
    return None


def shown(text: str) -> str:
    """The beginning of an answer, on one line."""
    return " ".join(text[:80].split())


def _json(text: str) -> str | None:
    inner = text.strip()
    if fenced := FENCED.match(inner):
        inner = fenced[1].strip()
    copied = inner.startswith(("<transcript>", "‹transcript>"))
    if not copied and not inner.startswith(("{", "[{", "[\n", '["')):
        return None
    try:
        value = json.loads(inner)
    except (ValueError, RecursionError):
        value = None
    if isinstance(value, dict) and ERROR_KEYS & value.keys() and len(value) <= 8:
        return f'the model gave no account but an error: "{shown(inner)}"'
    if copied or len(TRANSCRIPT_KEY.findall(inner)) > 2:
        return "the model repeated the transcript"
    if value is not None:
        return f'the model gave no account but data: "{shown(inner)}"'
    return None


def _copied(text: str, prompt: str) -> float:
    """The share of the text's lines that are lines of the prompt; headings do not count."""
    known = {" ".join(line.split()) for line in prompt.splitlines()}
    lines = [" ".join(line.split()) for line in text.splitlines() if not line.startswith("#")]
    whole = sum(map(len, lines))
    copied = sum(len(line) for line in lines if len(line) >= LINE and line in known)
    return copied / whole if whole else 0.0


def missing_headings(text: str, headings: Sequence[str]) -> list[str]:
    """Those of `headings` ("## Decisions") that are no line of `text`.

    Any level, order, case, number and emphasis will do, and more words behind: a heading is
    there to be found by, not to be exact.
    """
    found = [_title(line) for line in text.splitlines() if _is_heading(line)]
    return [
        heading for heading in headings if not any(_begins(each, _title(heading)) for each in found)
    ]


def empty_sections(text: str) -> bool:
    """Whether there are headings, and under none of them more than "none"."""
    lines = text.splitlines()
    said = [line for line in lines if line.strip() and not _is_heading(line)]
    return len(said) < len([line for line in lines if line.strip()]) and all(
        NONE.fullmatch(line.strip()) for line in said
    )


NONE = re.compile(
    r"[-*_(\s]*(?:none|nothing|n/?a|empty|unknown|nil|keine?s?|nichts|aucune?|rien|ninguno|nada"
    r"|no (?:decisions|failures|findings))?(?: (?:so far|yet|to report|known|noted))?[\s.)_*-]*",
    re.IGNORECASE,
)
MARKED = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]|\*\*[^*\n]{1,80}\*\*:?[ \t]*$|__[^_\n]{1,80}__:?[ \t]*$)"
)
LABELLED = re.compile(r"[ \t]*[^\W\d_][^\n:.]{0,60}:[ \t]*$")


def _is_heading(line: str) -> bool:
    return MARKED.match(line) is not None or LABELLED.match(line) is not None


def _title(line: str) -> str:
    """The words of a heading: without signs, numbers before it, and case."""
    words = re.sub(r"[^\w\s]", " ", line.replace("_", " ")).casefold().split()
    while len(words) > 1 and words[0].isdigit():
        words = words[1:]
    return " ".join(words)


def _begins(found: str, wanted: str) -> bool:
    return found == wanted or found.startswith(f"{wanted} ")
