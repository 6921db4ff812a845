"""Small worlds that show what the simulation does: a client and a server of aiohttp, and faults between them.

Each is `async def name(world)`, so that it can be named on a command line and run again with a seed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiohttp import web

from sim.world import World

PORT = 8080
HOUR_S = 3600.0
HEARTBEAT_S = 5.0
LIST_LENGTH = 40
SILENT = logging.getLogger("tickwise.tests.sim.silent")
SILENT.disabled = True
FAILURES = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class Counter:
    """A server with a number that can be raised, and a stream that tells it."""

    def __init__(self, every_s: float) -> None:
        self.number = 0
        self.every_s = every_s
        self.lines = 0

    async def summary(self, request: web.Request) -> web.Response:
        """Tell the number, with something to carry."""
        return web.json_response({"number": self.number, "list": list(range(LIST_LENGTH))})

    async def order(self, request: web.Request) -> web.Response:
        """Raise the number by what stands in the body."""
        self.number += int((await request.json())["units"])
        return web.json_response({"number": self.number}, status=201)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Send a line every so often, and a heartbeat every five seconds."""
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        response.enable_chunked_encoding()
        await response.prepare(request)
        loop = asyncio.get_running_loop()
        heartbeat_s = loop.time() + HEARTBEAT_S
        try:
            while True:
                await asyncio.sleep(self.every_s)
                self.lines += 1
                await response.write(b'{"type":"PRICE","number":%d}\n' % self.lines)
                if loop.time() >= heartbeat_s:
                    heartbeat_s += HEARTBEAT_S
                    await response.write(b'{"type":"HEARTBEAT"}\n')
        except ConnectionError:
            pass
        return response


@asynccontextmanager
async def served(counter: Counter) -> AsyncIterator[str]:
    """Listen as the counter; give the address."""
    app = web.Application()
    app.router.add_get("/v3/accounts/1/summary", counter.summary)
    app.router.add_post("/v3/accounts/1/orders", counter.order)
    app.router.add_get("/v3/accounts/1/pricing/stream", counter.stream)
    runner = web.AppRunner(app, access_log=None, logger=SILENT, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", PORT).start()
    try:
        yield f"http://localhost:{PORT}/v3/accounts/1"
    finally:
        await runner.cleanup()


async def requests(world: World, count: int = 1000) -> int:
    """Ask a thousand times over one kept connection; give the number of bytes read."""
    size = 0
    async with served(Counter(1.0)) as url, aiohttp.ClientSession() as session:
        for number in range(count):
            if number % 10 == 9:
                async with session.post(f"{url}/orders", json={"units": "1"}) as response:
                    size += len(await response.read())
            else:
                async with session.get(f"{url}/summary") as response:
                    size += len(await response.read())
    return size


async def heartbeats(world: World, every_s: float = 1.0, until_s: float = HOUR_S) -> int:
    """Read a stream until the time has come; give how many lines there were."""
    lines = 0
    timeout = aiohttp.ClientTimeout(total=None, sock_read=20)
    async with (
        served(Counter(every_s)) as url,
        aiohttp.ClientSession(timeout=timeout) as session,
        session.get(f"{url}/pricing/stream") as response,
    ):
        async for line in response.content:
            lines += 1
            world.trace.feed("line", line)
            if world.now() >= until_s:
                break
    return lines


async def unsteady(world: World, until_s: float = HOUR_S) -> dict[str, float]:
    """Read a stream and send requests while everything that can happen to bytes does; begin again each time.

    Gives how often what succeeded and what failed, and when a line and an answer came last.
    """
    counter = Counter(0.25)
    last = {"last_line_s": 0.0, "last_answer_s": 0.0}
    patience = aiohttp.ClientTimeout(total=5.0)
    counted = {"lines": 0, "streams": 0, "answers": 0, "failures": 0, "raised": 0}

    async def read_stream(session: aiohttp.ClientSession, url: str) -> None:
        while True:
            counted["streams"] += 1
            try:
                async with session.get(f"{url}/pricing/stream") as response:
                    async for _ in response.content:
                        counted["lines"] += 1
                        last["last_line_s"] = world.now()
            except FAILURES as error:
                world.trace.feed("stream", type(error).__name__)
            await asyncio.sleep(1.0)

    async def ask(session: aiohttp.ClientSession, url: str) -> None:
        while True:
            try:
                async with session.post(f"{url}/orders", json={"units": "1"}, timeout=patience) as response:
                    counted["raised"] = (await response.json())["number"]
                counted["answers"] += 1
                last["last_answer_s"] = world.now()
            except FAILURES as error:
                world.trace.feed("request", type(error).__name__)
                counted["failures"] += 1
            await asyncio.sleep(5.0)

    timeout = aiohttp.ClientTimeout(total=None, sock_read=20)
    async with served(counter) as url, aiohttp.ClientSession(timeout=timeout) as session:
        tasks = [asyncio.create_task(work(session, url)) for work in (read_stream, ask, ask, ask)]
        await world.faults(until_s)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return {**counted, **last, "number": counter.number}
