"""Our orders as requests for the wire.

An entry is a market order that fills at once or not at all, with the worst price it may fill at, its stop by
distance from the fill (an absolute one may be on the wrong side by then) and its target by price. OANDA knows
no key that would make a second sending harmless; our id stands in `clientExtensions` so that the order can be
found among the transactions, and in `tradeClientExtensions` so that its trade can be. Leaving is closing the
trade: closing it whole a second time finds nothing left to close.
"""

from __future__ import annotations

import re
from typing import Any, Literal, TypeAlias

import msgspec

from tickwise.venues.oanda.exact import Malformed, shown, written
from tickwise.venues.oanda.scale import Scale, Scales, scale_named
from tickwise.venues.venue import EntryOrder, ExitOrder, Request, StopOrder

TimeInForce: TypeAlias = Literal["FOK", "IOC"]
"""Whole or not at all, or what can be had and the rest cancelled."""

TEXT_MAX = 128
"""Characters of a client's id, tag and comment that OANDA takes."""

_ACCOUNT = re.compile(r"[0-9A-Za-z-]{1,64}", re.ASCII)
_NUMBER = re.compile(r"[0-9]{1,18}", re.ASCII)
_PRINTABLE = re.compile(r"[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?", re.ASCII)


def entry_request(order: EntryOrder, scales: Scales, time_in_force: TimeInForce) -> Request:
    """Write an entry. Raises Malformed where an id, an account or an instrument cannot stand on the wire."""
    assert order.units, "an entry has units"
    assert order.stop > 0, "no entry without a stop"
    scale = scale_named(scales, order.instrument, f"order {order.order}")
    extensions = _extensions(order)
    wanted: dict[str, Any] = {
        "type": "MARKET",
        "instrument": order.instrument,
        "units": written(order.units, scale.units),
        "timeInForce": time_in_force,
        "positionFill": "DEFAULT",
        **_bound_and_bracket(order, scale),
        "clientExtensions": extensions,
        "tradeClientExtensions": extensions,
    }
    path = f"/v3/accounts/{account_in_path(order.account)}/orders"
    return _request("enter", order.order, order.account, "POST", path, {"order": wanted})


def exit_request(order: ExitOrder, scales: Scales) -> Request:
    """Write an order to close a trade, whole or in part. Raises Malformed."""
    assert order.units >= 0, "the units of an exit have no sign"
    scale = scale_named(scales, order.instrument, f"order {order.order}")
    units = written(order.units, scale.units) if order.units else "ALL"
    path = f"{_trade_path(order.account, order.venue_position)}/close"
    return _request("leave", order.order, order.account, "PUT", path, {"units": units})


def stop_request(order: StopOrder, scales: Scales) -> Request:
    """Write new prices for the stop and the target of a trade; what is not named stays. Raises Malformed."""
    assert order.stop or order.target, "a change of protection changes something"
    scale = scale_named(scales, order.instrument, f"position {order.position}")
    named = {"stopLoss": order.stop, "takeProfit": order.target}
    wanted = {
        name: {"price": written(price, scale.price), "timeInForce": "GTC"}
        for name, price in named.items()
        if price
    }
    path = f"{_trade_path(order.account, order.venue_position)}/orders"
    return _request("set_stop", order.position, order.account, "PUT", path, wanted)


def _bound_and_bracket(order: EntryOrder, scale: Scale) -> dict[str, Any]:
    """Write the worst price, the stop and the target of an entry."""
    parts: dict[str, Any] = {}
    if order.bound:
        parts["priceBound"] = written(order.bound, scale.price)
    parts["stopLossOnFill"] = {"distance": written(order.stop, scale.price), "timeInForce": "GTC"}
    if order.target_price:
        parts["takeProfitOnFill"] = {"price": written(order.target_price, scale.price), "timeInForce": "GTC"}
    return parts


def _extensions(order: EntryOrder) -> dict[str, str]:
    """Write what hangs on the order and on its trade: our id, the bot, and the distance of the target."""
    texts = {
        "id": order.order,
        "tag": order.tag,
        "comment": f"target {order.target}" if order.target else "",
    }
    for name, text in texts.items():
        if (text or name == "id") and not (len(text) <= TEXT_MAX and _PRINTABLE.fullmatch(text)):
            raise Malformed(f"{shown(text)} is not 1 to {TEXT_MAX} printable characters", f"client {name}")
    return {name: text for name, text in texts.items() if text}


def account_in_path(account: str) -> str:
    """Give an account as it may stand in a path. Raises Malformed."""
    if not _ACCOUNT.fullmatch(account):
        raise Malformed(f"{shown(account)} is no account of OANDA's", "account")
    return account


def _trade_path(account: str, trade: str) -> str:
    """Give the path of a trade. Raises Malformed."""
    if not _NUMBER.fullmatch(trade):
        raise Malformed(f"{shown(trade)} is no number of a trade", "venue_position")
    return f"/v3/accounts/{account_in_path(account)}/trades/{trade}"


def _request(
    verb: Literal["enter", "leave", "set_stop"],
    order: str,
    account: str,
    method: str,
    path: str,
    body: dict[str, Any],
) -> Request:
    """Put a request together."""
    return Request(verb, order, account, method, path, msgspec.json.encode(body))
