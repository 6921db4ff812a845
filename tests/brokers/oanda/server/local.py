"""The local OANDA: one broker behind real HTTP, its market, its faults and its books."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from aiohttp import web
from aiohttp.web_request import BaseRequest

from brokers.oanda.api.call import Token
from brokers.oanda.api.http import Asked, PriceStream, Refused, Reply, TransactionStream
from brokers.oanda.api.interface import Interface, is_stream
from brokers.oanda.faults import Faults, Plan, Subject
from brokers.oanda.market import Hands, Market, Row
from brokers.oanda.server.clocks import Clock, TapeClock
from brokers.oanda.server.connection import Connection
from brokers.oanda.server.limits import CONNECTIONS_PER_S, REQUESTS_PER_S, STREAMS, Limit
from brokers.oanda.server.streams import Prices, Stream, Transactions
from brokers.oanda.text import SECOND
from brokers.oanda.truth.broker import Broker
from brokers.oanda.truth.prices import Quote

BOTH, REST, STREAM = "both", "rest", "stream"
"""What a port serves. The real one has a host for streams and a host for everything else."""

REASONS = {
    401: "Insufficient authorization to perform request.",
    429: "The rate limit has been exceeded",
    500: "Internal server error",
    502: "Bad gateway",
    503: "The service is unavailable",
    504: "Gateway timeout",
}
ROWS_IN_A_ROW = 32
"""Rows of a tape that is behind its time after which others get their turn."""

TOO_MANY_CONNECTIONS = "Rate limit violation of newly established connections."


@dataclass(slots=True)
class Exchange:
    """A request as it came in, and what became of it: the checker's book."""

    number: int
    connection: int
    at: int
    """Nanoseconds UTC of the broker's clock."""
    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    faults: list[str] = field(default_factory=list)
    acted_at: int | None = None
    """When it was acted on; None where it never was."""
    wrote: tuple[int, int] | None = None
    """First and last transaction it wrote, where it wrote any."""
    status: int | None = None
    """The status that was sent, or None where nothing was."""


