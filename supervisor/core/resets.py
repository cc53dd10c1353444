"""reset_time(text, at) -> when a usage limit ends, by the words that Claude Code shows.

The wordings are those of anthropics/claude-code's issues (#2087, #9236, #52575, #55147 …),
of gateways with a spend limit and of Bedrock's quotas. Most name a clock time and no date,
so the time of the entry that says them is the base. The text is to be that of an error entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

READ = 2_000  # characters; the words stand at the beginning
SLACK = 120.0  # s; a time that has passed by no more is now: clocks differ, minutes are cut off
FARTHEST = 40 * 86_400.0  # s; a monthly limit is the longest
MONTHS = (
    "january february march april may june july august september october november december"
).split()
WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday".split()


def _any(names: list[str]) -> str:
    return "|".join(f"{name[:3]}(?:{name[3:]})?" for name in names)


RESETS = r"\bresets?(?:\s+(?:at|on))?:?\s+"
CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])(?=:|\s*[ap]\.?m\b)(?::(?P<minute>[0-5]\d))?"
    r"(?:\s*(?P<half>[ap])\.?m\b)?(?![\w:])"
)
ZONE = r"(?:\.?\s*\((?P<zone>[^()]{1,60})\)|\s+(?P<utc>UTC|GMT)\b)?"
EPOCH = re.compile(r"\blimit reached\|(\d{10})(\d{3})?\b", re.IGNORECASE)  # s or ms
INSTANT = re.compile(
    RESETS + r"(20\d\d-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?)?)"
    r"(?:\s?(Z|UTC|[+-]\d\d:?\d\d))?(?![\w:])",
    re.IGNORECASE,
)
UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0}
SPAN = (
    r"(\d{1,6}(?:\.\d{1,3})?)\s*"
    r"(d|days?|h|hrs?|hours?|m|mins?|minutes?|s|secs?|seconds?)(?![a-z])"
)
AFTER = re.compile(
    r"\b(?:resets?\s+in|(?:try\s+again|retry)\s+(?:in|after))\s+"
    rf"({SPAN}(?:,?\s*(?:and\s+)?{SPAN}){{0,3}})",
    re.IGNORECASE,
)
ON_DATE = re.compile(
    rf"{RESETS}(?P<month>{_any(MONTHS)})\s+(?P<day>\d{{1,2}})(?:,?\s+(?P<year>20\d\d))?"
    rf"(?:,?\s+(?:at\s+)?{CLOCK}|(?!\s*[\w:])){ZONE}",
    re.IGNORECASE,
)
ON_WEEKDAY = re.compile(
    rf"{RESETS}(?P<weekday>{_any(WEEKDAYS)}),?\s+(?:at\s+)?{CLOCK}{ZONE}", re.IGNORECASE
)
AT_CLOCK = re.compile(RESETS + CLOCK + ZONE, re.IGNORECASE)
PER_DAY = re.compile(r"\btoo many (?:tokens|requests) per day\b", re.IGNORECASE)  # Bedrock's


def reset_time(text: str, at: float, zone: tzinfo | None = None) -> float | None:
    """When the limit that `text` tells of ends, None if it does not say; raises nothing.

    `at` (the time of the entry) and the result are seconds since the epoch; the result is
    never before `at`. `zone` holds where the text names none, or one that is unknown; UTC
    by default. A moment that has long passed or is over 40 days ahead tells nothing.
    """
    said, zone = text[:READ], zone or UTC
    for rule in (_epoch, _instant, _after, _on_date, _on_weekday, _at_clock, _per_day):
        told = rule(said, at, zone)
        if told is not None:
            return max(at, told) if at - SLACK <= told <= at + FARTHEST else None
    return None


def _epoch(said: str, at: float, zone: tzinfo) -> float | None:
    found = EPOCH.search(said)
    return float(found[1]) + float(found[2] or 0) / 1000 if found else None


def _instant(said: str, at: float, zone: tzinfo) -> float | None:
    found = INSTANT.search(said)
    if not found:
        return None
    stamp = found[1] if ":" in found[1] else f"{found[1]}T00:00"
    offset = (found[2] or "").upper().replace("UTC", "Z")
    try:
        moment = datetime.fromisoformat(stamp + offset)
    except ValueError:
        return None
    return (moment if offset else moment.replace(tzinfo=zone)).timestamp()


def _after(said: str, at: float, zone: tzinfo) -> float | None:
    found = AFTER.search(said)
    if not found:
        return None
    spans = re.findall(SPAN, found[1], re.IGNORECASE)
    return at + sum(float(number) * UNITS[unit[0].lower()] for number, unit in spans)


def _on_date(said: str, at: float, zone: tzinfo) -> float | None:
    found = ON_DATE.search(said)
    if not found:
        return None
    zone = _zone(found, zone)
    now = datetime.fromtimestamp(at, zone).year
    month = [name[:3] for name in MONTHS].index(found["month"][:3].lower()) + 1
    years = [int(found["year"])] if found["year"] else [now - 1, now, now + 1]
    days = (_day(year, month, int(found["day"])) for year in years)
    return _next((day for day in days if day), _clock(found), at, zone)


def _on_weekday(said: str, at: float, zone: tzinfo) -> float | None:
    found = ON_WEEKDAY.search(said)
    if not found:
        return None
    zone = _zone(found, zone)
    weekday = [name[:3] for name in WEEKDAYS].index(found["weekday"][:3].lower())
    days = (day for day in _days(at, zone, 9) if day.weekday() == weekday)
    return _next(days, _clock(found), at, zone)


def _at_clock(said: str, at: float, zone: tzinfo) -> float | None:
    found = AT_CLOCK.search(said)
    if not found:
        return None
    zone = _zone(found, zone)
    return _next(_days(at, zone, 3), _clock(found), at, zone)


def _per_day(said: str, at: float, zone: tzinfo) -> float | None:
    return at - at % 86_400 + 86_400 if PER_DAY.search(said) else None


def _zone(found: re.Match[str], zone: tzinfo) -> tzinfo:
    if found["utc"]:
        return UTC
    try:
        return ZoneInfo(found["zone"].strip()) if found["zone"] else zone
    except (KeyError, ValueError, OSError):  # unknown, no name at all, a folder of zones
        return zone


def _clock(found: re.Match[str]) -> time | None:
    """Midnight if none is said, None if there is no such time."""
    hour, half = int(found["hour"] or 0), (found["half"] or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half == "p" else 0)
    return time(hour, int(found["minute"] or 0))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _days(at: float, zone: tzinfo, count: int) -> Iterator[date]:
    """Yesterday and the days after it, `count` in all."""
    today = datetime.fromtimestamp(at, zone).date()
    return (today + timedelta(days=number) for number in range(-1, count - 1))


def _next(days: Iterable[date], clock: time | None, at: float, zone: tzinfo) -> float | None:
    """The first moment on these days when the clock shows this, but for those passed."""
    if clock is None:
        return None
    moments = (moment for day in days for moment in _moments(datetime.combine(day, clock), zone))
    return min((moment for moment in moments if moment >= at - SLACK), default=None)


def _moments(wall: datetime, zone: tzinfo) -> list[float]:
    """When the clocks of a zone show a (naive) time: once, or twice where they are set back.

    Where they are set forward over it: once, as if they had not been yet.
    """
    told = [wall.replace(tzinfo=zone, fold=fold).timestamp() for fold in (0, 1)]
    shown = [
        each for each in told if datetime.fromtimestamp(each, zone).replace(tzinfo=None) == wall
    ]
    return shown or told[:1]
