"""A transaction of OANDA's as changes in our words; one transaction may be several.

`changes_of` looks the kind up and hands over to one function each. A transaction that moves nothing of ours
is `Noted`, so that its mark counts. What a transaction does not say itself is looked up in the account's
memory, and what it teaches goes there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

import msgspec

from tickwise.venues.oanda.exact import Malformed, money_of, shown
from tickwise.venues.oanda.fills import changes_of_fill
from tickwise.venues.oanda.memory import Memory, Working
from tickwise.venues.oanda.protection import KINDS, protection_price
from tickwise.venues.oanda.reasons import meaning_of
from tickwise.venues.oanda.scale import Scales
from tickwise.venues.oanda.telling import Told
from tickwise.venues.oanda.times import ts_of
from tickwise.venues.oanda.wire import Transaction, transaction_line
from tickwise.venues.venue import (
    Change,
    Heartbeat,
    MoneyMoved,
    OrderAccepted,
    OrderEnded,
    ProtectionSet,
)

STREAM = "changes"
"""The name of this stream in our words."""

Why: TypeAlias = Literal["deposit", "financing", "correction"]

EXPIRED = ("TIME_IN_FORCE_EXPIRED",)
"""Reasons of a cancellation that are an order's own end."""


def mark_of(text: str | None, where: str) -> int:
    """Read a transaction's number, which is the mark of what it changes."""
    if not text or not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise Malformed(f"{shown(text)} is no number of a transaction", where)
    return int(text)


def changes_of(account: str, said: Transaction, memory: Memory, scales: Scales) -> tuple[Change, ...]:
    """Tell a transaction in our words; the same ones however often it is seen. Raises Malformed."""
    mark = mark_of(said.id, f"transaction {said.type}")
    if mark in memory.told:
        return memory.told[mark]
    told = Told(account, mark, ts_of(said.time, f"transaction {mark}"), said, memory, scales)
    changes = _teller(said.type)(told)
    memory.saw(mark)
    return memory.keep(mark, changes) if told.is_sure else changes


def line_of(line: bytes, account: str, memory: Memory, scales: Scales) -> tuple[Change | Heartbeat, ...]:
    """Read a line of the stream of transactions. Raises Malformed."""
    said = transaction_line(line)
    if said.type != "HEARTBEAT":
        return changes_of(account, said, memory, scales)
    mark = mark_of(said.last_transaction_id, "heartbeat")
    return (Heartbeat(STREAM, ts_of(said.time, "heartbeat"), mark),)


def units_asked(body: bytes) -> str:
    """Give the units that an order to close a trade asks for, in the shape a transaction is compared by."""
    return normal_units(msgspec.json.decode(body, type=dict[str, str])["units"])


def _teller(kind: str) -> Callable[[Told], tuple[Change, ...]]:
    """Find the function that tells a kind of transaction."""
    created = KINDS.get(kind.removesuffix("_REJECT"))
    if created == "entry":
        return _rejected if kind.endswith("_REJECT") else _accepted
    if created:
        return _protection_refused if kind.endswith("_REJECT") else _protection_set
    return _TELLERS.get(kind, Told.noted)


def _accepted(told: Told) -> tuple[Change, ...]:
    """Tell that an order was created: an entry, or an exit where it says which trade it closes."""
    said = told.said
    order = _our_order(told)
    trade = said.trade_close.trade_id if said.trade_close else ""
    told.memory.orders[said.id] = Working("exit" if trade else "entry", order, trade)
    return (OrderAccepted(told.account, told.mark, told.ts, order, said.id),)


def _rejected(told: Told) -> tuple[Change, ...]:
    """Tell that an order was rejected before it was created."""
    said = told.said
    word = said.reject_reason or said.reason or ""
    reason, policy = meaning_of(word)
    is_exit = bool(said.trade_close)
    order = _our_order(told)
    return (
        OrderEnded(told.account, told.mark, told.ts, order, "", "rejected", reason, policy, word, is_exit),
    )


