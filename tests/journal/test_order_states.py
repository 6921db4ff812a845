"""An order goes only the ways that are listed, and leaves `unknown` by evidence alone."""

from __future__ import annotations

from itertools import product
from typing import Any, get_args

import pytest

from oracles.entries_made import MONDAY, made
from oracles.folding import folded
from tickwise.errors import JournalImpossible
from tickwise.journal.entries import (
    Accepted,
    Denied,
    Ended,
    Entry,
    Evidence,
    ExitIntent,
    Filled,
    Intent,
    Reduced,
    Sent,
    SessionOpened,
    Unknown,
)
from tickwise.journal.folds.order_states import EDGES, ENDED, Status, moved
from tickwise.journal.folds.orders import OrderRow

STATES = get_args(Status)


@pytest.mark.parametrize(("was", "now"), list(product(["", *STATES], STATES)))
def test_an_order_takes_listed_ways_and_no_others(was: str, now: Any) -> None:
    if now in EDGES[was]:
        assert moved("o", was, now) == now
    else:
        with pytest.raises(JournalImpossible, match=f"order o went from {was or 'nothing'} to {now}"):
            moved("o", was, now)


def test_every_state_but_a_denial_can_be_left_or_is_an_end() -> None:
    assert set(EDGES) == {"", *STATES}
    assert {state for state in STATES if not EDGES[state]} == {"denied"}
    assert "unknown" not in ENDED


OPENED = made(SessionOpened)
INTENT, SENT, UNKNOWN = made(Intent), made(Sent), made(Unknown)
PART = made(Filled, units=4_000)
GONE = (made(Evidence), made(Ended, status="never_received", mark=0))


def status(*entries: Entry) -> str:
    return next(row for row in folded(OPENED, *entries).all(OrderRow) if row.order == "s1-1").status


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([INTENT], "intended"),
        ([INTENT, SENT], "sent"),
        ([INTENT, made(Denied)], "denied"),
        ([INTENT, SENT, made(Accepted)], "accepted"),
        ([INTENT, SENT, UNKNOWN], "unknown"),
        ([INTENT, UNKNOWN], "unknown"),
        ([INTENT, SENT, UNKNOWN, UNKNOWN, made(Accepted)], "accepted"),
        ([INTENT, SENT, made(Filled)], "filled"),
        ([INTENT, made(Filled, by="core")], "filled"),
        ([INTENT, SENT, PART], "partly_filled"),
        ([INTENT, SENT, made(Filled, by="core", units=4_000)], "cancelled"),
        ([INTENT, SENT, PART, made(Ended, status="cancelled")], "cancelled"),
        ([INTENT, SENT, PART, made(Filled, execution="y", units=6_000, added=True)], "filled"),
        ([INTENT, SENT, made(Ended)], "rejected"),
        ([INTENT, SENT, UNKNOWN, *GONE], "never_received"),
    ],
)  # fmt: skip
def test_an_order_is_where_its_entries_leave_it(after: list[Entry], expected: str) -> None:
    assert status(*after) == expected


def test_a_lost_reply_leaves_the_order_unknown_and_working() -> None:
    row = folded(OPENED, INTENT, SENT, UNKNOWN).one(OrderRow)
    assert (row.status, row.is_working, row.ended_ts) == ("unknown", True, 0)
    assert (row.unknown_ts, row.says) == (MONDAY, "no reply within 5 s")


@pytest.mark.parametrize(
    "end",
    [
        made(Ended, status="never_received", mark=0),
        made(Ended, status="rejected", mark=0),
        made(Ended, status="cancelled", mark=0),
        made(Ended, status="rejected", by="core"),
        made(Filled, by="core"),
        made(Filled, execution=""),
    ],
)
def test_no_guess_of_ours_ends_what_is_unknown(end: Entry) -> None:
    with pytest.raises(JournalImpossible, match="s1-1 is unknown, and was ended without evidence"):
        folded(OPENED, INTENT, SENT, UNKNOWN, end)


def test_never_received_takes_evidence_whatever_the_mark() -> None:
    with pytest.raises(JournalImpossible, match="never received without evidence"):
        folded(OPENED, INTENT, SENT, UNKNOWN, made(Ended, status="never_received"))


def test_what_the_venue_fills_after_all_is_believed() -> None:
    late = made(Filled, ts=MONDAY + 5)
    found = folded(OPENED, INTENT, SENT, UNKNOWN, made(Evidence), made(Ended, status="never_received"), late)
    row = found.one(OrderRow)
    assert (row.status, row.filled, row.evidence) == (
        "filled",
        10_000,
        "not found from mark 100 to 140: not in the transactions",
    )


