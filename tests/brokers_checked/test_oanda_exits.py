"""Stops, targets and trailing stops at the local OANDA, and closing by hand."""

from __future__ import annotations

from typing import Any

import pytest
from asked_world import World


def last_fill(world: World) -> dict[str, Any]:
    return next(each for each in reversed(world.account.transactions) if each["type"] == "ORDER_FILL")


@pytest.mark.parametrize(
    ("units", "exit_at", "quotes", "filled"),
    [
        ("1000", {"stopLossOnFill": {"price": "1.09900"}}, [("1.09901", "1.09911")], None),
        ("1000", {"stopLossOnFill": {"price": "1.09900"}}, [("1.09900", "1.09910")], "1.09900"),
        ("1000", {"stopLossOnFill": {"price": "1.09900"}}, [("1.09500", "1.09510")], "1.09500"),
        ("1000", {"takeProfitOnFill": {"price": "1.10100"}}, [("1.10099", "1.10109")], None),
        ("1000", {"takeProfitOnFill": {"price": "1.10100"}}, [("1.10140", "1.10150")], "1.10140"),
        ("-1000", {"stopLossOnFill": {"price": "1.10100"}}, [("1.10080", "1.10099")], None),
        ("-1000", {"stopLossOnFill": {"price": "1.10100"}}, [("1.10080", "1.10100")], "1.10100"),
        ("-1000", {"stopLossOnFill": {"distance": "0.00100"}}, [("1.10300", "1.10310")], "1.10310"),
        ("-1000", {"takeProfitOnFill": {"price": "1.09900"}}, [("1.09880", "1.09890")], "1.09890"),
        (
            "1000",
            {"trailingStopLossOnFill": {"distance": "0.00100"}},
            [("1.10200", "1.10210"), ("1.10150", "1.10160"), ("1.10101", "1.10111")],
            None,
        ),
        (
            "1000",
            {"trailingStopLossOnFill": {"distance": "0.00100"}},
            [("1.10200", "1.10210"), ("1.10095", "1.10105")],
            "1.10095",
        ),
        (
            "-1000",
            {"trailingStopLossOnFill": {"distance": "0.00100"}},
            [("1.09800", "1.09810"), ("1.09900", "1.09910")],
            "1.09910",
        ),
    ],
)
def test_an_exit_fills_at_the_first_price_at_or_beyond_it(
    units: str, exit_at: dict[str, Any], quotes: list[tuple[str, str]], filled: str | None
) -> None:
    world = World()
    trade = world.opened(units, **exit_at)
    for bid, ask in quotes:
        world.price(bid, ask, after_s=1)
    if filled is None:
        assert world.ask("GET", f"/trades/{trade}")["trade"]["state"] == "OPEN"
        return
    fill = last_fill(world)
    assert (fill["price"], fill["units"]) == (filled, str(-int(units)))
    assert fill["tradesClosed"][0]["tradeID"] == trade
    kind = next(iter(exit_at)).removesuffix("OnFill")
    reason = {"stopLoss": "STOP_LOSS", "takeProfit": "TAKE_PROFIT"}.get(kind, "TRAILING_STOP_LOSS")
    assert fill["reason"] == f"{reason}_ORDER"


def test_the_stop_was_first_where_one_price_meets_both() -> None:
    world = World()
    world.opened(
        stopLossOnFill={"price": "1.09900", "timeInForce": "GTC"}, takeProfitOnFill={"price": "1.10100"}
    )
    trade = world.account.state.open[5]
    body = {"stopLoss": {"price": "1.10050", "triggerCondition": "ASK"}}
    world.price("1.10060", "1.10070", after_s=1)
    world.ask("PUT", f"/trades/{trade.id}/orders", body)
    world.price("1.10100", "1.10040", after_s=1)
    assert last_fill(world)["reason"] == "STOP_LOSS_ORDER"


def test_a_trade_that_closes_takes_its_other_exits_along() -> None:
    world = World()
    world.opened(stopLossOnFill={"price": "1.09900"}, takeProfitOnFill={"price": "1.10100"})
    world.price("1.09850", "1.09860", after_s=1)
    assert world.types(7) == ["ORDER_FILL STOP_LOSS_ORDER", "ORDER_CANCEL LINKED_TRADE_CLOSED"]
    assert world.account.transactions[-1]["batchID"] == world.account.transactions[-2]["batchID"]
    assert str(world.balance) == "99998.4000"
    assert world.account.state.pending == {}


