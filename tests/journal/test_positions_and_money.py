"""Positions are the sum of their fills; every execution counts once, and money on the day it was filled."""

from __future__ import annotations

import pytest

from oracles.entries_made import MONDAY, made
from oracles.folding import folded
from tickwise.errors import JournalImpossible
from tickwise.journal.entries import (
    Adopted,
    BalanceSeen,
    DayLost,
    Entry,
    ExitIntent,
    Filled,
    ForeignSeen,
    Intent,
    Reconciled,
    Reduced,
    Sent,
    SessionOpened,
    StopIntent,
    StopSet,
    TradeBooked,
)
from tickwise.journal.folds.accounts import AccountDay, AccountRow
from tickwise.journal.folds.daily import DailyRow
from tickwise.journal.folds.fills import FillRow
from tickwise.journal.folds.positions import ForeignRow, PositionRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.folds.trading_day import trading_day

HOUR = 3_600_000_000_000
BEGUN = (made(SessionOpened), made(Intent), made(Sent))
HELD = (*BEGUN, made(Filled, ts=MONDAY + 1))


def test_a_position_is_the_sum_of_its_fills() -> None:
    more = made(Filled, ts=MONDAY + 2, execution="y", units=5_000, price=110_006, added=True, stop=0)
    left = made(Reduced, ts=MONDAY + 3, order="", units=9_000, gross=700_000, financing=-3, reason="stop")
    assert folded(*HELD, more, left).one(PositionRow) == PositionRow(
        position="p1",
        seq=4,
        session="s1",
        order="s1-1",
        lane=0,
        bot="fast",
        strategy="fast_scalp",
        instrument="EUR_USD",
        account="acc-1",
        pocket="scalp",
        is_adopted=False,
        units=6_000,
        entry_units=15_000,
        entry_value=10_000 * 110_003 + 5_000 * 110_006,
        opened_ts=MONDAY + 1,
        changed_ts=MONDAY + 3,
        stop=109_703,
        target=110_015,
        protected_ts=MONDAY + 1,
        exit_units=9_000,
        exit_value=9_000 * 110_013,
        gross=700_000,
        commission=150_000,
        financing=-3,
        pnl=700_000 - 150_000 - 3,
        reason="stop",
    )


def test_a_position_closes_when_nothing_is_left_and_rests_nowhere() -> None:
    row = folded(*HELD, made(Reduced, ts=MONDAY + 9), made(TradeBooked, reason="break_even")).one(PositionRow)
    assert (row.is_open, row.units, row.closed_ts) == (False, 0, MONDAY + 9)
    assert (row.stop, row.target, row.protected_ts, row.reason) == (0, 0, 0, "break_even")


def test_a_position_says_since_when_it_is_protected_or_that_it_is_not() -> None:
    gone = made(StopSet, ts=MONDAY + 2, position="p1", lane=0, stop=0, target=0)
    again = made(StopSet, ts=MONDAY + 5, position="p1", lane=0, stop=109_800, target=0)
    wanted = made(
        StopIntent,
        position="p1",
        lane=0,
        bot="fast",
        instrument="EUR_USD",
        account="acc-1",
        stop=109_800,
        reason="trailing",
    )
    refused = made(StopSet, position="p1", lane=0, stop=0, target=0, refused="too close")
    assert folded(*HELD, gone).one(PositionRow).protected_ts == 0
    row = folded(*HELD, gone, wanted, again, refused).one(PositionRow)
    assert (row.protected_ts, row.stop, row.stop_wanted, row.stop_refused) == (
        MONDAY + 5,
        109_800,
        109_800,
        "too close",
    )


@pytest.mark.parametrize(
    "entry",
    [
        made(Filled, execution="y"),
        made(Filled, execution="y", units=-1, added=True),
        made(Filled, execution="y", position="p2", added=True),
        made(Reduced, units=10_001),
        made(Reduced, units=-1),
        made(Reduced, units=0),
        made(Reduced, position="p2"),
        made(Adopted, venue_id="f", position="p1", lane=0, units=1, price=1, stop=0, target=0),
    ],
)
def test_what_no_position_does_stops_the_journal(entry: Entry) -> None:
    with pytest.raises(JournalImpossible, match="position p"):
        folded(*HELD, entry)


