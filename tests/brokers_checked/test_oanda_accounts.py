"""Accounts at the local OANDA: netting and hedging, margin and its end, financing, other currencies."""

from __future__ import annotations

from decimal import Decimal

from asked_world import World

from brokers.oanda.manners import Manners
from brokers.oanda.text import parse_time


def test_a_netting_account_closes_the_oldest_first_and_opens_with_the_rest() -> None:
    world = World()
    for units in ("100", "200", "300"):
        world.opened(units)
    fill = world.order(units="-250")["orderFillTransaction"]
    assert [each["tradeID"] for each in fill["tradesClosed"]] == ["5"]
    assert (fill["tradeReduced"]["tradeID"], fill["tradeReduced"]["units"]) == ("7", "-150")
    turned = world.order(units="-400")["orderFillTransaction"]
    assert [each["tradeID"] for each in turned["tradesClosed"]] == ["7", "9"]
    assert (turned["tradeOpened"]["units"], turned["pl"]) == ("-50", "-0.0350")
    position = world.ask("GET", "/positions/EUR_USD")["position"]
    assert (position["long"]["units"], position["short"]["units"]) == ("0", "-50")
    assert position["short"]["tradeIDs"] == [turned["id"]]


def test_a_hedging_account_holds_both_sides_and_binds_margin_for_the_larger() -> None:
    world = World(hedging=True)
    world.opened("1000")
    world.opened("-400")
    summary = world.ask("GET", "/summary")["account"]
    assert (summary["openTradeCount"], summary["hedgingEnabled"]) == (2, True)
    assert summary["marginUsed"] == "36.6317"
    reduced = world.order(units="-300", positionFill="REDUCE_FIRST")["orderFillTransaction"]
    assert reduced["tradeReduced"]["tradeID"] == "5"


def test_an_american_account_closes_in_the_order_of_opening() -> None:
    world = World(fifo=True)
    first, second = world.opened("100"), world.opened("200")
    answer = world.ask("PUT", f"/trades/{second}/close", {"units": "ALL"})
    assert answer["orderCancelTransaction"]["reason"] == "FIFO_VIOLATION"
    assert "orderFillTransaction" in world.ask("PUT", f"/trades/{first}/close", {"units": "ALL"})


def test_positions_close_by_side_and_say_what_is_not_there() -> None:
    world = World()
    nothing = world.ask("PUT", "/positions/EUR_USD/close", {"longUnits": "ALL", "shortUnits": "NONE"})
    assert (nothing.status, nothing["errorCode"]) == (404, "CLOSEOUT_POSITION_DOESNT_EXIST")
    assert nothing["longOrderRejectTransaction"]["longPositionCloseout"] == {
        "instrument": "EUR_USD",
        "units": "ALL",
    }
    world.opened("100")
    world.opened("200")
    both = world.ask("PUT", "/positions/EUR_USD/close", {"longUnits": "ALL", "shortUnits": "ALL"})
    assert (both.status, both["errorCode"]) == (400, "CLOSEOUT_POSITION_DOESNT_EXIST")
    assert both.keys == ["shortOrderRejectTransaction"]
    part = world.ask("PUT", "/positions/EUR_USD/close", {"longUnits": "150"})
    assert part["longOrderFillTransaction"]["reason"] == "MARKET_ORDER_POSITION_CLOSEOUT"
    assert part["longOrderFillTransaction"]["tradeReduced"]["units"] == "-50"
    none = world.ask("PUT", "/positions/EUR_USD/close", {"longUnits": "NONE", "shortUnits": "NONE"})
    assert none["errorCode"] == "CLOSEOUT_POSITION_INCOMPLETE_SPECIFICATION"
    rest = world.ask("PUT", "/positions/EUR_USD/close", {})
    assert rest["longOrderFillTransaction"]["units"] == "-150"
    assert world.ask("GET", "/positions/EUR_USD")["position"]["long"]["units"] == "0"
    assert world.ask("GET", "/positions/GBP_USD")["errorCode"] == "NO_SUCH_POSITION"
    assert world.ask("GET", "/openPositions")["positions"] == []


def test_a_loss_beyond_half_the_margin_is_closed_by_the_broker() -> None:
    world = World(balance="1000")
    world.opened("20000", stopLossOnFill={"price": "1.00000"})
    assert world.ask("GET", "/summary")["account"]["marginCloseoutPercent"] == "0.36705"
    world.price("1.08200", "1.08210", after_s=1)
    assert world.ask("GET", "/summary")["account"]["marginCallPercent"] == "1.12954"
    assert world.types()[-1] == "MARGIN_CALL_ENTER"
    world.price("1.06700", "1.06710", after_s=1)
    assert world.types()[-3:] == [
        "MARKET_ORDER MARGIN_CLOSEOUT",
        "ORDER_FILL MARKET_ORDER_MARGIN_CLOSEOUT",
        "ORDER_CANCEL LINKED_TRADE_CLOSED",
    ]
    assert (world.account.state.open, str(world.balance)) == ({}, "338.0000")
    world.price("1.06700", "1.06710", after_s=1)
    assert world.types()[-1] == "MARGIN_CALL_EXIT"


