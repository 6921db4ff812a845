"""Which entries people are told of, in which words, and about which instrument and bot."""

from __future__ import annotations

from pathlib import Path

from notify.told_journals import SECOND, told, written
from oracles.entries_made import INSTRUMENTS, LANES, MONDAY, made
from tickwise.journal import entries as j
from tickwise.journal.database import run_once
from tickwise.notify.follower import Follower

OPENED = ("Session", "s1 opened at oanda, practice: fast, slow", "", "")


def begun(*entries: j.Entry) -> list[j.Entry]:
    return [made(j.SessionOpened, MONDAY, venue="oanda", environment="practice"), *entries]


def test_a_fill_and_a_trade_are_told_as_a_person_counts_them(tmp_path: Path) -> None:
    path = written(tmp_path, *begun(made(j.Intent), made(j.Filled), made(j.Reduced), made(j.TradeBooked)))
    bought = "fast bought 10,000 EUR_USD at 1.10003, stop 1.09703, target 1.10015, 35 ms after the decision"
    assert told(path) == [
        OPENED,
        ("Filled", bought, "EUR_USD", "fast"),
        ("Trade ended", "fast left EUR_USD at 1.10013, time: +0.90 USD", "EUR_USD", "fast"),
    ]


def test_a_no_is_told_whoever_says_it_and_an_everyday_end_is_not(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *begun(
            made(j.Intent),
            made(j.Ended),
            made(j.Intent, order="s1-3"),
            made(j.Denied, order="s1-3"),
            made(j.Intent, order="s1-4"),
            made(j.Ended, order="s1-4", status="expired", reason="no_liquidity"),
        ),
    )
    assert told(path) == [
        OPENED,
        ("Order rejected", "fast EUR_USD: entry rejected, margin (INSUFFICIENT_MARGIN)", "EUR_USD", "fast"),
        ("Order not sent", "fast EUR_USD: entry was not sent: the price left its bound", "EUR_USD", "fast"),
    ]


def test_an_unknown_order_and_what_cleared_it_up_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, *begun(made(j.Intent), made(j.Sent), made(j.Unknown), made(j.Evidence)))
    unknown = "fast EUR_USD: nobody knows what became of order s1-1: no reply within 5 s"
    assert told(path) == [
        OPENED,
        ("Order unknown", unknown, "EUR_USD", "fast"),
        ("Unknown order cleared up", "order s1-1: not in the transactions", "EUR_USD", "fast"),
    ]


def test_a_connection_is_told_when_it_is_lost_and_when_it_is_back_but_not_while_it_starts(
    tmp_path: Path,
) -> None:
    said = {"stream": "prices", "instrument": ""}
    path = written(
        tmp_path,
        *begun(
            made(j.Connection, **said, live=False, why="starting"),
            made(j.Connection, **said, live=True, why="a price came"),
            made(j.Connection, **said, live=False, why="nothing came for 10.0 s"),
            made(j.Connection, stream="prices", instrument="USD_JPY", live=False, why="silent for 40 s"),
        ),
    )
    assert told(path) == [
        OPENED,
        ("Connection back", "prices: a price came", "", ""),
        ("Connection lost", "prices: nothing came for 10.0 s", "", ""),
        ("Connection lost", "prices USD_JPY: silent for 40 s", "USD_JPY", ""),
    ]


def test_what_stops_trading_is_told_with_who_did_it_and_why(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        *begun(
            made(j.SwitchTripped, switch="breaker", account="acc-1", instrument="EUR_USD", failures=5,
                 until=MONDAY + 300 * SECOND),
            made(j.SwitchTripped, switch="kill", account="acc-1", instrument="", failures=9, until=0),
            made(j.DayLost, account="acc-1", equity=9_699_000_000, floor=9_700_000_000),
            made(j.Switched, switch="halt", scope="account", name="acc-1", on=True, reason="odd", actor="me"),
            made(j.Switched, switch="kill", scope="house", name="", on=True, reason="", actor="guardian"),
            made(j.Switched, switch="halt", scope="account", name="acc-1", on=False, reason="", actor="me"),
        ),
    )  # fmt: skip
    breaker = "EUR_USD: 5 failures in a row; it closes again by itself"
    assert told(path)[1:] == [
        ("Breaker opened", breaker, "EUR_USD", ""),
        ("Kill switch tripped", "account acc-1: 9 failures; it stays so until somebody resumes", "", ""),
        ("Day lost", "account acc-1: equity 9,699.00 USD, floor 9,700.00 USD; no entries", "", ""),
        ("Stopped", "halt of account acc-1 on by me: odd", "", ""),
        ("Stopped", "kill on by guardian: no reason given", "", ""),
        ("Switched", "halt of account acc-1 off by me: no reason given", "", ""),
    ]


