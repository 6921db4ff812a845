"""Changes of the exits of a trade that stands: all of what is asked for, or none of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from brokers.oanda.truth import triggers
from brokers.oanda.truth.account import Batch, Transaction
from brokers.oanda.truth.checks import Rejected, check_free_id, check_terms
from brokers.oanda.truth.exits import drafted, place, replaced
from brokers.oanda.truth.levels import can_trade, is_met
from brokers.oanda.truth.records import EXIT_FIELDS, EXIT_TYPES, ExitTerms, Order, Trade

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker

KEYS = {
    "TAKE_PROFIT": "takeProfitOrder",
    "STOP_LOSS": "stopLossOrder",
    "TRAILING_STOP_LOSS": "trailingStopLossOrder",
}
"""How the keys of an answer begin that tells of an exit."""


def settle(broker: Broker, batch: Batch, order: Order) -> tuple[str, Transaction] | None:
    """Fill an exit that is through the market as soon as it is made, or cancel one that could only lose.

    Gives how the key of the answer ends, and the transaction.
    """
    trade = batch.account.state.open[order.trade_id or 0]
    quote = broker.prices.quotes[order.instrument]
    if not can_trade(quote, order.units) or not is_met(order, quote):
        return None
    if order.type == "TAKE_PROFIT" and trade.side * (quote.side(-trade.side) - trade.price) < 0:
        return "CreatedCancelTransaction", batch.cancel(order, "LOSING_TAKE_PROFIT")
    fill, _ = triggers.fill_pending(broker, batch, order)
    return ("FillTransaction", fill) if fill else ("CreatedCancelTransaction", batch.written()[-1])


def change(
    broker: Broker, batch: Batch, trade_id: int, wanted: dict[str, ExitTerms | None]
) -> tuple[dict[str, Transaction], str | None]:
    """Create, replace or cancel a trade's exits: all of what is wanted, or none of it.

    An exit that is not named stays, None cancels it. Gives the parts of the answer, and the reason of a
    rejection.
    """
    state = batch.account.state
    rejected = _rejections(broker, batch, state.open[trade_id], wanted)
    if rejected:
        return rejected, next(iter(rejected.values()))["rejectReason"]
    parts: dict[str, Transaction] = {}
    for kind in EXIT_TYPES:
        if kind not in wanted or trade_id not in state.open:
            continue
        trade, terms = state.open[trade_id], wanted[kind]
        standing = getattr(trade, EXIT_FIELDS[kind])
        old = state.pending.get(standing) if standing is not None else None
        if terms is None:
            if old:
                parts[f"{KEYS[kind]}CancelTransaction"] = batch.cancel(old, "CLIENT_REQUEST")
            continue
        draft = drafted(broker, trade, kind, terms, batch.now)
        if old:
            cancel, order, created = replaced(broker, batch, old, draft)
            parts[f"{KEYS[kind]}CancelTransaction"] = cancel
        else:
            order, created = place(broker, batch, draft, "CLIENT_ORDER")
        parts[f"{KEYS[kind]}Transaction"] = created
        if settled := settle(broker, batch, order):
            parts[f"{KEYS[kind]}{settled[0]}"] = settled[1]
    return parts, None


def _rejections(
    broker: Broker, batch: Batch, trade: Trade, wanted: dict[str, ExitTerms | None]
) -> dict[str, Transaction]:
    account, instrument = batch.account, broker.instruments[trade.instrument]
    parts = {}
    for kind, terms in wanted.items():
        if terms is None:
            continue
        standing = getattr(trade, EXIT_FIELDS[kind])
        try:
            check_terms(broker, kind, terms, instrument, batch.now, on_fill=False)
            check_free_id(account, terms.extensions.id, account.state.pending.get(standing or 0))
        except Rejected as rejected:
            parts[f"{KEYS[kind]}RejectTransaction"] = batch.add(
                f"{kind}_ORDER_REJECT",
                tradeID=str(trade.id),
                clientTradeID=trade.extensions.id,
                **terms.to_wire(kind),
                reason="CLIENT_ORDER" if standing is None else "REPLACEMENT",
                intendedReplacesOrderID=None if standing is None else str(standing),
                rejectReason=rejected.reason,
            )
    return parts
