"""When a usage limit ends, by the words that tell of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from supervisor.core.resets import FARTHEST, SLACK, reset_time

ROME = ZoneInfo("Europe/Rome")
SUNDAY = "2026-11-22T12:00"  # UTC; 13:00 in Rome
DAY = 86_400.0


def at(moment: str) -> float:
    """Seconds since the epoch of an ISO time, in UTC if it has no offset."""
    found = datetime.fromisoformat(moment)
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        # an epoch, in seconds or milliseconds
        (f"Claude AI usage limit reached|{int(at('2026-11-22T15:00'))}", "2026-11-22T15:00"),
        (f"Claude AI usage limit reached|{int(at('2026-11-22T15:00'))}000", "2026-11-22T15:00"),
        # a clock time: today if it is still ahead, else tomorrow
        ("5-hour limit reached ∙ resets 3pm", "2026-11-22T15:00"),
        ("Session limit reached ∙ resets 7 PM", "2026-11-22T19:00"),
        ("Session limit reached ∙ resets 7\u202fPM", "2026-11-22T19:00"),  # Node's own space
        ("5-hour limit reached ∙ resets 11am", "2026-11-23T11:00"),
        ("limit reached ∙ resets 12am", "2026-11-23T00:00"),
        ("limit reached ∙ resets 12:30pm", "2026-11-22T12:30"),
        ("limit reached ∙ resets at 18:45", "2026-11-22T18:45"),
        ("limit reached ∙ resets 3pm UTC", "2026-11-22T15:00"),
        ("Your limit will reset at 3 p.m.", "2026-11-22T15:00"),
        # with a zone
        (
            "Claude usage limit reached. Your limit will reset at 3pm (America/Santiago).",
            "2026-11-22T18:00",
        ),
        ("You've hit your limit · resets 4:50am (Europe/Rome)", "2026-11-23T03:50"),
        ("You've hit your session limit · resets 9:50pm (Asia/Saigon)", "2026-11-22T14:50"),
        ("You're out of extra usage · resets 11:30am (Asia/Colombo)", "2026-11-23T06:00"),
        ("You've hit your limit · resets 3pm (UTC)", "2026-11-22T15:00"),
        # a zone that nobody knows is as if there were none
        ("You've hit your limit · resets 3pm (Europe/Atlantis)", "2026-11-22T15:00"),
        ("You've hit your limit · resets 3pm (../../etc/passwd)", "2026-11-22T15:00"),
        ("You've hit your limit · resets 3pm (Europe)", "2026-11-22T15:00"),
        ("You've hit your limit · resets 3pm (your time)", "2026-11-22T15:00"),
        # a date
        ("Weekly limit reached ∙ resets Nov 25, 5am (Europe/Berlin)", "2026-11-25T04:00"),
        ("Weekly limit reached ∙ resets Nov 25 at 10am", "2026-11-25T10:00"),
        ("Opus limit reached ∙ resets November 25", "2026-11-25T00:00"),
        ("Opus limit reached ∙ resets Nov 25 (Europe/Berlin)", "2026-11-24T23:00"),
        ("limit reached ∙ resets Nov 25, 2026, 5am", "2026-11-25T05:00"),
        # a weekday
        ("Weekly limit reached ∙ resets Mon 9am", "2026-11-23T09:00"),
        ("Weekly limit reached ∙ resets Monday at 9am (Europe/Rome)", "2026-11-23T08:00"),
        ("Weekly limit reached ∙ resets Sun 1pm", "2026-11-22T13:00"),
        ("Weekly limit reached ∙ resets Sunday, 11am", "2026-11-29T11:00"),
        # a whole moment
        ("spend limit reached (daily; resets 2026-11-23T00:00:00Z)", "2026-11-23T00:00"),
        ("spend limit reached (daily; resets 2026-11-23T00:00:00.000Z)", "2026-11-23T00:00"),
        ("spend limit reached (daily; resets 2026-11-23T02:00+02:00)", "2026-11-23T00:00"),
        ("spend limit reached (monthly; resets 2026-12-01)", "2026-12-01T00:00"),
        ("spend limit reached (daily; resets 2026-11-23 00:00 UTC)", "2026-11-23T00:00"),
        # a span
        ("limit reached, resets in 3 hours", "2026-11-22T15:00"),
        ("limit reached, resets in 2h 5m", "2026-11-22T14:05"),
        ("limit reached, resets in 2h5m", "2026-11-22T14:05"),
        ("limit reached, resets in 1 day, 2 hours and 3 minutes", "2026-11-23T14:03"),
        ("Rate limited. Please try again in 37 minutes.", "2026-11-22T12:37"),
        ("Rate limited, retry after 30 seconds", "2026-11-22T12:00:30"),
        ("Rate limited, retry in 1.5 s", "2026-11-22T12:00:01.500"),
        # Bedrock's quota of a day
        (
            "API Error: 429 Too many tokens per day, please wait before trying again.",
            "2026-11-23T00:00",
        ),
    ],
)
def test_a_wording_tells_when_the_limit_ends(text: str, ends: str) -> None:
    assert reset_time(text, at(SUNDAY)) == at(ends)
    assert reset_time(text.upper() if "/" not in text else text, at(SUNDAY)) == at(ends)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Prompt is too long",
        "the tests reset 3 times",
        "resets",
        "the limit resets",
        "it resets 3",
        "it resets 3 amps",
        "it resets 3:4pm",
        "it resets 3:75",
        "it resets 13pm",
        "it resets 0am",
        "it resets 25:00",
        "it resets 12:30:61",
        "he presets 3pm",
        "at 3pm (Europe/Rome)",
        "it resets monthly at 9am",
        "it resets market 3pm",
        "it resets Nov 31, 5am",
        "it resets Nov 5 files",
        "it resets Monday",
        "it resets 2026-13-01T00:00:00Z",
        "it resets in 3 tries",
        "it resets in 500ms",
        "try again in a minute",
        "try again later",
        "Too many tokens, please wait before trying again.",
        "Too many tokens per minute",
        "a quota of tokens per day",
        "Claude AI usage limit reached",
        "Claude AI usage limit reached|17",
        "Credit balance is too low",
        "You've reached your Opus limit. Run /usage-credits to go on.",
        "x" * 99_999 + " resets 3pm",
    ],
)
def test_other_words_tell_nothing(text: str) -> None:
    assert reset_time(text, at(SUNDAY)) is None


def test_a_text_without_end_is_read_in_no_time() -> None:
    for part in ("resets ", "resets in 1h", "resets Nov 1 ", "1h", "(", " "):
        begun = datetime.now(UTC)
        reset_time(f"resets in 3 {part * 9_999}", at(SUNDAY))
        assert datetime.now(UTC) - begun < timedelta(seconds=1)


# --- Which day, which zone


@pytest.mark.parametrize("zone", [None, ROME, ZoneInfo("Asia/Kathmandu")])
def test_each_minute_of_the_day_comes_within_a_day(zone: ZoneInfo | None) -> None:
    now = at(SUNDAY) + 7.5
    for minute in range(24 * 60):
        hour, rest = divmod(minute, 60)
        half = f"{(hour + 11) % 12 + 1}:{rest:02}{'am' if hour < 12 else 'pm'}"
        for clock in (half, f"{hour:02}:{rest:02}"):
            ends = reset_time(f"limit reached ∙ resets {clock}", now, zone)
            assert ends is not None
            shown = datetime.fromtimestamp(ends, zone or UTC)
            if ends == now:  # it has just passed
                shown -= timedelta(seconds=SLACK)
            else:
                assert now < ends <= now + DAY
                assert (shown.hour, shown.minute, shown.second) == (hour, rest, 0)


@pytest.mark.parametrize(
    ("text", "now", "ends"),
    [
        ("resets 3pm", "2026-11-22T15:00:00", "2026-11-22T15:00:00"),
        ("resets 3pm", "2026-11-22T15:01:59", "2026-11-22T15:01:59"),
        ("resets 3pm", "2026-11-22T15:02:01", "2026-11-23T15:00:00"),
        ("resets 11:59pm", "2026-11-23T00:00:30", "2026-11-23T00:00:30"),
        ("resets Nov 22, 3pm", "2026-11-22T15:01:00", "2026-11-22T15:01:00"),
        ("resets Sun 3pm", "2026-11-22T15:03:00", "2026-11-29T15:00:00"),
        ("resets 2026-11-22T15:00:00Z", "2026-11-22T15:01:00", "2026-11-22T15:01:00"),
    ],
)
def test_what_has_just_passed_is_now(text: str, now: str, ends: str) -> None:
    assert reset_time(text, at(now)) == at(ends)


@pytest.mark.parametrize(
    "text",
    [
        "resets Nov 21, 3pm",  # in a year, then
        "resets Mar 3 at 10am",
        "resets Nov 25, 2025, 3pm",
        "resets 2026-11-22T11:00:00Z",
        "resets 2099-01-01T00:00:00Z",
        "resets in 99999 days",
        "limit reached|1717171717",
        "limit reached|9999999999",
    ],
)
def test_a_moment_long_passed_or_far_ahead_tells_nothing(text: str) -> None:
    assert reset_time(text, at(SUNDAY)) is None


def test_a_month_ahead_is_not_far() -> None:
    assert reset_time("resets Dec 23, 12pm", at(SUNDAY)) == at("2026-12-23T12:00")
    assert FARTHEST > 31 * DAY


def test_a_date_of_the_next_year() -> None:
    assert reset_time("resets Jan 2, 5am", at("2026-12-30T12:00")) == at("2027-01-02T05:00")
    assert reset_time("resets Feb 29, 5am", at("2028-02-26T12:00")) == at("2028-02-29T05:00")
    assert reset_time("resets Feb 29, 5am", at("2027-02-26T12:00")) is None


def test_the_day_is_that_of_the_zone() -> None:
    """23:30 UTC is the next day in Rome, and 1am there is half an hour ahead."""
    now = at("2026-11-22T23:30")
    assert reset_time("resets 1am (Europe/Rome)", now) == at("2026-11-23T00:00")
    assert reset_time("resets Mon 1am (Europe/Rome)", now) == at("2026-11-23T00:00")


def test_the_zone_given_holds_where_none_is_said() -> None:
    assert reset_time("resets 3pm", at(SUNDAY), ROME) == at("2026-11-22T14:00")
    assert reset_time("resets 3pm (Mars/Olympus)", at(SUNDAY), ROME) == at("2026-11-22T14:00")
    assert reset_time("resets 2026-11-23", at(SUNDAY), ROME) == at("2026-11-22T23:00")
    assert reset_time("resets Nov 25, 5am", at(SUNDAY), ROME) == at("2026-11-25T04:00")
    # and only there
    assert reset_time("resets 3pm (UTC)", at(SUNDAY), ROME) == at("2026-11-22T15:00")
    assert reset_time("resets 3pm UTC", at(SUNDAY), ROME) == at("2026-11-22T15:00")
    assert reset_time("Too many tokens per day", at(SUNDAY), ROME) == at("2026-11-23T00:00")


# --- The two days of the year on which a clock is set


@pytest.mark.parametrize(
    ("clock", "now", "ends"),
    [
        # in Rome 02:00 became 03:00 on 2026-03-29
        ("3am", "2026-03-28T22:00+01:00", "2026-03-29T03:00+02:00"),
        ("2:30am", "2026-03-28T22:00+01:00", "2026-03-29T03:30+02:00"),  # there was no 2:30
        ("2:30am", "2026-03-29T04:00+02:00", "2026-03-30T02:30+02:00"),
        ("11pm", "2026-03-28T23:30+01:00", "2026-03-29T23:00+02:00"),
        # and 03:00 became 02:00 on 2026-10-25
        ("2:30am", "2026-10-25T01:00+02:00", "2026-10-25T02:30+02:00"),
        ("2:30am", "2026-10-25T02:40+02:00", "2026-10-25T02:30+01:00"),  # the second 2:30
        ("2:30am", "2026-10-25T02:40+01:00", "2026-10-26T02:30+01:00"),
        ("4am", "2026-10-24T23:00+02:00", "2026-10-25T04:00+01:00"),
    ],
)
def test_a_clock_that_is_set(clock: str, now: str, ends: str) -> None:
    assert reset_time(f"resets {clock} (Europe/Rome)", at(now)) == at(ends)


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_no_minute_raises_or_goes_astray_on_such_a_day(day: str) -> None:
    for hours in range(-12, 36, 5):
        now = at(day) + hours * 3_600 + 1
        for minute in range(0, 24 * 60, 7):
            clock = f"{minute // 60:02}:{minute % 60:02}"
            ends = reset_time(f"resets {clock} (Europe/Rome)", now)
            assert ends is not None and now <= ends <= now + 25 * 3_600
