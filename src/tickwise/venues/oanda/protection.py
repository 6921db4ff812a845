"""Which kind of order a word of OANDA's is, and where the stop or target of a trade rests."""

from __future__ import annotations

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.exact import Malformed, nearest_steps
from tickwise.venues.oanda.memory import Kind, OpenTrade
from tickwise.venues.oanda.scale import Scales, scale_named

KINDS: dict[str, Kind] = {
    "MARKET_ORDER": "entry",
    "FIXED_PRICE_ORDER": "entry",
    "LIMIT_ORDER": "entry",
    "STOP_ORDER": "entry",
    "MARKET_IF_TOUCHED_ORDER": "entry",
    "STOP_LOSS_ORDER": "stop",
    "GUARANTEED_STOP_LOSS_ORDER": "stop",
    "TAKE_PROFIT_ORDER": "target",
    "TRAILING_STOP_LOSS_ORDER": "trailing",
}
"""Orders by the type of the transaction that creates them; the order itself has it without _ORDER."""


def kind_of_order(word: str) -> Kind:
    """Give the kind of an order that works; a word not known is an order to enter."""
    return KINDS.get(f"{word}_ORDER", "entry")


def protection_price(
    said: wire.Transaction | wire.OrderOfAccount, trade: OpenTrade, scales: Scales, where: str
) -> int:
    """Give the price of a stop or target in ticks: as it is said, or counted from where its trade opened."""
    decimals = scale_named(scales, trade.instrument, where).price
    if said.price:
        return nearest_steps(said.price, decimals, where)
    if not said.distance:
        raise Malformed("neither price nor distance", where)
    kind = KINDS.get(said.type) or kind_of_order(said.type)
    side = 1 if trade.units > 0 else -1
    away = -side if kind == "stop" else side
    return trade.price + away * nearest_steps(said.distance, decimals, where)
