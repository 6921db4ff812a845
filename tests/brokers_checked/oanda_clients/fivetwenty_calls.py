"""The `fivetwenty` client against a local OANDA: `python fivetwenty_calls.py HOST PORT TOKEN ACCOUNT`.

Its models are strict: a field that is missing or of another type is an error.
"""

# ruff: noqa: PT017, PT018 - this is a program and no test of pytest's

import asyncio
import sys
from decimal import Decimal

import httpx
from fivetwenty import AsyncClient
from fivetwenty.exceptions import FiveTwentyError
from fivetwenty.models import LimitOrderRequest, PricingHeartbeat, StopLossDetails, TransactionHeartbeat

host, port, token, account = sys.argv[1:5]


class ToLocal(httpx.AsyncHTTPTransport):
    """Streams name the vendor's host whatever the base address: send everything to the local one."""

    async def handle_async_request(self, request):
        request.url = request.url.copy_with(scheme="http", host=host, port=int(port))
        return await super().handle_async_request(request)


async def accounts_and_instruments(client):
    assert [each.id for each in await client.accounts.get_accounts()] == [account]
    summary = (await client.accounts.get_account_summary(account))["account"]
    assert summary.balance == Decimal(100_000) and summary.nav == Decimal(100_000)
    whole = (await client.accounts.get_account(account))["account"]
    assert whole.trades == [] and whole.hedging_enabled is False
    listed = (await client.accounts.get_account_instruments(account))["instruments"]
    assert {each.type for each in listed} == {"CURRENCY", "METAL", "CFD"}
    assert all(each.financing and len(each.financing.financing_days_of_week) == 7 for each in listed)


async def prices_and_candles(client):
    prices = (await client.pricing.get_pricing(account, ["EUR_USD", "USD_JPY"]))["prices"]
    assert [each.tradeable for each in prices] == [True, True]
    found = (await client.instruments.get_instrument_candles("EUR_USD", price="MBA", count=2))["candles"]
    assert found[0].complete
    assert found[-1].bid.c <= found[-1].mid.c <= found[-1].ask.c
    latest = await client.pricing.get_latest_candles(account, ["EUR_USD:S5:BM"])
    assert latest["latestCandles"][0]["candles"][-1].mid.c
    return prices[0].bids[0].price


async def orders_and_trades(client, bid):
    placed = await client.orders.post_market_order(
        account, "EUR_USD", 1000, take_profit=bid + Decimal("0.01"), stop_loss=bid - Decimal("0.01")
    )
    fill = placed["orderFillTransaction"]
    assert fill.units == 1000 and fill.trade_opened.price == fill.price
    order = (await client.orders.get_order(account, fill.order_id))["order"]
    assert order.state == "FILLED" and order.filling_transaction_id == fill.id
    trade = (await client.trades.get_open_trades(account))["trades"][0]
    assert trade.id == fill.id and trade.stop_loss_order.price == bid - Decimal("0.01")
    summed = (await client.accounts.get_account(account))["account"]
    assert summed.trades[0].stop_loss_order_id and len(summed.orders) == 2
    moved = await client.trades.put_trade_orders(
        account, trade.id, stop_loss=StopLossDetails(price=bid - Decimal("0.005"))
    )
    assert moved["stopLossOrderTransaction"].replaces_order_id == trade.stop_loss_order.id
    closed = await client.trades.close_trade(account, trade.id)
    assert closed["orderFillTransaction"].trades_closed[0].trade_id == trade.id
    try:
        await client.trades.close_trade(account, trade.id)
    except FiveTwentyError as refused:
        assert refused.status == 404 and refused.code == "TRADE_DOESNT_EXIST", refused
    else:
        raise AssertionError("a trade was closed twice")
    wanted = LimitOrderRequest(instrument="EUR_USD", units=Decimal(100), price=Decimal("0.80000"))
    made = (await client.orders.post_order(account, wanted))["orderCreateTransaction"]
    assert (await client.orders.get_pending_orders(account))["orders"][0].id == made.id
    cancelled = await client.orders.cancel_order(account, made.id)
    assert cancelled["orderCancelTransaction"].reason == "CLIENT_REQUEST"
    await client.orders.post_market_order(account, "USD_JPY", -500)
    held = (await client.positions.get_open_positions(account))["positions"][0]
    assert held.short.units == -500
    gone = await client.positions.close_position(account, "USD_JPY", short_units="ALL", long_units="NONE")
    assert gone["shortOrderFillTransaction"].units == 500


async def what_happened(client):
    since = await client.transactions.get_transactions_since_id(account, "1")
    ids = [int(each.id) for each in since["transactions"]]
    assert ids == list(range(2, int(since["lastTransactionID"]) + 1))
    changes = await client.accounts.get_account_changes(account, since_transaction_id="3")
    assert len(changes["changes"].transactions) == ids[-1] - 3
    assert changes["state"].nav is not None and changes["state"].orders == []
    ranged = await client.transactions.get_transactions_range(account, "1", "3")
    assert ranged["transactions"][0].type == "CREATE"


async def streams(client):
    kinds = set()
    async for part in client.pricing.get_pricing_stream(account, ["EUR_USD"]):
        kinds.add(type(part).__name__)
        if isinstance(part, PricingHeartbeat):
            break
    assert kinds == {"ClientPrice", "PricingHeartbeat"}, kinds
    told = []
    async for part in client.transactions.get_transactions_stream(account):
        if isinstance(part, TransactionHeartbeat):
            if not told:
                await client.orders.post_market_order(account, "EUR_USD", 1)
        else:
            told.append(part.type)
        if len(told) == 2:
            break
    assert told == ["MARKET_ORDER", "ORDER_FILL"], told


async def main():
    http = httpx.AsyncClient(
        transport=ToLocal(), base_url=f"http://{host}:{port}/v3", headers={"Accept-Encoding": "gzip"}
    )
    async with AsyncClient(token, account_id=account, transport=http) as client:
        await accounts_and_instruments(client)
        bid = await prices_and_candles(client)
        await orders_and_trades(client, bid)
        await what_happened(client)
        await streams(client)


asyncio.run(main())
sys.stdout.write("all calls held\n")
