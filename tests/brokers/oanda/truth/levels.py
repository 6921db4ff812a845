"""The prices that pending orders wait for, and whether a quote meets them."""

from __future__ import annotations

from dataclasses import replace

from brokers.oanda.truth.prices import Quote
from brokers.oanda.truth.records import Order


def twice_watched(order: Order, quote: Quote) -> int:
    """Give twice the price by which an order is triggered: the middle lies between two points."""
    buys = order.units > 0
    match order.trigger:
        case "BID":
            return 2 * quote.bid
        case "ASK":
            return 2 * quote.ask
        case "MID":
            return quote.bid + quote.ask
        case "INVERSE":
            return 2 * (quote.bid if buys else quote.ask)
    return 2 * (quote.ask if buys else quote.bid)


def can_trade(quote: Quote, units: int) -> bool:
    """Tell whether somebody may buy (units above zero) or sell at all."""
    return quote.tradeable and not (quote.ask_halted if units > 0 else quote.bid_halted)


def is_met(order: Order, quote: Quote) -> bool:
    """Tell whether a price triggers an order."""
    side = 1 if order.units > 0 else -1
    seen = twice_watched(order, quote)
    if order.type == "TRAILING_STOP_LOSS":
        return order.trailing_value is not None and side * (seen - 2 * order.trailing_value) >= 0
    assert order.price is not None
    level = 2 * order.price
    if order.type in ("STOP", "STOP_LOSS"):
        return side * (seen - level) >= 0
    if order.type == "MARKET_IF_TOUCHED":
        below = order.initial_price is not None and order.initial_price < order.price
        return seen >= level if below else seen <= level
    natural = side * (2 * quote.side(side) - level) <= 0
    return side * (seen - level) <= 0 and (natural or order.type == "TAKE_PROFIT")


def trailed(order: Order, quote: Quote) -> Order:
    """Move a trailing stop after the price, in favour of its trade only."""
    assert order.distance is not None
    side = 1 if order.units > 0 else -1
    watched = twice_watched(order, quote) // 2
    level = watched + side * order.distance
    if order.trailing_value is None or side * (level - order.trailing_value) < 0:
        return replace(order, trailing_value=level)
    return order