def test_a_weekend_gap_fills_a_stop_where_the_market_opens_again() -> None:
    world = World()
    world.opened(stopLossOnFill={"price": "1.09900"})
    world.price("1.10000", "1.10010", after_s=4 * 86_400 + 7.4 * 3600)
    world.broker.advance(world.now + 40 * 3600 * 10**9)
    assert world.broker.prices.quotes["EUR_USD"].tradeable is False
    assert world.order()["orderCancelTransaction"]["reason"] == "MARKET_HALTED"
    world.price("1.06700", "1.06750", after_s=3 * 86_400)
    assert (last_fill(world)["price"], last_fill(world)["pl"]) == ("1.06700", "-33.1000")


def test_a_stop_waits_through_a_halt_of_its_side() -> None:
    world = World()
    world.opened(stopLossOnFill={"price": "1.09900"})
    world.price("1.09800", "1.09810", after_s=1, bid_halted=True)
    world.price("1.09700", "1.09710", after_s=1, tradeable=False)
    assert list(world.account.state.open) == [5]
    world.price("1.09650", "1.09660", after_s=1)
    assert last_fill(world)["price"] == "1.09650"


def test_exits_find_somebody_however_thin_the_book() -> None:
    world = World()
    world.opened("1000", stopLossOnFill={"price": "1.09900"})
    world.price("1.09890", "1.09900", after_s=1, bids=[("1.09890", 100), ("1.09850", 200)])
    assert (last_fill(world)["units"], last_fill(world)["price"]) == ("-1000", "1.09854")


def test_exits_are_created_replaced_left_and_cancelled_in_one_request() -> None:
    world = World()
    trade = world.opened(stopLossOnFill={"price": "1.09900"})
    path = f"/trades/{trade}/orders"
    first = world.ask("PUT", path, {"takeProfit": {"price": "1.11000"}, "stopLoss": {"price": "1.09950"}})
    assert set(first.keys) == {
        "takeProfitOrderTransaction",
        "stopLossOrderCancelTransaction",
        "stopLossOrderTransaction",
    }
    assert first["takeProfitOrderTransaction"]["reason"] == "CLIENT_ORDER"
    told = first["stopLossOrderTransaction"]
    assert (told["reason"], told["replacesOrderID"], told["cancellingTransactionID"]) == (
        "REPLACEMENT",
        "6",
        "8",
    )
    assert first["relatedTransactionIDs"] == ["7", "8", "9"]
    second = world.ask("PUT", path, {"takeProfit": None})
    assert second["takeProfitOrderCancelTransaction"]["reason"] == "CLIENT_REQUEST"
    shown = world.ask("GET", f"/trades/{trade}")["trade"]
    assert ("takeProfitOrder" in shown, shown["stopLossOrder"]["price"]) == (False, "1.09950")
    third = world.ask("PUT", path, {"trailingStopLoss": {"distance": "0.00200"}})
    assert third["trailingStopLossOrderTransaction"]["distance"] == "0.00200"
    dynamic = world.ask("GET", "/changes?sinceTransactionID=1")["state"]["orders"]
    assert dynamic == [
        {
            "id": third["trailingStopLossOrderTransaction"]["id"],
            "trailingStopValue": "1.09800",
            "triggerDistance": "0.00200",
            "isTriggerDistanceExact": True,
        }
    ]


def test_one_bad_exit_keeps_all_of_the_request_from_happening() -> None:
    world = World()
    trade = world.opened(stopLossOnFill={"price": "1.09900"})
    body = {"takeProfit": {"price": "1.2"}, "stopLoss": {"price": "1.0995001"}}
    answer = world.ask("PUT", f"/trades/{trade}/orders", body)
    assert (answer.status, answer.keys) == (400, ["stopLossOrderRejectTransaction"])
    assert answer["errorCode"] == "PRICE_PRECISION_EXCEEDED"
    assert answer["stopLossOrderRejectTransaction"]["intendedReplacesOrderID"] == "6"
    assert [order.price for order in world.account.state.pending.values()] == [109_900]
    assert world.ask("PUT", "/trades/77/orders", body).status == 404


def test_a_stop_set_through_the_market_closes_at_once() -> None:
    world = World()
    trade = world.opened()
    answer = world.ask("PUT", f"/trades/{trade}/orders", {"stopLoss": {"price": "1.10005"}})
    assert answer["stopLossOrderFillTransaction"]["price"] == "1.10000"
    assert world.account.state.open == {}


