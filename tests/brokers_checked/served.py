"""The local OANDA served in virtual time over a network in memory, with aiohttp's client at the other end."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
from asked_world import MONDAY

from brokers.oanda.faults import Faults
from brokers.oanda.manners import Manners
from brokers.oanda.server.clocks import LoopClock
from brokers.oanda.server.local import LocalOanda
from brokers.oanda.truth.broker import Broker
from sim.chance import Chance
from sim.link import CLEAN, Quality
from sim.loop import SimLoop
from sim.net import Network
from sim.running import run

HEADERS = {"Authorization": "Bearer local-token"}
FAILURES = (aiohttp.ClientError, asyncio.TimeoutError, OSError)


class Served:
    """A server, a client, and what the client heard."""

    def __init__(self, loop: SimLoop, server: LocalOanda, port: int, client: aiohttp.ClientSession) -> None:
        self.loop = loop
        self.server = server
        self.client = client
        self.broker = server.broker
        self.account = next(iter(server.broker.accounts.values()))
        self.base = f"http://localhost:{port}/v3/accounts/{self.account.id}"

    def price(self, bid: str, ask: str, instrument: str = "EUR_USD", **more: Any) -> None:
        self.server.price(instrument, bid, ask, **more)

    async def ask(self, method: str, path: str, body: Any = None, timeout_s: float = 30.0) -> tuple[int, Any]:
        """Ask once; give the status and the JSON. Raises what the client raises."""
        timeout = aiohttp.ClientTimeout(total=timeout_s)
        payload = None if body is None else json.dumps(body)
        async with self.client.request(method, self.base + path, data=payload, timeout=timeout) as answer:
            return answer.status, json.loads(await answer.read())

    async def order(self, units: str = "1000", timeout_s: float = 30.0, **more: Any) -> tuple[int, Any]:
        told = {"type": "MARKET", "instrument": "EUR_USD", "units": units, **more}
        return await self.ask("POST", "/orders", {"order": told}, timeout_s)

    def hear(self, path: str) -> Heard:
        """Open a stream and keep every line of it."""
        heard = Heard()
        heard.task = self.loop.create_task(heard.listen(self, path))
        return heard

    def prices(self) -> Heard:
        return self.hear("/pricing/stream?instruments=EUR_USD,USD_JPY")

    def transactions(self) -> Heard:
        return self.hear("/transactions/stream")


class Heard:
    """What came on one stream: lines with the virtual time of each, pieces, and how it ended."""

    def __init__(self) -> None:
        self.lines: list[tuple[float, dict[str, Any]]] = []
        self.pieces: list[bytes] = []
        self.unreadable: list[bytes] = []
        self.status = 0
        self.ended: BaseException | None = None
        self.task: asyncio.Task[None] | None = None

    async def listen(self, served: Served, path: str) -> None:
        rest = b""
        try:
            timeout = aiohttp.ClientTimeout(total=None, sock_read=None)
            async with served.client.get(served.base + path, timeout=timeout) as answer:
                self.status = answer.status
                async for piece, _ in answer.content.iter_chunks():
                    self.pieces.append(piece)
                    *whole, rest = (rest + piece).split(b"\n")
                    for line in whole:
                        self._keep(served.loop.time(), line)
        except FAILURES as failure:
            self.ended = failure

    def _keep(self, now: float, line: bytes) -> None:
        try:
            self.lines.append((now, json.loads(line)))
        except ValueError:
            self.unreadable.append(line)

    def told(self, *kinds: str) -> list[dict[str, Any]]:
        """Give the lines of some types, or all but the heartbeats."""
        return [
            line
            for _, line in self.lines
            if (line["type"] in kinds if kinds else line["type"] != "HEARTBEAT")
        ]

    def times(self, kind: str) -> list[float]:
        return [round(at, 6) for at, line in self.lines if line["type"] == kind]


@asynccontextmanager
async def serving(
    loop: SimLoop,
    manners: Manners | None = None,
    seed: int = 0,
    now: int = MONDAY,
    quality: Quality = CLEAN,
    **account: Any,
) -> AsyncIterator[Served]:
    """Serve one account and a EUR_USD price, and tidy up."""
    Network(loop, Chance(seed), quality=quality)
    broker = Broker(manners=manners or Manners())
    broker.advance(now)
    broker.open_account(**account)
    server = LocalOanda(broker, LoopClock(loop, now), faults=Faults(seed))
    port = await server.listen("localhost")
    async with aiohttp.ClientSession(headers=HEADERS) as client:
        served = Served(loop, server, port, client)
        served.price("1.10000", "1.10010")
        yield served
    await server.close()


def played(
    story: Callable[[Served], Coroutine[Any, Any, Any]],
    manners: Manners | None = None,
    seed: int = 0,
    now: int = MONDAY,
    quality: Quality = CLEAN,
    **account: Any,
) -> Any:
    """Run a story from beginning to end in virtual time, and give what it gave."""

    async def main(loop: SimLoop) -> Any:
        async with serving(loop, manners, seed, now, quality, **account) as served:
            return await story(served)

    return run(main, seed)
