"""The check of the credentials: each way to have them, or not; what AWS is asked is a loopback.

Mostly in a process of its own, for botocore looks at HOME but once; Home also sees to it that
no secret is told.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from supervisor.aws.answer import Check, command
from supervisor.demo.bedrock import Say, StandIn, text

from ..world import ROOT
from .home import Home, is_mark, printing, static

MODEL = "us.anthropic.claude-sonnet-4-6"
FAR, LONG_AGO = "2999-01-01T00:00:00Z", "2001-01-01T00:00:00Z"
SSO = """
[profile work]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Dev
[sso-session corp]
sso_start_url = https://corp.test/start
sso_region = us-east-1
"""
LEGACY = """
[profile work]
sso_start_url = https://corp.test/start
sso_region = us-east-1
sso_account_id = 123456789012
sso_role_name = Dev
"""


@contextmanager
def portal(status: int, body: Mapping[str, object]) -> Iterator[str]:
    """An AWS service that gives every request the same answer; its URL."""

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return

        def answer(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("x-amzn-errortype", str(body.get("__type", "")))
            self.send_header("content-length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_POST = answer  # noqa: N815

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# --- Keys that stand somewhere


def test_static_keys_are_there_and_only_a_request_can_tell(home: Home) -> None:
    check = home.check(**static(home))
    assert check.state == "unknown" and is_mark(check.fingerprint)
    assert check.told.startswith("The AWS credentials (env) are there")


def test_the_fingerprint_is_that_of_the_keys(home: Home) -> None:
    first = static(home)
    again, other = home.check(**first), home.check(**static(home, 2))
    assert home.check(**first) == again
    assert again.fingerprint != other.fingerprint
    token = home.check(**{**first, "AWS_SESSION_TOKEN": home.secret("a new token")})
    mended = home.check(**{**first, "AWS_SECRET_ACCESS_KEY": home.secret("without the typo")})
    assert len({each.fingerprint for each in (again, other, token, mended)}) == 4


def test_a_profile_of_the_credentials_file(home: Home) -> None:
    for name in ("default", "work"):
        key = home.secret(f"key-of-{name}")
        with (home.folder / "both").open("a") as both:
            both.write(f"[{name}]\naws_access_key_id = {key}\naws_secret_access_key = {key}\n")
    home.credentials((home.folder / "both").read_text())
    default, work = home.check(), home.check(AWS_PROFILE="work")
    assert (default.state, work.state) == ("unknown", "unknown")
    assert is_mark(default.fingerprint) and is_mark(work.fingerprint)
    assert default.fingerprint != work.fingerprint
    assert "(shared-credentials-file)" in work.told


def test_no_credentials_at_all(home: Home) -> None:
    assert home.check() == Check("expired", None, "No AWS credentials were found.")


def test_a_profile_that_does_not_exist(home: Home) -> None:
    check = home.check(AWS_PROFILE="no-such-profile")
    assert (check.state, check.fingerprint) == ("expired", None)
    assert "no-such-profile" in check.told and "ProfileNotFound" in check.told


def test_half_a_pair_of_keys(home: Home) -> None:
    home.credentials(f"[default]\naws_access_key_id = {home.secret('AKIA')}\n")
    check = home.check()
    assert check.state == "expired" and "PartialCredentialsError" in check.told


def test_a_config_that_cannot_be_read(home: Home) -> None:
    home.config(f"[default\naws_secret_access_key = {home.secret('key')}\n")
    check = home.check()
    assert check.state == "expired" and "ConfigParseError" in check.told


def test_keys_with_an_expiry_of_their_own(home: Home) -> None:
    fresh = home.check(**static(home), AWS_CREDENTIAL_EXPIRATION=FAR)
    assert fresh.state == "good" and is_mark(fresh.fingerprint)
    assert fresh.told == "The AWS credentials (env) are good until 2999-01-01 00:00 UTC."
    stale = home.check(**static(home), AWS_CREDENTIAL_EXPIRATION=LONG_AGO)
    assert stale.state == "expired"


# --- A Bedrock API key, a gateway


def test_an_api_key_of_bedrock_goes_before_all(home: Home) -> None:
    keys = [home.secret("bearer-1"), home.secret("bearer-2")]
    first, second = (home.check(AWS_BEARER_TOKEN_BEDROCK=key) for key in keys)
    assert (first.state, second.state) == ("unknown", "unknown")
    assert is_mark(first.fingerprint) and is_mark(second.fingerprint)
    assert first.fingerprint != second.fingerprint
    assert home.check(**static(home), AWS_BEARER_TOKEN_BEDROCK=keys[0]) == first
    assert home.check(AWS_BEARER_TOKEN_BEDROCK="").state == "expired"


def test_a_gateway_that_signs_needs_no_credentials(home: Home) -> None:
    check = home.check(CLAUDE_CODE_SKIP_BEDROCK_AUTH="1")
    assert (check.state, check.fingerprint) == ("unknown", None) and "gateway" in check.told
    with StandIn(lambda request: Say((text("y"),))) as server:
        home.url = server.url
        assert home.check(MODEL, CLAUDE_CODE_SKIP_BEDROCK_AUTH="1").state == "good"


# --- SSO


@pytest.mark.parametrize(
    ("config", "session"), [(SSO, "corp"), (LEGACY, "https://corp.test/start")]
)
@pytest.mark.parametrize("expires", [LONG_AGO, None], ids=["expired", "never logged in"])
def test_an_sso_login_that_is_over_names_its_cure(
    home: Home, config: str, session: str, expires: str | None
) -> None:
    home.config(config)
    if expires:
        home.sso_token(session, expires)
    check = home.check(AWS_PROFILE="work")
    assert (check.state, check.fingerprint) == ("expired", None)
    assert check.told.endswith("run: aws sso login --profile work")


def test_the_cure_names_the_profile_that_logs_in(home: Home) -> None:
    home.config(
        SSO.replace("[profile work]", '[profile "the base"]')
        + "[profile work]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = the base\n"
    )
    check = home.check(AWS_PROFILE="work")
    assert check.state == "expired"
    assert check.told.endswith("run: aws sso login --profile 'the base'")


def role(home: Home) -> dict[str, object]:
    keys = {name: home.secret(name) for name in ("accessKeyId", "secretAccessKey", "sessionToken")}
    return {"roleCredentials": {**keys, "expiration": 32_472_144_000_000}}


def test_an_sso_login_that_holds_is_good(home: Home) -> None:
    home.config(SSO)
    home.sso_token("corp", FAR)
    with portal(200, role(home)) as url:
        check = home.check(AWS_PROFILE="work", AWS_ENDPOINT_URL_SSO=url)
    assert check.state == "good" and is_mark(check.fingerprint)
    assert check.told == "The AWS credentials (sso) are good until 2999-01-01 00:00 UTC."


@pytest.mark.parametrize(
    ("status", "code", "state"),
    [
        (401, "UnauthorizedException", "expired"),
        (403, "ForbiddenException", "denied"),
        (404, "ResourceNotFoundException", "expired"),
        (429, "TooManyRequestsException", "unknown"),
    ],
)
def test_what_the_sso_portal_refuses(home: Home, status: int, code: str, state: str) -> None:
    home.config(SSO)
    home.sso_token("corp", FAR)
    told = {"__type": code, "message": f"of {home.secret('portal')}"}
    with portal(status, told) as url:
        env: dict[str, Any] = {"AWS_ENDPOINT_URL_SSO": url, "AWS_MAX_ATTEMPTS": "1"}
        check = home.check(AWS_PROFILE="work", **env)
    assert check.state == state
    assert code in check.told or "aws sso login --profile work" in check.told


def test_a_portal_out_of_reach_is_no_expiry(home: Home) -> None:
    home.config(SSO)
    home.sso_token("corp", FAR)
    env: dict[str, Any] = {"AWS_ENDPOINT_URL_SSO": "http://127.0.0.1:1", "AWS_MAX_ATTEMPTS": "1"}
    check = home.check(AWS_PROFILE="work", **env)
    assert check.state == "unknown" and "EndpointConnectionError" in check.told


# --- credential_process


def test_a_process_whose_answer_changes_changes_the_fingerprint(home: Home) -> None:
    home.config(f"[default]\n{home.process(printing(home, SessionToken=home.secret('one')))}")
    first, again = home.check(), home.check()
    home.process(printing(home, SessionToken=home.secret("two")))
    other = home.check()
    assert first == again and first.state == other.state == "unknown"
    assert is_mark(first.fingerprint) and is_mark(other.fingerprint)
    assert first.fingerprint != other.fingerprint


@pytest.mark.parametrize(("expires", "state"), [(FAR, "good"), (LONG_AGO, "expired")])
def test_a_process_that_tells_an_expiry(home: Home, expires: str, state: str) -> None:
    token = home.secret("token")
    answer = printing(home, SessionToken=token, Expiration=expires)
    home.config(f"[default]\n{home.process(answer)}")
    assert home.check().state == state


@pytest.mark.parametrize(
    "python",
    [
        "sys.exit(os.environ['TOLD'])",
        "print(os.environ['TOLD'])",
        "print(json.dumps([os.environ['TOLD']]))",
        "print(json.dumps({'Version': os.environ['TOLD']}))",
        "print(json.dumps({'Version': 1, 'AccessKeyId': os.environ['TOLD']}))",
        "os.kill(os.getpid(), 9)",
    ],
)
def test_a_process_that_fails_is_named_but_not_quoted(home: Home, python: str) -> None:
    home.config(f"[profile p]\n{home.process(python)}")
    check = home.check(AWS_PROFILE="p", TOLD=home.secret("told by the process"))
    assert (check.state, check.fingerprint) == ("expired", None)
    assert check.told.startswith("The AWS credentials of the profile p cannot be had (")


def test_a_process_that_is_not_there(home: Home) -> None:
    home.config(f"[default]\ncredential_process = /no/such/{home.secret('program')}\n")
    check = home.check()
    assert check.state == "expired" and "FileNotFoundError" in check.told


def test_a_process_that_hangs_is_ended_in_time(home: Home) -> None:
    pid = home.folder / "pid"
    home.config(
        "[default]\n"
        + home.process(f"open({str(pid)!r}, 'w').write(str(os.getpid())); time.sleep(60)")
    )
    begun = time.monotonic()
    check = home.check(timeout=3)
    assert time.monotonic() - begun < 15
    assert (check.state, check.fingerprint) == ("unknown", None) and "took over 3 s" in check.told
    for _ in range(100):
        if not alive(int(pid.read_text())):
            return
        time.sleep(0.05)
    raise AssertionError("the credential_process lives on")


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    stat = Path(f"/proc/{pid}/stat")
    return not (stat.exists() and stat.read_text().rpartition(")")[2].split()[0] == "Z")


def test_a_role_that_wants_an_mfa_code_is_not_waited_for(home: Home) -> None:
    keys = [home.secret("AKIA"), home.secret("key")]
    home.config(
        f"[profile base]\naws_access_key_id = {keys[0]}\naws_secret_access_key = {keys[1]}\n"
        "[profile p]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = base\n"
        "mfa_serial = arn:aws:iam::1:mfa/me\n"
    )
    check = home.check(AWS_PROFILE="p")
    assert check.state == "expired" and "EOFError" in check.told


# --- The program


def test_it_runs_as_a_module_too(home: Home) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "supervisor.aws.check"],
        env=home.env(),
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert Check.parse(done.stdout).state == "expired" and done.stderr == b""


def test_nothing_is_imported_from_the_working_directory(home: Home) -> None:
    owned = home.folder / "owned"
    for name in ("json", "argparse", "botocore", "supervisor", "sitecustomize"):
        (home.folder / f"{name}.py").write_text(f"open({str(owned)!r}, 'w')\n")
    assert home.check(PYTHONPATH=None).state == "expired"
    assert not owned.exists()


def test_a_secret_that_were_told_would_be_seen(home: Home) -> None:
    """The eyes of Home.check() are not shut: a profile's name is told, and may be no secret."""
    home.secrets.append("no-such-profile")
    with pytest.raises(AssertionError):
        home.check(AWS_PROFILE="no-such-profile")


def test_the_argv_holds_no_environment() -> None:
    assert not any("AWS" in part for part in command(MODEL, True))
