"""Bytes to and from OANDA: one session of kept-alive connections, and no meaning.

What must hold is held here, under everything else: a request that changes orders is sent once (aiohttp would
send a PUT again over a new connection when a kept one breaks, so that is taken from it), a redirect is not
followed, no host outside the environment's is reached, the token stands in one header and in no message, and
every wait is one of the event loop's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from types import SimpleNamespace
from typing import Any, NamedTuple

import aiohttp
from yarl import URL

from tickwise.venues.oanda.backoff import Backoff
from tickwise.venues.oanda.budget import Budget, NotSent, Share, Use
from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.hosts import Hosts
from tickwise.venues.oanda.lanes import Lane, Lanes
from tickwise.venues.oanda.lines import Lines
from tickwise.venues.oanda.replies import Reply, says_of
from tickwise.venues.venue import VenueError, WrongAccess

BODY_BYTES_MAX = 32 << 20
"""Ten times a page of five thousand bars."""

READS_AT_ONCE = 2
"""Reads share so many connections, so that they open no more of them than the budget has."""

REFUSES_ACCESS = (401, 403)
FAILS_FOR_NOW = (429, 500, 502, 503, 504)


class Timeouts(NamedTuple):
    """Seconds after which a request is given up, and after which a mute stream is."""

    order_s: float = 5.0
    read_s: float = 10.0
    stream_silence_s: float | None = 20.0


class Token:
    """A secret that shows itself in one header and nowhere else."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        if not (text.isascii() and text.isprintable() and text.strip() == text and text):
            raise WrongAccess("oanda: the token is empty or has characters that no token has")
        self._text = text

    def __repr__(self) -> str:
        return "Token(...)"

    def __reduce__(self) -> Any:
        raise TypeError("a token is not written down")

    def header(self) -> str:
        """Give what stands in the Authorization header."""
        return f"Bearer {self._text}"

    def hidden_in(self, body: bytes) -> bytes:
        """Give a body without the token, should the venue have echoed it."""
        return body.replace(self._text.encode(), b"...")


class Silence(NamedTuple):
    """No reply came, or none that could be read whole: why not."""

    why: str


class _Broken(Exception):
    """A connection broke under a request; whoever made it decides what that means."""


class Reader:
    """One venue's connections, to read from: nothing public here changes an order. Reads raise VenueError."""

    def __init__(
        self,
        hosts: Hosts,
        token: Token,
        chance: Callable[[], float],
        *,
        timeouts: Timeouts = Timeouts(),  # noqa: B008  immutable
        connector: Callable[[], aiohttp.BaseConnector] | None = None,
        share: Share = Share(),  # noqa: B008  immutable
        saved_retries_max: int = 1,
    ) -> None:
        """Reach `hosts`; `chance` gives numbers from 0 to below 1, seeded, for the waits of failed reads.

        `connector` makes what opens connections, for a network that is none; `saved_retries_max` is how many
        failed reads in a row are tried again, which an import may want to be more.
        """
        self.hosts = hosts
        self.timeouts = timeouts
        self._token = token
        self._connector = connector or _tcp
        self._backoff = Backoff(chance, saved_retries_max=saved_retries_max)
        self._session: aiohttp.ClientSession | None = None
        self._share = share
        self._budget: Budget | None = None
        self._lanes: Lanes | None = None
        self._reads = asyncio.Semaphore(READS_AT_ONCE)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.hosts.environment}, {self.hosts.rest}, {self.hosts.stream})"

    async def close(self) -> None:
        """End every connection."""
        if self._session:
            await self._session.close()
        self._session = self._lanes = None

    async def read(self, path: str, query: dict[str, str] | None = None) -> bytes:
        """Read a path whole; one that fails for the moment is tried again after a wait.

        Raises WrongAccess where the venue refuses the token, VenueError for any other failure.
        """
        self._backoff.began()
        failures = 0
        while True:
            try:
                reply = await self._read_once(path, query)
                if reply.status not in FAILS_FOR_NOW:
                    return self._accepted(path, reply)
                failure = self._complaint(path, reply)
            except _Broken as error:
                failure = f"{path}: {error}"
            failures += 1
            wait_s = self._backoff.wait_s(failures)
            if wait_s is None:
                raise VenueError(failure)
            await asyncio.sleep(wait_s)

    async def lines(self, path: str, query: dict[str, str] | None = None) -> AsyncIterator[bytes]:
        """Give the lines of a stream as they come; it never ends but by VenueError."""
        session, budget, _ = self._open()
        await budget.request("read")
        lane = Lane("read", is_paid=False)
        timeout = aiohttp.ClientTimeout(
            total=None,
            connect=self.timeouts.read_s,
            sock_read=self.timeouts.stream_silence_s,
            ceil_threshold=float("inf"),
        )
        url = self.hosts.url(path, stream=True).with_query(query)
        headers = {"Accept-Encoding": "identity"}
        lines = Lines()
        try:
            async with session.request(
                "GET", url, headers=headers, timeout=timeout, **_once(lane)
            ) as response:
                if response.status != 200:
                    self._accepted(path, Reply(response.status, self._token.hidden_in(await _body(response))))
                async for piece in response.content.iter_any():
                    for line in lines.feed(piece):
                        yield line
            lines.end()
        except _FAILURES as error:
            raise VenueError(f"{path}: the stream broke: {_shown(error)}") from None
        raise VenueError(f"{path}: the venue ended the stream")

    def _open(self) -> tuple[aiohttp.ClientSession, Budget, Lanes]:
        """Give the session, its budget and its connections, made where a loop runs."""
        if self._session is None or self._budget is None or self._lanes is None:
            self._budget = self._budget or Budget(asyncio.get_running_loop().time, self._share)
            self._lanes = Lanes(self._budget)
            self._session = self._made(self._budget)
        return self._session, self._budget, self._lanes

    def _made(self, budget: Budget) -> aiohttp.ClientSession:
        """Make a session: no cookies, no proxies of the machine's, every new connection counted."""

        async def count(_: Any, context: SimpleNamespace, __: Any) -> None:
            lane: Lane = context.trace_request_ctx
            if not lane.is_paid:
                await budget.connection(lane.use)
            lane.is_paid = False

        trace = aiohttp.TraceConfig()
        trace.on_connection_create_start.append(count)
        return aiohttp.ClientSession(
            connector=self._connector(),
            cookie_jar=aiohttp.DummyCookieJar(),
            trace_configs=[trace],
            middlewares=(_never_again,),
            headers={
                "Authorization": self._token.header(),
                "Accept-Datetime-Format": "RFC3339",
                "User-Agent": "tickwise",
            },
        )

    async def _read_once(self, path: str, query: dict[str, str] | None) -> Reply:
        """Read a path once."""
        async with self._reads:
            timeout = aiohttp.ClientTimeout(total=self.timeouts.read_s, ceil_threshold=float("inf"))
            url = self.hosts.url(path).with_query(query)
            headers = {"Accept-Encoding": "gzip, deflate"}
            return await self._whole("GET", url, "read", timeout, headers, None)

    async def _whole(
        self,
        method: str,
        url: URL,
        use: Use,
        timeout: aiohttp.ClientTimeout,
        headers: dict[str, str],
        body: bytes | None,
    ) -> Reply:
        """Send a request once and read its reply whole. Raises NotSent for an entry that would wait."""
        session, budget, lanes = self._open()
        with lanes.held(await lanes.take(use)) as lane:
            lane.is_whole = not lane.is_paid  # until the request leaves
            await budget.request(use)
            lane.is_whole = False
            try:
                async with session.request(
                    method, url, data=body, headers=headers, timeout=timeout, **_once(lane)
                ) as response:
                    reply = Reply(response.status, self._token.hidden_in(await _body(response)))
            except _FAILURES as error:
                raise _Broken(_shown(error)) from error
            lane.is_whole = True
        if reply.status == 429:
            budget.shrink()
        return reply

    def _accepted(self, path: str, reply: Reply) -> bytes:
        """Give the body of a reply that is a yes. Raises WrongAccess and VenueError."""
        if reply.status == 200:
            return reply.body
        kind = WrongAccess if reply.status in REFUSES_ACCESS else VenueError
        raise kind(self._complaint(path, reply))

    def _complaint(self, path: str, reply: Reply) -> str:
        """Say in one line what the venue answered instead of a yes."""
        return f"{path}: status {reply.status} {says_of(reply.body)}".strip()


