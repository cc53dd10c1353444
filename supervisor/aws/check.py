"""The process that says whether Bedrock's credentials work: one JSON line on stdout.

It runs apart from the supervisor: boto3 takes a third of a second to import, and a
credential_process, an SSO portal or a metadata service may hang. What it tells are the names
and codes of errors, never their messages: a credential_process may print a secret, and AWS
repeats the signed headers of a request whose signature it refuses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import os
import re
import shlex
import signal
import threading
from collections.abc import Mapping
from datetime import UTC
from typing import Any

from .answer import TIMEOUT, Check
from .client import ANTHROPIC_VERSION, code_and_message, is_unsigned, make_client

SILENCE = 20.0  # s without a byte of the probe's answer
# Bedrock's own: ExpiredTokenException, UnrecognizedClientException, InvalidSignatureException,
# "The security token included in the request is expired", "Bearer Token has expired".
INVALID = re.compile(
    r"expiredtoken|unrecognizedclient|invalidclienttoken|invalidsignature|signaturedoesnotmatch"
    r"|security token|authentication failed|(?:token|api key)\b.{0,40}\b(?:expired|(in|not )valid)",
    re.IGNORECASE,
)
# botocore's errors that a person can mend; by name, for older versions have not all of them.
# Of the others (no network, a missing package) it cannot be said that the credentials are bad.
MENDABLE = frozenset(
    "SSOError TokenRetrievalError LoginError CredentialRetrievalError NoCredentialsError"
    " PartialCredentialsError UnknownCredentialError ProfileNotFound InvalidConfigError"
    " ConfigParseError RefreshWithMFAUnsupportedError".split()
)
DENIED = re.compile(r"accessdenied|forbidden|not authorized|have access", re.IGNORECASE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="supervisor.aws.check", description="Check Bedrock.")
    parser.add_argument("--probe", metavar="MODEL", help="also ask this model for one token")
    parser.add_argument("--timeout", type=float, default=TIMEOUT, metavar="SECONDS")
    asked = parser.parse_args()
    logging.disable()  # botocore logs what a credential_process has printed
    once = threading.Lock()

    def tell(check: Check) -> None:
        if once.acquire(blocking=False):
            os.write(1, check.line())

    def give_up() -> None:
        seconds = f"{asked.timeout:g} s"
        tell(Check("unknown", None, f"The check of the AWS credentials took over {seconds}."))
        if os.getsid(0) == os.getpid():
            os.killpg(0, signal.SIGKILL)  # with the credential_process that hangs
        os._exit(0)

    # A thread and not SIGALRM: no handler runs while a name is being looked up.
    alarm = threading.Timer(asked.timeout, give_up)
    alarm.daemon = True
    alarm.start()
    tell(look(os.environ, asked.probe))
    alarm.cancel()


def look(env: Mapping[str, str], model: str | None = None) -> Check:
    """The state of the credentials; `model`: the one to ask for a token, None: nothing is asked.

    `env` is the environment of this very process. Raises nothing that it knows of.
    """
    keys = None
    if bearer := env.get("AWS_BEARER_TOKEN_BEDROCK"):
        told = "A Bedrock API key is set; only a request can tell whether it works."
        found = Check("unknown", _fingerprint(bearer), told)
    elif is_unsigned(env):
        told = "A gateway signs the requests; only a request can tell whether it does."
        found = Check("unknown", None, told)
    else:
        found, keys = _resolve()
        if keys is None:
            return found
    return found if model is None else _probe(env, model, keys, found.fingerprint)


def _resolve() -> tuple[Check, Any]:
    """What the AWS chain gives: the check, and botocore's frozen credentials if it has any."""
    import botocore.exceptions as aws  # type: ignore[import-untyped]
    import botocore.session  # type: ignore[import-untyped]

    session = botocore.session.get_session()
    try:
        found = session.get_credentials()
        keys = found.get_frozen_credentials() if found else None
    except (
        aws.BotoCoreError,
        aws.ClientError,
        RuntimeError,  # what has been refreshed is expired still
        EOFError,  # an MFA code is asked for and nobody is there
        OSError,  # a credential_process that cannot be run
        ValueError,  # and one, or a cache, that says something else than it should
        LookupError,
        AttributeError,
        TypeError,
    ) as error:
        return _unresolved(error, session), None
    if keys is None:
        return Check("expired", None, "No AWS credentials were found."), None
    expiry = getattr(found, "_expiry_time", None)  # botocore tells it nowhere else
    mark = _fingerprint(keys.access_key, keys.secret_key, keys.token, expiry and str(expiry))
    named = f"The AWS credentials ({found.method})"
    if expiry is None:
        told = f"{named} are there; only a request can tell whether they work."
        return Check("unknown", mark, told), keys
    until = expiry.astimezone(UTC)
    return Check("good", mark, f"{named} are good until {until:%Y-%m-%d %H:%M} UTC."), keys


