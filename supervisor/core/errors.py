"""The rows of the errors that Claude Code shows in the place of an answer.

The texts are those of Claude Code 1.0 to 2.1.330 and of Bedrock; `source` names an issue of
anthropics/claude-code or the place where a text was seen. A text decides before any kind or
status, for 400 and 429 stand for many things; the order of the rows is that of the looking.
"""

from __future__ import annotations

from .rows import Remedy, Row

OUT_OF_MEMORY = "out of memory"
UNKNOWN = Row(
    "unknown error",
    Remedy.RESUME,
    "The turn ended in an error that ccsup does not know.",
)

ERRORS = (
    Row(
        OUT_OF_MEMORY,
        Remedy.COMPACT,
        "Claude Code ran out of memory in the middle of the job.",
        text=r"(?:JavaScript heap )?out of memory\b",
        of_size=True,
        source="#51754",
    ),
    Row(
        "thrashing",
        Remedy.THRASH,
        "The context filled up again right after each compaction.",
        text=r"Autocompact is thrashing",
        source="#82131",
    ),
    Row(
        "daily quota",
        Remedy.RESET,
        "The day's quota of Bedrock is used up.",
        text=r"too many tokens per day",
        source="Bedrock",
    ),
    Row(
        "throttled",
        Remedy.WAIT,
        "The model's service is throttling requests.",
        text=(
            r"too many (?:tokens|requests|connections)|server is temporarily limiting requests"
            r"|this may be a temporary capacity issue|rate.?limited|rate limit (?:exceeded|reached)"
            r"|throttl|number of request(?: token)?s has exceeded"
            r"|this request would exceed .{0,40}rate"
            r"|on-demand capacity"
        ),
        statuses=frozenset({429}),
        kinds=frozenset({"rate_limit"}),
        source="#77, #562, #1293: not an overflow, whatever it says of tokens",
    ),
    Row(
        "usage limit",
        Remedy.RESET,
        "The usage limit of the subscription is reached.",
        text=(
            r"Claude(?: AI)? usage limit reached|(?!context)(?:[\w-]+ ){1,3}limit reached"
            r"|you've hit your .{0,40}limit"
            r"|you've reached your .{0,40}limit[^.]{0,5}resets|you're out of extra usage.*resets"
            r"|.{0,40}spend limit reached"
        ),
        source="#13354, #52575",
    ),
    Row(
        "billing",
        Remedy.HAND,
        "The account has no credit for this.",
        text=(
            r"credit balance is too low|usage credits required|you've reached your .{0,40}limit"
            r"|you're out of extra usage"
        ),
        statuses=frozenset({402}),
        kinds=frozenset({"billing_error"}),
        source="#63896",
    ),
    Row(
        "not allowed",
        Remedy.HAND,
        "The model's service does not allow this to the account.",
        text=(
            r".{0,300}not authorized to perform|.{0,80}don't have access to the model"
            r"|.{0,20}access ?denied|.{0,300}on-demand throughput isn.t supported"
            r"|the provided model identifier is invalid"
        ),
        statuses=frozenset({403, 404}),
        kinds=frozenset({"model_not_found"}),
        source="AccessDenied, an unknown model: Claude Code words it like expired credentials",
    ),
    Row(
        "credentials expired",
        Remedy.PARK,
        "The AWS credentials are expired or not valid.",
        text=(
            r"the security token included in the request is (?:expired|invalid)|expiredtoken"
            r"|the sso session associated with this profile|token is expired\. to refresh this sso"
            r"|session token not found or invalid|aws credentials expired|aws authentication failed"
            r"|aws default-chain credential resolve timed out|could not load credentials"
            r"|unable to locate credentials|the security token|bearer token has expired"
            r"|error when retrieving token from sso|unrecognizedclient"
            r"|the provided token has expired|request has expired|signature expired"
        ),
        source="#849, #28032, #2280, #76701",
    ),
    Row(
        "login needed",
        Remedy.HAND,
        "Claude Code wants a login.",
        text=(
            r"not logged in|login expired|oauth (?:access )?token (?:has )?(?:been )?"
            r"(?:revoked|expired)|invalid api key|failed to authenticate|oauth session expired"
            r"|invalid authentication credentials|oauth authentication"
        ),
        statuses=frozenset({401}),
        kinds=frozenset({"authentication_failed", "oauth_org_not_allowed"}),
        source="code.claude.com, errors",
    ),
    Row(
        "refusal",
        Remedy.HAND,
        "The model has refused the request.",
        text=(
            r".{0,60}can't help with this|claude code is unable to respond to this request"
            r"|.{0,60}safeguards flagged this message"
        ),
        source="never looped, never circumvented",
    ),
    Row(
        "poisoned history",
        Remedy.COMPACT,
        "The history of the session holds what the model's service refuses.",
        text=(
            r".{0,40}`?tool_use`? ids (?:were found without|must be unique)"
            r"|.{0,40}unexpected `?tool_use_id`?|due to tool use concurrency issues"
            r"|.{0,80}`?redacted_thinking`? blocks|.{0,40}signature`? in `?thinking`? block"
            r"|expected `?thinking`?|.{0,80}low surrogate in string|.{0,40}is not valid json"
            r"|all messages must have non-empty content|.{0,40}text content blocks must"
            r"|.{0,40}each `?tool_use`? block must have|.{0,40}roles must alternate"
            r"|.{0,40}tool_result`? block\(?s?\)? that are not"
        ),
        source="#1894, #63418, #6376, #23047",
    ),
    Row(
        "unprocessable media",
        Remedy.COMPACT,
        "The history of the session holds media that the model's service refuses.",
        text=(
            r".{0,80}could not (?:process (?:image|pdf)|be processed)|.{0,80}image exceeds"
            r"|image was too large"
            r"|.{0,80}image dimensions exceed|.{0,80}image.{0,40}(?:too large|unsupported|invalid)"
            r"|.{0,40}maximum of \d+ pdf pages"
        ),
        source="#55200, #2104, #29551",
    ),
    Row(
        "context overflow",
        Remedy.COMPACT,
        "The conversation has outgrown the model's context.",
        text=(
            r"prompt is too long|(?:the )?input is too long|input length and .{0,16} exceed"
            r"|context (?:limit reached|low)|capability_rejected: prompt_too_long"
            r"|.{0,40}maximum context length|.{0,20}context.?(?:length|window).?exceeded"
            r"|too many input tokens|.{0,40}exceeds? the (?:model's )?(?:maximum )?context"
        ),
        of_size=True,
        source="#185, #6012, Bedrock",
    ),
    Row(
        "request too large",
        Remedy.COMPACT,
        "The request has outgrown what the model's service takes.",
        text=r"request too large|request entity too large|payload too large|.{0,40}32 ?MB",
        statuses=frozenset({413}),
        source="#82419, #83206",
    ),
    Row(
        "output limit",
        Remedy.RESUME,
        "An answer was longer than one answer may be.",
        text=r"claude's response exceeded the \d+ output token maximum",
        kinds=frozenset({"max_output_tokens"}),
        source="#24055",
    ),
    Row(
        "overloaded",
        Remedy.WAIT,
        "The model's service is overloaded.",
        text=r"overloaded|repeated 529|.{0,20}is experiencing high load|529\b",
        source="code.claude.com, errors",
    ),
    Row(
        "connection lost",
        Remedy.WAIT,
        "The connection to the model's service was lost.",
        text=(
            r"connection (?:error|dropped|refused|closed|lost|to the api)"
            r"|unable to connect|can't reach"
            r"|fetch failed|request timed out|socket|the socket|getaddrinfo|stream idle timeout"
            r"|response stalled|the response stopped|server error mid-response|your computer went"
            r"|truncated event message|bedrock streaming response has|.{0,20}empty or malformed"
            r"|.{0,60}before a response was produced|terminated\b|premature close|aborted\b"
            r"|.{0,40}ECONN(?:RESET|REFUSED)|.{0,40}E(?:TIMEDOUT|NOTFOUND|PIPE|AI_AGAIN)"
            r"|request was aborted|stream (?:ended|closed|error)|timed? ?out|network"
            r"|.{0,40}self.signed certificate|unexpected end of|.{0,20}checksum"
        ),
        source="#69336, #49500, #80825",
    ),
    Row(
        "service down",
        Remedy.WAIT,
        "The model's service is down.",
        text=(
            r"internal server error|service unavailable|.{0,60}unable to process your request"
            r"|.{0,30}unexpected error|bad gateway|gateway time-?out|model is not ready"
            r"|.{0,20}is not ready for|model.{0,20}timed? ?out|.{0,60}try again later"
            r"|the system encountered an"
        ),
        statuses=frozenset({408, 409, 424, 500, 502, 503, 504, 520, 522, 524, 529}),
        kinds=frozenset({"overloaded", "server_error"}),
        source="Bedrock",
    ),
    Row(
        "compaction failed",
        Remedy.COMPACT,
        "Claude Code's own compaction has failed.",
        text=(
            r"error during compaction|conversation too long|failed to generate conversation"
            r"|(?:automatic )?compaction (?:failed|interrupted)|.{0,20}not enough messages to"
            r"|(?:compact_error: )?too_few_groups"
        ),
        of_size=True,
        source="#7530, #14852",
    ),
)
