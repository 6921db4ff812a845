"""W1 of the reference rules: the core against plain Python, trade by trade."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from oracles import w1
from oracles.bots import w1_bot
from tickwise.config.load import changed
from tickwise.market_data.importers import open_any
from tickwise.market_data.tape import QuoteTape
from tickwise.research.backtest import backtest

DUKASCOPY = "eurusd_dukascopy_20190204"
OANDA = "eurusd_oanda_20140501_0509"
FXCM = "eurusd_fxcm_20140501_0509"
RULES = w1.Rules(threshold=0.4, floor=0.8, spread_max=2.0, target=1.0)

RIGHT = {
    DUKASCOPY: (552, -195_600_000, 136_741, 0),
    OANDA: (4_397, -4_954_200_000, 321_558, 1),
    FXCM: (3_988, -608_600_000, 606_047, 69_354),
}
"""Trades, money in millionths, quotes accepted and refused: what the reference rules give for RULES."""


def tape(real_data: Path, name: str) -> QuoteTape:
    opened = open_any(real_data / "quotes" / f"{name}.parquet")
    assert isinstance(opened, QuoteTape)
    return opened


def in_words(trades: Any) -> list[w1.Trade]:
    """Give the core's trades in the oracle's words."""
    columns = ("side", "entry_ts", "entry_price", "exit_ts", "exit_price", "pnl")
    return [w1.Trade(*row) for row in zip(*(trades[name].tolist() for name in columns), strict=True)]


def by_core(opened: QuoteTape, rules: w1.Rules) -> w1.Result:
    settings = {"gates.spread_pips_max": rules.spread_max, "exits.target_pips": rules.target}
    bot = changed(w1_bot(threshold_pips=rules.threshold, range_floor_pips=rules.floor), settings)
    found = backtest(bot, opened)
    return w1.Result(in_words(found.raw_trades), found.quotes, sum(found.refused.values()))


def by_hand(opened: QuoteTape, rules: w1.Rules) -> w1.Result:
    chunk = opened.read()
    return w1.run(list(zip(chunk.ts.tolist(), chunk.bid.tolist(), chunk.ask.tolist(), strict=True)), rules)


@pytest.mark.parametrize("name", [DUKASCOPY, OANDA, FXCM])
def test_every_trade_of_a_real_tape_is_the_oracles(real_data: Path, name: str) -> None:
    opened = tape(real_data, name)
    expected = by_hand(opened, RULES)
    assert by_core(opened, RULES) == expected
    money = sum(trade.pnl for trade in expected.trades)
    assert (len(expected.trades), money, expected.accepted, expected.refused) == RIGHT[name]


@pytest.mark.parametrize(
    "rules",
    [
        w1.Rules(0.6, 0.8, 0.35, 1.0),
        w1.Rules(0.2, 0.6, 2.0, 0.6),
        w1.Rules(0.35, 1.4, 0.5, 1.5),
        w1.Rules(0.7, 1.0, 0.2, 0.8),
    ],
)
def test_every_trade_is_the_oracles_whatever_the_parameters(real_data: Path, rules: w1.Rules) -> None:
    for name in (DUKASCOPY, FXCM):
        opened = tape(real_data, name)
        assert by_core(opened, rules) == by_hand(opened, rules)


def test_the_defaults_give_215_trades_on_a_day_of_dukascopy(real_data: Path) -> None:
    assert len(by_hand(tape(real_data, DUKASCOPY), w1.Rules(threshold=0.6)).trades) == 215