def test_a_target_that_could_only_lose_is_made_and_cancelled() -> None:
    world = World()
    trade = world.opened()
    answer = world.ask("PUT", f"/trades/{trade}/orders", {"takeProfit": {"price": "1.09000"}})
    assert answer["takeProfitOrderCreatedCancelTransaction"]["reason"] == "LOSING_TAKE_PROFIT"
    assert (world.account.state.pending, list(world.account.state.open)) == ({}, [int(trade)])


def test_exits_may_be_orders_of_their_own_and_each_kind_only_once() -> None:
    world = World()
    trade = world.opened(tradeClientExtensions={"id": "mine"})
    made = world.ask(
        "POST", "/orders", {"order": {"type": "STOP_LOSS", "clientTradeID": "mine", "price": "1.09"}}
    )
    assert made["orderCreateTransaction"]["tradeID"] == trade
    again = world.ask("POST", "/orders", {"order": {"type": "STOP_LOSS", "tradeID": trade, "price": "1.09"}})
    assert again["errorCode"] == "STOP_LOSS_ORDER_ALREADY_EXISTS"
    gone = world.ask("POST", "/orders", {"order": {"type": "TAKE_PROFIT", "tradeID": "99", "price": "1.2"}})
    assert (gone.status, gone["errorCode"]) == (404, "TRADE_DOESNT_EXIST")
    moved = world.ask(
        "PUT",
        f"/orders/{made['orderCreateTransaction']['id']}",
        {"order": {"type": "STOP_LOSS", "price": "1.08"}},
    )
    assert moved["orderCreateTransaction"]["replacesOrderID"] == made["orderCreateTransaction"]["id"]
    assert world.account.state.open[int(trade)].stop_loss == int(moved["orderCreateTransaction"]["id"])


def test_closing_all_twice_is_harmless_and_closing_parts_is_not() -> None:
    world = World()
    trade = world.opened("1000", stopLossOnFill={"price": "1.09900"})
    part = world.ask("PUT", f"/trades/{trade}/close", {"units": "300"})
    assert part["orderCreateTransaction"]["tradeClose"] == {"tradeID": trade, "units": "300"}
    assert part["orderFillTransaction"]["tradeReduced"]["units"] == "-300"
    assert part["orderCreateTransaction"]["positionFill"] == "REDUCE_ONLY"
    assert part.headers["Location"].endswith("/v3/accounts/101-001-1234567-001/orders/7")
    assert len(world.account.state.pending) == 1
    world.ask("PUT", f"/trades/{trade}/close", {"units": "300"})
    assert world.account.state.open[5].units == 400
    too_much = world.ask("PUT", f"/trades/{trade}/close", {"units": "401"})
    assert (too_much.status, too_much["errorCode"]) == (400, "CLOSE_TRADE_UNITS_EXCEED_TRADE_SIZE")
    closed = world.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
    assert closed["orderFillTransaction"]["tradesClosed"][0]["units"] == "-400"
    again = world.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
    assert (again.status, again["errorCode"]) == (404, "TRADE_DOESNT_EXIST")
    shown = world.ask("GET", f"/trades/{trade}")["trade"]
    assert (shown["state"], shown["averageClosePrice"], shown["realizedPL"]) == (
        "CLOSED",
        "1.10000",
        "-0.1000",
    )
    assert shown["closingTransactionIDs"] == ["8", "10", "13"]


def test_a_close_in_a_halt_is_cancelled_and_nothing_is_flat() -> None:
    world = World()
    trade = world.opened()
    world.price("1.10000", "1.10010", tradeable=False)
    answer = world.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
    assert (answer.status, answer["orderCancelTransaction"]["reason"]) == (200, "MARKET_HALTED")
    assert list(world.account.state.open) == [5]


def test_a_close_that_finds_too_little_is_cancelled_whole() -> None:
    world = World()
    trade = world.opened("1000")
    world.price("1.10000", "1.10010", bid_units=400)
    answer = world.ask("PUT", f"/trades/{trade}/close", {"units": "ALL"})
    assert answer["orderCancelTransaction"]["reason"] == "INSUFFICIENT_LIQUIDITY"


def test_words_on_a_trade_can_be_changed() -> None:
    world = World()
    trade = world.opened()
    answer = world.ask("PUT", f"/trades/{trade}/clientExtensions", {"clientExtensions": {"id": "t"}})
    assert answer["tradeClientExtensionsModifyTransaction"]["tradeID"] == trade
    assert world.ask("GET", "/trades/@t")["trade"]["id"] == trade
