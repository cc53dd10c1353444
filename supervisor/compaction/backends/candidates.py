"""Which models to ask, by what the user and Claude Code have set."""

from __future__ import annotations

import re
from collections.abc import Mapping

# What Claude Code is set up with is allowed; the small ones come after the one that works.
NAMES = ("ANTHROPIC_MODEL", "ANTHROPIC_DEFAULT_HAIKU_MODEL", "ANTHROPIC_SMALL_FAST_MODEL")
SMALL = "claude-haiku-5-5"  # a current one: the cheapest that writes well
# Claude Code's own words for models, which no API knows.
ALIAS = re.compile(r"(?:default|best|sonnet|opus|haiku|fable|opusplan)(?:\[1m\])?", re.IGNORECASE)
GEOGRAPHY = re.compile(r"^(?:us-gov|us|eu|apac|jp|au|global)\.")
PREFIXES = {"us-gov": "us-gov", "us": "us", "eu": "eu"}
PROFILE_ARN = re.compile(r"arn:[\w-]+:bedrock:[^/]*:(?:inference-profile|foundation-model)/(.+)")


def on_bedrock(chosen: str | None, env: Mapping[str, str], region: str) -> list[str]:
    """The user's choice alone, if there is one; else what Claude Code is set up with; at last
    a small current model, by the inference profile of the region.

    Of Claude Code's models those that are Bedrock ids: one of a gateway, in a spelling of its
    own, has to be chosen.
    """
    if chosen:
        return [wire_name(chosen)]
    found = [wire_name(name) for name in _known(env) if is_bedrock_id(name)]
    told = env.get("ANTHROPIC_BEDROCK_REGION_PREFIX") or _prefix(region)
    return list(dict.fromkeys([*found, f"{told}.anthropic.{SMALL}"]))


def on_anthropic(chosen: str | None, env: Mapping[str, str]) -> list[str]:
    """Likewise for the Anthropic API, or a gateway that speaks it under names of its own."""
    if chosen:
        return [wire_name(chosen)]
    found = [wire_name(name) for name in _known(env) if not _is_elsewhere(name)]
    return list(dict.fromkeys([*found, SMALL]))


def of_claude_code(chosen: str | None, env: Mapping[str, str]) -> list[str]:
    """Likewise for Claude Code itself, which knows its own words and has a default."""
    if chosen:
        return [chosen]
    return list(dict.fromkeys([*_known(env), "haiku", "default"]))


def is_foreign(model: str) -> bool:
    """A Bedrock model of another maker, which does not understand Anthropic's Messages.

    An application profile's ARN does not tell whose model it is; it is taken for Anthropic's.
    """
    if "anthropic" in model or "claude" in model or not is_bedrock_id(model):
        return False
    return "application-inference-profile/" not in model


def is_bedrock_id(model: str) -> bool:
    """An ARN, or a maker and a model with a dot between them, perhaps behind a geography."""
    return model.startswith("arn:") or bool(re.match(r"[a-z][a-z0-9-]*\.[a-z]", bare(model)))


def bare(model: str) -> str:
    """The foundation model's id: without the geography of an inference profile."""
    return GEOGRAPHY.sub("", wire_name(model))


def countable(model: str) -> str | None:
    """The name by which CountTokens knows a model, None where the name does not tell.

    It refuses inference profiles, though the models can only be asked through them.
    """
    if named := PROFILE_ARN.fullmatch(model):
        model = named[1]
    return None if model.startswith("arn:") else bare(model)


def wire_name(model: str) -> str:
    """Without Claude Code's own suffix for the large window, which no API knows."""
    return model.removesuffix("[1m]")


def _known(env: Mapping[str, str]) -> list[str]:
    return [env[name] for name in NAMES if env.get(name)]


def _is_elsewhere(name: str) -> bool:
    return is_bedrock_id(name) or ALIAS.fullmatch(name) is not None


def _prefix(region: str) -> str:
    found = (told for start, told in PREFIXES.items() if region.startswith(f"{start}-"))
    return next(found, "global")
