"""The daily summary: what the last 24 hours brought, by whom, and why not more."""

from __future__ import annotations

from pathlib import Path

import pytest

from notify.told_journals import SECOND, written
from oracles.entries_made import MONDAY, made
from tickwise.journal import entries as j
from tickwise.journal.database import run_once
from tickwise.notify.summary import due_at, summary_of

DAY = 86_400 * SECOND
MIDNIGHT = MONDAY // DAY * DAY


def traded(k: int, pnl: int, ts: int = MONDAY, **said: object) -> list[j.Entry]:
    """Give the entries of one trade, from the intent to flat."""
    names = {"order": f"s1-{k}", "position": f"p{k}"}
    lane = 2 if said.get("bot") == "slow" else 0
    times = {"entry_ts": ts, "exit_ts": ts + 4 * SECOND}
    return [
        made(j.Intent, ts, order=f"s1-{k}", lane=lane, **said),
        made(j.Filled, ts, **names, lane=lane, execution=f"x{k}"),
        made(j.Reduced, ts, **{**names, "order": ""}, lane=lane, execution=f"y{k}"),
        made(j.TradeBooked, ts, position=f"p{k}", lane=lane, pnl=pnl, **times, **said),
    ]


def told(path: Path, due: int) -> list[str]:
    return [each.says for each in run_once(path, lambda connection: summary_of(connection, due))]


def opened(**said: object) -> j.Entry:
    return made(j.SessionOpened, MONDAY - 3 * DAY, **{"venue": "oanda", "environment": "practice", **said})


SLOW = {"bot": "slow", "strategy": "pullback", "account": "acc-2", "pocket": "trend"}


def test_it_tells_trades_net_the_best_and_the_worst_strategy_and_what_refused_signals(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        opened(),
        *traded(1, 99_000_000, MONDAY - 2 * DAY),
        *traded(2, 900_000),
        *traded(3, -2_400_000, **SLOW),
        *traded(4, 600_000),
        made(j.Counted),
        *traded(5, 77_000_000, MIDNIGHT + DAY),
    )
    assert told(path, MIDNIGHT + DAY) == [
        "3 trades, 2 won, 1 lost: net -0.90 USD, held 4 s on average",
        "best fast_scalp of fast, +1.50 USD",
        "worst pullback of slow, -2.40 USD",
        "1 signal was refused: spread_pips 1",
    ]


def test_on_a_day_without_a_trade_it_says_where_evaluations_ended(tmp_path: Path) -> None:
    path = written(tmp_path, opened(), made(j.Counted, MONDAY, missed=()))
    assert told(path, MIDNIGHT + DAY) == [
        "no trade ended",
        "no signal was refused; of 14 evaluations ended: warming_up 7, no_signal 5, spread_pips 2",
    ]


def test_on_a_day_without_a_quote_it_says_so_and_that_a_position_is_open(tmp_path: Path) -> None:
    path = written(tmp_path, opened(), *traded(1, 900_000, MONDAY - 2 * DAY)[:1],
                   made(j.Filled, MONDAY - 2 * DAY, stop=0))  # fmt: skip
    assert told(path, MIDNIGHT + DAY) == [
        "no trade ended",
        "nothing was evaluated: no quote came that a bot could use",
        "open positions: 1, without a stop: 1",
    ]


def test_a_session_on_a_tape_is_never_added_up_with_one_at_a_venue(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        opened(),
        *traded(1, 900_000),
        made(j.SessionClosed, session="s1", reason="signal", decision_digest="d"),
        made(j.SessionOpened, MONDAY, session="t1", venue="tape:x.parquet"),
        *traded(2, 5_000_000),
    )
    lines = told(path, MIDNIGHT + DAY)
    assert lines[:2] == [
        "1 trade, 1 won, 0 lost: net +0.90 USD, held 4 s on average",
        "only fast_scalp of fast, +0.90 USD",
    ]


def test_where_nothing_ran_on_that_day_nothing_is_told(tmp_path: Path) -> None:
    closed = made(j.SessionClosed, MONDAY - 2 * DAY, session="s1", reason="signal", decision_digest="d")
    assert told(written(tmp_path, opened(), closed), MIDNIGHT + DAY) == []


@pytest.mark.parametrize(
    ("now", "at", "due"),
    [
        (MIDNIGHT, 0, MIDNIGHT),
        (MIDNIGHT - 1, 0, MIDNIGHT - DAY),
        (MIDNIGHT + 21 * 3600 * SECOND, 21 * 3600 * SECOND, MIDNIGHT + 21 * 3600 * SECOND),
        (MIDNIGHT + 20 * 3600 * SECOND, 21 * 3600 * SECOND, MIDNIGHT - 3 * 3600 * SECOND),
    ],
)
def test_it_is_due_once_a_day_at_its_time_in_utc(now: int, at: int, due: int) -> None:
    assert due_at(now, at) == due
