"""What is exported reads in the instrument's own decimals, and adds up."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from oracles.entries_drawn import drawn_entries
from oracles.entries_made import MONDAY, made
from oracles.folding import Folded
from oracles.journals import tampered
from tickwise.errors import JournalDamaged
from tickwise.journal.database import run_once
from tickwise.journal.entries import Entry, Filled, Intent, Reduced, SessionOpened, SignalSeen, TradeBooked
from tickwise.journal.export import (
    decimal_text,
    export_signals,
    export_trades,
    mean_price_text,
    scaled_text,
    time_text,
)
from tickwise.journal.folds.signals import SignalRow
from tickwise.journal.folds.trades import TradeRow
from tickwise.journal.writer import ThreadedJournal

STORY = (
    made(SessionOpened),
    made(Intent),
    made(Filled),
    made(Reduced, order=""),
    made(TradeBooked, target=0, exit_value=4_000 * 110_013 + 6_000 * 110_014, financing=-5),
    made(
        SignalSeen,
        ts=MONDAY + 1,
        key="k",
        lane=1,
        bot="slow",
        strategy="pullback",
        instrument="USD_JPY",
        account="acc-1",
        units=-500,
        bid=156_789,
        ask=156_791,
    ),
)


def kept(place: str, entries: list[Entry]) -> None:
    """Write a journal and close it."""
    journal = ThreadedJournal(place, owner="t", ts=1)
    for entry in entries:
        journal.append(entry)
    journal.close()


def test_signals_as_a_table(place: str) -> None:
    kept(place, list(STORY))
    file = io.StringIO()
    assert run_once(place, partial(export_signals, file=file)) == 2
    assert file.getvalue().splitlines() == [
        "time,session,bot,strategy,instrument,account,side,units,bid,ask,stop_distance,target_distance,score,"
        "decision,reason,order,key",
        "2026-01-05T15:00:00.000000000Z,s1,fast,fast_scalp,EUR_USD,acc-1,buy,10000,1.10000,1.10002,0.00300,"
        "0.00012,0.75,open,,s1-1,s1-1",
        "2026-01-05T15:00:00.000000001Z,s1,slow,pullback,USD_JPY,acc-1,sell,500,156.789,156.791,,,0,ignore,"
        "auto_trade_off,,k",
    ]


def test_trades_as_a_table(place: str) -> None:
    kept(place, list(STORY))
    file = io.StringIO()
    assert run_once(place, partial(export_trades, file=file)) == 1
    (row,) = csv.DictReader(io.StringIO(file.getvalue()))
    assert row == {
        "day": "2026-01-05",
        "session": "s1",
        "bot": "fast",
        "strategy": "fast_scalp",
        "instrument": "EUR_USD",
        "account": "acc-1",
        "pocket": "scalp",
        "side": "buy",
        "units": "10000",
        "decided": "2026-01-05T15:00:00.000000000Z",
        "entered": "2026-01-05T15:00:00.035000000Z",
        "entry_price": "1.10003",
        "left": "2026-01-05T15:00:09.000000000Z",
        "exit_price": "1.100136",
        "reason": "time",
        "gross": "1.00",
        "commission": "0.10",
        "financing": "-0.000005",
        "pnl": "0.90",
        "risk": "30.00",
        "stop": "1.09703",
        "target": "",
        "best": "1.10014",
        "worst": "1.09998",
        "spread": "0.00002",
        "score": "0.75",
        "state": "range",
        "latency_ms": "35.00",
        "position": "p1",
    }


def test_a_part_of_the_time_is_exported_some_rows_at_a_time(
    place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    entries = drawn_entries(17, 500)
    kept(place, entries)
    monkeypatch.setattr("tickwise.journal.export.PAGE", 3)
    since, until = entries[100].ts, entries[400].ts
    folded = Folded(entries)
    signals = [row for row in folded.all(SignalRow) if since <= row.ts < until]
    trades = [row for row in folded.all(TradeRow) if since <= row.exit_ts < until]
    told: list[int] = []
    for export, rows in ((export_signals, signals), (export_trades, trades)):
        file = io.StringIO()
        count = run_once(place, partial(export, file=file, since=since, until=until, told=told.append))
        assert count == len(rows) == told[-1] == len(file.getvalue().splitlines()) - 1
        assert count > 3


def test_an_instrument_nobody_described_is_named(tmp_path: Path) -> None:
    kept(str(tmp_path / "a.db"), list(STORY))
    tampered(tmp_path / "a.db", "DELETE FROM session_instruments")
    with pytest.raises(JournalDamaged, match="session s1 says nothing of EUR_USD"):
        run_once(tmp_path / "a.db", partial(export_signals, file=io.StringIO()))


@settings(deadline=None)
@given(st.integers(-(2**62), 2**62))
def test_money_is_written_exactly(millionths: int) -> None:
    text = decimal_text(millionths)
    assert Decimal(text) * 1_000_000 == millionths
    assert len(text.partition(".")[2]) >= 2


@settings(deadline=None)
@given(st.integers(-(2**40), 2**40), st.sampled_from(["1", "0.00001", "0.25", "0.01", "100", "0.1"]))
def test_prices_and_units_are_written_exactly(count: int, step: str) -> None:
    assert Decimal(scaled_text(count, step)) == count * Decimal(step)


@pytest.mark.parametrize(
    ("value", "units", "tick", "text"),
    [
        (330_000, 3, "0.00001", "1.10000"),
        (330_001, 3, "0.00001", "1.10000333"),
        (-330_002, -3, "0.00001", "1.10000667"),
        (10, 4, "0.25", "0.625"),
        (10, 4, "1", "2.5"),
        (8, 4, "1", "2"),
        (2, 3, "1", "0.667"),
        (0, 0, "1", ""),
    ],
)
def test_a_mean_price_has_the_digits_it_needs(value: int, units: int, tick: str, text: str) -> None:
    assert mean_price_text(value, units, tick) == text


def test_a_time_is_written_to_the_nanosecond() -> None:
    assert time_text(MONDAY + 123) == "2026-01-05T15:00:00.000000123Z"
    assert time_text(0) == ""
