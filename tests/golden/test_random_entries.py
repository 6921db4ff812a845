"""Trades entered by chance lose what trading costs: the spread, the commission, and what a slow venue adds.

Two bots, each with an account of its own, toss the same coin on the same quotes: one always buys, the other
always sells. What the market does in between cancels out in a pair, and what is left is the cost.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from oracles.worlds import AccountPlan, LanePlan, World, row, session_of
from tickwise.market_data.importers import open_any

UNITS = 10_000
TICK = UNITS * 10
"""Millionths that a tick of the position is worth."""

MS = 1_000_000
COMMISSION_EACH = 7.0
"""Millionths a unit and a fill: 0.7 of a tick of EUR/USD, 1.4 ticks for a trade."""


def pairs(chunk: Any, **settings: Any) -> tuple[Any, Any]:
    """Give the trades of the buyer and of the seller, paired by the quote that decided."""
    held = {"time_stop": 2_000 * MS, "time_stop_gain": 2**62, "stop_ticks": 100_000, "units_fixed": UNITS}
    plan = [
        LanePlan(
            settings=row(commission_unit=COMMISSION_EACH, **held, **settings),
            params={"seed": 5, "one_in": 3, "only_side": side, "stop": 100_000.0, "target": 0.0},
            bot=at,
            account=at,
            pocket=str(at),
            group=str(at),
        )
        for at, side in enumerate((1, -1))
    ]
    session = session_of(World(plan, accounts=[AccountPlan(balance=10**13), AccountPlan(balance=10**13)]))
    session.feed(chunk)
    trades = np.concatenate(session.trades)
    bought, sold = trades[trades["lane"] == 0], trades[trades["lane"] == 1]
    count = min(len(bought), len(sold))
    bought, sold = bought[:count], sold[:count]
    assert (bought["decided_ts"] == sold["decided_ts"]).all()
    assert (bought["exit_ts"] == sold["exit_ts"]).all()
    return bought, sold


@pytest.mark.parametrize(
    "name", ["eurusd_dukascopy_20190204", "eurusd_oanda_20140501_0509", "eurusd_fxcm_20140501_0509"]
)
def test_random_pairs_lose_the_spread_and_the_commission(real_data: Path, name: str) -> None:
    chunk = open_any(real_data / "quotes" / f"{name}.parquet").read()
    bought, sold = pairs(chunk)
    assert len(bought) >= 5_000
    lost = -np.mean([bought["pnl"].mean(), sold["pnl"].mean()])
    spread = 0.5 * (half_spread(chunk, bought["entry_ts"]) + half_spread(chunk, bought["exit_ts"])).mean()
    commission = 2 * COMMISSION_EACH * UNITS
    assert lost == pytest.approx(spread * TICK + commission, rel=0.02)
    assert lost == pytest.approx(bought["spread"].mean() * TICK + commission, rel=0.02)


def half_spread(chunk: Any, ts: Any) -> Any:
    """The spread of the last quote at each of these times; entry and exit pay half of it each."""
    kept = chunk.ask >= chunk.bid
    at = np.searchsorted(chunk.ts[kept], ts, side="right") - 1
    return (chunk.ask[kept] - chunk.bid[kept])[at].astype(float)


def test_latency_and_slippage_cost_more(real_data: Path) -> None:
    chunk = open_any(real_data / "quotes" / "eurusd_dukascopy_20190204.parquet").read()
    free = pairs(chunk)
    costly = pairs(chunk, latency=150 * MS, slippage_ticks=1, slippage_mean=1.0)
    mean = [-np.mean([bought["pnl"].mean(), sold["pnl"].mean()]) for bought, sold in (free, costly)]
    assert mean[1] > mean[0] + 1.9 * TICK
