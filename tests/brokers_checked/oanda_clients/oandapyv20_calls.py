"""The `oandapyV20` client against a local OANDA: `python oandapyv20_calls.py HOST PORT TOKEN ACCOUNT`."""

# ruff: noqa: PT017, PT018 - this is a program and no test of pytest's

import sys
from decimal import Decimal

from oandapyV20 import API, V20Error
from oandapyV20.contrib.requests import LimitOrderRequest, MarketOrderRequest, StopLossDetails
from oandapyV20.endpoints import accounts, instruments, orders, positions, pricing, trades, transactions
from oandapyV20.oandapyV20 import TRADING_ENVIRONMENTS

host, port, token, account = sys.argv[1:5]
url = f"http://{host}:{port}"
TRADING_ENVIRONMENTS["practice"] = {"api": url, "stream": url}
client = API(token, request_params={"timeout": 10})


def refused(request, code):
    try:
        client.request(request)
    except V20Error as error:
        assert error.code == code, (error.code, error.msg)
        return error.msg
    raise AssertionError(f"{request} was answered")


def accounts_and_instruments():
    assert client.request(accounts.AccountList())["accounts"] == [{"id": account, "tags": []}]
    summary = client.request(accounts.AccountSummary(account))["account"]
    assert isinstance(summary["balance"], str) and isinstance(summary["openTradeCount"], int)
    assert client.request(accounts.AccountDetails(account))["account"]["trades"] == []
    listed = client.request(accounts.AccountInstruments(account, params={"instruments": "EUR_USD"}))
    assert listed["instruments"][0]["pipLocation"] == -4
    made = client.request(accounts.AccountConfiguration(account, data={"marginRate": "0.05"}))
    assert made["clientConfigureTransaction"]["marginRate"] == "0.05"


def prices_and_candles():
    price = client.request(pricing.PricingInfo(account, params={"instruments": "EUR_USD,USD_JPY"}))["prices"]
    assert [each["instrument"] for each in price] == ["EUR_USD", "USD_JPY"]
    assert isinstance(price[0]["bids"][0]["liquidity"], int)
    found = client.request(
        instruments.InstrumentsCandles("EUR_USD", params={"granularity": "S5", "count": 2, "price": "BA"})
    )
    assert found["granularity"] == "S5" and set(found["candles"][0]) == {
        "time",
        "volume",
        "complete",
        "bid",
        "ask",
    }
    assert "count" in refused(instruments.InstrumentsCandles("EUR_USD", params={"count": 6000}), 400)