def test_what_needs_a_person_is_told(tmp_path: Path) -> None:
    foreign = {"venue_id": "77", "account": "acc-1", "instrument": "USD_JPY", "units": 500, "price": 150_000}
    path = written(
        tmp_path,
        *begun(
            made(j.Intent),
            made(j.Filled),
            made(j.StopSet, position="p1", lane=0, stop=109_703, target=0, refused="STOP_TOO_NEAR"),
            made(j.Alarm, level="critical", what="no_stop", says="p1: no stop at the broker"),
            made(j.Alarm, level="warning", what="hole", says="40 s of prices are missing"),
            made(j.Failure, where="strategy", account="", instrument="EUR_USD", lane=0, says="it raised"),
            made(j.ForeignSeen, **foreign, open_by=1),
            made(j.ForeignSeen, **foreign),
            made(j.Reconciled, account="acc-1", mark=9),
            made(j.Reconciled, account="acc-1", mark=9, differences=("p1 is 500 there", "one order more")),
            made(j.CommandEnded, command="c1", actor="me", verb="close", status="FAILED", result="no answer"),
            made(j.CommandEnded, command="c2", actor="me", verb="pause", status="REFUSED", result="unsigned"),
            made(j.SessionClosed, session="s1", reason="signal", decision_digest="d1"),
        ),
    )
    assert told(path)[2:] == [
        ("Stop refused", "fast EUR_USD: p1: STOP_TOO_NEAR", "EUR_USD", "fast"),
        ("Alarm", "no stop: p1: no stop at the broker", "", ""),
        ("Warning", "hole: 40 s of prices are missing", "", ""),
        ("Failure", "strategy: it raised", "EUR_USD", "fast"),
        ("Not ours at the venue", "position 77, USD_JPY in account acc-1, is there", "USD_JPY", ""),
        ("Our book and the venue's differ", "account acc-1: p1 is 500 there; one order more", "", ""),
        ("Command failed", "close by me: failed, no answer", "", ""),
        ("Command failed", "pause by me: refused, unsigned", "", ""),
        ("Session", "s1 ended: signal", "", ""),
    ]


def test_nothing_of_a_session_on_a_tape_is_told(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        made(j.SessionOpened, session="t1", venue="tape:x.parquet"),
        made(j.Intent),
        made(j.Filled),
        made(j.SessionClosed, session="t1", reason="end", decision_digest="d"),
        *begun(),
    )
    assert told(path) == [OPENED]


def test_entries_after_a_restart_are_told_with_the_names_that_hold_there(tmp_path: Path) -> None:
    """A reload before the place where reading goes on put another bot into lane 0."""
    lanes = (j.LaneRow("night", "fade", "USD_JPY", "acc-1", "scalp"), *LANES[1:])
    path = written(
        tmp_path,
        *begun(
            made(j.Intent),
            made(j.Reloaded, configs=(), changed=("night",), lanes=lanes, instruments=INSTRUMENTS),
            made(j.Denied),
            made(j.Reloaded, configs=(), changed=("fast",), lanes=LANES),
        ),
    )
    follower = Follower(3)
    (notice,) = run_once(path, follower.read).notices
    assert (notice.seq, notice.says, notice.bot, notice.instrument, follower.after) == (
        4,
        "night USD_JPY: entry was not sent: the price left its bound",
        "night",
        "USD_JPY",
        5,
    )