def _our_order(told: Told) -> str:
    """Give our id of an order that a transaction creates or rejects; "" where it is not ours."""
    said = told.said
    client_id = (said.client_extensions.id if said.client_extensions else None) or ""
    trade, units = ("", "")
    if said.trade_close:
        trade, units = said.trade_close.trade_id, normal_units(said.trade_close.units)
    return told.memory.order_of(told.mark, client_id, trade, units)


def normal_units(text: str) -> str:
    """Write a quantity without the zeros after its point, so that two of them can be compared."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _protection_set(told: Told) -> tuple[Change, ...]:
    """Tell the stop or target that now rests for a trade; a trailing stop has no price to tell.

    The stop of a trade not known yet is told again once it is: its price counts in the trade's instrument.
    """
    said, kind = told.said, KINDS[told.said.type]
    trade = said.trade_id or ""
    told.memory.orders[said.id] = Working(kind, "", trade)
    opened = told.memory.trades.get(trade)
    told.is_sure = opened is not None
    if kind == "trailing" or opened is None:
        return told.noted()
    price = protection_price(said, opened, told.scales, told.where)
    stop, target = (price, None) if kind == "stop" else (None, price)
    return (ProtectionSet(told.account, told.mark, told.ts, trade, stop, target),)


def _protection_refused(told: Told) -> tuple[Change, ...]:
    """Tell that a stop or target was refused: what rests for the trade is as before."""
    word = told.said.reject_reason or "refused"
    if not told.said.trade_id:
        return told.noted()
    return (ProtectionSet(told.account, told.mark, told.ts, told.said.trade_id, refused=word),)


def _cancelled(told: Told) -> tuple[Change, ...]:
    """Tell that an order was cancelled: of an entry or exit its end, of a stop or target that it is gone."""
    said, word = told.said, told.said.reason or ""
    working = told.memory.orders.pop(said.order_id or "", None)
    told.is_sure = working is not None or bool(said.client_order_id)
    if working and working.kind not in ("entry", "exit"):
        return _protection_gone(told, working)
    reason, policy = meaning_of(word)
    order = said.client_order_id or (working.order if working else "")
    status: Literal["expired", "cancelled"] = "expired" if word in EXPIRED else "cancelled"
    is_exit = bool(working and working.kind == "exit")
    venue_order = said.order_id or ""
    return (
        OrderEnded(
            told.account, told.mark, told.ts, order, venue_order, status, reason, policy, word, is_exit
        ),
    )


def _protection_gone(told: Told, working: Working) -> tuple[Change, ...]:
    """Tell that a stop or target is gone, unless another takes its place or its trade went with it."""
    replaced = bool(told.said.replaced_by_order_id)
    if replaced or working.kind == "trailing" or working.trade not in told.memory.trades:
        return told.noted()
    stop, target = (0, None) if working.kind == "stop" else (None, 0)
    return (ProtectionSet(told.account, told.mark, told.ts, working.trade, stop, target),)


def _money_moved(told: Told) -> tuple[Change, ...]:
    """Tell that the balance changed by something that is no trade."""
    said = told.said
    amount = {
        "TRANSFER_FUNDS": said.amount,
        "DAILY_FINANCING": said.financing,
        "DIVIDEND_ADJUSTMENT": said.dividend_adjustment,
    }[said.type]
    why: Why = "financing"
    if said.type == "TRANSFER_FUNDS":
        why = "correction" if said.funding_reason == "ADJUSTMENT" else "deposit"
    says = f"{said.type} {said.funding_reason or ''}".strip()
    balance = money_of(said.account_balance, told.where)
    return (MoneyMoved(told.account, told.mark, told.ts, money_of(amount, told.where), balance, why, says),)


_TELLERS: dict[str, Callable[[Told], tuple[Change, ...]]] = {
    "ORDER_FILL": changes_of_fill,
    "ORDER_CANCEL": _cancelled,
    "TRANSFER_FUNDS": _money_moved,
    "DAILY_FINANCING": _money_moved,
    "DIVIDEND_ADJUSTMENT": _money_moved,
}
"""Who tells the kinds that create no order; all others are noted."""
