"""What must hold of any account whatever happened to it, told from its transactions alone."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from brokers.oanda.truth.account import Account
from brokers.oanda.truth.broker import Broker

Told = dict[str, Any]


def check(broker: Broker, account: Account) -> None:
    """Assert every law."""
    told = account.transactions
    ids_are_consecutive(told)
    batches_begin_with_their_first(told)
    balance_is_the_sum_of_what_was_booked(account, told)
    trades_follow_from_fills(broker, account, told)
    orders_follow_from_transactions(account, told)
    exits_hang_on_open_trades(account)
    fills_keep_to_their_orders(told)


def ids_are_consecutive(told: list[Told]) -> None:
    assert [int(each["id"]) for each in told] == list(range(1, len(told) + 1))
    times = [each["time"].ns for each in told]
    assert times == sorted(times)


def batches_begin_with_their_first(told: list[Told]) -> None:
    first = None
    for each in told:
        first = each["id"] if each["batchID"] != first else first
        assert each["batchID"] == first


def booked(each: Told) -> Decimal:
    """Give what a transaction did to the balance."""
    if each["type"] == "TRANSFER_FUNDS":
        return Decimal(each["amount"])
    if each["type"] == "DAILY_FINANCING":
        return Decimal(each["financing"])
    if each["type"] != "ORDER_FILL":
        return Decimal(0)
    pieces = [*each.get("tradesClosed", ()), *([each["tradeReduced"]] if "tradeReduced" in each else ())]
    assert Decimal(each["pl"]) == sum(Decimal(piece["realizedPL"]) for piece in pieces)
    return Decimal(each["pl"]) + Decimal(each["financing"]) - Decimal(each["commission"])


def balance_is_the_sum_of_what_was_booked(account: Account, told: list[Told]) -> None:
    balance = Decimal(0)
    for each in told:
        balance += booked(each)
        assert Decimal(each.get("accountBalance", balance)) == balance
    assert account.state.balance == balance


def trades_follow_from_fills(broker: Broker, account: Account, told: list[Told]) -> None:
    held: dict[str, Decimal] = {}
    for each in told:
        if each["type"] != "ORDER_FILL":
            continue
        moved = Decimal(0)
        for piece in (*each.get("tradesClosed", ()), each.get("tradeReduced")):
            if piece:
                held[piece["tradeID"]] += Decimal(piece["units"])
                moved += Decimal(piece["units"])
        for piece in each.get("tradesClosed", ()):
            assert held.pop(piece["tradeID"]) == 0
        if opened := each.get("tradeOpened"):
            assert opened["tradeID"] == each["id"]
            held[each["id"]] = Decimal(opened["units"])
            moved += held[each["id"]]
        assert moved == Decimal(each["units"])
    open_now = {
        str(trade.id): Decimal(broker.instruments[trade.instrument].units(trade.units))
        for trade in account.state.open.values()
    }
    assert open_now == held


def orders_follow_from_transactions(account: Account, told: list[Told]) -> None:
    waiting: dict[str, str] = {}
    filled: set[str] = set()
    for each in told:
        if each["type"].endswith("_ORDER"):
            waiting[each["id"]] = each["type"]
        elif each["type"] == "ORDER_FILL":
            assert each["orderID"] in waiting
            filled.add(each["orderID"])
            del waiting[each["orderID"]]
        elif each["type"] == "ORDER_CANCEL":
            kind = waiting.pop(each["orderID"], None)
            assert kind or each["orderID"] in filled, each
    assert {str(order) for order in account.state.pending} == waiting.keys()
    assert "MARKET_ORDER" not in waiting.values()


def exits_hang_on_open_trades(account: Account) -> None:
    hanging = {order.id: order.trade_id for order in account.state.pending.values() if order.is_exit}
    hung = {exit_id: trade.id for trade in account.state.open.values() for exit_id in trade.exits()}
    assert hanging == hung


def fills_keep_to_their_orders(told: list[Told]) -> None:
    orders = {each["id"]: each for each in told if each["type"].endswith("_ORDER")}
    cancelled = {each["orderID"] for each in told if each["type"] == "ORDER_CANCEL"}
    for each in told:
        if each["type"] != "ORDER_FILL":
            continue
        order, units, price = orders[each["orderID"]], Decimal(each["units"]), Decimal(each["price"])
        bound = order.get("priceBound") or (order.get("price") if order["type"] == "LIMIT_ORDER" else None)
        if bound and units:
            assert (price - Decimal(bound)) * units <= 0, (order, each)
        whole = order.get("timeInForce") == "FOK" and order.get("positionFill") != "REDUCE_ONLY"
        if whole and order["id"] not in cancelled:
            assert units == Decimal(order["units"])
