"""A server that says what a test tells it to, byte for byte, and writes down what it was asked."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple


class Asked(NamedTuple):
    """A request as it came: on which connection, when (loop seconds), its first line, headers and body."""

    connection: int
    at_s: float
    line: str
    headers: dict[str, str]
    body: bytes


Says = Callable[[Asked], bytes | None]
"""What to answer; None cuts the connection, b"" says nothing for ever."""


def reply(status: int, body: bytes = b"{}", *headers: str) -> bytes:
    """Write a whole reply."""
    lines = [f"HTTP/1.1 {status} Whatever", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Script:
    """Serves on one port and answers by a function."""

    def __init__(self, says: Says) -> None:
        self.says = says
        self.asked: list[Asked] = []
        self.opened_s: list[float] = []
        """When each connection was made."""
        self.connections: list[asyncio.Transport] = []

    def write(self, connection: int, said: bytes) -> None:
        """Say something on a connection."""
        self.connections[connection - 1].write(said)

    async def listen(self) -> int:
        """Serve, and give the port."""
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: _Spoken(self), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        return int(port) or 1


class _Spoken(asyncio.Protocol):
    """One connection."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._read = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._script.connections.append(transport)
        self._script.opened_s.append(asyncio.get_running_loop().time())
        self._number = len(self._script.opened_s)

    def data_received(self, data: bytes) -> None:
        self._read += data
        while b"\r\n\r\n" in self._read:
            head, rest = self._read.split(b"\r\n\r\n", 1)
            line, *headers = head.decode().split("\r\n")
            named = {name.lower(): value for name, value in (each.split(": ", 1) for each in headers)}
            length = int(named.get("content-length", 0))
            if len(rest) < length:
                return
            self._read = rest[length:]
            self._answer(line, named, rest[:length])

    def _answer(self, line: str, headers: dict[str, str], body: bytes) -> None:
        at_s = asyncio.get_running_loop().time()
        asked = Asked(self._number, at_s, line.removesuffix(" HTTP/1.1"), headers, body)
        self._script.asked.append(asked)
        said = self._script.says(asked)
        if said is None:
            self._transport.abort()
        elif said:
            self._transport.write(said)
