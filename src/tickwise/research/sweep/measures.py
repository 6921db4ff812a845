"""What one set of parameters did on a stretch of tape, in numbers that fit in a row.

Days are trading days of the bot's calendar. The Sharpe ratio is that of trades: the mean profit of a trade
over its standard deviation, not annualised.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.core.layout import TRADE
from tickwise.core.types import MILLION
from tickwise.market_data.chunks import Chunk
from tickwise.market_data.tape import Tape
from tickwise.research.stats import statistics
from tickwise.session.assembly import assembled
from tickwise.session.session import Session

Row = dict[str, float | int | str | None]

FROM_STATISTICS = (
    "trades", "net_pnl", "gross_pnl", "commission", "win_rate", "profit_factor", "avg_r", "max_drawdown",
    "avg_hold_s",
)  # fmt: skip
"""What a row takes from the statistics of a run, under the same names."""

MEASURES = (
    *FROM_STATISTICS, "won", "lost", "sharpe", "deviation", "skew", "kurtosis", "days", "days_up",
    "best_day_pnl", "worst_day_pnl", "pnl_without_best_day", "evaluations", "refused",
)  # fmt: skip
"""The columns of a row, in order. `won` and `lost` are the sums of winning and of losing trades, `deviation`
the standard deviation of a trade's profit, `kurtosis` 3 for a normal distribution; `refused` says why a set
cannot be meant and was not run."""


def ran(bot: BotConfig, tape: Tape, chunk: Chunk, *, decisions: bool = False) -> Session:
    """Run a bot alone over rows of a tape, from flat and with its first balance."""
    session = assembled([bot], tape)
    session.keeps_decisions = decisions
    session.feed(chunk)
    return session


def trades_of(session: Session) -> NDArray[Any]:
    """Give the trades of a session that has run, in order of their end."""
    found: NDArray[Any] = np.concatenate(session.trades) if session.trades else np.zeros(0, TRADE)
    return found


def measured(bot: BotConfig, tape: Tape, chunk: Chunk) -> Row:
    """Run a bot over rows of a tape and give its row."""
    session = ran(bot, tape, chunk)
    trades = trades_of(session)
    stats = statistics(trades, int(session.records.accounts["drawdown"].max()))
    pnl = trades["pnl"].astype(np.float64) / int(MILLION)
    return {
        **{name: stats[name] for name in FROM_STATISTICS},
        "won": float(pnl[pnl > 0].sum()),
        "lost": float(-pnl[pnl < 0].sum()),
        **shape_of(pnl),
        **by_day(trades, session.records.rolls),
        "evaluations": int(session.counts().sum()),
        "refused": "",
    }


def refused(why: str) -> Row:
    """Give the row of a set that cannot be meant."""
    return {**dict.fromkeys(MEASURES), "trades": 0, "evaluations": 0, "refused": why}


def shape_of(pnl: NDArray[np.float64]) -> Row:
    """Give the Sharpe ratio of trades and the shape of their distribution; None where too few or alike."""
    found: Row = dict.fromkeys(("sharpe", "deviation", "skew", "kurtosis"))
    if len(pnl) < 2:
        return found
    mean, spread = float(pnl.mean()), float(pnl.std(ddof=1))
    centred = pnl - mean
    second = float(np.mean(centred**2))
    found["deviation"] = spread
    if spread > 0 and second > 0:
        found["sharpe"] = mean / spread
        found["skew"] = float(np.mean(centred**3)) / second**1.5
        found["kurtosis"] = float(np.mean(centred**4)) / second**2
    return found


def by_day(trades: NDArray[Any], rolls: NDArray[np.int64]) -> Row:
    """Give what single trading days did: how many had trades and earned, the best, the worst, all but the
    best.
    """
    days = np.searchsorted(rolls, trades["exit_ts"], side="right")
    each = np.array([int(trades["pnl"][days == day].sum()) for day in np.unique(days)], np.int64)
    if not len(each):
        empty: Row = dict.fromkeys(("best_day_pnl", "worst_day_pnl", "pnl_without_best_day"))
        return {"days": 0, "days_up": 0, **empty}
    return {
        "days": len(each),
        "days_up": int((each > 0).sum()),
        "best_day_pnl": int(each.max()) / int(MILLION),
        "worst_day_pnl": int(each.min()) / int(MILLION),
        "pnl_without_best_day": int(each.sum() - each.max()) / int(MILLION),
    }