def test_an_execution_is_counted_once_whoever_tells_of_it_again() -> None:
    with pytest.raises(JournalImpossible, match="execution x1 in acc-1 was filled already"):
        folded(*HELD, made(Filled, units=5, added=True))


def test_a_closed_position_may_be_opened_again_by_a_late_fill() -> None:
    late = made(Filled, execution="y", units=2_000)
    row = folded(*HELD, made(Reduced), late).one(PositionRow)
    assert (row.is_open, row.units, row.entry_units) == (True, 2_000, 2_000)


def test_a_foreign_position_is_seen_until_it_is_adopted_or_gone() -> None:
    seen = made(ForeignSeen, venue_id="f1", account="acc-1", instrument="EUR_USD", units=500, price=110_000)
    adopted = made(Adopted, venue_id="f1", position="p7", lane=0, units=500, price=110_000, stop=0, target=0)
    begun = made(SessionOpened)
    assert folded(begun, seen).one(ForeignRow) == ForeignRow(
        "acc-1", "f1", 2, "EUR_USD", 500, 110_000, MONDAY, ""
    )
    found = folded(begun, seen, adopted)
    assert found.one(ForeignRow).adopted_as == "p7"
    row = found.one(PositionRow)
    assert (row.position, row.is_adopted, row.bot, row.units, row.protected_ts) == (
        "p7",
        True,
        "fast",
        500,
        0,
    )


def test_a_position_of_an_earlier_session_goes_on_in_the_lane_it_has_now() -> None:
    goes_on = made(Adopted, venue_id="v", position="p1", lane=2, units=10_000, price=110_003,
                   stop=109_800, target=0, was_foreign=False)  # fmt: skip
    row = folded(*HELD, made(SessionOpened, session="s2"), goes_on).one(PositionRow)
    assert (row.session, row.lane, row.bot, row.units, row.stop) == ("s2", 2, "slow", 10_000, 109_800)
    assert (row.seq, row.opened_ts, row.entry_value) == (4, MONDAY + 1, 10_000 * 110_003)
    assert row.venue_position == "v"


def test_what_the_core_fills_it_counts_anew_in_each_session() -> None:
    filled = made(Filled, by="core", order="s2-1", position="p2")
    again = (made(SessionOpened, session="s2"), made(Intent, order="s2-1"), filled)
    rows = folded(*BEGUN, made(Filled, by="core"), *again).all(FillRow)
    assert [row.execution for row in rows] == ["s1 x1", "s2 x1"]


def test_fills_keep_who_when_and_at_what_price_it_was_decided() -> None:
    entries = (*HELD, made(ExitIntent), made(Reduced))
    entered, left = folded(*entries).all(FillRow)
    assert entered == FillRow(
        account="acc-1",
        execution="x1",
        seq=4,
        ts=MONDAY + 1,
        session="s1",
        order="s1-1",
        position="p1",
        lane=0,
        bot="fast",
        strategy="fast_scalp",
        instrument="EUR_USD",
        pocket="scalp",
        is_exit=False,
        units=10_000,
        price=110_003,
        decided_price=110_002,
        gross=0,
        commission=50_000,
        financing=0,
        balance=9_999_950_000,
        mark=102,
        latency_ns=35_000_000,
        reason="",
    )
    assert (left.units, left.is_exit, left.decided_price, left.gross) == (-10_000, True, 110_010, 1_000_000)


def test_a_trade_stands_on_the_day_of_its_exit() -> None:
    row = folded(*HELD, made(TradeBooked)).one(TradeRow)
    assert (row.seq, row.day, row.session, row.pnl) == (5, "2026-01-05", "s1", 900_000)