def test_financing_is_charged_at_five_in_new_york() -> None:
    world = World()
    trade = world.opened("10000")
    world.price("1.10000", "1.10010", after_s=86_400)
    told = world.account.transactions[-1]
    assert (told["type"], told["financing"], told["accountBalance"]) == (
        "DAILY_FINANCING",
        "-0.3556",
        "99999.6444",
    )
    assert told["time"].ns == parse_time("2026-01-05T22:00:00Z")
    assert told["positionFinancings"][0]["openTradeFinancings"] == [
        {"tradeID": trade, "financing": "-0.3556"}
    ]
    assert world.ask("GET", "/summary")["account"]["financing"] == "-0.3556"
    assert world.ask("GET", f"/trades/{trade}")["trade"]["financing"] == "-0.3556"


def test_other_currencies_are_converted_at_the_worse_price() -> None:
    world = World(currency="EUR")
    world.price("150.000", "150.010", "USD_JPY")
    world.opened("1000", instrument="USD_JPY")
    gained = world.price("151.010", "151.020", "USD_JPY", after_s=1)
    assert gained is None
    fill = world.ask("PUT", "/trades/5/close", {})["orderFillTransaction"]
    to_usd, to_eur = 1 / Decimal("151.020"), 1 / Decimal("1.10010")
    assert fill["gainQuoteHomeConversionFactor"] == str((to_usd * to_eur).quantize(Decimal("1e-10")))
    assert fill["pl"] == "6.0191"


def test_an_instrument_without_a_way_home_has_no_known_price() -> None:
    world = World(currency="GBP")
    assert world.order()["errorCode"] == "INSTRUMENT_PRICE_UNKNOWN"
    world.price("1.27000", "1.27010", "GBP_USD")
    assert "orderFillTransaction" in world.order()


def test_units_may_be_tenths_where_the_instrument_says_so() -> None:
    world = World()
    world.price("5000.0", "5000.4", "SPX500_USD")
    fill = world.order(instrument="SPX500_USD", units="0.3")["orderFillTransaction"]
    assert (fill["units"], fill["price"]) == ("0.3", "5000.4")
    world.price("5010.0", "5010.4", "SPX500_USD")
    assert world.ask("PUT", "/trades/5/close", {})["orderFillTransaction"]["pl"] == "2.8800"
    assert world.order(instrument="SPX500_USD", units="0.35")["errorCode"] == "UNITS_PRECISION_EXCEEDED"


def test_the_configuration_can_be_changed_within_reason() -> None:
    world = World()
    answer = world.ask("PATCH", "/configuration", {"alias": "mine", "marginRate": "0.05"})
    assert answer["clientConfigureTransaction"]["marginRate"] == "0.05"
    summary = world.ask("GET", "/summary")["account"]
    assert (summary["alias"], summary["marginRate"]) == ("mine", "0.05")
    refused = world.ask("PATCH", "/configuration", {"marginRate": "0"})
    assert (refused.status, refused["clientConfigureRejectTransaction"]["rejectReason"]) == (
        400,
        "MARGIN_RATE_INVALID",
    )


def test_changes_tell_what_polling_missed() -> None:
    world = World()
    world.opened("1000", stopLossOnFill={"price": "1.09900"}, takeProfitOnFill={"price": "1.10100"})
    world.order("LIMIT", price="1.0")
    world.price("1.10100", "1.10110", after_s=1)
    answer = world.ask("GET", "/changes?sinceTransactionID=3")
    changes, state = answer["changes"], answer["state"]
    assert [each["id"] for each in changes["ordersCreated"]] == ["4", "6", "7", "8"]
    assert [each["id"] for each in changes["ordersFilled"]] == ["4", "6"]
    assert [each["id"] for each in changes["ordersCancelled"]] == ["7"]
    assert [each["id"] for each in changes["tradesOpened"]] == ["5"]
    assert [(each["id"], each["realizedPL"]) for each in changes["tradesClosed"]] == [("5", "0.9000")]
    assert [each["instrument"] for each in changes["positions"]] == ["EUR_USD"]
    assert [each["id"] for each in changes["transactions"]] == [str(number) for number in range(4, 11)]
    assert (state["NAV"], state["trades"], answer["lastTransactionID"]) == ("100000.9000", [], "10")
    assert world.ask("GET", "/changes?sinceTransactionID=10")["changes"]["transactions"] == []
    for wrong, status in (("11", 416), ("x", 400), ("", 400)):
        assert world.ask("GET", f"/changes?sinceTransactionID={wrong}").status == status


def test_zero_stands_for_absent_times_where_the_broker_writes_it_so() -> None:
    assert "marginCallEnterTime" not in World().ask("GET", "/summary")["account"]
    assert World(Manners(zero_times=True)).ask("GET", "/summary")["account"]["marginCallEnterTime"] == "0"
