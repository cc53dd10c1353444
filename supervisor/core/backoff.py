"""How long to wait before the next try: 2 s, doubling, 60 s at the most, with jitter.

The numbers are those of the trusted supervisors (Kubernetes doubles, Nomad adds up to a
quarter by chance); chance is a parameter, so that a test can throw the dice.
"""

from __future__ import annotations

FIRST = 2.0  # s
LONGEST = 60.0  # s
JITTER = 0.25  # of the delay, added


def duration(seconds: float) -> str:
    """For a person: "2.3 s", "4 min 10 s", "3 h 5 min"."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def delay(waits: int, chance: float) -> float:
    """Seconds to wait after `waits` waits in vain; `chance` is from 0 to 1."""
    doublings = min(waits, 16)
    return float(min(LONGEST, FIRST * 2**doublings * (1.0 + JITTER * chance)))


def probe_delay(probes: int) -> float:
    """Seconds before the next request that only asks whether credentials are good again.

    Half a minute, then five times as long each: five of them last six hours, for each is a
    request that credentials which stay dead have to answer.
    """
    return 30.0 * 5.0 ** min(probes, 16)
