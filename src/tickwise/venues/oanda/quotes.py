"""A line of the stream of prices as a quote or a heartbeat."""

from __future__ import annotations

import math

from tickwise.market_data.chunks import MISSING, TICKS_MAX
from tickwise.venues.oanda.exact import Malformed, shown, steps_of
from tickwise.venues.oanda.scale import Scales, scale_named
from tickwise.venues.oanda.times import ts_of
from tickwise.venues.oanda.wire import PriceLine, Tier, price_line
from tickwise.venues.venue import Heartbeat, QuoteSeen

STREAM = "quotes"
"""The name of this stream in our words."""


def quote_of(line: bytes, scales: Scales) -> QuoteSeen | Heartbeat | None:
    """Read a line; None for a kind of line that newer servers may send. Raises Malformed."""
    said = price_line(line)
    where = f"price of {said.instrument}" if said.instrument else "stream of prices"
    if said.type == "HEARTBEAT":
        return Heartbeat(STREAM, ts_of(said.time, where))
    if said.type != "PRICE":
        return None
    ts = ts_of(said.time, where)
    if not ts:
        raise Malformed("no time", where)
    decimals = scale_named(scales, said.instrument, where).price
    bid, bid_size = _best(said.bids, decimals, f"{where}, bid")
    ask, ask_size = _best(said.asks, decimals, f"{where}, ask")
    return QuoteSeen(said.instrument, ts, bid, ask, bid_size, ask_size, _is_tradeable(said))


def _best(tiers: tuple[Tier, ...], decimals: int, where: str) -> tuple[int, float]:
    """Give the best price of a side in ticks and the units at it; a side may be empty."""
    if not tiers:
        return MISSING, 0.0
    ticks = steps_of(tiers[0].price, decimals, where)
    if abs(ticks) > TICKS_MAX:
        raise Malformed(f"{shown(tiers[0].price)} is out of all bounds", where)
    return ticks, _size(tiers[0].liquidity, where)


def _size(liquidity: int | float | str, where: str) -> float:
    """Read the units at a price, which some servers write as text."""
    try:
        size = float(liquidity)
    except (ValueError, OverflowError):
        raise Malformed(f"liquidity {shown(liquidity)} is no number", where) from None
    if not (math.isfinite(size) and size >= 0):
        raise Malformed(f"liquidity {shown(liquidity)} is no number of units", where)
    return size


def _is_tradeable(said: PriceLine) -> bool:
    """Tell whether the price can be traded; without the field, only the older `status` can say so."""
    return said.tradeable if said.tradeable is not None else said.status == "tradeable"
