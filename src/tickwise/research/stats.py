"""The numbers of a run: what the trades earned, how steadily, and at which cost.

Definitions stand here once. A win is a trade that earned more than nothing after all costs. Profit factor is
gross profit over gross loss (settled against 004, which counted trades). R is profit over what the first stop
could have lost. Drawdown is the deepest fall of equity from its peak, open profit included, seen on every
quote.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.types import MILLION, SECOND


def statistics(trades: NDArray[Any], drawdown: int) -> dict[str, float | int | None]:
    """Give the statistics of trades (records of TRADE, in order of their end); None where there is nothing
    to tell.
    """
    pnl = trades["pnl"].astype(np.float64) / int(MILLION)
    wins, losses = pnl[pnl > 0], pnl[pnl < 0]
    risk = trades["risk"].astype(np.float64) / int(MILLION)
    multiples = pnl[risk > 0] / risk[risk > 0]
    held = (trades["exit_ts"] - trades["entry_ts"]) / int(SECOND)
    return {
        "trades": len(trades),
        "net_pnl": int(trades["pnl"].sum()) / int(MILLION),
        "gross_pnl": int(trades["gross"].sum()) / int(MILLION),
        "commission": int(trades["commission"].sum()) / int(MILLION),
        "financing": int(trades["financing"].sum()) / int(MILLION),
        "wins": len(wins),
        "losses": len(losses),
        "win_rate": _mean(pnl > 0),
        "profit_factor": float(wins.sum() / -losses.sum()) if len(losses) else None,
        "avg_win": _mean(wins),
        "avg_loss": _mean(losses),
        "total_r": float(multiples.sum()),
        "avg_r": _mean(multiples),
        "best_r": float(multiples.max()) if len(multiples) else None,
        "worst_r": float(multiples.min()) if len(multiples) else None,
        "max_drawdown": drawdown / int(MILLION),
        "avg_hold_s": _mean(held),
        "ambiguous_share": _mean(trades["ambiguous"] != 0),
        **streaks(pnl > 0),
    }


def _mean(values: NDArray[Any]) -> float | None:
    return float(np.mean(values)) if len(values) else None


def streaks(won: NDArray[np.bool_]) -> dict[str, int]:
    """Give the streak that is on (losses below zero), the longest of wins and the longest of losses."""
    now = best = worst = 0
    for win in won:
        now = max(now, 0) + 1 if win else min(now, 0) - 1
        best, worst = max(best, now), min(worst, now)
    return {"streak": now, "longest_wins": best, "longest_losses": -worst}


def by(trades: NDArray[Any], column: str, names: dict[int, str]) -> dict[str, dict[str, float | int | None]]:
    """Give trades, net, win rate and profit factor for each value of a column, such as the bot or the
    instrument.
    """
    found = {}
    for code in np.unique(trades[column]):
        mine = statistics(trades[trades[column] == code], 0)
        found[names[int(code)]] = {
            key: mine[key]
            for key in ("trades", "net_pnl", "win_rate", "profit_factor", "avg_r", "avg_hold_s")
        }
    return found
