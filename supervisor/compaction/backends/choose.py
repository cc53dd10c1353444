"""Which backend writes the narrative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .anthropic_api import AnthropicApi
from .bedrock import Bedrock
from .candidates import is_foreign
from .claude_code import ClaudeCode
from .converse import Converse
from .protocol import Backend

AUTO, NONE = "auto", "none"
BEDROCK = ("AWS_BEARER_TOKEN_BEDROCK", "ANTHROPIC_BEDROCK_BASE_URL")
KEYS = ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN")


def choose(
    name: str, env: Mapping[str, str], *, model: str | None, claude: Sequence[str]
) -> Backend | None:
    """The backend of that name, or the one that ``auto`` means here; None for "none".

    `env`: the environment of this very process, with the ``env`` of Claude Code's user settings
    in it. `model`: the user's own choice for the summary. `claude`: the start of the argv that
    runs Claude Code. Raises ValueError for a name that does not exist.
    """
    found = auto(env, model) if name == AUTO else name
    match found:
        case "bedrock":
            return Bedrock(env, model)
        case "converse":
            return Converse(env, model)
        case "anthropic":
            return AnthropicApi(env, model)
        case "claude":
            return ClaudeCode(env, claude, model)
        case "none":
            return None
    raise ValueError(f"no backend {name!r}")


def auto(env: Mapping[str, str], model: str | None) -> str:
    """The name of the backend that asks where Claude Code itself does.

    1. ``CLAUDE_CODE_USE_VERTEX`` or ``_FOUNDRY`` without ``_BEDROCK``: claude. There is no
       client of ours for these, and an API key that lies about is not what Claude Code uses.
    2. ``CLAUDE_CODE_USE_BEDROCK``, or a variable that means Bedrock and nothing else
       (``AWS_BEARER_TOKEN_BEDROCK``, ``ANTHROPIC_BEDROCK_BASE_URL``): bedrock, and converse for
       a model of another maker. AWS keys alone mean nothing: many have them for other things.
    3. ``ANTHROPIC_API_KEY`` or ``ANTHROPIC_AUTH_TOKEN``: anthropic.
    4. Nothing of these: a subscription, which only Claude Code can use: claude.
    """
    on_bedrock = _is_on(env, "CLAUDE_CODE_USE_BEDROCK")
    elsewhere = _is_on(env, "CLAUDE_CODE_USE_VERTEX") or _is_on(env, "CLAUDE_CODE_USE_FOUNDRY")
    if elsewhere and not on_bedrock:
        return "claude"
    if on_bedrock or any(env.get(name) for name in BEDROCK):
        return "converse" if is_foreign(model or env.get("ANTHROPIC_MODEL") or "") else "bedrock"
    return "anthropic" if any(env.get(name) for name in KEYS) else "claude"


def _is_on(env: Mapping[str, str], name: str) -> bool:
    return env.get(name, "").lower() not in ("", "0", "false", "no", "off")
