"""Monte Carlo of a run's trades: in another order, drawn again, and at other costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.types import MILLION
from tickwise.research.doubt.finding import Finding
from tickwise.research.sweep.draws import shares, wholes

RUNS = 1_000
"""Draws of each kind: a share is known to some three hundredths by then."""

DRAWS_MAX = 20_000_000
"""Trades times runs, at most; a run of very many trades is drawn less often."""


def other_order(trades: NDArray[Any], runs: int = RUNS, seed: int = 1) -> Finding:
    """Put the trades in other orders, and draw them anew: how deep it might have fallen, and ended."""
    pnl = trades["pnl"].astype(np.float64) / int(MILLION)
    if len(pnl) < 2:
        return _too_few("order of trades", len(pnl))
    runs = max(10, min(runs, DRAWS_MAX // len(pnl)))
    deepest, ends = np.empty(runs), np.empty(runs)
    for run in range(runs):
        order = np.argsort(wholes(seed, f"order {run}", len(pnl)), kind="stable")
        deepest[run] = fall(pnl[order])
        ends[run] = pnl[np.floor(shares(seed, f"again {run}", len(pnl)) * len(pnl)).astype(np.int64)].sum()
    real = fall(pnl)
    low, high = (float(np.quantile(ends, share)) for share in (0.05, 0.95))
    lost = float((ends <= 0).mean())
    likely = float(np.quantile(deepest, 0.95))
    return Finding(
        "order of trades",
        lost > 0.05,
        f"in another order the same trades fall {likely:,.2f} or deeper in one of twenty runs ({real:,.2f} "
        f"here); drawn anew they end between {low:,.2f} and {high:,.2f} in nine of ten, and without a gain "
        f"in {100 * lost:.1f} %",
        "it takes trades for independent of each other, and the future for the past",
        {
            "trades": len(pnl), "runs": runs, "drawdown": real, "drawdown_95": likely,
            "net_5": low, "net_95": high, "no_gain_share": lost,
        },
    )  # fmt: skip


def other_costs(trades: NDArray[Any], pips: NDArray[np.int64], runs: int = RUNS, seed: int = 1) -> Finding:
    """Charge every fill a slippage drawn between nothing and half the spread; and say what a trade can bear.

    `pips` are the ticks in a pip of each instrument.
    """
    pnl, tick_money = trades["pnl"] / int(MILLION), money_of_a_tick(trades)
    if len(pnl) < 2 or not tick_money.any():
        return _too_few("costs", len(pnl))
    runs = max(10, min(runs, DRAWS_MAX // len(pnl)))
    most = trades["spread"] * tick_money
    # Two fills, each between nothing and half a spread: their sum, as a share of the spread.
    ends = np.array(
        [
            float(
                (
                    pnl
                    - most * 0.5 * (shares(seed, f"in {k}", len(pnl)) + shares(seed, f"out {k}", len(pnl)))
                ).sum()
            )
            for k in range(runs)
        ]
    )
    pip_money = float((tick_money * pips[trades["instrument"]]).sum())
    bears = float(pnl.sum()) / pip_money
    gained = float((ends > 0).mean())
    low, high = (float(np.quantile(ends, share)) for share in (0.05, 0.95))
    return Finding(
        "costs",
        gained < 0.95,
        f"with up to half a spread lost at each fill it ends between {low:,.2f} and {high:,.2f} in nine of "
        f"ten runs, with a gain in {100 * gained:.1f} %; it bears {bears:+.2f} pips more for each trade",
        "it charges the trades that were made; a venue with other prices would have made others",
        {
            "trades": len(pnl), "runs": runs, "net": float(pnl.sum()), "net_5": low, "net_95": high,
            "gain_share": gained, "bears_pips": bears,
        },
    )  # fmt: skip


def fall(pnl: NDArray[np.float64]) -> float:
    """Give the deepest fall of the sum from its peak, the beginning counted as one."""
    sums = np.concatenate([[0.0], np.cumsum(pnl)])
    return float((np.maximum.accumulate(sums) - sums).max())


def money_of_a_tick(trades: NDArray[Any]) -> NDArray[np.float64]:
    """Give what one tick was worth to each trade, in the account's currency, from what it made of its move.

    Where the price did not move at all, the median of the other trades of the instrument stands in, by unit.
    """
    moved = trades["side"] * (trades["exit_price"] - trades["entry_price"]) * np.abs(trades["units"])
    known = np.divide(
        trades["gross"] / int(MILLION), moved, out=np.full(len(trades), np.nan), where=moved != 0
    )
    for place in np.unique(trades["instrument"]):
        mine = trades["instrument"] == place
        some = known[mine & ~np.isnan(known)]
        known[mine & np.isnan(known)] = float(np.median(some)) if len(some) else 0.0
    found: NDArray[np.float64] = known * np.abs(trades["units"])
    return found


def _too_few(name: str, count: int) -> Finding:
    says = f"{count} trades are too few to say anything"
    return Finding(name, True, says, "a longer tape, or a bot that trades, would tell", {"trades": count})