def test_a_part_of_an_order_never_received_works_after_all() -> None:
    gone = (made(Evidence), made(Ended, status="never_received"))
    row = folded(OPENED, INTENT, SENT, UNKNOWN, *gone, PART).one(OrderRow)
    assert (row.status, row.is_working, row.ended_ts) == ("partly_filled", True, 0)


@pytest.mark.parametrize("end", ["cancelled", "expired", "rejected"])
def test_a_fill_that_crosses_the_end_of_its_order_counts(end: str) -> None:
    row = folded(OPENED, INTENT, SENT, made(Ended, ts=MONDAY + 1, status=end), PART).one(OrderRow)
    assert (row.status, row.is_working, row.filled, row.ended_ts) == (end, False, 4_000, MONDAY + 1)
    assert status(INTENT, SENT, made(Ended, status=end), made(Filled)) == "filled"


def test_an_order_filled_beyond_what_was_asked_shows_it() -> None:
    more = made(Filled, execution="y", units=2_000, added=True)
    assert folded(OPENED, INTENT, SENT, made(Filled), more).one(OrderRow).filled == 12_000


@pytest.mark.parametrize(
    "after",
    [
        [SENT],
        [made(Filled)],
        [made(Ended)],
        [INTENT, INTENT],
        [INTENT, SENT, SENT],
        [INTENT, SENT, made(Denied)],
        [INTENT, made(Denied), SENT],
        [INTENT, made(Denied), made(Filled)],
        [INTENT, SENT, made(Ended), made(Ended)],
        [INTENT, SENT, made(Filled), made(Ended)],
        [INTENT, SENT, made(Filled), UNKNOWN],
        [INTENT, SENT, made(Accepted), made(Accepted)],
        [INTENT, made(Denied), made(Accepted)],
        [made(Accepted)],
        [INTENT, SENT, made(Ended), UNKNOWN],
    ],
    ids=lambda after: "-".join(type(each).__name__ for each in after),
)
def test_what_no_order_does_stops_the_journal(after: list[Entry]) -> None:
    with pytest.raises(JournalImpossible, match="order s1-1"):
        folded(OPENED, *after)


def test_an_acceptance_that_comes_after_the_fill_adds_the_name_alone() -> None:
    late = made(Accepted, ts=MONDAY + 7, mark=1)
    row = folded(OPENED, INTENT, SENT, made(Filled), late).one(OrderRow)
    assert (row.status, row.venue_order, row.accepted_ts, row.mark) == ("filled", "v1", MONDAY + 7, 102)


def test_setting_a_stop_and_cancelling_are_no_orders_of_their_own() -> None:
    moved_stop, cancel = made(Sent, order="p1", verb="set_stop"), made(Sent, verb="cancel")
    assert status(INTENT, SENT, made(Accepted), moved_stop, cancel) == "accepted"


def test_an_order_keeps_its_prices_and_times() -> None:
    entries = (
        made(Sent, ts=MONDAY + 1),
        made(Accepted, ts=MONDAY + 2),
        made(Filled, ts=MONDAY + 3, units=4_000),
        made(Filled, ts=MONDAY + 4, units=6_000, price=110_004, execution="y", added=True, mark=107),
    )
    assert folded(OPENED, INTENT, *entries).one(OrderRow) == OrderRow(
        order="s1-1",
        seq=2,
        session="s1",
        lane=0,
        bot="fast",
        instrument="EUR_USD",
        account="acc-1",
        is_exit=False,
        units=10_000,
        price=110_002,
        decided_ts=MONDAY,
        is_working=False,
        status="filled",
        strategy="fast_scalp",
        pocket="scalp",
        position="p1",
        bid=110_000,
        ask=110_002,
        stop=300,
        target=12,
        bound=110_005,
        score=0.75,
        risk=30_000_000,
        value=11_000_200_000,
        filled=10_000,
        fill_value=4_000 * 110_003 + 6_000 * 110_004,
        commission=100_000,
        sent_ts=MONDAY + 1,
        accepted_ts=MONDAY + 2,
        filled_ts=MONDAY + 4,
        ended_ts=MONDAY + 4,
        payload="5e4d",
        venue_order="v1",
        mark=107,
    )


def test_an_order_to_leave_fills_the_other_way() -> None:
    held = (INTENT, SENT, made(Filled))
    left = (made(ExitIntent), made(Sent, order="s1-2", verb="leave"), made(Reduced, units=4_000))
    row = folded(OPENED, *held, *left).all(OrderRow)[1]
    assert (row.order, row.is_exit, row.status) == ("s1-2", True, "partly_filled")
    assert (row.units, row.filled, row.reason) == (-10_000, -4_000, "time")
