"""Requests read back from the wire by other code than wrote them: what the last hop holds against the intent.

Written from OANDA's pages alone, with the standard library's JSON and Decimal, and strict: what an order of
ours never has is refused, so that nothing stands in the bytes that was not compared.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tickwise.venues.oanda.exact import Malformed, shown
from tickwise.venues.venue import EntryOrder, ExitOrder, InstrumentTerms, Request, StopOrder

Terms = Mapping[str, InstrumentTerms]

_PATHS = re.compile(r"/v3/accounts/([0-9A-Za-z-]+)/(?:(orders)|trades/([0-9]+)/(close|orders))", re.ASCII)
_WHERE = "request"
_ENTRY_KEYS = {"type", "instrument", "units", "timeInForce", "positionFill", "stopLossOnFill"} | {
    "clientExtensions",
    "tradeClientExtensions",
}
_ENTRY_MAY = {"priceBound", "takeProfitOnFill"}
_FIXED = {"type": ("MARKET",), "timeInForce": ("FOK", "IOC"), "positionFill": ("DEFAULT",)}
_DECIMAL = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]{1,18})?", re.ASCII)
_TARGET = re.compile(r"target ([1-9][0-9]*)", re.ASCII)


def parsed(
    request: Request, terms: Terms, traded: Callable[[str], str]
) -> EntryOrder | ExitOrder | StopOrder:
    """Read a request back; `traded` gives the instrument of a trade. Raises Malformed.

    An exit and a stop carry no id of ours on the wire: theirs is taken from the request.
    """
    match = _PATHS.fullmatch(request.path)
    if not match:
        raise Malformed(f"path {shown(request.path)}", _WHERE)
    account, orders, trade, act = match.groups()
    if account != request.account:
        raise Malformed(f"account {account} in the path, {request.account} meant", _WHERE)
    body = _object(request.body)
    expected = ("POST", "enter") if orders else ("PUT", "leave" if act == "close" else "set_stop")
    if (request.method, request.verb) != expected:
        raise Malformed(f"{request.method} {request.path} to {request.verb}", _WHERE)
    if orders:
        return _entry(account, body, terms)
    instrument = traded(trade)
    if act == "close":
        return _exit(request.order, account, trade, instrument, body, terms)
    return _stop(request.order, account, trade, instrument, body, terms)


def _entry(account: str, body: dict[str, Any], terms: Terms) -> EntryOrder:
    """Read an entry."""
    _keys(body, {"order"}, set())
    wanted = _keys(body["order"], _ENTRY_KEYS, _ENTRY_MAY)
    for key, allowed in _FIXED.items():
        if wanted[key] not in allowed:
            raise Malformed(f"{key} {shown(wanted[key])}", _WHERE)
    extensions = _keys(wanted["clientExtensions"], {"id"}, {"tag", "comment"})
    if extensions != wanted["tradeClientExtensions"]:
        raise Malformed("the order and its trade are named differently", _WHERE)
    steps = _steps(terms, wanted["instrument"])
    target = wanted.get("takeProfitOnFill")
    return EntryOrder(
        order=_text(extensions["id"]),
        account=account,
        instrument=steps.symbol,
        units=_count(wanted["units"], steps.unit_step),
        stop=_resting(wanted["stopLossOnFill"], "distance", steps),
        target=_distance(extensions.get("comment", "")),
        target_price=_resting(target, "price", steps) if target else 0,
        bound=_count(wanted["priceBound"], steps.tick) if "priceBound" in wanted else 0,
        tag=_text(extensions.get("tag", "")),
    )


def _exit(
    order: str, account: str, trade: str, instrument: str, body: dict[str, Any], terms: Terms
) -> ExitOrder:
    """Read an order to close a trade."""
    units = _keys(body, {"units"}, set())["units"]
    steps = 0 if units == "ALL" else _count(units, _steps(terms, instrument).unit_step)
    if steps < 0 or (steps == 0 and units != "ALL"):
        raise Malformed(f"units {shown(units)}", _WHERE)
    return ExitOrder(order, account, instrument, trade, steps)


def _stop(
    position: str, account: str, trade: str, instrument: str, body: dict[str, Any], terms: Terms
) -> StopOrder:
    """Read a change of stop or target."""
    wanted = _keys(body, set(), {"stopLoss", "takeProfit"})
    if not wanted:
        raise Malformed("nothing is set", _WHERE)
    steps = _steps(terms, instrument)
    stop, target = (
        _resting(wanted[name], "price", steps) if name in wanted else 0 for name in ("stopLoss", "takeProfit")
    )
    return StopOrder(position, account, instrument, trade, stop, target)


def _steps(terms: Terms, instrument: Any) -> InstrumentTerms:
    """Find the terms of an instrument."""
    if _text(instrument) not in terms:
        raise Malformed(f"instrument {shown(instrument)}", _WHERE)
    return terms[instrument]


def _resting(said: Any, key: str, steps: InstrumentTerms) -> int:
    """Read the price or distance of an order that rests until it is cancelled."""
    if _keys(said, {key, "timeInForce"}, set())["timeInForce"] != "GTC":
        raise Malformed(f"timeInForce {shown(said['timeInForce'])}", _WHERE)
    ticks = _count(said[key], steps.tick)
    if ticks <= 0:
        raise Malformed(f"{key} {shown(said[key])} of a stop or target", _WHERE)
    return ticks


def _distance(comment: Any) -> int:
    """Read the distance of the target out of the comment; the price is what the venue obeys."""
    match = _TARGET.fullmatch(_text(comment))
    if comment and not match:
        raise Malformed(f"comment {shown(comment)}", _WHERE)
    return int(match[1]) if match else 0


def _count(text: Any, step: str) -> int:
    """Count the steps in a decimal number."""
    if not _DECIMAL.fullmatch(_text(text)):
        raise Malformed(f"{shown(text)} is no number", _WHERE)
    value, unit = Decimal(text), Decimal(step)
    if value % unit:
        raise Malformed(f"{shown(text)} is no whole number of {step}", _WHERE)
    return int(value // unit)


def _text(value: Any) -> str:
    """Give a value that is text."""
    if not isinstance(value, str):
        raise Malformed(f"{shown(value)} is no text", _WHERE)
    return value


def _keys(value: Any, needed: set[str], may: set[str]) -> dict[str, Any]:
    """Give an object that has the keys it needs and no others but these."""
    if not isinstance(value, dict) or not needed <= value.keys() <= needed | may:
        raise Malformed(f"{shown(value)} is not as an order of ours is", _WHERE)
    return value


def _object(body: bytes) -> dict[str, Any]:
    """Read an object; a key that stands in it twice has no one meaning."""
    try:
        value = json.loads(body, object_pairs_hook=_once, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body cannot be read: {error}", _WHERE) from None
    if not isinstance(value, dict):
        raise Malformed(f"{shown(body)} is no object", _WHERE)
    return value


def _once(pairs: list[tuple[str, Any]]) -> Mapping[str, Any]:
    """Make an object of its pairs."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise Malformed("a key stands twice", _WHERE)
    return made
