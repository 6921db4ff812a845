"""What a client may do with orders: create, replace, cancel, write on them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from brokers.oanda.truth import fills, triggers
from brokers.oanda.truth.account import Account, Batch, Transaction
from brokers.oanda.truth.checks import Rejected, check_extensions, check_free_id, judged
from brokers.oanda.truth.exits import place, replaced
from brokers.oanda.truth.forms import echo_fields, entry_fields
from brokers.oanda.truth.levels import can_trade, is_met
from brokers.oanda.truth.records import Extensions, Order, Request
from brokers.oanda.truth.trade_orders import settle

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker


@dataclass(frozen=True, slots=True)
class Forced:
    """What fate has in store for one order, whatever the market says."""

    reject: str | None = None
    """It is rejected with this reason."""
    cancel: str | None = None
    """It is made, and cancelled at once with this reason."""
    fill_fraction: Decimal | None = None
    """A market order fills this part of its units at most, and the rest is cancelled."""


@dataclass(slots=True)
class Answer:
    """What a request came to: the transactions by their names on the wire, and a reason where refused."""

    batch: Batch
    parts: dict[str, Any] = field(default_factory=dict)
    refused: str | None = None
    missing: bool = False
    """Whether it was refused because what it names is not there: a 404 and not a 400."""


FREE = Forced()


def create(broker: Broker, account: Account, request: Request, batch: Batch, forced: Forced = FREE) -> Answer:
    """Create an order; a market order is filled or cancelled in the same batch."""
    answer = Answer(batch)
    try:
        if forced.reject:
            raise Rejected(forced.reject)
        draft = judged(broker, account, request, batch.now)
    except Rejected as rejected:
        answer.refused = rejected.reason
        answer.missing = rejected.reason == "TRADE_DOESNT_EXIST"
        answer.parts["orderRejectTransaction"] = _rejected(batch, request, rejected.reason)
        return answer
    if draft.is_exit:
        order, created = place(broker, batch, draft, "CLIENT_ORDER")
        answer.parts["orderCreateTransaction"] = created
        _settle_exit(broker, answer, order)
        return answer
    order, created = _placed(broker, batch, draft, "CLIENT_ORDER")
    answer.parts["orderCreateTransaction"] = created
    _run(broker, answer, order, forced)
    return answer


def _rejected(batch: Batch, request: Request, reason: str, replacing: Order | None = None) -> Transaction:
    return batch.add(
        f"{request.type}_ORDER_REJECT",
        **echo_fields(request),
        reason="REPLACEMENT" if replacing else "CLIENT_ORDER",
        intendedReplacesOrderID=str(replacing.id) if replacing else None,
        rejectReason=reason,
    )


def _placed(
    broker: Broker, batch: Batch, draft: Order, reason: str, **fields: Any
) -> tuple[Order, Transaction]:
    order = replace(draft, id=batch.next_id)
    told = entry_fields(order, broker.instruments[order.instrument])
    created = batch.add(f"{order.type}_ORDER", **told, reason=reason, **fields)
    batch.account.state.pending[order.id] = order
    return order, created


def _settle_exit(broker: Broker, answer: Answer, order: Order) -> None:
    settled = settle(broker, answer.batch, order)
    if settled:
        ending, transaction = settled
        key = "orderFillTransaction" if ending == "FillTransaction" else "orderCancelTransaction"
        answer.parts[key] = transaction


def _run(broker: Broker, answer: Answer, order: Order, forced: Forced) -> None:
    """Let a new order act on the market at once, as far as it may."""
    batch, parts = answer.batch, answer.parts
    if forced.cancel:
        parts["orderCancelTransaction"] = batch.cancel(order, forced.cancel)
    elif order.type == "MARKET":
        run_market(broker, answer, order, "MARKET_ORDER", forced)
    elif order.tif in ("FOK", "IOC"):
        _run_now_or_never(broker, answer, order)
    else:
        quote = broker.prices.quotes[order.instrument]
        if can_trade(quote, order.units) and is_met(order, quote):
            fill, reissue = triggers.fill_pending(broker, batch, order)
            if fill:
                parts["orderFillTransaction"] = fill
            elif order.id not in batch.account.state.pending:
                parts["orderCancelTransaction"] = batch.written()[-1]
            if reissue:
                parts["orderReissueTransaction"] = reissue


def run_market(
    broker: Broker, answer: Answer, order: Order, reason: str, forced: Forced = FREE, prefix: str = "order"
) -> None:
    """Fill a market order or cancel it, or both where only a part of it is filled."""
    most = None
    if forced.fill_fraction is not None:
        most = max(1, int(abs(order.units) * forced.fill_fraction))
    fill, short_of = fills.attempt(broker, answer.batch, order, reason, units_max=most)
    _told(answer, order, fill, short_of, prefix)


def _run_now_or_never(broker: Broker, answer: Answer, order: Order) -> None:
    quote = broker.prices.quotes[order.instrument]
    fill, short_of = None, "TIME_IN_FORCE_EXPIRED"
    if not quote.tradeable:
        short_of = "MARKET_HALTED"
    elif is_met(order, quote):
        fill, short_of = fills.attempt(broker, answer.batch, order, f"{order.type}_ORDER")
    _told(answer, order, fill, short_of, "order")


def _told(answer: Answer, order: Order, fill: Transaction | None, short_of: str, prefix: str) -> None:
    name = f"{prefix}Fill" if fill else f"{prefix}Cancel"
    if fill:
        answer.parts[f"{name}Transaction"] = fill
    if short_of:
        standing = answer.batch.account.state.order(order.id)
        assert standing is not None
        answer.parts[f"{prefix}CancelTransaction"] = answer.batch.cancel(standing, short_of)


def named(account: Account, specifier: str) -> Order | None:
    """Find a pending order by its id, or by a client's behind an `@`."""
    if specifier.startswith("@"):
        return account.client_order(specifier[1:])
    return account.state.pending.get(int(specifier)) if specifier.isdecimal() else None


