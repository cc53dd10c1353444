"""Whole runs that come to a limit: the user's own, the service's, that of the credentials."""

from __future__ import annotations

import time
from pathlib import Path

from supervisor.core.policy import NO_CREDENTIALS, TRY_LATER
from supervisor.demo.bedrock import Refuse, Reply, Request, Say, text

from ..world import Job, bedrock, numbered
from .hurried import FINAL, PATIENCE, PROMPT, run, until, was_resumed, world_of

EXPIRED = Refuse(403, "The security token included in the request is expired", "ExpiredToken")


# Limits that the user has set


def test_a_relaunch_carries_the_turns_that_are_left(tmp_path: Path) -> None:
    world = world_of(tmp_path, "when_asked(4, lambda: os._exit(1))")
    with bedrock(world, Job(numbered(4))), run(world, *PROMPT, "--max-turns", "5") as ended:
        assert ended.ends() == 0 and was_resumed(ended)
        assert [launch.option("--max-turns") for launch in ended.launches] == ["5", "2"]


def test_a_relaunch_carries_the_budget_that_is_left(tmp_path: Path) -> None:
    world = world_of(tmp_path, "when_asked(4, lambda: os._exit(1))")
    limit = ("--max-budget-usd", "1.5")
    with bedrock(world, Job(numbered(4))), run(world, *PROMPT, *limit) as ended:
        assert ended.ends() == 0 and was_resumed(ended)
        cost = ended.events("Exited")[0]["ending"]["facts"]["cost"]
        given = [launch.option("--max-budget-usd") for launch in ended.launches]
        assert cost > 0 and given == ["1.5", f"{1.5 - cost:.4f}"]


# Limits of the service


def test_a_usage_limit_is_waited_for_until_its_reset(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    reset = int(time.time()) + 4
    limit = Refuse(429, f"Claude AI usage limit reached|{reset}", "ThrottlingException")
    job = Job(numbered(2), dies=lambda number, _: number == 2, death=limit)
    with bedrock(world, job), run(world, *PROMPT) as ended:
        assert ended.ends() == 0 and ended.stdout.strip() == FINAL
        assert was_resumed(ended)
        assert reset < ended.launches[1].at < reset + PATIENCE


def test_a_reset_that_is_too_far_away_is_not_waited_for(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    limit = Refuse(429, f"Claude AI usage limit reached|{int(time.time()) + 90_000}")
    with bedrock(world, lambda _: limit), run(world, *PROMPT) as ended:
        assert ended.ends() == TRY_LATER
        assert len(ended.launches) == 1 and "longer than 24 h" in ended.stderr


# Credentials


def test_credentials_that_stay_expired_end_the_run(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    refresh = "sh -c 'echo renewing; echo once >> refreshed'"
    with (
        bedrock(world, lambda _: EXPIRED) as server,
        run(world, *PROMPT, CCSUP_MAX_PARK="3s", CCSUP_REFRESH=refresh) as ended,
    ):
        assert ended.ends() == NO_CREDENTIALS
        assert len(ended.launches) == 1 and len(server.requests) <= 2
        assert ended.told("refreshed") == ["once"]
        assert "Parked until the credentials are good again" in ended.stderr
        assert "were not renewed within 3.0 s" in ended.stderr
        assert "renewing" in ended.stderr, "its words are seen"
        assert "renewing" not in ended.stdout, "and are no part of the result"


class Account:
    """A model whose service takes only credentials of this access key."""

    def __init__(self, job: Job) -> None:
        self.job, self.takes = job, "AKIAFIRST"
        self.refused = 0

    def __call__(self, request: Request) -> Reply:
        if self.takes == "AKIASECOND" and not request.from_agent:
            return Say((text("A token"),))
        if self.takes == "AKIAFIRST" and self.job.done >= 1:
            self.refused += 1
            return EXPIRED
        return self.job(request)


def test_a_parked_run_goes_on_with_renewed_credentials(tmp_path: Path) -> None:
    world = world_of(tmp_path)
    account = Account(Job(numbered(2)))
    keys = world.home / ".aws" / "credentials"
    keys.parent.mkdir()
    known = "[default]\naws_access_key_id = {}\naws_secret_access_key = secret\n"
    keys.write_text(known.format(account.takes))
    without = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "CLAUDE_CODE_SKIP_BEDROCK_AUTH")
    with bedrock(world, account), run(world, *PROMPT, without=without) as ended:
        until(lambda: len(ended.events("Checked")) >= 2)
        assert len(ended.launches) == 1 and account.refused == 1
        account.takes = "AKIASECOND"
        keys.write_text(known.format(account.takes))
        assert ended.ends() == 0 and ended.stdout.strip() == FINAL
        assert was_resumed(ended)
        assert "The credentials are good again" in ended.stderr
