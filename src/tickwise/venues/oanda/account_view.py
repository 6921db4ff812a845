"""An account whole, as OANDA tells it, in our words; and what it teaches the memory."""

from __future__ import annotations

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.exact import money_of, nearest_steps, steps_of
from tickwise.venues.oanda.memory import Memory, OpenTrade, Working
from tickwise.venues.oanda.protection import kind_of_order, protection_price
from tickwise.venues.oanda.scale import Scales, scale_named
from tickwise.venues.oanda.times import ts_of
from tickwise.venues.oanda.transactions import mark_of
from tickwise.venues.venue import AccountView, VenueOrder, VenuePosition


def view_of(reply: wire.AccountReply, memory: Memory, scales: Scales) -> AccountView:
    """Read an account as of its last transaction, and learn from it. Raises Malformed."""
    said = reply.account
    where = f"account {said.id}"
    mark = mark_of(reply.last_transaction_id, where)
    trades = {trade.id: _open_trade(trade, mark, scales) for trade in said.trades}
    resting = _resting(said, trades, scales)
    view = AccountView(
        account=said.id,
        currency=said.currency,
        balance=money_of(said.balance, f"{where} balance"),
        margin_used=money_of(said.margin_used, f"{where} marginUsed"),
        margin_available=money_of(said.margin_available, f"{where} marginAvailable"),
        hedging=said.hedging_enabled,
        mark=mark,
        positions=tuple(_position(trade, trades[trade.id], resting) for trade in said.trades),
        orders=tuple(_order(order, scales) for order in said.orders if kind_of_order(order.type) == "entry"),
    )
    memory.learn(mark, trades, {order.id: _working(order) for order in said.orders})
    return view


def _client_id(extensions: wire.Extensions | None) -> str:
    """Give a client's id of an order or trade, "" where it has none."""
    return (extensions.id if extensions else None) or ""


def _open_trade(said: wire.TradeOfAccount, mark: int, scales: Scales) -> OpenTrade:
    """Read an open trade; `tradeClientExtensions` gave it the id of its entry."""
    where = f"trade {said.id}"
    scale = scale_named(scales, said.instrument, where)
    units = steps_of(said.current_units, scale.units, where)
    price = nearest_steps(said.price, scale.price, where)
    return OpenTrade(_client_id(said.client_extensions), said.instrument, units, price, mark)


def _resting(said: wire.Account, trades: dict[str, OpenTrade], scales: Scales) -> dict[tuple[str, str], int]:
    """Give the prices of stops and targets that rest, by trade and kind."""
    hung = [order for order in said.orders if order.trade_id in trades]
    return {
        (order.trade_id or "", kind_of_order(order.type)): protection_price(
            order, trades[order.trade_id or ""], scales, f"order {order.id}"
        )
        for order in hung
        if kind_of_order(order.type) in ("stop", "target")
    }


def _position(
    said: wire.TradeOfAccount, trade: OpenTrade, resting: dict[tuple[str, str], int]
) -> VenuePosition:
    """Tell a trade as a position with what rests for it."""
    return VenuePosition(
        venue_position=said.id,
        order=trade.order,
        instrument=trade.instrument,
        units=trade.units,
        price=trade.price,
        stop=resting.get((said.id, "stop"), 0),
        target=resting.get((said.id, "target"), 0),
        opened_ts=ts_of(said.open_time, f"trade {said.id}"),
    )


def _order(said: wire.OrderOfAccount, scales: Scales) -> VenueOrder:
    """Tell an order that works and protects nothing."""
    where = f"order {said.id}"
    scale = scale_named(scales, said.instrument, where)
    units = steps_of(said.units or "", scale.units, where)
    return VenueOrder(said.id, _client_id(said.client_extensions), said.instrument or "", units)


def _working(said: wire.OrderOfAccount) -> Working:
    """Keep what an order's number stands for."""
    return Working(kind_of_order(said.type), _client_id(said.client_extensions), said.trade_id or "")
