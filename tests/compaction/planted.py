"""Secrets of every format, put together here, so that no scanner takes this file for a leak."""

from __future__ import annotations

import random
from dataclasses import dataclass

UPPER, LOWER, DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz", "0123456789"
ALNUM, HEX, B32 = UPPER + LOWER + DIGITS, DIGITS + "abcdef", UPPER + "234567"
WEB, B64 = ALNUM + "-_", ALNUM + "+/"


def chars(count: int, of: str = ALNUM, seed: int = 7) -> str:
    """`count` random characters that begin and end with a letter or a digit."""
    dice = random.Random(seed * 1_000 + count)
    ends = "".join(each for each in of if each.isalnum())
    middle = "".join(dice.choices(of, k=count - 2))
    return dice.choice(ends) + middle + dice.choice(ends)


@dataclass(frozen=True)
class Planted:
    """`around` with the secret in the place of {}. `core` is the part that nobody may see."""

    kind: str
    prefix: str
    core: str
    around: str = "{}"

    @property
    def secret(self) -> str:
        return self.prefix + self.core

    @property
    def text(self) -> str:
        return self.around.format(self.secret)


def pem(name: str, lines: int = 20, seed: int = 1) -> Planted:
    body = "\n".join(chars(64, B64, seed + at) for at in range(lines))
    dashes = "-" * 5
    begin, end = f"{dashes}BEGIN {name}{dashes}\n", f"\n{dashes}END {name}{dashes}"
    return Planted("private-key", begin, body + end)


