"""A network in memory: names, listeners and connections, under an event loop with virtual time.

`create_connection`, `create_server`, `sock_connect` and `getaddrinfo` of the loop end here, so the real HTTP
client and server run over it unmodified, byte for byte. TLS is left out: with `tls_in_the_clear` a connection
that asks for it carries the same bytes unencrypted, else it is refused.
"""

from __future__ import annotations

import asyncio
import contextvars
import errno
import socket
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from sim.chance import Chance, happens
from sim.connection import Connection, broken
from sim.link import CLEAN, Direction, Link, Quality
from sim.loop import OWNER, Forbidden, SimLoop
from sim.transport import MemoryTransport

Address: TypeAlias = tuple[str, int]
Tap: TypeAlias = Callable[[Connection, Direction, bytes], None]
"""Sees every write as it leaves, before anything befalls it."""

Classify: TypeAlias = Callable[[str, int, bytes], str]
"""Names the link that a connection belongs to by its host, its port and the first bytes of a request; none
where it is being opened."""

NAMES = {"localhost": "127.0.0.1", "127.0.0.1": "127.0.0.1"}
EVERYWHERE = "0.0.0.0"
FIRST_OWN_PORT = 40_000
SYN_GIVES_UP_S = 127.0
"""When a kernel stops asking an address that answers nothing (Linux, tcp_syn_retries = 6)."""

REQUESTS = (b"GET ", b"PUT ", b"POST", b"DELE", b"PATC")


def by_path(host: str, port: int, head: bytes) -> str:
    """Tell the streams of prices and of transactions from other requests, as OANDA's paths do."""
    line = head.split(b"\r\n", 1)[0]
    if b"/pricing/stream" in line:
        return "prices"
    return "transactions" if b"/transactions/stream" in line else "rest"


class SimServer(asyncio.AbstractServer):
    """A listener; what it accepted stays when it is closed."""

    def __init__(self, network: Network, addresses: list[Address], factory: Callable[[], Any]) -> None:
        self.network = network
        self.addresses = addresses
        self.factory = factory
        self.context = contextvars.copy_context()
        self.owner = OWNER.get()
        self.sockets = tuple(_Named(address) for address in addresses)

    def close(self) -> None:
        for address in self.addresses:
            if self.network.listeners.get(address) is self:
                del self.network.listeners[address]
        self.sockets = ()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self.network.loop

    def is_serving(self) -> bool:
        return bool(self.sockets)

    async def start_serving(self) -> None:
        """It serves since it was made."""

    async def serve_forever(self) -> None:
        try:
            await self.network.loop.create_future()
        finally:
            self.close()

    async def wait_closed(self) -> None:
        await asyncio.sleep(0)


