"""The orders that hang on a trade: take profit, stop loss, trailing stop. How they come, move and go."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from brokers.oanda.truth.account import Batch, Transaction
from brokers.oanda.truth.forms import exit_fields
from brokers.oanda.truth.levels import trailed
from brokers.oanda.truth.prices import Quote
from brokers.oanda.truth.records import EXIT_FIELDS, EXIT_TYPES, ExitTerms, Order, Trade

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker


def blocks(order: Order) -> list[tuple[str, ExitTerms]]:
    """Give the exits an order asks for when it opens a trade."""
    terms = (order.take_profit, order.stop_loss, order.trailing_stop)
    return [(kind, each) for kind, each in zip(EXIT_TYPES, terms, strict=True) if each is not None]


def drafted(broker: Broker, trade: Trade, kind: str, terms: ExitTerms, now: int) -> Order:
    """Give the order that terms make on a trade, its id still to come. Terms have been checked."""
    instrument = broker.instruments[trade.instrument]
    distance = None if terms.distance is None else instrument.points(terms.distance)
    price = None if terms.price is None else instrument.points(terms.price)
    if price is None and distance is not None and kind != "TRAILING_STOP_LOSS":
        price = trade.price + (1 if kind == "TAKE_PROFIT" else -1) * trade.side * distance
    order = Order(
        0,
        kind,
        now,
        trade.instrument,
        units=-trade.units,
        price=price,
        distance=distance,
        tif=terms.tif,
        gtd=terms.gtd if terms.tif == "GTD" else None,
        trigger=terms.trigger,
        guaranteed=terms.guaranteed,
        extensions=broker.kept(terms.extensions),
        trade_id=trade.id,
        client_trade_id=trade.extensions.id,
    )
    if kind != "TRAILING_STOP_LOSS":
        return order
    quote = broker.prices.quotes[trade.instrument]
    return trailed(order, quote)


def on_fill_obstacle(broker: Broker, batch: Batch, order: Order) -> str | None:
    """Give the reason for which the exits of a trade to be opened could not be made."""
    wanted = blocks(order)
    if wanted and len(batch.account.state.pending) + len(wanted) > broker.manners.pending_orders_max:
        return "PENDING_ORDERS_ALLOWED_EXCEEDED"
    for kind, terms in wanted:
        if terms.gtd is not None and terms.tif == "GTD" and terms.gtd <= batch.now:
            return f"{kind}_ON_FILL_GTD_TIMESTAMP_IN_PAST"
        held = terms.extensions.id and batch.account.client_order(terms.extensions.id)
        if held and held.id != order.id:
            return f"{kind}_ON_FILL_CLIENT_ORDER_ID_ALREADY_EXISTS"
    return None


def losing_on_fill(order: Order, quote: Quote, price: int) -> str | None:
    """Give the reason where a trade opened at a price would have an exit that closes it at a loss at once."""
    side = 1 if order.units > 0 else -1
    points = quote.instrument.points
    target = order.take_profit.price if order.take_profit else None
    if target is not None and side * (points(target) - price) <= 0:
        return "TAKE_PROFIT_ON_FILL_LOSS"
    if stop := order.stop_loss:
        away = 0 if stop.distance is None else points(stop.distance)
        level = price - side * away if stop.price is None else points(stop.price)
        if side * (quote.side(-side) - level) <= 0:
            return "STOP_LOSS_ON_FILL_LOSS"
    return None


def create_on_fill(broker: Broker, batch: Batch, order: Order, trade: Trade, fill_id: int) -> None:
    """Make the exits that an order brought with it, in the batch of its fill."""
    for kind, terms in blocks(order):
        draft = drafted(broker, trade, kind, terms, batch.now)
        place(broker, batch, draft, "ON_FILL", orderFillTransactionID=str(fill_id))


def place(
    broker: Broker, batch: Batch, draft: Order, reason: str, **fields: Any
) -> tuple[Order, Transaction]:
    """Write an exit down and hang it on its trade."""
    state = batch.account.state
    instrument = broker.instruments[draft.instrument]
    order = replace(draft, id=batch.next_id)
    told = {**exit_fields(order, instrument), "reason": reason, **fields}
    transaction = batch.add(f"{order.type}_ORDER", **told)
    state.pending[order.id] = order
    trade = state.open[order.trade_id or 0]
    state.open[trade.id] = replace(trade, **{EXIT_FIELDS[order.type]: order.id})
    return order, transaction


def replaced(
    broker: Broker, batch: Batch, old: Order, draft: Order
) -> tuple[Transaction, Order, Transaction]:
    """Cancel an exit and put another in its place. Give the cancel, the new order and its transaction."""
    cancel = batch.cancel(old, "CLIENT_REQUEST_REPLACED", batch.next_id + 1)
    draft = replace(draft, replaces=old.id)
    linked = {"replacesOrderID": str(old.id), "cancellingTransactionID": cancel["id"]}
    order, created = place(broker, batch, draft, "REPLACEMENT", **linked)
    return cancel, order, created
