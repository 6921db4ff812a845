"""What the tests of OANDA's codec share: steps of instruments, and bodies as the venue writes them."""

from __future__ import annotations

import json
from typing import Any

from tickwise.venues.oanda import wire
from tickwise.venues.oanda.memory import Memory
from tickwise.venues.oanda.scale import Scale, scale_of, terms_of
from tickwise.venues.oanda.transactions import changes_of
from tickwise.venues.venue import Change

ACCOUNT = "101-001-1234567-001"
TIME = "2026-01-05T14:30:00.123456789Z"
TS = 1_767_623_400_123_456_789


def instrument(name: str, price: int, units: int, pip: int, **other: Any) -> dict[str, Any]:
    """Write an instrument as the venue does."""
    return {
        "name": name,
        "type": "CURRENCY",
        "displayName": name.replace("_", "/"),
        "pipLocation": pip,
        "displayPrecision": price,
        "tradeUnitsPrecision": units,
        "minimumTradeSize": "1" if units == 0 else f"0.{'0' * (units - 1)}1",
        "maximumTrailingStopDistance": "1.00000",
        "minimumTrailingStopDistance": "0.00050",
        "maximumPositionSize": "0",
        "maximumOrderUnits": "100000000",
        "marginRate": "0.0333",
        **other,
    }


INSTRUMENTS = [
    instrument("EUR_USD", 5, 0, -4),
    instrument("USD_JPY", 3, 0, -2),
    instrument("XAU_USD", 3, 2, -2),
    instrument("SPX500_USD", 1, 1, 0),
    instrument("HUGE_USD", 0, 0, 0),
]
READ = [
    wire.instruments_reply(json.dumps({"instruments": [each]}).encode()).instruments[0]
    for each in INSTRUMENTS
]
SCALES: dict[str, Scale] = {each.name: scale_of(each) for each in READ}
TERMS = {each.name: terms_of(each) for each in READ}


def transaction(kind: str, mark: int, **fields: Any) -> dict[str, Any]:
    """Write a transaction as the venue does."""
    return {
        "id": str(mark),
        "batchID": str(mark),
        "time": TIME,
        "accountID": ACCOUNT,
        "userID": 1,
        "requestID": "42",
        "type": kind,
        **fields,
    }


def market_order(mark: int, order: str = "", **fields: Any) -> dict[str, Any]:
    """Write the creation of a market order."""
    named = {"clientExtensions": {"id": order, "tag": "fast"}} if order else {}
    common = {"instrument": "EUR_USD", "units": "1000", "reason": "CLIENT_ORDER"}
    return transaction("MARKET_ORDER", mark, **{**common, **named, **fields})


def close_order(mark: int, trade: int, units: str = "ALL") -> dict[str, Any]:
    """Write the creation of an order that closes a trade."""
    close = {"tradeID": str(trade), "units": units}
    return market_order(mark, units="-1000", reason="TRADE_CLOSE", tradeClose=close)


def fill(mark: int, of: int, order: str = "", **fields: Any) -> dict[str, Any]:
    """Write the fill of an order that opened a trade of 1,000."""
    named = {"clientOrderID": order} if order else {}
    opened = {"tradeID": str(mark), "units": "1000", "price": "1.10012", "initialMarginRequired": "36.67"}
    return transaction(
        "ORDER_FILL",
        mark,
        **{
            **named,
            "reason": "MARKET_ORDER",
            "orderID": str(of),
            "instrument": "EUR_USD",
            "units": "1000",
            "requestedUnits": "1000",
            "price": "1.10012",
            "fullVWAP": "1.10012",
            "fullPrice": {"bids": [], "asks": [], "closeoutBid": "1.1", "closeoutAsk": "1.10012"},
            "pl": "0.0000",
            "financing": "0.0000",
            "commission": "0.0000",
            "guaranteedExecutionFee": "0.0000",
            "halfSpreadCost": "0.0600",
            "accountBalance": "100000.0000",
            "tradeOpened": opened,
            **fields,
        },
    )


def closing(mark: int, of: int, trade: int, reason: str, **fields: Any) -> dict[str, Any]:
    """Write a fill that closed a bought trade of 1,000."""
    closed = {"tradeID": str(trade), "units": "-1000", "price": "1.10112", "realizedPL": "1.0000"}
    return fill(
        mark,
        of,
        **{
            "reason": reason,
            "units": "-1000",
            "requestedUnits": "-1000",
            "price": "1.10112",
            "fullVWAP": "1.10112",
            "pl": "1.0000",
            "financing": "-0.0100",
            "accountBalance": "100000.9900",
            "tradeOpened": None,
            "tradesClosed": [{**closed, "financing": "-0.0100", "halfSpreadCost": "0.0600"}],
            **fields,
        },
    )


def read(said: dict[str, Any]) -> wire.Transaction:
    """Read a transaction as it comes over the wire."""
    return wire.transaction_line(json.dumps(said).encode())


def told(memory: Memory, *said: dict[str, Any]) -> list[Change]:
    """Tell transactions in our words."""
    return [change for each in said for change in changes_of(ACCOUNT, read(each), memory, SCALES)]