PRIVATE = "PRIVATE " + "KEY"
FORMATS = [
    Planted("aws-access-key", "AKI" + "A", chars(16, B32)),
    Planted("aws-access-key", "ASI" + "A", chars(16, B32), "id={}"),
    Planted("aws-session-token", "IQoJ" + "b3JpZ2lu", chars(300, B64)),
    Planted("aws-session-token", "Fwo" + "GZXIvYXdz", chars(200, B64)),
    Planted("bedrock-key", "ABS" + "K", chars(128, B64)),
    Planted("bedrock-key", "bedrock-" + "api-key-", chars(120, B64)),
    Planted("anthropic-key", "sk-" + "ant-api03-", chars(95, WEB)),
    Planted("openai-key", "sk-" + "proj-", chars(156, WEB)),
    Planted("openai-key", "sk-" + "svcacct-", chars(120, WEB)),
    Planted("openai-key", "sk" + "-", chars(48), "({})"),
    Planted("openrouter-key", "sk-" + "or-v1-", chars(64, HEX)),
    Planted("github-token", "gh" + "p_", chars(36)),
    Planted("github-token", "gh" + "o_", chars(36), "x:{}@h"),
    Planted("github-token", "gh" + "s_", chars(36)),
    Planted("github-token", "github" + "_pat_", chars(22) + "_" + chars(59)),
    Planted("gitlab-token", "glp" + "at-", chars(20, WEB)),
    Planted("gitlab-token", "gld" + "t-", chars(20, WEB)),
    Planted("gitlab-token", "glr" + "t-", chars(20, WEB)),
    Planted("slack-token", "xox" + "b-", "123456789012-1234567890123-" + chars(24)),
    Planted("slack-token", "xap" + "p-", "1-A0123456789-1234567890123-" + chars(64, HEX)),
    Planted("slack-hook", "hooks." + "slack.com/services/", "T00000000/B00000000/" + chars(24)),
    Planted("google-key", "AI" + "za", chars(35, WEB)),
    Planted("google-oauth-secret", "GOC" + "SPX-", chars(28, WEB)),
    Planted("google-oauth-token", "ya2" + "9.", chars(160, WEB)),
    Planted("azure-storage-key", "", chars(86, B64) + "==", "Account" + "Key={};EndpointSuffix=x"),
    Planted("azure-signature", "", chars(43, ALNUM) + "%3D", "?sv=2024-01-01&s" + "ig={}"),
    Planted("azure-client-secret", "abC8" + "Q~", chars(34, ALNUM + "_.~-")),
    Planted("stripe-key", "sk" + "_live_", chars(24)),
    Planted("stripe-key", "rk" + "_test_", chars(99)),
    Planted("twilio-key", "S" + "K", chars(32, HEX)),
    Planted("sendgrid-key", "S" + "G.", chars(22, WEB) + "." + chars(43, WEB)),
    Planted("mailgun-key", "ke" + "y-", chars(32, HEX)),
    Planted("npm-token", "np" + "m_", chars(36)),
    Planted("pypi-token", "pyp" + "i-AgEIcHlwaS5vcmc", chars(150, WEB)),
    Planted("rubygems-key", "rubyg" + "ems_", chars(48, HEX)),
    Planted("docker-token", "dckr" + "_pat_", chars(27, WEB)),
    Planted("digitalocean-token", "do" + "p_v1_", chars(64, HEX)),
    Planted("heroku-key", "HRK" + "U-", "AA" + chars(58, WEB)),
    Planted("huggingface-token", "h" + "f_", chars(34, UPPER + LOWER)),
    Planted("databricks-token", "dap" + "i", chars(32, HEX)),
    Planted("newrelic-key", "NRA" + "K-", chars(27, UPPER + DIGITS)),
    Planted("sentry-token", "sntr" + "yu_", chars(64, HEX)),
    Planted("sentry-dsn", "", chars(32, HEX), "https://{}@o12.ingest.sentry.io/34"),
    Planted("shopify-token", "shp" + "at_", chars(32, HEX)),
    Planted("square-token", "sq0" + "atp-", chars(22, WEB)),
    Planted("telegram-token", "123456789:A" + "A", chars(33, WEB)),
    Planted("discord-token", "M" + "T", chars(22) + "." + chars(6) + "." + chars(38, WEB)),
    Planted("discord-hook", "discord.com/api/" + "webhooks/", "1234567890/" + chars(68, WEB)),
    Planted("cloudflare-token", "cfu" + "t_", chars(48)),
    Planted("vault-token", "hv" + "s.", chars(95, WEB)),
    Planted("terraform-token", "", chars(14) + ".atlas" + "v1." + chars(67, WEB)),
    Planted("doppler-token", "dp." + "pt.", chars(43)),
    Planted("linear-key", "lin" + "_api_", chars(40)),
    Planted("notion-token", "nt" + "n_", chars(46)),
    Planted("postman-key", "PMA" + "K-", chars(24, HEX) + "-" + chars(34, HEX)),
    Planted("grafana-token", "gls" + "a_", chars(32) + "_" + chars(8, HEX)),
    Planted("supabase-key", "sb" + "p_", chars(40, HEX)),
    Planted("age-key", "AGE-SECRET" + "-KEY-1", chars(58, UPPER + DIGITS)),
    Planted("atlassian-token", "ATA" + "TT3", chars(186, WEB)),
    Planted("airtable-token", "pa" + "t", chars(14) + "." + chars(64, HEX)),
    Planted("figma-token", "fig" + "d_", chars(40, WEB)),
    Planted("groq-key", "gs" + "k_", chars(52)),
    Planted("replicate-token", "r" + "8_", chars(37)),
    Planted("tailscale-key", "tske" + "y-auth-", chars(40, WEB)),
    Planted("jwt", "ey" + "J", chars(30) + ".ey" + "J" + chars(120) + "." + chars(43, WEB)),
    pem(PRIVATE),
    pem(f"RSA {PRIVATE}", 25),
    pem(f"OPENSSH {PRIVATE}", 38),
    pem(f"PGP {PRIVATE} BLOCK", 60),
]
PW, SECRET = "hunter2x" + "yz", chars(40, B64)
NAMED = [
    Planted("assignment", "", PW, "export DB_PASS" + "WORD={}"),
    Planted("assignment", "", "correct-horse", "API_TOK" + "EN='{}'"),
    Planted("assignment", "", PW, "  pass" + "word: {}\n"),
    Planted("assignment", "", "correcthorse", "db:\n  pass" + "word: {}\n"),
    Planted("assignment", "", PW, '{{"db_pass' + 'word": "{}"}}'),
    Planted("assignment", "", PW, '"{{\\"pass' + 'word\\": \\"{}\\"}}"'),
    Planted("assignment", "", PW, "[client]\npass" + "word = {}\n"),
    Planted("assignment", "", PW, "pass" + 'word: str = "{}"'),
    Planted("assignment", "", "s3cr3t of mine", "pass" + 'word = "{}"'),
    Planted("assignment", "", PW, "login --pass" + "word {}"),
    Planted("assignment", "", chars(24), "--api-" + "key={}"),
    Planted("assignment", "", chars(24), '["--tok' + 'en", "{}"]'),
    Planted("assignment", "", SECRET, "aws_secret_access" + "_key = {}"),
    Planted("assignment", "", SECRET, '"Secret' + 'AccessKey": "{}"'),
    Planted("assignment", "", chars(90, B64), "aws_session" + "_token={}"),
    Planted("assignment", "", chars(32, HEX), "DD_API" + "_KEY: {}"),
    Planted("assignment", "", chars(32, HEX), "X-Api-" + "Key: {}"),
    Planted("assignment", "", chars(24), "?access_tok" + "en={}&page=2"),
    Planted("assignment", "", "0a1b2c3d-0000-4000-8000-0123456789ab", "HEROKU_API" + "_KEY={}"),
    Planted("authorization", "", chars(24), "Author" + "ization: Bearer {}"),
    Planted("authorization", "", "dXNlcjpwYXNz" + chars(8), "-H 'author" + "ization: Basic {}'"),
    Planted("cookie", "", "session=" + chars(20) + "; theme=dark", "Cook" + "ie: {}"),
    Planted("cookie", "", "sid=" + chars(20) + "; HttpOnly", "Set-Cook" + "ie: {}"),
    Planted("url-password", "", PW, "postgres" + "://user:{}@db/x"),
    Planted("url-password", "", PW, "redis" + "://:{}@cache"),
    Planted("password-option", "", PW, "cur" + "l -sS -u admin:{} https://h/"),
    Planted("password-option", "", PW, "cur" + "l https://h \\\n  --user 'bob:{}'"),
    Planted("password-option", "", PW, "mysq" + "l -uroot -p'{}' db"),
    Planted("password-option", "", PW, "mysq" + "ldump --host=x -p{} db"),
    Planted("password-option", "", PW, "sshpa" + "ss -p {} ssh host"),
    Planted("password-option", "", PW, "docker lo" + "gin -u bob -p {}"),
    Planted("password-option", "", PW, "redis-c" + "li -h x -a {}"),
    Planted("netrc-password", "", PW, "machi" + "ne h login bob password {}"),
    Planted("netrc-password", "", PW, "machi" + "ne h\n  login bob\n  password {}"),
]
EVERY = [*FORMATS, *NAMED]

