"""An account whole: what is open, what rests for it, and what is not ours."""

from __future__ import annotations

import json
from typing import Any

import pytest
from oanda_words import ACCOUNT, SCALES, TIME, TS, closing, told, transaction

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.account_view import view_of
from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.memory import LEFT_UNKNOWN, Memory, OpenTrade
from tickwise.venues.venue import AccountView, PositionReduced, ProtectionSet, VenueOrder, VenuePosition


def trade(name: str, units: str, **other: Any) -> dict[str, Any]:
    """Write an open trade of the account."""
    return {
        "id": name,
        "instrument": "EUR_USD",
        "price": "1.10012",
        "openTime": TIME,
        "state": "OPEN",
        "initialUnits": units,
        "currentUnits": units,
        "realizedPL": "0.0000",
        "unrealizedPL": "-0.1000",
        **other,
    }


def order(name: str, kind: str, **other: Any) -> dict[str, Any]:
    """Write an order that works."""
    return {"id": name, "createTime": TIME, "state": "PENDING", "type": kind, "timeInForce": "GTC", **other}


def account(mark: int, trades: list[Any], orders: list[Any], **other: Any) -> wire.AccountReply:
    """Read an account with these trades and orders."""
    said = {
        "id": ACCOUNT,
        "alias": "Primary",
        "currency": "EUR",
        "balance": "100000.1234",
        "marginUsed": "36.67",
        "marginAvailable": "99963.4534",
        "hedgingEnabled": False,
        "NAV": "100000.0234",
        "trades": trades,
        "orders": orders,
        "positions": [],
        **other,
    }
    return wire.account_reply(json.dumps({"account": said, "lastTransactionID": str(mark)}).encode())


WHOLE = account(
    40,
    [trade("8", "1000", clientExtensions={"id": "bot-1", "tag": "fast"}), trade("20", "-300")],
    [
        order("9", "STOP_LOSS", tradeID="8", price="1.09712", distance="0.00300"),
        order("10", "TAKE_PROFIT", tradeID="8", price="1.10112"),
        order("21", "STOP_LOSS", tradeID="20", distance="0.00500"),
        order("22", "TRAILING_STOP_LOSS", tradeID="20", distance="0.00100", trailingStopValue="1.10200"),
        order("30", "LIMIT", instrument="USD_JPY", units="-200", price="150.000"),
    ],
)


def test_an_account_is_read_with_its_positions_and_what_rests_for_them() -> None:
    assert view_of(WHOLE, Memory(), SCALES) == AccountView(
        account=ACCOUNT,
        currency="EUR",
        balance=100_000_123_400,
        margin_used=36_670_000,
        margin_available=99_963_453_400,
        hedging=False,
        mark=40,
        positions=(
            VenuePosition("8", "bot-1", "EUR_USD", 1_000, 110_012, 109_712, 110_112, TS),
            VenuePosition("20", "", "EUR_USD", -300, 110_012, 110_512, 0, TS),
        ),
        orders=(VenueOrder("30", "", "USD_JPY", -200),),
    )


def test_what_an_account_shows_is_known_when_a_transaction_names_it_by_number() -> None:
    memory = Memory()
    view_of(WHOLE, memory, SCALES)
    gone = transaction("ORDER_CANCEL", 41, orderID="10", reason="CLIENT_REQUEST")
    assert told(memory, gone) == [ProtectionSet(ACCOUNT, 41, TS, "8", target=0)]
    (stopped,) = told(memory, closing(42, 9, 8, "STOP_LOSS_ORDER"))
    assert isinstance(stopped, PositionReduced)
    assert (stopped.entry_order, stopped.cause) == ("bot-1", "stop")


def test_an_account_older_than_what_is_known_teaches_nothing() -> None:
    memory = Memory()
    view_of(WHOLE, memory, SCALES)
    view_of(account(39, [], []), memory, SCALES)
    assert sorted(memory.trades) == ["20", "8"]
    view_of(account(41, [], []), memory, SCALES)
    assert memory.trades == {}


def test_what_was_seen_after_an_account_was_read_is_not_unlearnt_by_it() -> None:
    memory = Memory()
    memory.learn(6, {}, {})
    memory.trades["50"] = OpenTrade("bot-2", "EUR_USD", 100, 110_000, as_of=50)
    memory.saw(50)
    view_of(WHOLE, memory, SCALES)
    assert sorted(memory.trades) == ["20", "50", "8"]


def test_what_an_account_holds_already_is_not_taken_off_again() -> None:
    memory = Memory()
    view_of(WHOLE, memory, SCALES)
    part = {"tradeID": "8", "units": "-100", "price": "1.10112", "realizedPL": "0.10"}
    early, late = (
        closing(mark, mark - 1, 8, "MARKET_ORDER", units="-100", tradesClosed=None, tradeReduced=part)
        for mark in (35, 41)
    )
    lefts = [change.left for change in told(memory, early, late) if isinstance(change, PositionReduced)]
    assert lefts == [LEFT_UNKNOWN, 900]


@pytest.mark.parametrize(
    "reply",
    [
        account(40, [trade("8", "1000", instrument="EUR_XXX")], []),
        account(40, [trade("8", "1000.5")], []),
        account(40, [], [], balance="much"),
        account(40, [trade("8", "1000")], [order("9", "STOP_LOSS", tradeID="8")]),
    ],
)
def test_an_account_that_cannot_be_meant_teaches_nothing(reply: wire.AccountReply) -> None:
    memory = Memory()
    with pytest.raises(Malformed):
        view_of(reply, memory, SCALES)
    assert (memory.trades, memory.orders) == ({}, {})


@pytest.mark.parametrize(
    "missing", ["balance", "marginUsed", "hedgingEnabled", "currency", "trades", "orders"]
)
def test_an_account_without_what_matters_is_malformed(missing: str) -> None:
    said: dict[str, Any] = {"id": ACCOUNT, "currency": "EUR", "balance": "1", "hedgingEnabled": False}
    said |= {"marginUsed": "0", "marginAvailable": "1", "trades": [], "orders": []}
    del said[missing]
    with pytest.raises(Malformed, match="account: "):
        wire.account_reply(json.dumps({"account": said, "lastTransactionID": "4"}).encode())
