"""neutral: a narrative in which nothing looks like a part of the context around it.

The narrative is written from untrusted text and may repeat it. In the next session's context
it must not end its section, speak as somebody else, or pass for a call, a result or a word of
ccsup's own. Signs are replaced by like ones, so that a person still reads what stood there.
"""

from __future__ import annotations

import re

# Terminal escapes; controls; what is not seen and what turns the order of reading.
ESCAPES = re.compile(r"\x1b(?:\[[0-?]{0,32}[ -/]{0,8}[@-~]|\][^\x07\x1b\n]{0,512}(?:\x07|\x1b\\)?)")
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff"
    "\ufff9-\ufffb\U000e0000-\U000e007f]"
)
BREAKS = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
TAG = re.compile(
    r"<(?=[\s/\u200c\u200d]{0,8}(?:antml:|anthropic:)?(?:transcript|system|user|assistant|human|"
    r"function|invoke|parameter|tool|thinking|redacted_thinking|task-notification|command-|"
    r"local-command-|bash-|earlier_summary|persisted-output|ide_|env\b|context|instructions|"
    r"summary|analysis|session|claude|ccsup|new-diagnostics|user-prompt))",
    re.IGNORECASE,
)
SPECIAL = re.compile(r"<(?=\||<\s?SYS)|\[(?=/?INST\])", re.IGNORECASE)
OURS = re.compile(r"\[(ccsup)\]", re.IGNORECASE)
INTERRUPTED = re.compile(r"\[(?=Request interrupted)", re.IGNORECASE)
ROLE = re.compile(
    r"^([ \t>*_#`-]{0,12}(?:Human|Assistant|System|User|Developer|Tool|H|A)[*_`]{0,3})[ \t]?"
    r"[:：]",
    re.IGNORECASE | re.MULTILINE,
)
CALL = re.compile(
    r"\"(type|role)\"(\s{0,8}:\s{0,8})\"(tool_use|tool_result|server_tool_use|text|thinking|user"
    r"|assistant|system|tool|function)\""
)
CALL_KEY = re.compile(r"\"(tool_use_id|tool_calls|function_call|tool)\"(?=\s{0,8}:)")
HEADING = re.compile(r"^[ \t]{1,3}(?=#{1,6}[ \t])", re.MULTILINE)
UNDERLINED = re.compile(r"^([^\n#>`|-][^\n]*)\n[ \t]{0,3}(?:={2,}|-{2,})[ \t]*$", re.MULTILINE)
LIKE = {"<": "‹", "[": "("}


def neutral(text: str) -> str:
    """`text` without what could pass for structure; what it says stays readable.

    Tags of contexts and tool calls, role markers at the start of a line, ccsup's own mark,
    JSON of calls, control characters and headings in other notations (which are made `#` ones,
    so that whoever demotes headings finds them). A second time changes nothing.
    """
    text = UNSEEN.sub("", BREAKS.sub("\n", ESCAPES.sub("", text)))
    text = TAG.sub("‹", text)
    text = SPECIAL.sub(lambda sign: LIKE[sign[0]], text)
    text = OURS.sub(r"(\1)", text)
    text = INTERRUPTED.sub("(", text)
    text = CALL.sub(r"'\1'\2'\3'", text)
    text = CALL_KEY.sub(r"'\1'", text)
    text = UNDERLINED.sub(r"# \1", text)
    text = HEADING.sub("", text)
    return ROLE.sub(r"\1 -", text)