def cancel(account: Account, specifier: str, batch: Batch) -> Answer:
    """Cancel a pending order."""
    answer = Answer(batch)
    order = named(account, specifier)
    if order and "ACCOUNT_ORDER_CANCEL_LOCKED" in account.locks:
        return _not_cancelled(answer, specifier, "ACCOUNT_ORDER_CANCEL_LOCKED")
    if order is None:
        answer.missing = True
        return _not_cancelled(answer, specifier, "ORDER_DOESNT_EXIST")
    answer.parts["orderCancelTransaction"] = batch.cancel(order, "CLIENT_REQUEST")
    return answer


def _not_cancelled(answer: Answer, specifier: str, reason: str) -> Answer:
    by_client = specifier.startswith("@")
    answer.refused = reason
    answer.parts["orderCancelRejectTransaction"] = answer.batch.add(
        "ORDER_CANCEL_REJECT",
        orderID=None if by_client else specifier,
        clientOrderID=specifier[1:] if by_client else None,
        rejectReason=reason,
    )
    return answer


def replace_order(broker: Broker, account: Account, specifier: str, request: Request, batch: Batch) -> Answer:
    """Cancel a pending order and put another of its type in its place."""
    answer = Answer(batch)
    old = named(account, specifier)
    if old is None:
        answer.missing = True
        return _not_cancelled(answer, specifier, "ORDER_DOESNT_EXIST")
    try:
        if request.type != old.type:
            raise Rejected("REPLACING_ORDER_INVALID")
        if old.is_exit and request.trade_id is None and request.client_trade_id is None:
            request = replace(request, trade_id=str(old.trade_id))
        draft = judged(broker, account, request, batch.now, old)
    except Rejected as rejected:
        answer.refused = rejected.reason
        answer.parts["orderRejectTransaction"] = _rejected(batch, request, rejected.reason, old)
        return answer
    if draft.is_exit:
        told, order, created = replaced(broker, batch, old, draft)
        answer.parts |= {"orderCancelTransaction": told, "orderCreateTransaction": created}
        if settled := settle(broker, batch, order):
            ending, transaction = settled
            is_fill = ending == "FillTransaction"
            key = "orderFillTransaction" if is_fill else "replacingOrderCancelTransaction"
            answer.parts[key] = transaction
        return answer
    told = batch.cancel(old, "CLIENT_REQUEST_REPLACED", batch.next_id + 1)
    linked = {"replacesOrderID": str(old.id), "cancellingTransactionID": told["id"]}
    order, created = _placed(broker, batch, replace(draft, replaces=old.id), "REPLACEMENT", **linked)
    answer.parts["orderCreateTransaction"] = created
    _run(broker, answer, order, FREE)
    if "orderCancelTransaction" in answer.parts:
        answer.parts["replacingOrderCancelTransaction"] = answer.parts["orderCancelTransaction"]
    answer.parts["orderCancelTransaction"] = told
    return answer


def write_on_order(
    broker: Broker,
    account: Account,
    specifier: str,
    extensions: Extensions,
    trade_extensions: Extensions,
    batch: Batch,
) -> Answer:
    """Change what a client wrote on a pending order, and on the trade it may open."""
    answer = Answer(batch)
    order = named(account, specifier)
    try:
        if order is None:
            answer.missing = True
            raise Rejected("ORDER_DOESNT_EXIST")
        check_extensions(extensions, "CLIENT_ORDER_")
        check_extensions(trade_extensions, "CLIENT_TRADE_")
        check_free_id(account, extensions.id, order)
    except Rejected as rejected:
        answer.refused = rejected.reason
    by_client = specifier.startswith("@")
    told = {
        "orderID": str(order.id) if order else None if by_client else specifier,
        "clientOrderID": order.extensions.id if order else specifier[1:] if by_client else None,
        "clientExtensionsModify": extensions.to_wire(),
        "tradeClientExtensionsModify": trade_extensions.to_wire(),
    }
    if answer.refused or order is None:
        answer.parts["orderClientExtensionsModifyRejectTransaction"] = batch.add(
            "ORDER_CLIENT_EXTENSIONS_MODIFY_REJECT", **told, rejectReason=answer.refused
        )
        return answer
    account.state.pending[order.id] = replace(
        order,
        extensions=broker.kept(order.extensions.changed(extensions)),
        trade_extensions=broker.kept(order.trade_extensions.changed(trade_extensions)),
    )
    key = "orderClientExtensionsModifyTransaction"
    answer.parts[key] = batch.add("ORDER_CLIENT_EXTENSIONS_MODIFY", **told)
    return answer