def _unresolved(error: Exception, session: Any) -> Check:
    import botocore.exceptions as aws

    kinds = {kind.__name__ for kind in type(error).__mro__}
    name = type(error).__name__
    if isinstance(error, aws.ClientError):  # of SSO's portal or of STS
        code = _word(error.response.get("Error", {}).get("Code"))
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        name = code or name
        if status == 429 or status >= 500 or "throttl" in code.lower():
            return Check("unknown", None, f"AWS gave no credentials for now ({name}).")
        if DENIED.search(code):
            return Check("denied", None, f"AWS refuses to give these credentials ({name}).")
    elif isinstance(error, aws.BotoCoreError) and not kinds & MENDABLE:
        return Check("unknown", None, f"The AWS credentials could not be checked ({name}).")
    cure = ""
    if kinds & {"SSOError", "TokenRetrievalError"}:
        cure = f"; run: aws sso login --profile {shlex.quote(_sso_profile(session))}"
    elif "LoginError" in kinds:
        cure = f"; run: aws login --profile {shlex.quote(_profile(session))}"
    told = f"The AWS credentials of the profile {_profile(session)} cannot be had ({name}){cure}"
    return Check("expired", None, told)


def _profile(session: Any) -> str:
    return str(session.get_config_variable("profile") or "default")


def _sso_profile(session: Any) -> str:
    """The profile that logs in: this one, or the source of the role that it assumes."""
    profiles, name, seen = session.full_config.get("profiles", {}), _profile(session), set()
    while name not in seen:
        seen.add(name)
        told = profiles.get(name, {})
        if any(key.startswith("sso_") for key in told):
            return name
        name = told.get("source_profile", name)
    return _profile(session)


def _probe(env: Mapping[str, str], model: str, keys: Any, mark: str | None) -> Check:
    """Ask for one token, once."""
    import anthropic
    import botocore.exceptions as aws
    import httpx2

    model = model.removesuffix("[1m]")  # Claude Code's own, which no API knows
    try:
        with make_client(env, SILENCE, keys) as client:
            client.messages.create(
                model=model,
                max_tokens=1,
                messages=[{"role": "user", "content": "."}],
                extra_body={"anthropic_version": ANTHROPIC_VERSION},
            )
    except anthropic.APIStatusError as error:
        return _refused(error, model, mark)
    except (
        anthropic.AnthropicError,
        httpx2.TransportError,
        aws.BotoCoreError,
        RuntimeError,
        ValueError,
    ) as error:
        name = type(error).__name__
        return Check("unknown", mark, f"Bedrock could not be asked for a token ({name}).")
    return Check("good", mark, f"{model} answers.")


def _refused(error: Any, model: str, mark: str | None) -> Check:
    status, (code, message) = error.status_code, code_and_message(error)
    words, named = f"{code} {message[:1_000]}", f"{status} {_word(code)}".strip()
    if status == 401 or (status == 403 and INVALID.search(words)):
        return Check("expired", mark, f"Bedrock refuses the AWS credentials ({named}).")
    if status == 403 and DENIED.search(words):
        told = f"The AWS credentials are accepted but may not call {model} ({named})."
        return Check("denied", mark, told)
    return Check("unknown", mark, f"Bedrock gave no token to tell the credentials by ({named}).")


def _word(code: object) -> str:
    """An error's code, if it looks like one."""
    return code if isinstance(code, str) and re.fullmatch(r"[\w.-]{1,64}", code) else ""


def _fingerprint(*parts: str | None) -> str:
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


if __name__ == "__main__":
    main()