def orders_and_trades():
    exits = StopLossDetails(price="0.90000").data
    wanted = MarketOrderRequest(
        "EUR_USD", 500, clientExtensions={"id": "py-1", "tag": "check"}, stopLossOnFill=exits
    )
    placed = client.request(orders.OrderCreate(account, data=wanted.data))
    trade = placed["orderFillTransaction"]["tradeOpened"]["tradeID"]
    assert placed["orderFillTransaction"]["clientOrderID"] == "py-1"
    details = client.request(orders.OrderDetails(account, placed["orderFillTransaction"]["orderID"]))
    assert details["order"]["state"] == "FILLED"
    assert "NO_SUCH_ORDER" in refused(orders.OrderDetails(account, "@py-1"), 404)
    listed = client.request(trades.OpenTrades(account))["trades"]
    assert [each["id"] for each in listed] == [trade] and listed[0]["stopLossOrder"]["price"] == "0.90000"
    gone = client.request(trades.TradeCRCDO(account, trade, data={"stopLoss": None}))
    assert gone["stopLossOrderCancelTransaction"]["reason"] == "CLIENT_REQUEST"
    closed = client.request(trades.TradeClose(account, trade, data={"units": "ALL"}))
    assert closed["orderFillTransaction"]["tradesClosed"][0]["tradeID"] == trade
    assert "TRADE_DOESNT_EXIST" in refused(trades.TradeClose(account, trade), 404)
    told = client.request(trades.TradeDetails(account, trade))["trade"]
    assert told["state"] == "CLOSED" and "averageClosePrice" in told
    waits = LimitOrderRequest("EUR_USD", 100, "0.80000")
    made = client.request(orders.OrderCreate(account, data=waits.data))["orderCreateTransaction"]["id"]
    assert client.request(orders.OrdersPending(account))["orders"][0]["id"] == made
    new = client.request(orders.OrderReplace(account, made, data=waits.data))["orderCreateTransaction"]
    assert new["replacesOrderID"] == made
    assert (
        client.request(orders.OrderCancel(account, new["id"]))["orderCancelTransaction"]["orderID"]
        == new["id"]
    )
    assert "ORDER_DOESNT_EXIST" in refused(orders.OrderCancel(account, new["id"]), 404)
    fine = {"order": {"type": "MARKET", "instrument": "EUR_USD", "units": "10", "priceBound": "0.80000"}}
    stopped = client.request(orders.OrderCreate(account, data=fine))["orderCancelTransaction"]
    assert stopped["reason"] == "BOUNDS_VIOLATION"
    bad = {"order": {"type": "MARKET", "instrument": "EUR_USD", "units": "x"}}
    assert "InvalidParameterException" in refused(orders.OrderCreate(account, data=bad), 400)
    unknown = {"order": {"type": "MARKET", "instrument": "EUR_XXX", "units": "1"}}
    assert "order.instrument" in refused(orders.OrderCreate(account, data=unknown), 400)


def holdings():
    client.request(orders.OrderCreate(account, data=MarketOrderRequest("USD_JPY", 700).data))
    held = client.request(positions.OpenPositions(account))["positions"][0]
    assert held["long"]["units"] == "700" and Decimal(held["marginUsed"]) > 0
    closed = client.request(positions.PositionClose(account, "USD_JPY", data={"longUnits": "ALL"}))
    assert closed["longOrderFillTransaction"]["reason"] == "MARKET_ORDER_POSITION_CLOSEOUT"
    assert client.request(positions.PositionDetails(account, "USD_JPY"))["position"]["long"]["units"] == "0"


def what_happened():
    since = client.request(transactions.TransactionsSinceID(account, params={"id": 3}))
    assert [int(each["id"]) for each in since["transactions"]] == list(
        range(4, int(since["lastTransactionID"]) + 1)
    )
    ranged = client.request(transactions.TransactionIDRange(account, params={"from": 1, "to": 3}))
    assert [each["type"] for each in ranged["transactions"]] == [
        "CREATE",
        "CLIENT_CONFIGURE",
        "TRANSFER_FUNDS",
    ]
    assert len(client.request(transactions.TransactionList(account))["pages"]) == 1
    one = client.request(transactions.TransactionDetails(account, transactionID=1))
    assert one["transaction"]["homeCurrency"] == "USD"
    refused(transactions.TransactionDetails(account, transactionID=9999), 404)
    refused(transactions.TransactionsSinceID(account, params={"id": 9999}), 416)


def streams():
    wanted = pricing.PricingStream(account, params={"instruments": "EUR_USD"})
    kinds = set()
    for line in client.request(wanted):
        kinds.add(line["type"])
        if line["type"] == "HEARTBEAT":
            break
    assert kinds == {"PRICE", "HEARTBEAT"}
    told = []
    for line in client.request(transactions.TransactionsStream(account)):
        if not told:
            other = API(token)
            other.request(orders.OrderCreate(account, data=MarketOrderRequest("EUR_USD", 1).data))
        if line["type"] != "HEARTBEAT" or not told:
            told.append(line["type"])
        if len(told) == 3:
            break
    assert told == ["HEARTBEAT", "MARKET_ORDER", "ORDER_FILL"], told


accounts_and_instruments()
prices_and_candles()
orders_and_trades()
holdings()
what_happened()
streams()
sys.stdout.write("all calls held\n")
