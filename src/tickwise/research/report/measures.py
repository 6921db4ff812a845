"""What each trade did, as columns: how far it went for and against us, how long, and at which cost."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.core.decision import ENTER
from tickwise.core.types import MILLION, SECOND
from tickwise.research.backtest import Result

Floats = NDArray[np.float64]


class Measures(NamedTuple):
    """One value a trade, in the order of the result's trades; NaN where there is nothing to tell."""

    pnl: Floats
    """Net, in the account's currency."""
    r: Floats
    """Net over what the first stop could have lost."""
    hold_s: Floats
    entry_ts: NDArray[np.int64]
    """Nanoseconds UTC."""
    exit_ts: NDArray[np.int64]
    gained_pips: Floats
    """From entry to exit, before commission."""
    against_pips: Floats
    """The furthest it stood against us (MAE), above zero."""
    for_pips: Floats
    """The furthest it stood for us (MFE), above zero."""
    target_pips: Floats
    """Distance of the target from the entry."""
    spread_pips: Floats
    """Spread of the quote the entry was decided on; a trade from bid to ask pays it once."""
    slipped_pips: Floats
    """How much worse than that quote the entry was filled; below zero: better."""
    commission_pips: Floats

    @property
    def cost_pips(self) -> Floats:
        """Spread, slippage of the entry and commission of both sides."""
        total = self.spread_pips.copy()
        total += np.nan_to_num(self.slipped_pips) + np.nan_to_num(self.commission_pips)
        return total

    @property
    def cost_of_target(self) -> Floats:
        """Cost as a share of the distance from entry to target, in which the spread is paid already."""
        share = np.full(len(self.pnl), np.nan)
        np.divide(self.cost_pips, self.target_pips, out=share, where=np.nan_to_num(self.target_pips) > 0)
        return share

    def only(self, mine: NDArray[np.bool_]) -> Measures:
        """Give the trades that are marked."""
        kept: list[Any] = [column[mine] for column in self]
        return Measures(*kept)


def measures_of(result: Result) -> Measures:
    """Measure every trade of a result."""
    raw = result.raw_trades
    pip = np.asarray(result.session.records.markets["pip"])[raw["instrument"]].astype(np.float64)
    side, entry, exit_ = raw["side"], raw["entry_price"], raw["exit_price"]
    gained = side * (exit_ - entry) / pip
    target = np.where(raw["target"] != 0, side * (raw["target"] - entry) / pip, np.nan)
    return Measures(
        pnl=raw["pnl"] / int(MILLION),
        r=np.divide(raw["pnl"], raw["risk"], out=np.full(len(raw), np.nan), where=raw["risk"] > 0),
        hold_s=(raw["exit_ts"] - raw["entry_ts"]) / int(SECOND),
        entry_ts=raw["entry_ts"].astype(np.int64),
        exit_ts=raw["exit_ts"].astype(np.int64),
        gained_pips=gained,
        against_pips=np.maximum.reduce([side * (entry - raw["worst"]) / pip, -gained, 0 * pip]),
        for_pips=np.maximum.reduce([side * (raw["best"] - entry) / pip, gained, 0 * pip]),
        target_pips=target,
        spread_pips=raw["spread"] / pip,
        slipped_pips=side * (entry - _decided_at(result, raw)) / pip,
        commission_pips=_commission(raw, gained),
    )


def _decided_at(result: Result, raw: NDArray[Any]) -> Floats:
    """Give the price, in ticks, at which each trade's entry was decided; NaN where nobody kept it."""
    kept = [part[part["act"] == ENTER] for part in result.session.decisions]
    found = np.full(len(raw), np.nan)
    entries = np.concatenate(kept) if kept else None
    if entries is not None and len(entries):
        entries = entries[np.argsort(entries["id"], kind="stable")]
        at = np.minimum(np.searchsorted(entries["id"], raw["order"]), len(entries) - 1)
        there = entries["id"][at] == raw["order"]
        found[there] = entries["price"][at][there]
    return found


def _commission(raw: NDArray[Any], gained: Floats) -> Floats:
    """Turn commission into pips by what a pip of a unit earned on average on the trade's instrument."""
    pips = np.zeros(len(raw))
    for place in np.unique(raw["instrument"]):
        mine = raw["instrument"] == place
        moved = mine & (gained != 0)
        value = np.median(raw["gross"][moved] / (gained[moved] * raw["units"][moved])) if moved.any() else 0.0
        paid = raw["commission"][mine]
        pips[mine] = np.where(paid == 0, 0.0, paid / (value * raw["units"][mine]) if value > 0 else np.nan)
    return pips
