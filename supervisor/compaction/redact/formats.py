"""The secrets that tell themselves: formats whose makers gave them a prefix or a shape.

The prefixes are public: each maker documents them, and the rule sets of secret scanners
(GitHub secret scanning, gitleaks, detect-secrets) agree on them. The tails are a little wider
than the documented lengths, for these change more often than the prefixes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ALNUM = "[A-Za-z0-9]"
WEB = "[A-Za-z0-9_-]"  # base64url
B64 = "[A-Za-z0-9+/=]"
HEX = "[0-9a-f]"
SIGNED = rf"eyJ{WEB}{{8,}}+\.{WEB}{{8,}}"  # what follows a JWT's header
ENCRYPTED = rf"{WEB}*+(?:\.{WEB}{{8,}}+){{3}}"
DISCORD = rf"{WEB}{{6}}\.{WEB}{{27,40}}(?!{WEB})"
END = "(?![A-Za-z0-9])"


@dataclass(frozen=True, slots=True)
class Format:
    """`literal` stands in every secret of this format; `tail` follows it, as a pattern.

    `head`: a pattern that stands before the literal. `keeps`: the literal is a name, which
    stays. What is masked is head, literal and tail, or with `keeps` the tail alone.
    """

    kind: str
    literal: str
    tail: str
    head: str = ""
    keeps: bool = False

    @property
    def pattern(self) -> str:
        """Group "secret" is the secret. It begins with the literal where it can: that is fast."""
        word = re.escape(self.literal)
        if self.head:
            return f"(?P<secret>{self.head}{word}{self.tail})"
        if self.keeps:
            return f"{word}(?P<secret>{self.tail})"
        return f"(?P<secret>{word}{preceded(word)}{self.tail})"


def preceded(word: str) -> str:
    """A check behind `word`, an escaped literal: it is no end of a longer word.

    In an escaped text the letter before it may be that of ``\\n``, or of ``%3D``.
    """
    return rf"(?:(?<!{ALNUM}{word})|(?<=\\[nrt]{word})|(?<=%[0-9A-F][0-9A-F]{word}))"


# kind, prefixes, what follows them
PREFIXED: tuple[tuple[str, str, str], ...] = (
    ("aws-access-key", "AKIA ASIA ABIA ACCA", f"[A-Z2-7]{{16}}{END}"),
    ("aws-session-token", "IQoJb3JpZ2lu", f"{B64}{{60,}}"),
    ("bedrock-key", "bedrock-api-key-", f"{B64}{{20,}}"),
    ("bedrock-key", "ABSK", f"{B64}{{60,}}"),
    ("anthropic-key", "sk-ant-", f"{WEB}{{20,}}"),
    ("openai-key", "sk-proj- sk-svcacct- sk-admin-", f"{WEB}{{32,}}"),
    ("openai-key", "sk-", f"{ALNUM}{{32,}}"),  # DeepSeek's and others' too
    ("openrouter-key", "sk-or-v1-", f"{HEX}{{32,}}"),
    ("github-token", "ghp_ gho_ ghu_ ghr_", f"{ALNUM}{{30,}}"),
    ("github-token", "ghs_", rf"{WEB}{{30,}}(?:\.{WEB}+)*"),
    ("github-token", "github_pat_", "[A-Za-z0-9_]{40,}"),
    (
        "gitlab-token",
        "glpat- gldt- glrt- glrtr- glcbt- glptt- glft- glimt- glagent- gloas- glsoat- glffct-"
        " glwt-",
        rf"{WEB}{{20,}}(?:\.{WEB}+)*",
    ),
    ("slack-token", "xoxb- xoxa- xoxp- xoxr- xoxs- xoxo- xoxc- xoxe-", f"{WEB}{{11,}}"),
    ("slack-token", "xoxe.xoxb- xoxe.xoxp- xapp-", f"{WEB}{{11,}}"),
    ("slack-token", "xoxd-", "[A-Za-z0-9%+/=_-]{20,}"),
    ("slack-hook", "hooks.slack.com/services/ hooks.slack.com/workflows/", "[A-Za-z0-9/]{20,}"),
    ("slack-hook", "hooks.slack.com/triggers/", "[A-Za-z0-9/]{20,}"),
    ("google-key", "AIza", f"{WEB}{{35}}"),
    ("google-key", "AQ.Ab8", f"{WEB}{{30,}}"),
    ("google-oauth-secret", "GOCSPX-", f"{WEB}{{20,}}"),
    ("google-oauth-token", "ya29.", rf"{WEB}{{20,}}(?:\.{WEB}+)*"),
    ("stripe-key", "sk_live_ rk_live_ sk_test_ rk_test_ sk_prod_ rk_prod_", f"{ALNUM}{{16,}}"),
    ("stripe-key", "whsec_", f"{B64}{{24,}}"),
    ("sendgrid-key", "SG.", rf"{WEB}{{16,}}\.{WEB}{{16,}}"),
    ("mailgun-key", "key-", f"{HEX}{{32}}{END}"),
    ("brevo-key", "xkeysib-", f"{HEX}{{40,}}(?:-{ALNUM}+)?"),
    ("npm-token", "npm_", f"{ALNUM}{{36}}{END}"),
    ("pypi-token", "pypi-", f"{WEB}{{50,}}"),
    ("rubygems-key", "rubygems_", f"{HEX}{{40,}}"),
    ("docker-token", "dckr_pat_ dckr_oat_", f"{WEB}{{20,}}"),
    ("docker-swarm-key", "SWMTKN-1- SWMKEY-1-", "[A-Za-z0-9+/-]{40,}"),
    ("digitalocean-token", "dop_v1_ doo_v1_ dor_v1_", f"{HEX}{{40,}}"),
    ("heroku-key", "HRKU-", f"{WEB}{{30,}}"),
    ("huggingface-token", "hf_", f"{ALNUM}{{30,}}"),
    ("huggingface-token", "api_org_", f"{ALNUM}{{30,}}"),
    ("newrelic-key", "NRAK- NRJS- NRII- NRRA-", f"{WEB}{{19,}}"),
    ("sentry-token", "sntrys_ sntryu_ sntrya_", "[A-Za-z0-9+/=_-]{40,}"),
    ("shopify-token", "shpat_ shpca_ shppa_ shpss_", f"{HEX}{{32}}"),
    ("square-token", "sq0atp- sq0csp-", f"{WEB}{{22,}}"),
    ("square-token", "EAAA", f"{WEB}{{56,}}"),
    ("facebook-token", "EAAC EAAB EAAG EAAM", f"{ALNUM}{{80,}}"),
    ("discord-hook", "discord.com/api/webhooks/", rf"\d+/{WEB}{{40,}}"),
    ("discord-hook", "discordapp.com/api/webhooks/", rf"\d+/{WEB}{{40,}}"),
    ("cloudflare-token", "cfut_ cfat_ cfk_", f"{ALNUM}{{40,}}"),
    ("cloudflare-token", "v1.0-", f"{HEX}{{24}}-{HEX}{{100,}}"),
    ("vault-token", "hvs. hvb. hvr.", f"{WEB}{{20,}}"),
    ("doppler-token", "dp.pt. dp.st. dp.ct. dp.sa. dp.scim. dp.audit.", r"[A-Za-z0-9._-]{30,}"),
    ("linear-key", "lin_api_ lin_oauth_ lin_wh_", f"{ALNUM}{{30,}}"),
    ("notion-token", "ntn_", f"{ALNUM}{{40,}}"),
    ("notion-token", "secret_", f"{ALNUM}{{43}}(?![A-Za-z0-9_])"),
    ("postman-key", "PMAK-", f"{HEX}{{24}}-{HEX}{{34}}"),
    ("grafana-token", "glsa_", f"{ALNUM}{{32}}_[0-9A-Fa-f]{{8}}"),
    ("grafana-token", "glc_eyJ eyJrIjoi", f"{B64}{{40,}}"),
    ("supabase-key", "sbp_ sb_secret_", f"{WEB}{{28,}}"),
    ("age-key", "AGE-SECRET-KEY-1", "[A-Z0-9]{50,}"),
    ("onepassword-token", "ops_eyJ", f"{WEB}{{100,}}"),
    ("atlassian-token", "ATATT3 ATCTT3 ATBB", "[A-Za-z0-9_=-]{20,}"),
    ("figma-token", "figd_", f"{WEB}{{30,}}"),
    ("pulumi-token", "pul-", f"{HEX}{{40}}{END}"),
    ("planetscale-token", "pscale_tkn_ pscale_oauth_ pscale_pw_", f"{WEB}{{30,}}"),
    ("fly-token", "fm1r_ fm2_ fo1_", "[A-Za-z0-9+/=_-]{40,}"),
    ("vercel-token", "vcp_ vci_ vca_ vcr_ vck_", f"{WEB}{{24,}}"),
    ("netlify-token", "nfp_", f"{ALNUM}{{36,}}"),
    ("groq-key", "gsk_", f"{ALNUM}{{40,}}"),
    ("xai-key", "xai-", f"{WEB}{{60,}}"),
    ("perplexity-key", "pplx-", f"{ALNUM}{{32,}}"),
    ("replicate-token", "r8_", f"{ALNUM}{{37}}{END}"),
    ("nvidia-key", "nvapi-", f"{WEB}{{40,}}"),
    ("langsmith-key", "lsv2_pt_ lsv2_sk_", f"{HEX}{{32}}_{HEX}{{10}}"),
    ("wandb-key", "wandb_v1_", "[A-Za-z0-9_]{40,}"),
    ("posthog-key", "phx_", f"{WEB}{{40,}}"),
    ("pinecone-key", "pcsk_", "[A-Za-z0-9_]{40,}"),
    ("neon-key", "napi_", f"{ALNUM}{{40,}}"),
    ("tailscale-key", "tskey-", f"{WEB}{{20,}}"),
    ("artifactory-token", "AKCp", f"{ALNUM}{{60,}}"),
    ("sourcegraph-token", "sgp_", "[A-Za-z0-9_]{40,}"),
    ("sonar-token", "squ_ sqp_ sqa_", f"{HEX}{{40}}"),
    ("alibaba-key", "LTAI", f"{ALNUM}{{16,24}}{END}"),
    ("easypost-key", "EZAK", f"{ALNUM}{{54}}"),
    ("dynatrace-token", "dt0c01. dt0s16.", r"[A-Z0-9]{8,24}\.[A-Z0-9]{64}"),
    ("prefect-key", "pnu_ pnb_", f"{ALNUM}{{36}}"),
    ("buildkite-token", "bkua_", f"{ALNUM}{{40,}}"),
    ("circleci-token", "CCIPAT_ CCIPRJ_", "[A-Za-z0-9_]{40,}"),
    (
        "jwt",
        "eyJ",
        rf"{WEB}{{8,1024}}+\.(?:eyJ{WEB}{{8,}}+\.{WEB}{{8,}}|{WEB}*+(?:\.{WEB}{{8,}}+){{3}})",
    ),
)

# Shapes whose literal stands in the middle, and names that are no assignment's.
SHAPED = (
    Format("azure-client-secret", "Q~", "[A-Za-z0-9_.~-]{31,34}", head=r"[A-Za-z0-9_~.]{3}\d"),
    Format("terraform-token", ".atlasv1.", "[A-Za-z0-9_=-]{40,}", head=f"{ALNUM}{{14}}"),
    Format(
        "discord-token", ".", rf"{WEB}{{6}}\.{WEB}{{27,40}}(?!{WEB})", head=f"[MNO]{WEB}{{17,28}}"
    ),
    Format("airtable-token", ".", f"{HEX}{{64}}", head=f"pat{ALNUM}{{14}}"),
    Format("telegram-token", ":AA", f"{WEB}{{32,34}}(?!{WEB})", head=r"(?<!\d)\d{8,10}"),
    Format("azure-storage-key", "AccountKey=", f"{B64}{{40,}}", keeps=True),
    Format("azure-storage-key", "SharedAccessKey=", f"{B64}{{40,}}", keeps=True),
    Format("azure-signature", "&sig=", "[A-Za-z0-9%+/]{40,}=?", keeps=True),
    Format("aws-signature", "X-Amz-Signature=", f"{HEX}{{64}}", keeps=True),
    Format("aws-session-token", "X-Amz-Security-Token=", "[A-Za-z0-9%+/=]{40,}", keeps=True),
)

FORMATS: tuple[Format, ...] = (
    *(
        Format(kind, prefix, tail)
        for kind, prefixes, tail in PREFIXED
        for prefix in sorted(prefixes.split(), key=len, reverse=True)
    ),
    *SHAPED,
)
