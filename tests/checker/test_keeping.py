"""I25, I27, I31 and I39: each accepts a right run and rejects at least three wrong ones."""

from __future__ import annotations

import struct
from hashlib import sha256
from typing import Any

import msgspec
import pytest

from checker.case import Lease, Rules
from checker.keeping import chain_holds, one_holder, one_run_a_seed, time_in_order
from checker.traces import MONDAY, Story, told
from checker.world import SECOND, Row, Stored
from tickwise.journal import entries as j

NIGHT = MONDAY + 7 * 3600 * SECOND


def stored(rows: list[Row]) -> list[Stored]:
    """Store entries as a journal does."""
    before, kept = bytes(32), []
    for row in rows:
        body = msgspec.json.encode(row.entry)
        digest = sha256(before + struct.pack(">qi", row.seq, 1) + body).digest()
        kind = msgspec.json.decode(body)["kind"]
        kept.append(Stored(row.seq, kind, row.entry.ts, row.entry.event, 1, body, digest))
        before = digest
    return kept


def day() -> Story:
    return Story().opens().enters().exits()


def kept(story: Story | None = None, at: int = 0, anchor: Any = None, **said: Any):  # type: ignore[no-untyped-def]
    """Give a stored run with one stored entry changed."""
    story = story or day()
    rows = stored(story.rows)
    if said:
        rows[at] = rows[at]._replace(**said)
    return story.case(stored=tuple(rows), anchor=anchor)


def without(at: int):  # type: ignore[no-untyped-def]
    story = day()
    rows = stored(story.rows)
    del rows[at]
    return story.case(stored=tuple(rows))


def gap():  # type: ignore[no-untyped-def]
    story = day()
    del story.rows[4]
    return story.case()


I25 = {
    "an entry is missing": (lambda: without(5), "entry 7: entry 6 comes after 5, this does"),
    "an entry was altered": (
        lambda: kept(at=3, body=b'{"kind":"connection","ts":1,"event":1}'),
        "entry 4: its digest follows from all before it, it does not",
    ),
    "a time beside it was altered": (
        lambda: kept(at=3, ts=5),
        "entry 4: kind, time and event beside its bytes are those in them, they are others",
    ),
    "all was written anew": (
        lambda: kept(anchor=(3, b"other")),
        "entry 3: its digest is the one that was noted, it is another",
    ),
    "the end was cut": (
        lambda: kept(anchor=(99, b"head")),
        "entry 99: it was noted as written, the journal ends at 15",
    ),
    "numbers with a gap": (gap, "entry 6: entry 5 comes after 4, this does"),
}


@pytest.mark.parametrize(("case", "says"), I25.values(), ids=I25)
def test_i25_the_chain_holds(case, says):
    assert says in told(chain_holds(case()))


def test_i25_a_right_journal_is_accepted():
    rows = stored(day().rows)
    assert told(chain_holds(kept(anchor=(rows[7].seq, rows[7].digest)))) == []


@pytest.mark.parametrize(
    ("traces", "says"),
    [
        (("aa", "bb"), ["run 2: it has the trace aa of the first, not bb"]),
        (("aa", "aa", "bb"), ["run 3: it has the trace aa of the first, not bb"]),
        (
            ("aa", "bb", "cc"),
            [f"run {n}: it has the trace aa of the first, not {t}" for n, t in ((2, "bb"), (3, "cc"))],
        ),
        (("aa", "aa"), []),
        ((), []),
    ],
)  # fmt: skip
def test_i27_a_seed_is_one_run(traces, says):
    assert told(one_run_a_seed(Story().case(traces=traces))) == says


def leased(*leases: Lease, tokens: tuple[tuple[int, int], ...] = (), owner: str = "one"):  # type: ignore[no-untyped-def]
    story = day()
    for at in range(len(story.requests)):
        story.changes_request(at, owner=owner)
    return story.case(leases=leases, tokens=tokens)


ONE = Lease(MONDAY, MONDAY + 60 * SECOND, "one", 1)
TWO = Lease(MONDAY + 60 * SECOND, MONDAY + 120 * SECOND, "two", 2)

I31 = {
    "two at once": (
        leased(ONE, Lease(MONDAY + 30 * SECOND, MONDAY + 90 * SECOND, "two", 2)),
        "two: one process holds an account, one does until 2026-01-05 15:01:00.000000000",
    ),
    "one that lost it sends": (
        leased(ONE._replace(until=MONDAY + 10_000_000), TWO),
        "one: only who holds the account sends, this is a enter of another",
    ),
    "one that never held it sends": (
        leased(ONE, owner="ghost"),
        "ghost: only who holds the account sends, this is a enter of another",
    ),
    "an old one writes": (
        leased(ONE, TWO, tokens=((1, 1), (2, 2), (3, 1))),
        "entry 3: token 2 has written, 1 writes no more",
    ),
    "a writer without a lease": (
        leased(ONE, tokens=((1, 1), (2, 7))),
        "entry 2: only a holder writes, token 7 is none's",
    ),
    "a token used again": (
        leased(ONE, TWO._replace(token=1)),
        "two: a new holder has a token above 1, this has 1",
    ),
}


@pytest.mark.parametrize(("case", "says"), I31.values(), ids=I31)
def test_i31_one_process_holds_an_account(case, says):
    assert says in told(one_holder(case))


def test_i31_a_holder_may_renew_and_another_may_follow():
    renewed = Lease(MONDAY + 30 * SECOND, MONDAY + 60 * SECOND, "one", 1)
    assert told(one_holder(leased(ONE, renewed, TWO, tokens=((1, 1), (2, 1), (3, 2))))) == []


RULES = Rules(day_starts=(MONDAY - 17 * 3600 * SECOND, NIGHT))


def rolled(*rolls: int):  # type: ignore[no-untyped-def]
    return day().after(8 * 3600).case(RULES, rolls=rolls)


def backwards() -> Story:
    return day().changes(-1, ts=MONDAY)


I39 = {
    "time goes back": (
        lambda: backwards().case(),
        "entry 15: time never goes back, it does by 0.018 s",
    ),
    "events go back": (
        lambda: day().changes(-1, event=1).case(),
        "entry 15: event 14 was taken, 1 follows",
    ),
    "a day that does not begin": (lambda: rolled(), "trading day: it begins once, it did 0 times"),
    "a day that begins twice": (
        lambda: rolled(NIGHT, NIGHT + SECOND),
        "trading day: it begins once, it did 2 times",
    ),
    "a day at local midnight": (
        lambda: rolled(NIGHT, NIGHT + 7200 * SECOND),
        "trading day: a day begins when the calendar says so, this one did not",
    ),
    "a day that begins late": (
        lambda: rolled(NIGHT + 60 * SECOND),
        "trading day: it begins once, it did 0 times",
    ),
}


@pytest.mark.parametrize(("case", "says"), I39.values(), ids=I39)
def test_i39_time_is_in_order(case, says):
    assert says in told(time_in_order(case()))


def test_i39_a_right_run_is_accepted():
    assert told(time_in_order(rolled(NIGHT + SECOND // 2))) == []
    again = Story().opens().says(j.SessionRecovered, session="s1", snapshot_event=0, events_again=4)
    assert told(time_in_order(again.case())) == []
