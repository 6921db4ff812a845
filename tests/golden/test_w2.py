"""W2 of the reference rules: the core against plain Python on real minutes, trade by trade.

The core keeps stop and target in whole ticks, rounded away from the mid of the decision: prices of whole
ticks reach such a level exactly when they reach the true one, so both agree on when a trade ends and by
which level. What a trade is left at differs by less than a tick. So the tapes are read in ticks far finer
than their prices: a tick of 1e-9 of EUR/USD is a hundred-thousandth of a pip, and 10,000 units times that a
thousandth of a cent.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracles import w2
from oracles.bots import w2_bot
from tickwise.core.types import MINUTE, REASONS
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import BarChunk, BarTape, tape_of
from tickwise.research.backtest import backtest

TAPES = {
    "EUR_USD": ("eurusd_oanda_m1_20140501_0509", "0.000000001", 10_000),
    "XAU_USD": ("xauusd_oanda_m1_20140501_0509", "0.000001", 10),
}
"""The file, the tick it is read in, and the units: those of the rules, and ounces worth as much."""


def sides(chunk: BarChunk) -> tuple[list[w2.Ohlc], list[w2.Ohlc]]:
    bid = zip(chunk.bid_open, chunk.bid_high, chunk.bid_low, chunk.bid_close, strict=True)
    ask = zip(chunk.ask_open, chunk.ask_high, chunk.ask_low, chunk.ask_close, strict=True)
    return [w2.Ohlc(*map(float, row)) for row in bid], [w2.Ohlc(*map(float, row)) for row in ask]


def one_price(chunk: BarChunk) -> BarChunk:
    """Let bid and ask be the mid of each column, so that the text of the rules holds to the letter."""
    names = ("open", "high", "low", "close")
    mids = [(getattr(chunk, f"bid_{n}").astype(np.int64) + getattr(chunk, f"ask_{n}")) for n in names]
    assert all((mid % 2 == 0).all() for mid in mids)
    halves = [(mid // 2).astype(np.int32) for mid in mids]
    return BarChunk(chunk.ts, *halves, *halves)


def assert_same(trades: Any, expected: list[w2.Trade], units: int, tick: str) -> None:
    """Hold every trade of the core against the oracle's: all equal, but for a tick at a rounded level."""
    assert len(trades) == len(expected)
    for name in ("side", "entry_ts", "exit_ts"):
        assert trades[name].tolist() == [getattr(each, name) for each in expected]
    assert trades["entry_price"].tolist() == [each.entry for each in expected]
    assert [REASONS[int(code)] for code in trades["reason"]] == [each.reason for each in expected]
    off = trades["exit_price"] - np.array([each.exit for each in expected])
    assert np.abs(off).max() < 1.0
    earned = np.array([each.side * (each.exit - each.entry) * units * float(tick) for each in expected])
    cents = np.abs(trades["pnl"] / 1e6 - earned) * 100
    assert cents.max() < 0.0011


@pytest.mark.parametrize("symbol", list(TAPES))
@pytest.mark.parametrize("sided", [False, True])
def test_every_trade_of_real_minutes_is_the_oracles(real_data: Path, symbol: str, sided: bool) -> None:
    file, tick, units = TAPES[symbol]
    opened = open_any(real_data / "bars" / f"{file}.parquet", symbol, tick)
    assert isinstance(opened, BarTape)
    if not sided:
        opened = tape_of(one_price(opened.read()), [(symbol, tick)])
    chunk = opened.read()
    expected = w2.run(chunk.ts.tolist(), *sides(chunk), int(MINUTE))
    found = backtest(w2_bot(symbol, units), opened)
    assert found.evaluations == len(chunk.ts)
    assert len(expected) > 500
    assert_same(found.raw_trades, expected, units, tick)
