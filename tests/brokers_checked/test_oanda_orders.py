"""Orders at the local OANDA: what is rejected, what is cancelled, what is filled and at which price."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from asked_world import World

from brokers.oanda.manners import Manners
from brokers.oanda.text import Instant
from brokers.oanda.truth.orders import Forced

STOP = {"distance": "0.00100"}

REJECTED: dict[str, dict[str, Any]] = {
    "INSTRUMENT_MISSING": {"instrument": None},
    "INSTRUMENT_PRICE_UNKNOWN": {"instrument": "GBP_USD"},
    "UNITS_MISSING": {"units": None},
    "UNITS_INVALID": {"units": "0"},
    "UNITS_PRECISION_EXCEEDED": {"units": "1.5"},
    "UNITS_LIMIT_EXCEEDED": {"units": "100000001"},
    "PRICE_MISSING": {"type": "LIMIT"},
    "PRICE_INVALID": {"type": "LIMIT", "price": "-1"},
    "PRICE_PRECISION_EXCEEDED": {"type": "STOP", "price": "1.100001"},
    "PRICE_BOUND_INVALID": {"priceBound": "0"},
    "PRICE_BOUND_PRECISION_EXCEEDED": {"priceBound": "1.1000100001"},
    "TIME_IN_FORCE_INVALID": {"timeInForce": "GTC"},
    "TIME_IN_FORCE_GTD_TIMESTAMP_MISSING": {"type": "LIMIT", "price": "1", "timeInForce": "GTD"},
    "TIME_IN_FORCE_GTD_TIMESTAMP_IN_PAST": {
        "type": "LIMIT",
        "price": "1",
        "timeInForce": "GTD",
        "gtdTime": "2026-01-05T14:30:00Z",
    },
    "CLIENT_ORDER_ID_INVALID": {"clientExtensions": {"id": "x" * 129}},
    "CLIENT_ORDER_TAG_INVALID": {"clientExtensions": {"tag": "x" * 129}},
    "CLIENT_ORDER_COMMENT_INVALID": {"clientExtensions": {"comment": "x" * 129}},
    "CLIENT_TRADE_ID_INVALID": {"tradeClientExtensions": {"id": ""}},
    "ORDERS_ON_FILL_DUPLICATE_CLIENT_ORDER_IDS": {
        "takeProfitOnFill": {"price": "1.2", "clientExtensions": {"id": "same"}},
        "stopLossOnFill": {"price": "1.0", "clientExtensions": {"id": "same"}},
    },
    "TAKE_PROFIT_ON_FILL_PRICE_MISSING": {"takeProfitOnFill": {}},
    "TAKE_PROFIT_ON_FILL_PRICE_PRECISION_EXCEEDED": {"takeProfitOnFill": {"price": "1.12247999999999"}},
    "TAKE_PROFIT_ON_FILL_TIME_IN_FORCE_INVALID": {"takeProfitOnFill": {"price": "1.2", "timeInForce": "FOK"}},
    "TAKE_PROFIT_ON_FILL_GTD_TIMESTAMP_MISSING": {"takeProfitOnFill": {"price": "1.2", "timeInForce": "GTD"}},
    "STOP_LOSS_ON_FILL_PRICE_INVALID": {"stopLossOnFill": {"price": "0"}},
    "STOP_LOSS_ON_FILL_PRICE_AND_DISTANCE_BOTH_SPECIFIED": {
        "stopLossOnFill": {"price": "1.0", "distance": "0.1"}
    },
    "STOP_LOSS_ON_FILL_PRICE_AND_DISTANCE_BOTH_MISSING": {"stopLossOnFill": {}},
    "STOP_LOSS_ON_FILL_DISTANCE_PRECISION_EXCEEDED": {"stopLossOnFill": {"distance": "0.000001"}},
    "STOP_LOSS_ON_FILL_GUARANTEED_NOT_ALLOWED": {"stopLossOnFill": {"distance": "0.01", "guaranteed": True}},
    "TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MISSING": {"trailingStopLossOnFill": {}},
    "TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MINIMUM_NOT_MET": {
        "trailingStopLossOnFill": {"distance": "0.00049"}
    },
    "TRAILING_STOP_LOSS_ON_FILL_PRICE_DISTANCE_MAXIMUM_EXCEEDED": {
        "trailingStopLossOnFill": {"distance": "1.00001"}
    },
    "GUARANTEED_STOP_LOSS_ON_FILL_NOT_ALLOWED": {"guaranteedStopLossOnFill": {"price": "1.0"}},
    "TRADE_ID_UNSPECIFIED": {"type": "STOP_LOSS", "price": "1.0"},
}
"""Reasons, and what of a sound market order is asked differently to meet them."""


@pytest.mark.parametrize("reason", REJECTED)
def test_an_unsound_order_is_rejected_with_its_reason(reason: str) -> None:
    world = World()
    wanted = {"type": "MARKET", "instrument": "EUR_USD", "units": "1000", **REJECTED[reason]}
    body = {"order": {name: value for name, value in wanted.items() if value is not None}}
    answer = world.ask("POST", "/orders", body)
    told = answer["orderRejectTransaction"]
    assert (answer.status, answer["errorCode"], told["rejectReason"]) == (400, reason, reason)
    assert (told["id"], told["type"]) == ("4", f"{wanted['type']}_ORDER_REJECT")
    assert (answer["relatedTransactionIDs"], answer["lastTransactionID"]) == (["4"], "4")
    assert world.account.state.pending == {}


@pytest.mark.parametrize(
    ("spelt", "corrects"), [("UNITS_MIMIMUM_NOT_MET", False), ("UNITS_MINIMUM_NOT_MET", True)]
)
def test_too_few_units_are_rejected_in_the_vendors_spelling(spelt: str, corrects: bool) -> None:
    world = World(Manners(corrects_spelling=corrects))
    rules = world.broker.instruments["EUR_USD"]
    world.broker.instruments["EUR_USD"] = replace(rules, minimum_units=Decimal(10))
    assert world.order(units="-9")["errorCode"] == spelt
    assert "orderFillTransaction" in world.order(units="-10")


@pytest.mark.parametrize(
    "wanted",
    [
        {"instrument": "EUR_XXX"},
        {"units": "many"},
        {"units": "NaN"},
        {"units": "1e999"},
        {"units": True},
        {"type": "ICEBERG"},
        {"timeInForce": "SOON"},
        {"positionFill": "ANYHOW"},
        {"stopLossOnFill": "tight"},
        {"stopLossOnFill": {"price": []}},
        {"clientExtensions": {"id": {}}},
    ],
)
def test_what_cannot_be_read_as_an_order_leaves_no_transaction(wanted: dict[str, Any]) -> None:
    world = World()
    answer = (
        world.order(**wanted)
        if "units" in wanted
        else world.ask(
            "POST", "/orders", {"order": {"type": "MARKET", "instrument": "EUR_USD", "units": "1", **wanted}}
        )
    )
    assert answer.status == 400
    assert answer["errorCode"] == "oanda::rest::core::InvalidParameterException"
    assert "Invalid value specified for 'order." in answer["errorMessage"]
    assert world.account.state.last_id == 3


@pytest.mark.parametrize("body", [b"{", b"[]", b"{}", b'{"order": 7}', b"\xff"])
def test_a_body_that_is_no_order_leaves_no_transaction(body: bytes) -> None:
    world = World()
    assert world.ask("POST", "/orders", body).status == 400
    assert world.account.state.last_id == 3


def test_numbers_may_come_as_numbers_unless_the_broker_is_strict() -> None:
    body = {"order": {"type": "MARKET", "instrument": "EUR_USD", "units": 1000, "priceBound": 1.2}}
    assert World().ask("POST", "/orders", body)["orderFillTransaction"]["units"] == "1000"
    assert World(Manners(refuses_json_numbers=True)).ask("POST", "/orders", body).status == 400


CANCELLED: dict[str, dict[str, Any]] = {
    "BOUNDS_VIOLATION": {"priceBound": "1.10009"},
    "INSUFFICIENT_LIQUIDITY": {"units": "1000001"},
    "INSUFFICIENT_MARGIN": {"units": "999999", "balance": "1000"},
    "TAKE_PROFIT_ON_FILL_LOSS": {"takeProfitOnFill": {"price": "1.10010"}},
    "STOP_LOSS_ON_FILL_LOSS": {"stopLossOnFill": {"price": "1.10000"}},
    "POSITION_CLOSEOUT_FAILED": {"positionFill": "REDUCE_ONLY"},
}


@pytest.mark.parametrize("reason", CANCELLED)
def test_an_order_that_cannot_be_filled_is_made_and_cancelled(reason: str) -> None:
    wanted = dict(CANCELLED[reason])
    world = World(balance=wanted.pop("balance", "100000"))
    answer = world.order(**{"units": "1000", **wanted})
    assert (answer.status, answer.keys) == (201, ["orderCreateTransaction", "orderCancelTransaction"])
    assert answer["orderCancelTransaction"]["reason"] == reason
    assert answer["relatedTransactionIDs"] == ["4", "5"]
    order = world.ask("GET", "/orders/4")["order"]
    assert (order["state"], order["cancellingTransactionID"]) == ("CANCELLED", "5")


@pytest.mark.parametrize(
    ("quote", "units", "reason"),
    [
        ({"tradeable": False}, "1", "MARKET_HALTED"),
        ({"ask_halted": True}, "1", "INSTRUMENT_ASK_HALTED"),
        ({"bid_halted": True}, "-1", "INSTRUMENT_BID_HALTED"),
        ({"ask_reduces_only": True}, "1", "INSTRUMENT_ASK_REDUCE_ONLY"),
        ({"bid_reduces_only": True}, "-1", "INSTRUMENT_BID_REDUCE_ONLY"),
        ({"ask_units": 0}, "1", "INSUFFICIENT_LIQUIDITY"),
    ],
)
def test_a_halt_cancels_what_would_trade_on_its_side(quote: dict[str, Any], units: str, reason: str) -> None:
    world = World()
    world.price("1.10000", "1.10010", **quote)
    assert world.order(units=units)["orderCancelTransaction"]["reason"] == reason
    other = world.order(units=str(-int(units)))
    assert ("orderFillTransaction" in other) == (reason != "MARKET_HALTED")


def test_a_halt_may_reject_instead() -> None:
    world = World(Manners(halted="reject"))
    world.price("1.10000", "1.10010", tradeable=False)
    assert world.order()["errorCode"] == "INSTRUMENT_NOT_TRADEABLE"


def test_a_filled_market_order_tells_everything_about_itself() -> None:
    world = World()
    answer = world.order(
        clientExtensions={"id": "mine", "tag": "t", "comment": "c"},
        tradeClientExtensions={"id": "my trade"},
        stopLossOnFill=STOP,
        takeProfitOnFill={"price": "1.10500"},
    )
    fill = answer["orderFillTransaction"]
    assert answer.keys == ["orderCreateTransaction", "orderFillTransaction"]
    assert answer["relatedTransactionIDs"] == ["4", "5", "6", "7"]
    assert answer.headers["Location"].endswith("/orders/4")
    assert (fill["orderID"], fill["clientOrderID"], fill["batchID"]) == ("4", "mine", "4")
    assert (fill["price"], fill["units"], fill["requestedUnits"]) == ("1.10010", "1000", "1000")
    assert (fill["pl"], fill["accountBalance"], fill["halfSpreadCost"]) == ("0.0000", "100000.0000", "0.0500")
    assert fill["tradeOpened"] == {
        "tradeID": "5",
        "units": "1000",
        "price": "1.10010",
        "guaranteedExecutionFee": "0.0000",
        "halfSpreadCost": "0.0500",
        "initialMarginRequired": "36.6317",
        "clientExtensions": {"id": "my trade"},
    }
    assert fill["fullPrice"]["asks"] == [{"price": "1.10010", "liquidity": "1000000"}]
    assert world.types() == [
        "MARKET_ORDER CLIENT_ORDER",
        "ORDER_FILL MARKET_ORDER",
        "TAKE_PROFIT_ORDER ON_FILL",
        "STOP_LOSS_ORDER ON_FILL",
    ]
    trade = world.ask("GET", "/trades/@my%20trade")["trade"]
    assert (trade["stopLossOrder"]["price"], trade["takeProfitOrder"]["price"]) == ("1.09910", "1.10500")
    assert "takeProfitOrderTransaction" not in answer


def test_a_large_order_pays_the_average_of_the_tiers() -> None:
    world = World()
    asks = [("1.10010", 1000), ("1.10020", 3000), ("1.10040", 9000)]
    world.price("1.10000", "1.10010", asks=asks)
    fill = world.order(units="4000")["orderFillTransaction"]
    assert (fill["price"], fill["fullVWAP"]) == ("1.10023", "1.100225")
    assert fill["fullPrice"]["closeoutAsk"] == "1.10040"
    stopped = world.order(units="4000", priceBound="1.10020")
    assert stopped["orderCancelTransaction"]["reason"] == "BOUNDS_VIOLATION"
    part = world.order(units="4000", priceBound="1.10020", timeInForce="IOC")
    assert (part["orderFillTransaction"]["units"], part["orderCancelTransaction"]["reason"]) == (
        "3000",
        "BOUNDS_VIOLATION",
    )
    order = world.ask("GET", f"/orders/{part['orderCreateTransaction']['id']}")["order"]
    assert order["state"] == "CANCELLED"
    assert order["fillingTransactionID"] == part["orderFillTransaction"]["id"]


def test_a_client_id_holds_only_while_its_order_waits() -> None:
    world = World()
    mine = {"clientExtensions": {"id": "once"}}
    first, second = world.order(**mine), world.order(**mine)
    assert [each["orderFillTransaction"]["units"] for each in (first, second)] == ["1000", "1000"]
    assert world.ask("GET", "/orders/@once").json["errorCode"] == "NO_SUCH_ORDER"
    waiting = world.order("LIMIT", price="1.00000", **mine)["orderCreateTransaction"]["id"]
    assert world.ask("GET", "/orders/@once")["order"]["id"] == waiting
    again = world.order(**mine)
    assert again["orderRejectTransaction"]["rejectReason"] == "CLIENT_ORDER_ID_ALREADY_EXISTS"
    assert again["orderRejectTransaction"]["clientExtensions"] == {"id": "once"}


def test_a_trade_id_in_use_cancels_the_order_that_would_open_another() -> None:
    world = World()
    world.order(tradeClientExtensions={"id": "one"})
    twice = world.order(tradeClientExtensions={"id": "one"})
    assert twice["orderCancelTransaction"]["reason"] == "CLIENT_TRADE_ID_ALREADY_EXISTS"
    reducing = world.order(units="-1000", tradeClientExtensions={"id": "one"})
    assert reducing["orderFillTransaction"]["tradesClosed"][0]["tradeID"] == "5"


def test_limits_fill_at_their_price_or_better_and_stops_at_the_market() -> None:
    world = World()
    world.order("LIMIT", price="1.09950", clientExtensions={"id": "limit"})
    world.order("STOP", price="1.10050", clientExtensions={"id": "stop"})
    world.order("STOP", price="1.10040", priceBound="1.10060", clientExtensions={"id": "bounded"})
    world.order("MARKET_IF_TOUCHED", price="1.10060", units="-5", clientExtensions={"id": "touched"})
    world.price("1.10070", "1.10080", after_s=1)
    world.price("1.09900", "1.09910", after_s=1)
    told = {each["clientOrderID"]: each for each in world.account.since(3) if "clientOrderID" in each}
    assert (told["limit"]["price"], told["limit"]["reason"]) == ("1.09910", "LIMIT_ORDER")
    assert (told["stop"]["price"], told["stop"]["reason"]) == ("1.10080", "STOP_ORDER")
    assert (told["bounded"]["type"], told["bounded"]["reason"]) == ("ORDER_CANCEL", "BOUNDS_VIOLATION")
    assert (told["touched"]["price"], told["touched"]["reason"]) == ("1.10070", "MARKET_IF_TOUCHED_ORDER")


def test_an_order_through_the_market_fills_as_it_is_made() -> None:
    world = World()
    for kind, price in (("LIMIT", "1.10010"), ("STOP", "1.10010")):
        assert world.order(kind, price=price)["orderFillTransaction"]["price"] == "1.10010"
    never = world.order("LIMIT", price="1.10009", timeInForce="FOK")
    assert never["orderCancelTransaction"]["reason"] == "TIME_IN_FORCE_EXPIRED"


def test_a_limit_that_fills_in_part_is_put_back_for_the_rest() -> None:
    world = World()
    world.order("LIMIT", units="1000", price="1.09950", clientExtensions={"id": "big"})
    world.price("1.09930", "1.09940", after_s=1, ask_units=300)
    (left,) = world.account.state.pending.values()
    assert (left.units, left.extensions.id, left.replaces) == (700, "big", 4)
    world.price("1.09930", "1.09940", after_s=1)
    assert world.account.state.pending == {}
    assert [each["units"] for each in world.account.since(3) if each["type"] == "ORDER_FILL"] == [
        "300",
        "700",
    ]


@pytest.mark.parametrize(
    ("condition", "bid", "ask", "is_met"),
    [
        ("DEFAULT", "1.10030", "1.10050", True),
        ("DEFAULT", "1.10030", "1.10049", False),
        ("INVERSE", "1.10049", "1.10060", False),
        ("BID", "1.10050", "1.10060", True),
        ("ASK", "1.10000", "1.10050", True),
        ("MID", "1.10044", "1.10055", False),
        ("MID", "1.10045", "1.10055", True),
    ],
)
def test_a_trigger_watches_its_price_and_fills_on_the_natural_side(
    condition: str, bid: str, ask: str, is_met: bool
) -> None:
    world = World()
    world.order("STOP", price="1.10050", triggerCondition=condition)
    world.price(bid, ask, after_s=1)
    fills = [each["price"] for each in world.account.since(3) if each["type"] == "ORDER_FILL"]
    assert fills == ([ask] if is_met else [])


def test_orders_expire_at_their_time_and_at_the_end_of_the_day() -> None:
    world = World()
    world.order("LIMIT", price="1.0", timeInForce="GTD", gtdTime="2026-01-05T14:31:00.5Z")
    world.order("LIMIT", price="1.0", timeInForce="GFD")
    world.price("1.10000", "1.10010", after_s=8 * 3600)
    expired = [each for each in world.account.since(3) if each["type"] == "ORDER_CANCEL"]
    assert [each["reason"] for each in expired] == ["TIME_IN_FORCE_EXPIRED"] * 2
    assert [each["time"] for each in expired] == [
        Instant(1_767_623_460_500_000_000),
        Instant(1_767_650_400_000_000_000),
    ]


def test_replacing_makes_another_order_of_the_same_type() -> None:
    world = World()
    made = world.order("LIMIT", price="1.00000")["orderCreateTransaction"]["id"]
    wanted = {"type": "LIMIT", "instrument": "EUR_USD", "units": "2000", "price": "1.01000"}
    answer = world.ask("PUT", f"/orders/{made}", {"order": wanted})
    assert sorted(answer.keys) == ["orderCancelTransaction", "orderCreateTransaction"]
    assert answer["orderCancelTransaction"]["replacedByOrderID"] == "6"
    assert answer["orderCreateTransaction"]["replacesOrderID"] == "4"
    assert world.ask("GET", "/orders/4")["order"]["replacedByOrderID"] == "6"
    other = world.ask("PUT", "/orders/6", {"order": {**wanted, "type": "STOP"}})
    assert (other.status, other["errorCode"]) == (400, "REPLACING_ORDER_INVALID")
    gone = world.ask("PUT", "/orders/4", {"order": wanted})
    assert (gone.status, gone["orderCancelRejectTransaction"]["rejectReason"]) == (404, "ORDER_DOESNT_EXIST")


def test_cancelling_twice_consumes_a_transaction_and_says_no() -> None:
    world = World()
    made = world.order("LIMIT", price="1.00000", clientExtensions={"id": "mine"})
    assert world.ask("PUT", "/orders/@mine/cancel")["orderCancelTransaction"]["reason"] == "CLIENT_REQUEST"
    again = world.ask("PUT", f"/orders/{made['orderCreateTransaction']['id']}/cancel")
    assert (again.status, again["errorCode"], again["lastTransactionID"]) == (404, "ORDER_DOESNT_EXIST", "6")


def test_what_a_client_wrote_can_be_changed_while_the_order_waits() -> None:
    world = World()
    made = world.order("LIMIT", price="1.0", clientExtensions={"id": "a", "tag": "t"})
    number = made["orderCreateTransaction"]["id"]
    answer = world.ask("PUT", f"/orders/{number}/clientExtensions", {"clientExtensions": {"id": "b"}})
    assert answer["orderClientExtensionsModifyTransaction"]["clientExtensionsModify"] == {"id": "b"}
    assert world.ask("GET", "/orders/@b")["order"]["clientExtensions"] == {"id": "b", "tag": "t"}
    gone = world.ask("PUT", "/orders/99/clientExtensions", {"clientExtensions": {"id": "b"}})
    assert gone["orderClientExtensionsModifyRejectTransaction"]["rejectReason"] == "ORDER_DOESNT_EXIST"


def test_long_words_of_a_client_are_cut_where_the_broker_cuts_them() -> None:
    world = World(Manners(tag_kept=16, comment_kept=0))
    order = world.order(
        "LIMIT", price="1.0", clientExtensions={"id": "i" * 128, "tag": "t" * 40, "comment": "c"}
    )
    kept = order["orderCreateTransaction"]["clientExtensions"]
    assert kept == {"id": "i" * 128, "tag": "t" * 16, "comment": ""}


def test_fate_may_reject_cancel_or_fill_in_part_whatever_the_market_says() -> None:
    world = World()
    rejected = world.order(forced=Forced(reject="ACCOUNT_LOCKED"))
    assert (rejected.status, rejected["errorCode"]) == (400, "ACCOUNT_LOCKED")
    cancelled = world.order(forced=Forced(cancel="FIFO_VIOLATION"))
    assert (cancelled.status, cancelled["orderCancelTransaction"]["reason"]) == (201, "FIFO_VIOLATION")
    part = world.order(forced=Forced(fill_fraction=Decimal("0.25")), stopLossOnFill=STOP)
    assert part["orderFillTransaction"]["tradeOpened"]["units"] == "250"
    assert part["orderCancelTransaction"]["reason"] == "INSUFFICIENT_LIQUIDITY"
    assert world.account.state.open[int(part["orderFillTransaction"]["id"])].stop_loss is not None


def test_a_locked_account_says_so() -> None:
    world = World()
    world.account.locks.add("ACCOUNT_NEW_POSITIONS_LOCKED")
    assert world.order()["orderCancelTransaction"]["reason"] == "ACCOUNT_NEW_POSITIONS_LOCKED"
    world.account.locks.add("ACCOUNT_ORDER_CREATION_LOCKED")
    assert world.order()["errorCode"] == "ACCOUNT_ORDER_CREATION_LOCKED"


def test_there_is_a_most_of_orders_and_trades() -> None:
    world = World(Manners(open_trades_max=1, pending_orders_max=1))
    world.opened()
    assert world.order()["orderCancelTransaction"]["reason"] == "OPEN_TRADES_ALLOWED_EXCEEDED"
    world.order("LIMIT", price="1.0")
    assert world.order("LIMIT", price="1.0")["errorCode"] == "PENDING_ORDERS_ALLOWED_EXCEEDED"
