"""One connection: the library's HTTP parser on a transport that may misbehave."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from aiohttp.web_protocol import RequestHandler

if TYPE_CHECKING:
    from brokers.oanda.server.local import LocalOanda
    from brokers.oanda.server.streams import Stream


class ByteByByte(asyncio.Transport):
    """A transport on which everything leaves one byte at a time."""

    def __init__(self, inner: asyncio.Transport) -> None:
        super().__init__()
        self._inner = inner

    def write(self, data: bytes | bytearray | memoryview) -> None:
        whole = bytes(data)
        for place in range(len(whole)):
            self._inner.write(whole[place : place + 1])

    def writelines(self, list_of_data: Any) -> None:
        self.write(b"".join(bytes(each) for each in list_of_data))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._inner.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._inner.is_closing()

    def close(self) -> None:
        self._inner.close()

    def abort(self) -> None:
        self._inner.abort()

    def pause_reading(self) -> None:
        self._inner.pause_reading()

    def resume_reading(self) -> None:
        self._inner.resume_reading()

    def is_reading(self) -> bool:
        return self._inner.is_reading()

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._inner.set_protocol(protocol)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return self._inner.get_protocol()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        self._inner.set_write_buffer_limits(high, low)

    def get_write_buffer_size(self) -> int:
        return self._inner.get_write_buffer_size()

    def can_write_eof(self) -> bool:
        return self._inner.can_write_eof()

    def write_eof(self) -> None:
        self._inner.write_eof()


class Connection(RequestHandler):
    """A connection of a client. It knows its number, and whether it is one too many."""

    def __init__(self, server: LocalOanda, serves: str) -> None:
        super().__init__(
            server.http, loop=server.loop, access_log=None, tcp_keepalive=False, lingering_time=0.0
        )
        self.server = server
        self.serves = serves
        self.number = 0
        self.address = ""
        self.is_too_many = False
        self.stream: Stream | None = None
        self._dead: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        fate = self.server.met(self, transport)
        if fate == "refuse_connection":
            self._dead = transport
            transport.abort()
        elif fate == "dead_connection":
            self._dead = transport
            self.server.hold(transport)
        else:
            super().connection_made(ByteByByte(transport) if fate == "one_byte_writes" else transport)

    def data_received(self, data: bytes) -> None:
        if self._dead is None:
            super().data_received(data)

    def eof_received(self) -> None:
        if self._dead is None:
            super().eof_received()

    def connection_lost(self, exc: BaseException | None) -> None:
        if self.stream:
            self.stream.end()
        if self._dead is None:
            super().connection_lost(exc)
