"""The balance after each trade and its fall from the peak, as points that a chart draws at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from tickwise.core.types import MILLION, SECOND
from tickwise.research.backtest import Result

POINTS_MOST = 3_000
"""Points of a curve: more than a screen has columns of pixels, and drawn in milliseconds."""

Ints = NDArray[np.int64]


def equity_of(result: Result, most: int = POINTS_MOST) -> dict[str, list[float] | list[int]]:
    """Give balance and drawdown after each trade, over all accounts; the last of each second stands.

    It begins with the balance of every account; what was open in between is not in it. Of more points than
    `most`, each stretch keeps its highest balance, its deepest fall and its last point.
    """
    raw = result.raw_trades
    if not len(raw):
        return {"s": [], "balance": [], "drawdown": []}
    balances = {account: bot.account.balance for bot in result.bots for account in bot.accounts}
    begun = round(sum(balances.values()) * int(MILLION))
    order = np.argsort(raw["exit_ts"], kind="stable")
    at = raw["exit_ts"][order] // int(SECOND)
    balance = np.append(begun, begun + np.cumsum(raw["pnl"][order]))
    fall = balance - np.maximum.accumulate(balance)
    at = np.append(raw["entry_ts"].min() // int(SECOND) - 1, at)
    last = np.flatnonzero(np.diff(at, append=at[-1] + 1))
    at, balance, fall = at[last], balance[last], fall[last]
    kept = _kept(balance, fall, most) if len(at) > most else np.arange(len(at))
    return {
        "s": at[kept].tolist(),
        "balance": (balance[kept] / int(MILLION)).tolist(),
        "drawdown": (fall[kept] / int(MILLION)).tolist(),
    }


def _kept(balance: Ints, fall: Ints, most: int) -> Ints:
    """Choose the points that say the most about each of several stretches."""
    kept = [0]
    for stretch in np.array_split(np.arange(len(balance)), most // 3):
        first = int(stretch[0])
        kept += [first + int(np.argmax(balance[stretch])), first + int(np.argmin(fall[stretch]))]
        kept.append(int(stretch[-1]))
    return np.unique(np.array(kept, np.int64))
