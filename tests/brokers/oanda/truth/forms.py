"""The fields by which an order is told: in the transaction that makes it, and wherever it is listed."""

from __future__ import annotations

from typing import Any

from brokers.oanda.instruments import Instrument
from brokers.oanda.text import Instant
from brokers.oanda.truth.records import Order, Request


def order_fields(order: Order, instrument: Instrument) -> dict[str, Any]:
    """Write an order's terms; what does not apply to its type is None."""
    return exit_fields(order, instrument) if order.is_exit else entry_fields(order, instrument)


def entry_fields(order: Order, instrument: Instrument) -> dict[str, Any]:
    closes = dict([order.closes]) if order.closes else {}
    return {
        "instrument": order.instrument,
        "units": instrument.units(order.units),
        "price": _price(order.price, instrument),
        "priceBound": _price(order.price_bound, instrument),
        "timeInForce": order.tif,
        "gtdTime": _time(order.gtd),
        "positionFill": order.position_fill,
        "triggerCondition": None if order.type == "MARKET" else order.trigger,
        **closes,
        "clientExtensions": order.extensions.to_wire(),
        "takeProfitOnFill": order.take_profit and order.take_profit.to_wire("TAKE_PROFIT"),
        "stopLossOnFill": order.stop_loss and order.stop_loss.to_wire("STOP_LOSS"),
        "trailingStopLossOnFill": order.trailing_stop and order.trailing_stop.to_wire("TRAILING_STOP_LOSS"),
        "tradeClientExtensions": order.trade_extensions.to_wire(),
    }


def exit_fields(order: Order, instrument: Instrument) -> dict[str, Any]:
    return {
        "tradeID": str(order.trade_id),
        "clientTradeID": order.client_trade_id,
        "price": None if order.type == "TRAILING_STOP_LOSS" else _price(order.price, instrument),
        "distance": _price(order.distance, instrument),
        "timeInForce": order.tif,
        "gtdTime": _time(order.gtd),
        "triggerCondition": order.trigger,
        "guaranteed": order.guaranteed if order.type == "STOP_LOSS" else None,
        "clientExtensions": order.extensions.to_wire(),
    }


def echo_fields(request: Request) -> dict[str, Any]:
    """Give back what a client asked for, as it came: for the transaction that rejects it."""
    echo = dict(request.echo or {})
    echo.pop("type", None)
    if request.gtd is not None:
        echo["gtdTime"] = Instant(request.gtd)
    if request.type == "MARKET":
        echo.setdefault("timeInForce", "FOK")
    elif request.tif is None:
        echo.setdefault("timeInForce", "GTC")
    return echo


def _price(points: int | None, instrument: Instrument) -> str | None:
    return None if points is None else instrument.price(points)


def _time(ns: int | None) -> Instant | None:
    return None if ns is None else Instant(ns)