# What only resembles a secret, or refers to one.
HARMLESS = [
    *("a PRIVATE KEY----- in a text", "-----BEGIN CERTIFICATE-----\n" + chars(64, B64)),
    *("AKIA" + "ABCDEFGH".lower() * 2, "XASIA" + "ABCDEFGH" * 2, "bedrock-api-key-here"),
    *("sk-ant-short", "sk-learn and task-force-one", "ghp_short", "right_" + chars(36)),
    *("github_pat_short", "glpat-short", "xoxb-short and xox-hugs-and-kisses"),
    *("https://hooks.slack.com/services/", "AIza" + chars(20), "npm_config_registry"),
    *("pypi-server", "eyJ.eyJ.x", "key-" + chars(12, HEX), "SK" + chars(12, HEX)),
    *("hf_hub_download_and_cache", "test_sk_live_mode_is_off", "gsk_file_name_of_the_day"),
    *("postgres://user:${DB_PASSWORD}@db", "http://host:8080/a@b", "git@github.com:owner/name"),
    *("aws_secret_access_key = none", "a secret key", "the bearer of this letter was seen"),
    *('"password": "short"', "TOKEN=short", "DB_PASSWORD=$OTHER", "DB_PASSWORD=${OTHER_ONE}"),
    *('token=os.environ["X"]', 'token = os.environ.get("API_TOKEN")', "password: str"),
    *("password: string;", "max_tokens=4096", '"max_tokens": 40960000', "password=password"),
    *("secret_name: my-secret", "secretName: db-secret-name", "password=self.password"),
    *("password = get_password(user)", "password: ${{ secrets.DB_PASSWORD }}"),
    *("Authorization: Bearer $TOKEN", 'f"Bearer {token}"', "api_key=settings.API_KEY"),
    *("api_key: Optional[str] = None", "token: Token", "def f(token: str, password: bytes):"),
    *("if token == expected_token:", "const token = await getToken()", "key: value"),
    *('cache_key="user:12345678"', "public_key: abcdef123456", "primary_key=True"),
    *("token_type: bearer12345", "next_token_index = 12345678", "tokens: 123456789"),
    *("The password should be at least 12 characters.", "the token abcdefgh1 is"),
    *("sha256:" + chars(64, HEX), chars(40, HEX), "550e8400-e29b-41d4-a716-446655440000"),
    *("/usr/lib/secret/token/abc.py", "password_file: /run/secrets/db_password"),
    *("token: /var/run/token", '"token": "<|endoftext|>"', "secret: my-secret"),
    *("csrf_token: csrf_token", "PASSWORD=changeme", 'api_key="YOUR_API_KEY_HERE"'),
    *('api_key="xxxxxxxxxxxx"', 'password="********"', "tokenizer.token = Token.PUNCTUATION"),
    *("data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAUA", "sha512-" + chars(86, B64) + "=="),
    *("secret=secret,", "import secrets; secrets.token_hex(16)", "from keys import api_key"),
    *("password: Password", "token => token.value", "password: z.string().min(8)"),
    *('assert token == "abc"', "-p 8080:8080 --name web", "mysql -u root -p db"),
    *("--password-file /x/yyyyyyy", "the cookie banner=yes", '"password": "at least 8 signs"'),
]
