"""Accounts, their instruments, their configuration and what changed in them."""

from __future__ import annotations

from typing import Any

from brokers.oanda.api import shown
from brokers.oanda.api.call import Call
from brokers.oanda.api.fields import Reader, names
from brokers.oanda.api.http import Refused, Reply, invalid
from brokers.oanda.truth.account import Transaction
from brokers.oanda.truth.margin import worth


def listed(call: Call) -> Reply:
    """GET /accounts."""
    allowed = [name for name in call.broker.accounts if call.token.sees(name)]
    return call.told({"accounts": [{"id": name, "tags": []} for name in allowed]})


def whole(call: Call) -> Reply:
    """GET /accounts/{a}."""
    broker, account, state = call.broker, call.account, call.state
    traded = sorted({name for name, _ in state.earned})
    told = {
        **shown.summary(broker, account, state),
        "trades": [shown.trade_summary(broker, account, state, each) for each in state.open.values()],
        "positions": [shown.position(broker, account, state, name) for name in traded],
        "orders": [shown.order(broker, each) for each in state.pending.values()],
    }
    return call.told({"account": told, **call.last()})


def summary(call: Call) -> Reply:
    """GET /accounts/{a}/summary."""
    return call.told({"account": shown.summary(call.broker, call.account, call.state), **call.last()})


def instruments(call: Call) -> Reply:
    """GET /accounts/{a}/instruments."""
    known = call.broker.instruments
    wanted = names(call.asked.query, "instruments") or list(known)
    if any(name not in known for name in wanted):
        raise invalid("instruments")
    return call.told({"instruments": [known[name].to_wire() for name in wanted], **call.last()})


def configure(call: Call) -> Reply:
    """PATCH /accounts/{a}/configuration."""
    read = Reader(call.asked.json(), "")
    alias, margin_rate = read.text("alias"), read.number("marginRate")
    answer = call.broker.configure(call.account, call.batch(), alias=alias, margin_rate=margin_rate)
    return call.answered(answer, 200)


def changes(call: Call) -> Reply:
    """GET /accounts/{a}/changes."""
    since = call.asked.query.get("sinceTransactionID", "")
    if not since.isdecimal():
        raise invalid("sinceTransactionID")
    if int(since) > call.state.last_id:
        raise Refused(416, "The transaction ID range specified is not satisfiable", **call.last())
    new = call.account.since(int(since), call.state.last_id)
    state = {
        **shown.accumulated(call.broker, call.state),
        **shown.calculated(call.broker, worth(call.broker, call.account, call.state)),
        **shown.dynamic(call.broker, call.account, call.state),
    }
    return call.told({"changes": _changes(call, new), "state": state, **call.last()})


def _changes(call: Call, new: list[Transaction]) -> dict[str, Any]:
    created, cancelled, filled, opened, reduced, closed = ([] for _ in range(6))
    touched: list[str] = []
    for transaction in new:
        kind = transaction["type"]
        if kind.endswith("_ORDER"):
            created.append(transaction["id"])
        elif kind == "ORDER_CANCEL":
            cancelled.append(transaction["orderID"])
        elif kind == "ORDER_FILL":
            filled.append(transaction["orderID"])
            touched.append(transaction["instrument"])
            if transaction.get("tradeOpened"):
                opened.append(transaction["tradeOpened"]["tradeID"])
            if transaction.get("tradeReduced"):
                reduced.append(transaction["tradeReduced"]["tradeID"])
            closed += [each["tradeID"] for each in transaction.get("tradesClosed", ())]
        elif kind == "DAILY_FINANCING":
            touched += [each["instrument"] for each in transaction["positionFinancings"]]
    return {
        "ordersCreated": _orders(call, created),
        "ordersCancelled": _orders(call, cancelled),
        "ordersFilled": _orders(call, filled),
        "ordersTriggered": [],
        "tradesOpened": _trades(call, opened),
        "tradesReduced": _trades(call, reduced),
        "tradesClosed": _trades(call, closed),
        "positions": [
            shown.position(call.broker, call.account, call.state, name) for name in sorted({*touched})
        ],
        "transactions": new,
    }


def _orders(call: Call, wanted: list[str]) -> list[dict[str, Any]]:
    found = (call.state.order(int(each)) for each in wanted)
    return [shown.order(call.broker, each) for each in found if each]


def _trades(call: Call, wanted: list[str]) -> list[dict[str, Any]]:
    found = (call.state.trade(int(each)) for each in wanted)
    return [shown.trade_summary(call.broker, call.account, call.state, each) for each in found if each]
