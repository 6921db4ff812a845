"""The vendor's own Python client against a local OANDA: `python v20_calls.py HOST PORT TOKEN ACCOUNT`."""

# ruff: noqa: PT018 - this is a program and no test of pytest's

import sys
from decimal import Decimal

import v20

host, port, token, account = sys.argv[1:5]
api = v20.Context(
    host, int(port), ssl=False, token=token, poll_timeout=10, stream_timeout=10, decimal_number_as_float=False
)


def accounts_and_instruments():
    listed = api.account.list().get("accounts", 200)
    assert [each.id for each in listed] == [account], listed
    summary = api.account.summary(account).get("account", 200)
    assert summary.currency == "USD" and Decimal(summary.balance) == 100_000
    whole = api.account.get(account)
    assert whole.get("account", 200).id == account and whole.get("lastTransactionID") == "3"
    instruments = api.account.instruments(account, instruments="EUR_USD,USD_JPY").get("instruments", 200)
    assert [(each.name, each.displayPrecision) for each in instruments] == [("EUR_USD", 5), ("USD_JPY", 3)]
    named = api.account.configure(account, alias="checked").get("clientConfigureTransaction", 200)
    assert named.alias == "checked"
    refused = api.account.configure(account, marginRate="2")
    assert refused.status == 400, refused.status
    assert refused.get("clientConfigureRejectTransaction", 400).rejectReason == "MARGIN_RATE_INVALID"
    assert api.account.get("101-001-7777777-001").status == 404


def prices_and_candles():
    found = api.pricing.get(account, instruments="EUR_USD,USD_JPY", includeHomeConversions=True)
    prices = found.get("prices", 200)
    assert [each.instrument for each in prices] == ["EUR_USD", "USD_JPY"]
    assert prices[0].tradeable and Decimal(prices[0].bids[0].price) < Decimal(prices[0].asks[0].price)
    assert {each.currency for each in found.get("homeConversions", 200)} == {"EUR", "USD", "JPY"}
    later = api.pricing.get(account, instruments="EUR_USD", since=found.get("time", 200))
    assert later.status == 200
    candles = api.instrument.candles("EUR_USD", price="MBA", granularity="S5", count=3).get("candles", 200)
    assert len(candles) == 3
    assert all(candle.complete for candle in candles[:-1])
    for candle in candles:
        assert Decimal(candle.bid.c) <= Decimal(candle.mid.c) <= Decimal(candle.ask.c)
        assert Decimal(candle.mid.l) <= Decimal(candle.mid.o) <= Decimal(candle.mid.h)
    too_many = api.instrument.candles("EUR_USD", count=5001)
    assert too_many.status == 400, too_many.status
    assert too_many.get("errorMessage", 400) == "Maximum value for 'count' exceeded"
    assert "instrument" in api.instrument.candles("EUR_XXX").get("errorMessage", 400)


def a_market_order_with_its_exits():
    bid = Decimal(api.pricing.get(account, instruments="EUR_USD").get("prices", 200)[0].bids[0].price)
    placed = api.order.market(
        account,
        instrument="EUR_USD",
        units=1000,
        clientExtensions=v20.transaction.ClientExtensions(id="v20-1", tag="check", comment="by v20"),
        tradeClientExtensions=v20.transaction.ClientExtensions(id="v20-trade-1"),
        takeProfitOnFill=v20.transaction.TakeProfitDetails(price=str(bid + Decimal("0.01"))),
        stopLossOnFill=v20.transaction.StopLossDetails(price=str(bid - Decimal("0.01"))),
    )
    assert placed.status == 201, placed.raw_body
    created, filled = placed.get("orderCreateTransaction"), placed.get("orderFillTransaction")
    assert created.clientExtensions.id == filled.clientOrderID == "v20-1"
    assert filled.units == "1000" and filled.tradeOpened.tradeID == filled.id
    assert placed.get("relatedTransactionIDs") == [str(int(created.id) + place) for place in range(4)]
    trade = api.trade.list_open(account).get("trades", 200)[0]
    assert trade.id == filled.id and trade.takeProfitOrder.price and trade.stopLossOrder.price
    assert trade.clientExtensions.id == "v20-trade-1"
    moved = api.trade.set_dependent_orders(
        account,
        "@v20-trade-1",
        stopLoss=v20.transaction.StopLossDetails(price=str(bid - Decimal("0.005"))),
    )
    assert moved.get("stopLossOrderCancelTransaction", 200).reason == "CLIENT_REQUEST_REPLACED"
    assert moved.get("stopLossOrderTransaction", 200).reason == "REPLACEMENT"
    written = api.trade.set_client_extensions(
        account, trade.id, clientExtensions=v20.transaction.ClientExtensions(comment="seen")
    )
    assert written.get("tradeClientExtensionsModifyTransaction", 200).tradeID == trade.id
    part = api.trade.close(account, trade.id, units="400").get("orderFillTransaction", 200)
    assert part.tradeReduced.units == "-400" and part.reason == "MARKET_ORDER_TRADE_CLOSE"
    closed = api.trade.close(account, trade.id, units="ALL")
    assert closed.get("orderFillTransaction", 200).tradesClosed[0].tradeID == trade.id
    again = api.trade.close(account, trade.id, units="ALL")
    assert again.status == 404
    assert again.get("orderRejectTransaction", 404).rejectReason == "TRADE_DOESNT_EXIST"
    return created.id


