"""When a pending order's price has come, and what happens then."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from brokers.oanda.truth import fills
from brokers.oanda.truth.account import Account, Batch, Transaction
from brokers.oanda.truth.forms import entry_fields
from brokers.oanda.truth.levels import can_trade, is_met, trailed
from brokers.oanda.truth.prices import Quote
from brokers.oanda.truth.records import Order

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker

FIRST = {"STOP_LOSS": 0, "TRAILING_STOP_LOSS": 0}
"""Where one price meets both a stop and a target, the stop was first."""


def with_units(account: Account, order: Order) -> Order:
    """Give an exit the units it would trade: all of its trade."""
    if not order.is_exit:
        return order
    return replace(order, units=-account.state.open[order.trade_id or 0].units)


def fill_pending(broker: Broker, batch: Batch, order: Order) -> tuple[Transaction | None, Transaction | None]:
    """Fill an order whose price has come, or cancel it with the reason. Give the fill and the reissue."""
    order = with_units(batch.account, order)
    fill, short_of = fills.attempt(broker, batch, order, f"{order.type}_ORDER")
    if fill is None:
        if order.type != "LIMIT" or short_of not in ("BOUNDS_VIOLATION", "INSUFFICIENT_LIQUIDITY"):
            batch.cancel(batch.account.state.pending[order.id], short_of)
        return None, None
    if not short_of or order.is_exit:
        return fill, None
    left = order.units - broker.instruments[order.instrument].steps(fills.decimal_units(fill))
    return fill, _reissued(broker, batch, order, left)


def _reissued(broker: Broker, batch: Batch, order: Order, left: int) -> Transaction:
    """Put what a partial fill left of an order back as a new one."""
    again = replace(order, id=batch.next_id, created=batch.now, units=left, replaces=order.id)
    transaction = batch.add(
        f"{order.type}_ORDER",
        **entry_fields(again, broker.instruments[order.instrument]),
        reason="REPLACEMENT",
        replacesOrderID=str(order.id),
    )
    batch.account.state.pending[again.id] = again
    return transaction


def on_price(broker: Broker, account: Account, quote: Quote, now: int) -> None:
    """Let a new price act on an account's pending orders."""
    state = account.state
    name = quote.instrument.name
    watching = [order for order in state.pending.values() if order.instrument == name]
    if not watching or not quote.tradeable:
        return
    met = []
    for order in watching:
        if is_met(order, quote):
            met.append(order)
        elif order.type == "TRAILING_STOP_LOSS":
            state.pending[order.id] = trailed(order, quote)
    for order in sorted(met, key=lambda each: (FIRST.get(each.type, 1), each.id)):
        if order.id in state.pending and can_trade(quote, order.units):
            fill_pending(broker, broker.batch(account, now), order)
