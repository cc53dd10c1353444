"""Which backend, and which models: by what the user and Claude Code have set."""

from __future__ import annotations

import pytest

from supervisor.compaction.backends import candidates
from supervisor.compaction.backends.choose import auto, choose

ON = {"CLAUDE_CODE_USE_BEDROCK": "1"}
KEY = {"ANTHROPIC_API_KEY": "a-key"}
NOVA = "us.amazon.nova-pro-v1:0"
PROFILE = "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/ab12"

AUTO = [
    ({}, None, "claude"),
    (ON, None, "bedrock"),
    ({"CLAUDE_CODE_USE_BEDROCK": "true"}, None, "bedrock"),
    ({"CLAUDE_CODE_USE_BEDROCK": "0"}, None, "claude"),
    ({"CLAUDE_CODE_USE_BEDROCK": ""}, None, "claude"),
    ({"AWS_BEARER_TOKEN_BEDROCK": "t"}, None, "bedrock"),
    ({"ANTHROPIC_BEDROCK_BASE_URL": "http://gateway"}, None, "bedrock"),
    ({"AWS_ACCESS_KEY_ID": "k", "AWS_PROFILE": "p"}, None, "claude"),
    ({**ON, **KEY}, None, "bedrock"),
    ({"AWS_BEARER_TOKEN_BEDROCK": "t", **KEY}, None, "bedrock"),
    (KEY, None, "anthropic"),
    ({"ANTHROPIC_AUTH_TOKEN": "t"}, None, "anthropic"),
    ({"ANTHROPIC_API_KEY": ""}, None, "claude"),
    ({"ANTHROPIC_BASE_URL": "http://gateway"}, None, "claude"),
    ({"CLAUDE_CODE_USE_VERTEX": "1"}, None, "claude"),
    ({"CLAUDE_CODE_USE_FOUNDRY": "1", **KEY}, None, "claude"),
    ({"CLAUDE_CODE_USE_VERTEX": "1", "AWS_BEARER_TOKEN_BEDROCK": "t"}, None, "claude"),
    ({"CLAUDE_CODE_USE_VERTEX": "1", **ON}, None, "bedrock"),
    (ON, NOVA, "converse"),
    (ON, "meta.llama4-maverick-17b-instruct-v1:0", "converse"),
    (ON, "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.meta.llama4", "converse"),
    (ON, "us.anthropic.claude-haiku-5-5", "bedrock"),
    (ON, PROFILE, "bedrock"),
    (ON, "a-name-of-the-gateway", "bedrock"),
    ({**ON, "ANTHROPIC_MODEL": NOVA}, None, "converse"),
    ({**ON, "ANTHROPIC_MODEL": NOVA}, "us.anthropic.claude-haiku-5-5", "bedrock"),
    ({**ON, "ANTHROPIC_MODEL": "opus[1m]"}, None, "bedrock"),
    (KEY, NOVA, "anthropic"),
]


@pytest.mark.parametrize(("env", "model", "name"), AUTO, ids=[f"{e}-{m}" for e, m, _ in AUTO])
def test_auto_asks_where_claude_code_does(
    env: dict[str, str], model: str | None, name: str
) -> None:
    assert auto(env, model) == name
    found = choose("auto", env, model=model, claude=("claude",))
    assert found is not None and found.name == name


@pytest.mark.parametrize("name", ["bedrock", "converse", "anthropic", "claude"])
def test_a_named_backend_is_that_one_whatever_is_set(name: str) -> None:
    for env in ({}, ON, KEY):
        found = choose(name, env, model=None, claude=("claude",))
        assert found is not None and found.name == name


def test_none_is_none_and_another_name_is_an_error() -> None:
    assert choose("none", ON, model=None, claude=("claude",)) is None
    with pytest.raises(ValueError, match="no backend 'bedrok'"):
        choose("bedrok", ON, model=None, claude=("claude",))