class _Named:
    """What a server shows as its socket."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def getsockname(self) -> Address:
        return self._address


class Network:
    """All names, listeners, links and connections of a world."""

    def __init__(
        self,
        loop: SimLoop,
        chance: Chance,
        *,
        names: dict[str, str] | None = None,
        classify: Classify = by_path,
        quality: Quality = CLEAN,
        tls_in_the_clear: bool = False,
    ) -> None:
        self.loop = loop
        self.names = {**NAMES, **(names or {})}
        self.dead_names: set[str] = set()
        """Names that are not found for the moment."""
        self.links: dict[str, Link] = {}
        self.listeners: dict[Address, SimServer] = {}
        self.connections: list[Connection] = []
        self.taps: list[Tap] = []
        self.hears: list[Tap] = []
        """Taps of what arrives, when it does."""
        self.connects: list[float] = []
        """When each new connection was begun."""
        self.hits: Counter[str] = Counter()
        self._chance = chance
        self._classify = classify
        self._quality = quality
        self._tls_in_the_clear = tls_in_the_clear
        self._connected: dict[int, MemoryTransport] = {}
        self._hosts = {address: name for name, address in reversed(self.names.items())}
        self._port = FIRST_OWN_PORT
        self._opened = 0
        loop.network = self

    def link(self, name: str) -> Link:
        """Give a link by its name; it is made where there was none."""
        if name not in self.links:
            self.links[name] = Link(name, self._chance.stream(f"net/{name}"), self._quality)
        return self.links[name]

    def count(self) -> Counter[str]:
        """Give how often everything happened, by link and kind: `rest reset`."""
        counted = Counter(self.hits)
        for name, link in self.links.items():
            counted.update({f"{name} {kind}": times for kind, times in link.hits.items()})
        return counted

    def kill(self, owner: object) -> None:
        """Close what a process had open, as its kernel does when it is no more."""
        for server in list(self.listeners.values()):
            if server.owner is owner:
                server.close()
        for connection in list(self.connections):
            for end in list(connection.ends.values()):
                if end.owner is owner:
                    end.die()

    # What connections tell.

    def feed(self, *words: object) -> None:
        """Put what happened into the trace."""
        self.loop.trace.feed("net", *words)

    def written(self, connection: Connection, direction: Direction, data: bytes) -> None:
        """See a write before anything befalls it; a request shows what its connection carries."""
        if direction == "up" and data[:4] in REQUESTS:
            host, port = connection.ends["up"].own
            connection.move_to(self.link(self._classify(self._hosts.get(host, host), port, data)))
        for tap in self.taps:
            tap(connection, direction, data)

    def arrived(self, connection: Connection, direction: Direction, data: bytes) -> None:
        """See what is handed over to whoever reads."""
        self.feed("got", connection.number, direction, data)
        for tap in self.hears:
            tap(connection, direction, data)

    def forget(self, connection: Connection) -> None:
        """Forget a connection that is over at both ends."""
        self.connections.remove(connection)

    # What the loop asks.

    async def getaddrinfo(self, host: Any, port: Any, **said: Any) -> list[Any]:
        """Look a name up in the table; an address is its own name."""
        if self.names.get(host) != host:
            link = self.link(self._classify(str(host), int(port or 0), b""))
            await asyncio.sleep(link.delay_s("up"))
        if host in self.dead_names:
            self.hits["name not found"] += 1
            self.feed("no name", host)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if host not in self.names:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        address = (self.names[host], int(port or 0))
        return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]

    async def sock_connect(self, sock: Any, address: Any) -> None:
        """Connect a socket that somebody made; it only names the connection until that is asked for."""
        self._connected[sock.fileno()] = await self._opened_to(address[0], address[1])

    async def create_connection(
        self, factory: Callable[[], Any], host: Any, port: Any, **said: Any
    ) -> tuple[Any, Any]:
        """Connect, or take the connection that a socket names."""
        ssl, sock = said.get("ssl"), said.get("sock")
        if ssl and not self._tls_in_the_clear:
            raise Forbidden("this network carries no TLS: say tls_in_the_clear, or use http")
        if sock is not None:
            transport = self._connected.pop(sock.fileno())
            sock.close()
        else:
            (info, *_) = await self.getaddrinfo(host, port)
            transport = await self._opened_to(*info[4])
        if transport.is_closing():
            raise broken(errno.ECONNRESET)
        protocol = factory()
        transport.attach(protocol, ssl)
        return transport, protocol

    async def create_server(self, factory: Callable[[], Any], host: Any, port: Any, **said: Any) -> SimServer:
        """Listen."""
        if said.get("ssl") and not self._tls_in_the_clear:
            raise Forbidden("this network carries no TLS: say tls_in_the_clear, or use http")
        assert said.get("sock") is None, "a listener has a host and a port"
        hosts: Sequence[Any] = [host] if host is None or isinstance(host, str) else host
        addresses = [(self.names.get(each, each) if each else EVERYWHERE, self._free(port)) for each in hosts]
        for address in addresses:
            if address in self.listeners:
                raise broken(errno.EADDRINUSE)
        server = SimServer(self, addresses, factory)
        self.listeners.update(dict.fromkeys(addresses, server))
        return server

    def _free(self, port: int | None) -> int:
        if port:
            return port
        self._port += 1
        return self._port

    async def _opened_to(self, host: str, port: int) -> MemoryTransport:
        """Open a connection: a round trip, at the end of which both sides have it."""
        self.connects.append(self.loop.time())
        link = self.link(self._classify(self._hosts.get(host, host), port, b""))
        await asyncio.sleep(link.delay_s("up"))
        if link.hangs and happens(link.chance, link.hangs):
            link.hits["hung"] += 1
            self.feed("hangs", host, port)
            await asyncio.sleep(SYN_GIVES_UP_S)
            raise broken(errno.ETIMEDOUT)
        server = self.listeners.get((host, port)) or self.listeners.get((EVERYWHERE, port))
        refuses = bool(link.refuses) and happens(link.chance, link.refuses)
        if server is None or refuses:
            link.hits["refused"] += 1
            self.feed("refuses", host, port)
            await asyncio.sleep(link.delay_s("down"))
            raise broken(errno.ECONNREFUSED)
        client = self._pair(link, server, (host, port))
        try:
            await asyncio.sleep(link.delay_s("down"))
        except asyncio.CancelledError:
            client.abort()
            raise
        return client

    def _pair(self, link: Link, server: SimServer, address: Address) -> MemoryTransport:
        """Make both ends, and let the server accept."""
        self._opened += 1
        connection = Connection(self, self._opened, link)
        self.connections.append(connection)
        own = ("127.0.0.1", self._free(None))
        client = MemoryTransport(connection, "down", own, address, contextvars.copy_context(), OWNER.get())
        accepted = MemoryTransport(connection, "up", address, own, server.context, server.owner)
        self.feed("opens", connection.number, address)
        self.loop.call_soon(self._accept, server, accepted, context=server.context)
        return client

    def _accept(self, server: SimServer, accepted: MemoryTransport) -> None:
        if not accepted.is_closing():
            accepted.attach(server.factory())