class LocalOanda:
    """A broker that can be reached.

    Give it a running loop's clock and serve it on a port with `listen`, or hand `protocol` to any loop or
    transport. Prices come in by `price`, by `play` or one at a time by `step`.
    """

    def __init__(
        self,
        broker: Broker,
        clock: Clock,
        *,
        tokens: dict[str, Token] | None = None,
        faults: Faults | None = None,
        tape: Iterable[Row] = (),
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.broker = broker
        self.clock = clock
        self.faults = faults or Faults()
        self.faults.clock = clock
        self.interface = Interface(broker, {"local-token": Token()} if tokens is None else tokens)
        self.market = Market(broker, self.faults)
        self.hands = Hands(broker, self.faults, clock, self.publish)
        self.tape: Iterator[Row] = iter(tape)
        self.http = web.Server(self._serve)
        self.exchanges: list[Exchange] = []
        self.connections = 0
        self.failures: list[Exception] = []
        self.streams: list[Stream] = []
        self._servers: list[asyncio.Server] = []
        self._held: list[asyncio.Transport] = []
        self._told: dict[str, int] = {}
        self._closing = asyncio.Event()
        self._due: tuple[int, asyncio.TimerHandle] | None = None
        self._requests = Limit(REQUESTS_PER_S)
        self._made = Limit(CONNECTIONS_PER_S)
        broker.advance(clock.now())
        self.publish()

    # reaching it

    def protocol(self, serves: str = BOTH) -> Connection:
        """Give what speaks HTTP on one connection: a factory for `loop.create_server` and its like."""
        return Connection(self, serves)

    async def listen(self, host: str = "127.0.0.1", port: int = 0, serves: str = BOTH) -> int:
        """Serve on a port and give it; 0 lets the system choose."""
        server = await self.loop.create_server(lambda: self.protocol(serves), host, port)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def close(self) -> None:
        """Stop serving. Raises what went wrong in the broker itself, if anything did."""
        self._closing.set()
        if self._due:
            self._due[1].cancel()
        for stream in list(self.streams):
            stream.end()
        for server in self._servers:
            server.close()
        for transport in self._held:
            transport.abort()
        await self.http.shutdown(1.0)
        if self.failures:
            raise self.failures[0]

    def met(self, connection: Connection, transport: asyncio.Transport) -> str | None:
        """Number a new connection and give the fault it will have, if any."""
        self.connections += 1
        connection.number = self.connections
        peer = transport.get_extra_info("peername")
        connection.address = str(peer[0]) if isinstance(peer, tuple) else str(peer)
        if self.broker.manners.rate_limited:
            connection.is_too_many = not self._made.passes(connection.address, self.loop.time())
        for name in ("refuse_connection", "dead_connection", "one_byte_writes"):
            if self.faults.strike(name, Subject(stream=connection.serves)):
                return name
        return None

    def hold(self, transport: asyncio.Transport) -> None:
        """Keep a dead connection open until the end."""
        self._held.append(transport)

    # its market

    def price(self, instrument: str, bid: Any, ask: Any, ts: int | None = None, **more: Any) -> Quote | None:
        """Feed a price; it goes through what the market's faults make of it. None where it was swallowed."""
        if isinstance(self.clock, TapeClock) and ts is not None:
            self.clock.move_to(ts)
        quote = self.market.price(instrument, bid, ask, self.clock.now() if ts is None else ts, **more)
        self.publish()
        return quote

    async def step(self, steps: int = 1) -> Row | None:
        """Take the next price of the tape, and wait until the streams have sent what follows from it."""
        row = None
        for _ in range(steps):
            row = next(self.tape, None)
            if row is None:
                break
            self.price(row.instrument, row.bid, row.ask, row.ts, **row.more)
            await self.settled()
        return row

    async def play(self, rows: Iterable[Row] | None = None) -> None:
        """Feed a tape at the pace of the clock, until it ends."""
        for place, row in enumerate(self.tape if rows is None else rows):
            wait = self.clock.seconds_until(row.ts)
            if wait or place % ROWS_IN_A_ROW == 0:
                await asyncio.sleep(wait or 0)
            self.price(row.instrument, row.bid, row.ask, row.ts, **row.more)

    async def settled(self) -> None:
        """Wait until no line waits on any stream."""
        for stream in list(self.streams):
            await stream.drained()

    def publish(self) -> None:
        """Tell the streams what is new, and set the timer to what comes with time alone."""
        changed, self.broker.changed = self.broker.changed, []
        for quote in changed:
            for stream in list(self.streams):
                if isinstance(stream, Prices):
                    stream.offer(quote)
        is_new = False
        for name, account in self.broker.accounts.items():
            for transaction in account.since(self._told.get(name, 0)):
                is_new = True
                for stream in list(self.streams):
                    if isinstance(stream, Transactions) and stream.account is account:
                        stream.offer(transaction)
            self._told[name] = account.state.last_id
        if is_new or self._due is None or self._due[0] <= self.broker.now:
            self._arm()

    def _arm(self) -> None:
        due = self.broker.next_due()
        wait = self.clock.seconds_until(due)
        if self._due:
            self._due[1].cancel()
            self._due = None
        if wait is not None and not self._closing.is_set():
            self._due = (due, self.loop.call_later(wait, self._come))

    def _come(self) -> None:
        self._due = None
        self.broker.advance(self.clock.now())
        self.publish()

    # its requests

    async def _serve(self, request: BaseRequest) -> web.StreamResponse:
        try:
            return await self._answer(request)
        except (ConnectionError, asyncio.CancelledError):
            raise
        except Exception as failure:
            self.failures.append(failure)
            raise

    async def _answer(self, request: BaseRequest) -> web.StreamResponse:
        connection, body = request.protocol, await request.read()
        assert isinstance(connection, Connection)
        headers = {name.lower(): value for name, value in request.headers.items()}
        asked = Asked(request.method, request.raw_path, headers, body)
        exchange = Exchange(
            len(self.exchanges) + 1,
            connection.number,
            self.clock.now(),
            asked.method,
            asked.target,
            request.raw_headers,
            body,
        )
        self.exchanges.append(exchange)
        answer: Reply | PriceStream | TransactionStream | None = self._limited(connection, asked)
        if answer is None:
            plan = self.faults.plan(asked)
            exchange.faults += plan.names
            answer = await self._acted(asked, exchange, plan, connection)
        if answer is None:
            return web.Response()  # the connection is gone: nobody will see it
        if isinstance(answer, Reply):
            exchange.status = answer.status
            return self._response(answer)
        return await self._streamed(request, connection, answer, exchange)

    def _limited(self, connection: Connection, asked: Asked) -> Reply | None:
        if connection.serves != BOTH and is_stream(asked.path) != (connection.serves == STREAM):
            return self._error(404, "The endpoint specified does not exist")
        if not self.broker.manners.rate_limited:
            return None
        if connection.is_too_many:
            connection.close()
            return self._error(429, TOO_MANY_CONNECTIONS)
        if not self._requests.passes(connection.address, self.loop.time()):
            return self._error(429)
        if is_stream(asked.path) and len(self.streams) >= STREAMS:
            return self._error(429, "The number of active streams is exceeded")
        return None

    def _error(self, status: int, message: str | None = None) -> Reply:
        refused = Refused(status, message or REASONS.get(status, "Error"))
        return self.interface.refusal(refused, {"Content-Type": "application/json"})

    async def _acted(
        self, asked: Asked, exchange: Exchange, plan: Plan, connection: Connection
    ) -> Reply | PriceStream | TransactionStream | None:
        """Let a request run into what is planned for it. None: there is nothing to send."""
        if plan.hangs:
            await self._closing.wait()
            self._cut(connection, "reset")
            return None
        if plan.delay_before_s:
            await asyncio.sleep(plan.delay_before_s)
        if plan.cut_before:
            self._cut(connection, plan.cut_before)
            return None
        if plan.refused:
            return self._error(plan.refused)
        before = {name: account.state.last_id for name, account in self.broker.accounts.items()}
        cut_short = self.broker.truncated
        exchange.acted_at = self.clock.now()
        answer = self.interface.answer(asked, exchange.acted_at, lag_s=plan.lag_s, forced=plan.forced)
        exchange.wrote = self._wrote(asked, before)
        if self.broker.truncated > cut_short:
            self.faults.hits["truncate"] += self.broker.truncated - cut_short
        self.publish()
        if plan.delay_after_s:
            await asyncio.sleep(plan.delay_after_s)
        if plan.cut_after:
            self._cut(connection, plan.cut_after)
            return None
        return self._error(plan.error_after) if plan.error_after else answer

    def _wrote(self, asked: Asked, before: dict[str, int]) -> tuple[int, int] | None:
        for name, account in self.broker.accounts.items():
            if name in asked.path and account.state.last_id > before[name]:
                return before[name] + 1, account.state.last_id
        return None

    @staticmethod
    def _cut(connection: Connection, how: str) -> None:
        transport = connection.transport
        if transport is not None:
            (transport.abort if how == "reset" else transport.close)()

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        return {**headers, "Server": "local-oanda", "Date": _http_date(self.clock.now())}

    def _response(self, reply: Reply) -> web.Response:
        return web.Response(body=reply.body, status=reply.status, headers=self._headers(reply.headers))

    async def _streamed(
        self,
        request: BaseRequest,
        connection: Connection,
        asked: PriceStream | TransactionStream,
        exchange: Exchange,
    ) -> web.StreamResponse:
        now: Callable[[], int] = self.clock.now
        account = self.broker.accounts[asked.account]
        stream: Stream
        if isinstance(asked, PriceStream):
            stream = Prices(asked, self.broker, self.faults, now)
        else:
            stream = Transactions(asked, account, self.broker, self.faults, now)
        response = web.StreamResponse(headers=self._headers(stream.headers))
        response.enable_chunked_encoding()
        exchange.status = 200
        await response.prepare(request)
        connection.stream = stream
        self.streams.append(stream)
        try:
            stream.begin()
            assert connection.transport is not None
            await stream.send(response, connection.transport)
        finally:
            self.streams.remove(stream)
            connection.stream = None
            connection.force_close()
        return response

    def cut(self, kind: str | None = None) -> None:
        """Cut the streams there are: `prices`, `transactions`, or all."""
        for stream in list(self.streams):
            if kind in (None, stream.kind):
                self.faults.hits["cut_stream"] += 1
                stream.cut()


def _http_date(ns: int) -> str:
    return formatdate(ns // SECOND, usegmt=True)
