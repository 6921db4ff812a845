"""What a client may do with trades and positions: close them, change their exits, write on them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from brokers.oanda.truth.account import Account, Batch
from brokers.oanda.truth.checks import Rejected, check_extensions
from brokers.oanda.truth.forms import entry_fields
from brokers.oanda.truth.orders import FREE, Answer, Forced, run_market
from brokers.oanda.truth.records import ExitTerms, Extensions, Order, Trade
from brokers.oanda.truth.trade_orders import change

if TYPE_CHECKING:
    from brokers.oanda.truth.broker import Broker

ALL = "ALL"


def named(account: Account, specifier: str) -> Trade | None:
    """Find an open trade by its id, or by a client's behind an `@`."""
    if specifier.startswith("@"):
        return account.client_trade(specifier[1:])
    return account.state.open.get(int(specifier)) if specifier.isdecimal() else None


def market_close(
    broker: Broker,
    answer: Answer,
    order: Order,
    why: tuple[str, str],
    *,
    forced: Forced = FREE,
    prefix: str = "order",
) -> None:
    """Write a market order that closes, and run it. `why` is the reason of the order and of its fill."""
    batch = answer.batch
    order = replace(order, id=batch.next_id)
    told = entry_fields(order, broker.instruments[order.instrument])
    created = batch.add("MARKET_ORDER", **told, reason=why[0])
    answer.parts[f"{prefix}CreateTransaction"] = created
    batch.account.state.pending[order.id] = order
    if forced.cancel:
        answer.parts[f"{prefix}CancelTransaction"] = batch.cancel(order, forced.cancel)
    else:
        run_market(broker, answer, order, why[1], forced, prefix)


def close_trade(
    broker: Broker,
    account: Account,
    specifier: str,
    units: Decimal | str,
    batch: Batch,
    forced: Forced = FREE,
) -> Answer:
    """Close a trade, or a part of it given in units without a sign."""
    answer = Answer(batch)
    trade = named(account, specifier)
    named_by = {"clientTradeID": specifier[1:]} if specifier.startswith("@") else {}
    asked = {
        "tradeID": str(trade.id) if trade else None if named_by else specifier,
        **named_by,
        "units": ALL if units == ALL else format(Decimal(units), "f"),
    }
    told = {name: value for name, value in asked.items() if value is not None}
    try:
        if forced.reject:
            raise Rejected(forced.reject)
        steps = _steps_to_close(broker, trade, units)
    except Rejected as rejected:
        answer.refused = rejected.reason
        answer.missing = trade is None
        answer.parts["orderRejectTransaction"] = batch.add(
            "MARKET_ORDER_REJECT",
            timeInForce="FOK",
            positionFill="REDUCE_ONLY",
            tradeClose=told,
            reason="TRADE_CLOSE",
            rejectReason=rejected.reason,
        )
        return answer
    assert trade is not None
    order = _closing(trade.instrument, -trade.side * steps, batch.now, ("tradeClose", told), trade.id)
    why = ("TRADE_CLOSE", "MARKET_ORDER_TRADE_CLOSE")
    market_close(broker, answer, order, why, forced=forced)
    return answer


def _closing(
    instrument: str, units: int, now: int, closes: tuple[str, dict[str, Any]], trade_id: int | None = None
) -> Order:
    return Order(
        0,
        "MARKET",
        now,
        instrument,
        units,
        tif="FOK",
        position_fill="REDUCE_ONLY",
        closes=closes,
        trade_id=trade_id,
    )


def _steps_to_close(broker: Broker, trade: Trade | None, units: Decimal | str) -> int:
    if trade is None:
        raise Rejected("TRADE_DOESNT_EXIST")
    if units == ALL:
        return abs(trade.units)
    if Decimal(units) <= 0:
        raise Rejected("CLOSE_TRADE_PARTIAL_UNITS_MISSING")
    try:
        steps = broker.instruments[trade.instrument].steps(Decimal(units))
    except ValueError:
        raise Rejected("UNITS_PRECISION_EXCEEDED") from None
    if steps > abs(trade.units):
        raise Rejected("CLOSE_TRADE_UNITS_EXCEED_TRADE_SIZE")
    return steps


