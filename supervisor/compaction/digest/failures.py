"""What failed: calls, the lines that say why, and the tests as they were last seen."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..record import Call

TELLING = re.compile(
    r"error\b|exception|fail(?:ed|ure|s)?\b|fatal|panic|cannot|can't|could not|denied|not found"
    r"|no such|refused|undefined|unexpected|invalid|mismatch|timed? ?out|traceback|assert|abort"
    r"|unable|missing|conflict|rejected|violat|killed|out of memory|segfault|unresolved"
    r"|forbidden|unauthori[sz]ed|overflow|exceed|unknown|\bmust |\b[A-Z]{1,4}\d{3,5}:|^E  ",
    re.IGNORECASE,
)
# An output that was not flagged and yet tells of a failure, by how its lines begin.
UNFLAGGED = re.compile(
    r"^(?:Traceback \(most recent|(?:\w+\.)*\w*(?:Error|Exception)\b:?|error(?:\[\w+\])?:|ERROR\b"
    r"|FAILED\b|FAIL\b|fatal:|panic:|make: \*\*\*|npm ERR!|\S+: command not found|E   )",
    re.MULTILINE,
)
NAMED = re.compile(
    r"(?:E\s+|>\s*|\[?)(?:\w+\.)*\w*(?:Error|Exception|Failure|Fault|Panic)\b|(?:\w+\.)*\w*(?:Error"
    r"|Exception)\b|error\b|ERROR\b|fatal:|FAILED\b|panic:|Error response"
)
EXIT = re.compile(r"^\s*Exit code (\d+)\s*")
FAILED_TEST = re.compile(
    r"^(?:FAILED|ERROR)\s+(?P<pytest>\S+::\S+|\S+\.py)"
    r"|^\s*--- FAIL: (?P<go>\S+)"
    r"|^test (?P<cargo>\S+) \.\.\. FAILED"
    r"|^\s*(?:●|✕|✖|✗|×)\s+(?P<jest>\S.{2,100}?)(?:\s+\(\d+ ?ms\))?$"
    r"|^not ok \d+ -? ?(?P<tap>.{2,100})$",
    re.MULTILINE,
)
COUNTS = re.compile(
    r"^.*\b\d+ (?:passed|failed|failing|passing|errors?)\b.*$|^test result: .*$"
    r"|^(?:ok|FAIL)\s+\S+\t.*$"
    r"|^Tests:.*$|^FAILED \(.*\)$|^OK(?: \(.*\))?$",
    re.MULTILINE,
)
BAD = re.compile(r"\b[1-9]\d* (?:failed|failing|errors?)\b|\bFAILED\b|^FAIL\b", re.MULTILINE)
RUNNERS = re.compile(
    r"\b(?:pytest|unittest|tox|nox|jest|vitest|mocha|(?:npm|yarn|pnpm)\s+(?:run\s+)?test|go test"
    r"|cargo (?:test|nextest)|ctest|rspec|phpunit|gradlew? test|mvn\b.*\btest|make (?:test|check)"
    r"|dotnet test|bazel test|playwright test|cypress run)\b"
)
LONGEST = 240  # characters of a line


@dataclass(frozen=True, slots=True)
class Run:
    """A run of tests: the command, its last line of counts, and the tests that failed."""

    command: str
    at: int
    told: str
    failing: tuple[str, ...]
    passed: bool


def is_failure(call: Call) -> bool:
    """Whether a call went wrong, flagged or by the words of a command's output."""
    if call.wrong is None:
        call.wrong = call.failed or (
            call.name == "Bash"
            and call.result is not None
            and any(map(UNFLAGGED.search, (call.result.head, call.result.tail)))
        )
    return call.wrong


def telling_lines(output: str, most: int = 2) -> list[str]:
    """The lines of an output that say what went wrong, in their order; none where none does."""
    lines = [line.strip() for line in EXIT.sub("", output).splitlines() if line.strip()]
    if len(lines) == 1:
        return [lines[0][:LONGEST]]
    worths = [_tells(line) for line in lines]
    best = max(worths, default=0.0)
    if best == 0.0:
        return []
    good = [at for at, worth in enumerate(worths) if worth >= max(2.0, best - 0.6)]
    return list(dict.fromkeys(lines[at][:LONGEST] for at in good[-most:]))


def _tells(line: str) -> float:
    if not TELLING.search(line):
        return 0.0
    if NAMED.match(line):
        return 4.0
    return 2.5 if len(line) > 20 else 2.0


def last_failure(calls: Sequence[Call]) -> Call | None:
    """The last call that went wrong, unless the same call has passed since."""
    passed: set[tuple[str, str]] = set()
    for call in reversed(calls):
        if is_failure(call):
            if (call.name, call.brief) in passed:
                return None
            return call
        if call.result is not None:
            passed.add((call.name, call.brief))
    return None


def test_runs(calls: Sequence[tuple[int, Call]]) -> list[Run]:
    """Each command that runs tests with its last outcome, the last one last."""
    found: dict[str, Run] = {}
    for at, call in calls:
        if call.name != "Bash" or call.result is None or not RUNNERS.search(call.brief):
            continue
        output = str(call.result)
        counts = COUNTS.findall(output)
        failing = tuple(
            dict.fromkeys(
                next(filter(None, match.groups())) for match in FAILED_TEST.finditer(output)
            )
        )
        if not counts and not failing and not call.failed:
            continue
        told = counts[-1].strip(" =\t")[:LONGEST] if counts else ""
        bad = call.failed or bool(failing) or bool(BAD.search(told))
        found.pop(call.brief, None)
        if not bad and not re.search(r"[\w/]+\.\w+|::", call.brief.partition(" ")[2]):
            found.clear()  # the whole suite has passed
        found[call.brief] = Run(call.brief, at, told, failing, not bad)
    return list(found.values())