def known(model: str) -> dict[str, str]:
    return {"ANTHROPIC_MODEL": model}


SONNET = "us.anthropic.claude-sonnet-4-6"


@pytest.mark.parametrize(
    ("chosen", "env", "region", "models"),
    [
        ("mine[1m]", known(SONNET), "us-east-1", ["mine"]),
        (None, {}, "us-east-1", ["us.anthropic.claude-haiku-5-5"]),
        (None, {}, "us-gov-west-1", ["us-gov.anthropic.claude-haiku-5-5"]),
        (None, {}, "eu-central-1", ["eu.anthropic.claude-haiku-5-5"]),
        (None, {}, "ap-southeast-2", ["global.anthropic.claude-haiku-5-5"]),
        (
            None,
            {"ANTHROPIC_BEDROCK_REGION_PREFIX": "au"},
            "ap-southeast-2",
            ["au.anthropic.claude-haiku-5-5"],
        ),
        (None, known(f"{SONNET}[1m]"), "us-east-1", [SONNET, "us.anthropic.claude-haiku-5-5"]),
        (None, known("opus"), "us-east-1", ["us.anthropic.claude-haiku-5-5"]),
        (None, known("claude-opus-4-6"), "us-east-1", ["us.anthropic.claude-haiku-5-5"]),
        (None, known(PROFILE), "eu-west-1", [PROFILE, "eu.anthropic.claude-haiku-5-5"]),
        (
            None,
            {**known(SONNET), "ANTHROPIC_SMALL_FAST_MODEL": SONNET},
            "us-east-1",
            [SONNET, "us.anthropic.claude-haiku-5-5"],
        ),
    ],
)
def test_on_bedrock_what_is_set_up_comes_first(
    chosen: str | None, env: dict[str, str], region: str, models: list[str]
) -> None:
    assert candidates.on_bedrock(chosen, env, region) == models


@pytest.mark.parametrize(
    ("chosen", "env", "models"),
    [
        ("claude-opus-5-5", known("claude-sonnet-5-5"), ["claude-opus-5-5"]),
        (None, {}, ["claude-haiku-5-5"]),
        (None, known("claude-sonnet-5-5[1m]"), ["claude-sonnet-5-5", "claude-haiku-5-5"]),
        (None, known("opus[1m]"), ["claude-haiku-5-5"]),
        (None, known("opusplan"), ["claude-haiku-5-5"]),
        (None, known(SONNET), ["claude-haiku-5-5"]),
        (None, known("gateway/fast"), ["gateway/fast", "claude-haiku-5-5"]),
    ],
)
def test_on_the_api_words_of_claude_codes_own_are_left_out(
    chosen: str | None, env: dict[str, str], models: list[str]
) -> None:
    assert candidates.on_anthropic(chosen, env) == models


def test_claude_code_is_asked_in_its_own_words() -> None:
    assert candidates.of_claude_code("opus[1m]", {}) == ["opus[1m]"]
    assert candidates.of_claude_code(None, {}) == ["haiku", "default"]
    assert candidates.of_claude_code(None, known("sonnet[1m]"))[0] == "sonnet[1m]"


@pytest.mark.parametrize(
    ("model", "name"),
    [
        (SONNET, "anthropic.claude-sonnet-4-6"),
        ("us-gov.anthropic.claude-x", "anthropic.claude-x"),
        (f"{SONNET}[1m]", "anthropic.claude-sonnet-4-6"),
        ("anthropic.claude-haiku-4-5-20251001-v1:0", "anthropic.claude-haiku-4-5-20251001-v1:0"),
        (
            f"arn:aws:bedrock:us-east-1:1234:inference-profile/{SONNET}",
            "anthropic.claude-sonnet-4-6",
        ),
        ("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-v1:0", "amazon.nova-v1:0"),
        (PROFILE, None),
    ],
)
def test_tokens_are_counted_by_the_name_of_the_model_itself(model: str, name: str | None) -> None:
    assert candidates.countable(model) == name