def close_position(
    broker: Broker,
    account: Account,
    instrument: str,
    wanted: dict[int, Decimal | str],
    batch: Batch,
    forced: Forced = FREE,
) -> Answer:
    """Close the long side (+1), the short side (-1) or both of an instrument: ALL or some units each."""
    answer = Answer(batch)
    held = {1: 0, -1: 0}
    for trade in account.state.open_in(instrument):
        held[trade.side] += abs(trade.units)
    steps: dict[int, int] = {}
    reasons: dict[int, str] = {}
    for side, units in wanted.items():
        try:
            if forced.reject:
                raise Rejected(forced.reject)
            steps[side] = _side_to_close(broker, instrument, held[side], units)
        except Rejected as rejected:
            reasons[side] = rejected.reason
    if reasons or not wanted:
        return _position_rejected(answer, instrument, wanted, reasons, held)
    for side, amount in steps.items():
        prefix = "long" if side > 0 else "short"
        told = {"instrument": instrument, "units": _told(wanted[side])}
        order = _closing(instrument, -side * amount, batch.now, (f"{prefix}PositionCloseout", told))
        why = ("POSITION_CLOSEOUT", "MARKET_ORDER_POSITION_CLOSEOUT")
        market_close(broker, answer, order, why, forced=forced, prefix=f"{prefix}Order")
    return answer


def _told(units: Decimal | str) -> str:
    return ALL if units == ALL else format(Decimal(units), "f")


def _side_to_close(broker: Broker, instrument: str, held: int, units: Decimal | str) -> int:
    if not held:
        raise Rejected("CLOSEOUT_POSITION_DOESNT_EXIST")
    if units == ALL:
        return held
    if Decimal(units) <= 0:
        raise Rejected("CLOSEOUT_POSITION_PARTIAL_UNITS_MISSING")
    try:
        steps = broker.instruments[instrument].steps(Decimal(units))
    except ValueError:
        raise Rejected("UNITS_PRECISION_EXCEEDED") from None
    if steps > held:
        raise Rejected("CLOSEOUT_POSITION_UNITS_EXCEED_POSITION_SIZE")
    return steps


def _position_rejected(
    answer: Answer,
    instrument: str,
    wanted: dict[int, Decimal | str],
    reasons: dict[int, str],
    held: dict[int, int],
) -> Answer:
    if not wanted:
        reasons = {1: "CLOSEOUT_POSITION_INCOMPLETE_SPECIFICATION"}
    answer.refused = next(iter(reasons.values()))
    answer.missing = not any(held.values()) and bool(wanted)
    for side, reason in reasons.items():
        prefix = "long" if side > 0 else "short"
        told = {"instrument": instrument, "units": _told(wanted[side])} if side in wanted else None
        answer.parts[f"{prefix}OrderRejectTransaction"] = answer.batch.add(
            "MARKET_ORDER_REJECT",
            instrument=instrument,
            timeInForce="FOK",
            positionFill="REDUCE_ONLY",
            **{f"{prefix}PositionCloseout": told},
            reason="POSITION_CLOSEOUT",
            rejectReason=reason,
        )
    return answer


def set_exits(
    broker: Broker, account: Account, specifier: str, wanted: dict[str, ExitTerms | None], batch: Batch
) -> Answer:
    """Create, replace and cancel the exits of a trade."""
    answer = Answer(batch)
    trade = named(account, specifier)
    if trade is None:
        answer.refused, answer.missing = "TRADE_DOESNT_EXIST", True
        return answer
    answer.parts, answer.refused = change(broker, batch, trade.id, wanted)
    return answer


def write_on_trade(
    broker: Broker, account: Account, specifier: str, extensions: Extensions, batch: Batch
) -> Answer:
    """Change what a client wrote on an open trade."""
    answer = Answer(batch)
    trade = named(account, specifier)
    try:
        if trade is None:
            answer.missing = True
            raise Rejected("TRADE_DOESNT_EXIST")
        check_extensions(extensions, "CLIENT_TRADE_")
        held = account.client_trade(extensions.id) if extensions.id is not None else None
        if held and held.id != trade.id:
            raise Rejected("CLIENT_TRADE_ID_ALREADY_EXISTS")
    except Rejected as rejected:
        answer.refused = rejected.reason
    by_client = specifier.startswith("@")
    told = {
        "tradeID": str(trade.id) if trade else None if by_client else specifier,
        "clientTradeID": trade.extensions.id if trade else specifier[1:] if by_client else None,
        "tradeClientExtensionsModify": extensions.to_wire() or {},
    }
    if answer.refused or trade is None:
        answer.parts["tradeClientExtensionsModifyRejectTransaction"] = batch.add(
            "TRADE_CLIENT_EXTENSIONS_MODIFY_REJECT", **told, rejectReason=answer.refused
        )
        return answer
    changed = broker.kept(trade.extensions.changed(extensions))
    account.state.open[trade.id] = replace(trade, extensions=changed)
    key = "tradeClientExtensionsModifyTransaction"
    answer.parts[key] = batch.add("TRADE_CLIENT_EXTENSIONS_MODIFY", **told)
    return answer