def test_money_belongs_to_the_day_of_its_fill_and_the_sums_agree() -> None:
    night = MONDAY + 8 * HOUR
    trade = made(TradeBooked, ts=night, exit_ts=night)
    monday, tuesday = folded(*HELD, made(Reduced, ts=night), trade).all(DailyRow)
    key = ("acc-1", "fast", "fast_scalp", "EUR_USD")
    assert monday == DailyRow("s1", "2026-01-05", *key, fills=1, commission=50_000, pnl=-50_000)
    assert tuesday == DailyRow(
        "s1",
        "2026-01-06",
        *key,
        fills=1,
        trades=1,
        wins=1,
        gross=1_000_000,
        commission=50_000,
        pnl=950_000,
    )
    assert monday.pnl + tuesday.pnl == trade.pnl


@pytest.mark.parametrize(
    ("utc", "day"),
    [
        ("2026-01-05T21:59:59", "2026-01-05"),
        ("2026-01-05T22:00:00", "2026-01-06"),
        ("2026-01-04T22:00:00", "2026-01-05"),
        ("2026-03-08T20:59:59", "2026-03-08"),
        ("2026-03-08T21:00:00", "2026-03-09"),
        ("2026-07-01T21:00:00", "2026-07-02"),
        ("2026-11-01T21:59:59", "2026-11-01"),
        ("2026-11-01T22:00:00", "2026-11-02"),
    ],
)
def test_the_trading_day_turns_at_five_in_the_afternoon_in_new_york(utc: str, day: str) -> None:
    import numpy as np

    assert trading_day(int(np.datetime64(utc, "ns").astype("int64"))) == day


def test_the_trading_day_turns_where_the_calendar_says() -> None:
    from tickwise.market_data.calendars.trading_day import trading_days

    for turn in trading_days(MONDAY, MONDAY + 2 * 366 * 24 * HOUR).tolist():
        assert trading_day(turn - 1) < trading_day(turn) == trading_day(turn + HOUR)


def test_an_account_shows_what_was_last_seen_of_it() -> None:
    entries = (
        made(BalanceSeen, ts=MONDAY, account="acc-1", balance=100, flow=100, why="deposit", mark=7),
        made(BalanceSeen, ts=MONDAY + 1, account="acc-1", balance=90, flow=-10, why="financing", mark=9),
        made(DayLost, ts=MONDAY + 2, account="acc-1", equity=80, floor=85),
        made(Reconciled, ts=MONDAY + 3, account="acc-1", mark=8, differences=("a", "b")),
    )
    found = folded(made(SessionOpened), *entries)
    assert found.one(AccountRow) == AccountRow(
        realm="paper paper",
        account="acc-1",
        seq=5,
        session="s1",
        balance=90,
        flow=90,
        mark=9,
        balance_ts=MONDAY + 1,
        reconciled_ts=MONDAY + 3,
        reconciled_mark=8,
        differences="a\nb",
        lost_day="2026-01-05",
    )
    assert found.one(AccountDay) == AccountDay(
        "paper paper",
        "2026-01-05",
        "acc-1",
        100,
        90,
        flow=90,
        is_lost=True,
        lost_ts=MONDAY + 2,
        equity=80,
        floor=85,
    )


def test_a_tape_that_is_played_moves_no_balance_of_a_venue() -> None:
    seen = {"account": "acc-1", "flow": 0, "why": "opening"}
    taped = {"venue": "tape:/t", "session": "s2"}
    entries = (
        made(SessionOpened),
        made(BalanceSeen, **seen, balance=100),
        made(SessionOpened, **taped),
        made(BalanceSeen, **seen, balance=7),
        made(DayLost, account="acc-1", equity=1, floor=2),
        made(SessionOpened, **{**taped, "session": "s3"}),
        made(BalanceSeen, **seen, balance=8),
    )
    found = folded(*entries)
    balances = {row.realm: (row.balance, row.lost_day) for row in found.all(AccountRow)}
    assert balances == {
        "paper paper": (100, ""),
        "session s2": (7, "2026-01-05"),
        "session s3": (8, ""),
    }
    assert [row.is_lost for row in found.all(AccountDay)] == [False, True, False]