class Client(Reader):
    """One venue's connections, to read from and to send orders by; `order` raises only NotSent."""

    async def order(
        self, method: str, path: str, body: bytes, use: Use, within_s: float = 0.0
    ) -> Reply | Silence:
        """Send a request that changes orders, once; `within_s` bounds the wait for a connection, 0 does not.

        Raises NotSent where our own budget or that wait held it back.
        """
        timeout = aiohttp.ClientTimeout(
            total=self.timeouts.order_s, connect=within_s or None, ceil_threshold=float("inf")
        )
        headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
        url = self.hosts.url(path)
        try:
            return await self._whole(method, url, use, timeout, headers, body)
        except _Broken as error:
            if within_s and isinstance(error.__cause__, aiohttp.ConnectionTimeoutError):
                raise NotSent(f"no connection within {within_s:.3f} s") from None
            return Silence(str(error))


_FAILURES = (aiohttp.ClientError, asyncio.TimeoutError, OSError, _Broken, Malformed)
"""What may happen to a request on its way."""


def _shown(error: BaseException) -> str:
    """Say in a few words what broke."""
    if isinstance(error, _Broken):  # it says itself what did
        return str(error)[:200].strip()
    return f"{type(error).__name__} {error}"[:200].strip()


def _tcp() -> aiohttp.BaseConnector:
    """Make connections that are kept alive, however long they idle, until the venue ends them."""
    return aiohttp.TCPConnector(limit=0, keepalive_timeout=None)


def _once(lane: Lane) -> dict[str, Any]:
    """Give what every request has: redirects are answers, and a new connection is counted."""
    return {"allow_redirects": False, "trace_request_ctx": lane}


async def _never_again(
    request: aiohttp.ClientRequest, handler: aiohttp.ClientHandlerType
) -> aiohttp.ClientResponse:
    """Turn a broken connection into an error for which aiohttp does not send the request again."""
    try:
        return await handler(request)
    except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError) as error:
        raise _Broken(f"{type(error).__name__} {error}") from None


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Read a body whole, within bounds."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.content.iter_any():
        size += len(piece)
        if size > BODY_BYTES_MAX:
            raise _Broken(f"a body of more than {BODY_BYTES_MAX} bytes")
        pieces.append(piece)
    return b"".join(pieces)
