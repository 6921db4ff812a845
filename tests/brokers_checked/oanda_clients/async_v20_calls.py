"""The `async-v20` client against a local OANDA: `python async_v20_calls.py HOST PORT TOKEN ACCOUNT`.

It asks for times as seconds since 1970, and for a page about the vendor's services before anything else:
a small server of its own answers that one.
"""

# ruff: noqa: PT018 - this is a program and no test of pytest's

import asyncio
import sys
from decimal import Decimal

from aiohttp import web
from async_v20 import OandaClient

host, port, token, account = sys.argv[1:5]


async def services(request):
    assert request.path == "/api/v1/services"
    return web.json_response({"services": []})


async def calls(client):
    held = await client.account()
    assert held.balance == 100_000 and held.id == account, held
    priced = await client.get_pricing("EUR_USD,USD_JPY")
    assert priced and [each.instrument for each in priced.prices] == ["EUR_USD", "USD_JPY"], priced
    assert priced.prices[0].time.year == 2026
    bid = Decimal(str(priced.prices[0].closeout_bid))
    stop = {"price": float(round(bid - Decimal("0.01"), 5))}
    placed = await client.create_order("EUR_USD", 1000, stop_loss_on_fill=stop)
    assert placed and placed.status == 201, placed.json()
    opened = placed.orderFillTransaction.trade_opened
    assert opened.trade_id == placed.orderFillTransaction.id
    trades = await client.list_open_trades()
    assert [each.id for each in trades.trades] == [opened.trade_id]
    after = await client.account()
    assert [each.id for each in after.trades] == [opened.trade_id], after.trades
    closed = await client.close_trade(opened.trade_id)
    assert closed.orderFillTransaction.trades_closed[0].trade_id == opened.trade_id
    refused = await client.close_trade(opened.trade_id)
    assert refused.status == 404 and refused.errorCode == "TRADE_DOESNT_EXIST"
    candles = await client.get_candles("EUR_USD", count=2)
    assert candles and len(candles.candles) == 2
    since = await client.since_transaction(3)
    assert [int(each.id) for each in since.transactions] == list(range(4, int(since.lastTransactionID) + 1))


async def stream(client):
    kinds = set()
    streamed = await client.stream_pricing("EUR_USD")
    async for part in streamed:
        kinds.add(type(next(value for value in part.values())).__name__)
        if len(kinds) == 2:
            break
    assert kinds == {"Price", "PricingHeartbeat"}, kinds


async def main():
    server = await asyncio.get_running_loop().create_server(web.Server(services), "127.0.0.1", 0)
    health = server.sockets[0].getsockname()[1]
    async with OandaClient(
        token,
        account,
        rest_host=host,
        rest_port=int(port),
        rest_scheme="http",
        stream_host=host,
        stream_port=int(port),
        stream_scheme="http",
        health_host="127.0.0.1",
        health_port=health,
        health_scheme="http",
    ) as client:
        await calls(client)
        await stream(client)
    server.close()


asyncio.run(main())
sys.stdout.write("all calls held\n")