def orders_that_wait():
    refused = api.order.market(account, instrument="EUR_USD", units="0.5")
    assert refused.status == 400
    assert refused.get("orderRejectTransaction", 400).rejectReason == "UNITS_PRECISION_EXCEEDED"
    limit = api.order.limit(
        account,
        instrument="EUR_USD",
        units=100,
        price="0.90000",
        clientExtensions=v20.transaction.ClientExtensions(id="v20-2"),
    ).get("orderCreateTransaction", 201)
    assert api.order.get(account, "@v20-2").get("order", 200).state == "PENDING"
    assert api.order.get(account, "@v20-1").status == 404
    twice = api.order.limit(
        account,
        instrument="EUR_USD",
        units=100,
        price="0.90000",
        clientExtensions=v20.transaction.ClientExtensions(id="v20-2"),
    )
    reason = twice.get("orderRejectTransaction", 400).rejectReason
    assert reason == "CLIENT_ORDER_ID_ALREADY_EXISTS", reason
    replaced = api.order.limit_replace(account, limit.id, instrument="EUR_USD", units=200, price="0.91000")
    assert replaced.get("orderCancelTransaction", 201).reason == "CLIENT_REQUEST_REPLACED"
    new = replaced.get("orderCreateTransaction", 201)
    assert new.replacesOrderID == limit.id and new.id != limit.id
    assert [each.id for each in api.order.list_pending(account).get("orders", 200)] == [new.id]
    cancelled = api.order.cancel(account, new.id).get("orderCancelTransaction", 200)
    assert cancelled.orderID == new.id and cancelled.reason == "CLIENT_REQUEST"
    too_late = api.order.cancel(account, new.id)
    assert too_late.get("orderCancelRejectTransaction", 404).rejectReason == "ORDER_DOESNT_EXIST"
    stop = api.order.stop(account, instrument="USD_JPY", units=-10, price="99.000")
    touched = api.order.market_if_touched(account, instrument="USD_JPY", units=10, price="99.000")
    for order in (stop, touched):
        made = order.get("orderCreateTransaction", 201)
        assert api.order.cancel(account, made.id).status == 200
    states = {each.state for each in api.order.list(account, state="ALL").get("orders", 200)}
    assert states == {"FILLED", "CANCELLED"}, states


def positions():
    assert api.order.market(account, instrument="EUR_USD", units=-300).status == 201
    held = api.position.list_open(account).get("positions", 200)[0]
    assert held.instrument == "EUR_USD" and held.short.units == "-300" and held.long.units == "0"
    closed = api.position.close(account, "EUR_USD", longUnits="NONE", shortUnits="ALL")
    assert closed.get("shortOrderFillTransaction", 200).units == "300"
    assert api.position.close(account, "EUR_USD", longUnits="ALL", shortUnits="NONE").status == 404
    assert api.position.get(account, "EUR_USD").get("position", 200).short.units == "0"
    assert api.position.get(account, "AUD_USD").status == 404


def what_happened(first_order):
    since = api.transaction.since(account, id="3")
    told = since.get("transactions", 200)
    ids = [int(each.id) for each in told]
    assert ids == list(range(4, int(since.get("lastTransactionID")) + 1))
    assert api.transaction.get(account, first_order).get("transaction", 200).type == "MARKET_ORDER"
    ranged = api.transaction.range(account, fromID="4", toID="6").get("transactions", 200)
    assert [each.id for each in ranged] == ["4", "5", "6"]
    pages = api.transaction.list(account, pageSize=5).get("pages", 200)
    assert len(pages) == -(-ids[-1] // 5)
    changes = api.account.changes(account, sinceTransactionID="3")
    assert len(changes.get("changes", 200).transactions) == len(told)
    assert Decimal(changes.get("state", 200).NAV) > 0
    assert api.account.changes(account, sinceTransactionID="9999").status == 416


def streams():
    kinds = set()
    for kind, part in api.pricing.stream(account, instruments="EUR_USD,USD_JPY", snapshot=True).parts():
        kinds.add(kind)
        if kind == "pricing.PricingHeartbeat":
            break
        assert Decimal(part.closeoutBid) <= Decimal(part.bids[0].price)
    assert kinds == {"pricing.ClientPrice", "pricing.PricingHeartbeat"}, kinds
    told = []
    for kind, part in api.transaction.stream(account).parts():
        if kind == "transaction.TransactionHeartbeat" and not told:
            told.append(int(part.lastTransactionID))
            other = v20.Context(host, int(port), ssl=False, token=token, poll_timeout=10)
            assert other.order.market(account, instrument="EUR_USD", units=1).status == 201
        elif kind != "transaction.TransactionHeartbeat":
            told.append(int(part.id))
        if len(told) == 3:
            break
    assert told == [told[0], told[0] + 1, told[0] + 2], told


def without_a_token():
    stranger = v20.Context(host, int(port), ssl=False, token="wrong", poll_timeout=10, stream_timeout=10)
    refused = stranger.account.list()
    assert refused.status == 401
    assert refused.get("errorMessage", 401) == "Insufficient authorization to perform request."
    assert stranger.pricing.stream(account, instruments="EUR_USD").status == 401


accounts_and_instruments()
prices_and_candles()
first = a_market_order_with_its_exits()
orders_that_wait()
positions()
what_happened(first)
streams()
without_a_token()
sys.stdout.write("all calls held\n")
