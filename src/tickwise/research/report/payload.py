"""What the page's script is given, as one JSON object: bars, trades and equity as columns of numbers."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.core.decision import MOVE_STOP
from tickwise.core.types import REASONS, STATES
from tickwise.research.backtest import Result
from tickwise.research.report.bars import bars_of, span_of
from tickwise.research.report.changes import Changes
from tickwise.research.report.equity import equity_of
from tickwise.research.report.measures import Measures
from tickwise.research.report.written import span
from tickwise.research.table import priced

MS = 1_000_000
"""Nanoseconds in a millisecond: the page's script counts these, which its numbers hold exactly."""


def payload(result: Result, measures: Measures, changes: Changes | None) -> dict[str, Any]:
    """Give everything the page's script draws or lists."""
    span_s = span_of(result)
    instruments = [
        {
            "symbol": each.symbol,
            "tick": float(each.tick),
            "decimals": _decimals(each.tick),
            **_bars(bars, span_s),
        }
        for each, bars in zip(result.tape.instruments, bars_of(result, span_s), strict=True)
    ]
    return {
        "currency": result.bots[0].account.currency,
        "span_s": span_s,
        "span": span(span_s),
        "instruments": instruments,
        "bots": [bot.name for bot in result.bots],
        "accounts": _accounts(result),
        "reasons": {str(code): name.replace("_", " ") for code, name in REASONS.items()},
        "states": {str(code): name for code, name in STATES.items()},
        "trades": _trades(result, measures),
        "stops": _moved_stops(result),
        "equity": equity_of(result),
        "changes": None if changes is None else changes.listed(),
    }


def embedded(found: dict[str, Any]) -> str:
    """Write an object as JSON that may stand inside a script element: no text in it can end the element."""
    text = json.dumps(found, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _bars(bars: Any, span_s: int) -> dict[str, list[int]]:
    return {
        "s": (bars.at * span_s).tolist(),
        "open": bars.open.tolist(),
        "high": bars.high.tolist(),
        "low": bars.low.tolist(),
        "close": bars.close.tolist(),
    }


def _accounts(result: Result) -> list[str]:
    """Name the accounts in the order in which trades count them."""
    places = np.asarray(result.session.records.lanes["account"]).tolist()
    names = {place: lane.account for place, lane in zip(places, result.session.lanes, strict=True)}
    return [names[place] for place in sorted(names)]


def _trades(result: Result, measures: Measures) -> dict[str, list[Any]]:
    raw, table = result.raw_trades, result.trades
    ticks = [each.tick for each in result.tape.instruments]
    stop, target = (
        _known(priced(raw[name], raw["instrument"], ticks), raw[name] != 0) for name in ("stop", "target")
    )
    return {
        "bot": raw["bot"].tolist(),
        "instrument": raw["instrument"].tolist(),
        "account": raw["account"].tolist(),
        "side": raw["side"].tolist(),
        "units": table["units"].tolist(),
        "entry_ms": (raw["entry_ts"] // MS).tolist(),
        "entry": table["entry_price"].tolist(),
        "exit_ms": (raw["exit_ts"] // MS).tolist(),
        "exit": table["exit_price"].tolist(),
        "reason": raw["reason"].tolist(),
        "state": raw["state"].tolist(),
        "score": _rounded(raw["score"], 4),
        "net": table["pnl"].tolist(),
        "r": _rounded(measures.r, 4),
        "stop": stop,
        "target": target,
        "against": _rounded(measures.against_pips, 2),
        "for": _rounded(measures.for_pips, 2),
        "spread": _rounded(measures.spread_pips, 2),
    }


def _moved_stops(result: Result) -> dict[str, list[Any]]:
    """Give each move of a trade's stop: the trade's place, the time and the stop's new price."""
    raw = result.raw_trades
    parts = [part[part["act"] == MOVE_STOP] for part in result.session.decisions]
    moves = np.concatenate(parts) if parts else None
    if moves is None or not len(moves) or not len(raw):
        return {"trade": [], "ms": [], "price": []}
    place = np.full(len(moves), -1)
    for lane in np.unique(moves["lane"]):
        mine, moved = np.flatnonzero(raw["lane"] == lane), np.flatnonzero(moves["lane"] == lane)
        if len(mine):
            at = np.searchsorted(raw["exit_ts"][mine], moves["ts"][moved])
            found = mine[np.minimum(at, len(mine) - 1)]
            open_then = (at < len(mine)) & (raw["entry_ts"][found] <= moves["ts"][moved])
            place[moved[open_then]] = found[open_then]
    kept = place >= 0
    ticks = [each.tick for each in result.tape.instruments]
    prices = priced(moves["stop"][kept], raw["instrument"][place[kept]], ticks)
    return {
        "trade": place[kept].tolist(),
        "ms": (moves["ts"][kept] // MS).tolist(),
        "price": prices.tolist(),
    }


def _known(values: NDArray[np.float64], known: NDArray[np.bool_]) -> list[float | None]:
    return [
        value if is_known else None for value, is_known in zip(values.tolist(), known.tolist(), strict=True)
    ]


def _rounded(values: NDArray[Any], digits: int) -> list[float | None]:
    """Round a column; what is not known is null."""
    rounded: Any = np.round(values.astype(np.float64), digits)
    return _known(rounded, np.isfinite(values))


def _decimals(tick: str) -> int:
    return len(tick.partition(".")[2].rstrip("0"))
