"""An hour at the local OANDA in bad weather over a bad network: aiohttp at both ends, all from one seed."""

from __future__ import annotations

import asyncio
import json
import logging
from itertools import takewhile
from typing import Any

import aiohttp

from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import REST, STREAM, LocalOanda
from brokers.oanda.tape import drawn
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker
from brokers.oanda.weather import Weather
from sim.chance import between
from sim.world import World

logging.getLogger("aiohttp.server").setLevel(logging.CRITICAL)  # every broken connection is one

START = 1_767_623_400_000_000_000
"""Monday 2026-01-05 14:30 UTC."""

ACCOUNT = "101-001-1234567-001"
REST_PORT, STREAM_PORT = 8001, 8002
HEADERS = {"Authorization": "Bearer local-token"}
FAILURES = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class Client:
    """A client that trades at random, reads, and follows both streams; it begins again whatever breaks."""

    def __init__(self, world: World, session: aiohttp.ClientSession) -> None:
        self.world, self.session = world, session
        self.chance = world.chance.stream("client")
        self.lines = {"pricing": 0, "transactions": 0}
        self.answers = self.failures = 0

    async def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask once, with five seconds of patience; None where that failed."""
        url = f"http://localhost:{REST_PORT}/v3/accounts/{ACCOUNT}{path}"
        payload = None if body is None else json.dumps(body)
        timeout = aiohttp.ClientTimeout(total=5.0)
        try:
            async with self.session.request(method, url, data=payload, timeout=timeout) as response:
                raw = await response.read()
                answer = json.loads(raw) if raw else None
        except (*FAILURES, ValueError) as error:
            self.failures += 1
            self.world.trace.feed("failed", type(error).__name__)
            return None
        self.answers += 1
        self.world.trace.feed("answer", response.status)
        return answer

    async def follow(self, which: str, query: str = "") -> None:
        """Follow a stream for ever."""
        url = f"http://localhost:{STREAM_PORT}/v3/accounts/{ACCOUNT}/{which}/stream{query}"
        timeout = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=20.0)
        while True:
            try:
                async with self.session.get(url, timeout=timeout) as response:
                    async for line in response.content:
                        self.lines[which] += 1
                        self.world.trace.feed("line", which, line)
            except FAILURES as error:
                self.world.trace.feed("broke", which, type(error).__name__)
            await asyncio.sleep(1.0)

    async def trade(self) -> None:
        """Open, close and read for ever."""
        while True:
            await asyncio.sleep(between(self.chance, 0.5, 10.0))
            act = int(self.chance.random() * 5)
            if act == 0:
                units = str(int(between(self.chance, -9000, 9000)) or 1)
                order = {"type": "MARKET", "instrument": "EUR_USD", "units": units}
                stop = {"stopLossOnFill": {"distance": "0.00300"}}
                await self.ask("POST", "/orders", {"order": {**order, **stop}})
            elif act == 1:
                found = await self.ask("GET", "/openTrades")
                for trade in (found or {}).get("trades", [])[:1]:
                    await self.ask("PUT", f"/trades/{trade['id']}/close", {"units": "ALL"})
            else:
                await self.ask(
                    "GET", ("/summary", "/transactions/sinceid?id=1", "/orders?state=ALL")[act - 2]
                )


async def oanda_hour(world: World, until_s: float = 0.0) -> dict[str, Any]:
    """Trade at random through weather and network faults; give what came through, and the last change."""
    until_s = until_s or world.plan.phases.end_s
    loop, clock = world.loop, LoopClock(world.loop, START)
    broker = Broker(manners=Manners())
    broker.advance(START)
    account = broker.open_account(ACCOUNT, now=START)
    server = LocalOanda(broker, clock, faults=Faults(world.plan.seed))
    await server.listen("localhost", REST_PORT, REST)
    await server.listen("localhost", STREAM_PORT, STREAM)
    end = START + int(until_s * SECOND)
    rows = takewhile(lambda row: row.ts < end, drawn(world.chance.stream("market"), START))
    playing = loop.create_task(server.play(rows))
    weather = Weather(server, world.plan.seed)
    loop.call_at(world.plan.phases.warm_up_s, weather.begin)
    loop.call_at(world.plan.phases.calm_at_s, lambda: loop.create_task(weather.stop()))
    async with aiohttp.ClientSession(headers=HEADERS) as session:
        client = Client(world, session)
        works = (
            client.follow("pricing", "?instruments=EUR_USD"),
            client.follow("transactions"),
            client.trade(),
        )
        tasks = [playing, *(loop.create_task(work) for work in works)]
        await world.faults(until_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await server.close()
    world.seen.update({f"oanda {name}": times for name, times in server.faults.hits.items()})
    last = account.state.last_id
    return {**client.lines, "answers": client.answers, "failures": client.failures, "last": last}
