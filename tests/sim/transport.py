"""A transport in memory: what a protocol of asyncio writes to and is called by."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Iterable
from contextvars import Context
from typing import Any

from sim.connection import BUFFER_BYTES, OPPOSITE, Connection, End, Pipe, broken
from sim.link import Direction

HIGH_WATER = 64 * 1024


class MemoryTransport(asyncio.Transport):
    """One end of a connection: it reads the direction `reads` and writes the other.

    The protocol is called in `context`, so that it belongs to the process that made the connection or the
    server.
    """

    def __init__(
        self, connection: Connection, reads: Direction, own: Any, peer: Any, context: Context, owner: object
    ) -> None:
        super().__init__()
        self.connection = connection
        self.context = context
        self.owner = owner
        self.own, self.peer = own, peer
        self.is_gone = False
        """Whether the protocol was told that the connection is over."""
        self._facts: dict[str, Any] = {"peername": peer, "sockname": own}
        self._in: Pipe = connection.pipes[reads]
        self._out: Pipe = connection.pipes[OPPOSITE[reads]]
        self._protocol: Any = None
        self._is_closing = False
        self._has_ended = False
        self._reads = True
        self._waits = False
        self._high, self._low = HIGH_WATER, HIGH_WATER // 4
        connection.ends[reads] = self

    # What a protocol asks.

    def attach(self, protocol: Any, ssl: Any = None) -> None:
        """Begin: from now on the protocol is called."""
        assert not isinstance(protocol, asyncio.BufferedProtocol), "plain protocols only"
        self._protocol = protocol
        if ssl is not None:
            self._facts["sslcontext"] = ssl
        protocol.connection_made(self)
        self._in.arm()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._facts.get(name, default)

    def get_protocol(self) -> Any:
        return self._protocol

    def set_protocol(self, protocol: Any) -> None:
        self._protocol = protocol

    def is_closing(self) -> bool:
        return self._is_closing

    def is_reading(self) -> bool:
        return self._reads and not self._is_closing

    def pause_reading(self) -> None:
        self._reads = False

    def resume_reading(self) -> None:
        self._reads = True
        self._in.arm()

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        self._high, self._low = high, high // 4 if low is None else low
        self._fill()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low, self._high

    def get_write_buffer_size(self) -> int:
        return max(0, self._out.unread - BUFFER_BYTES)

    def write(self, data: Any) -> None:
        if self._has_ended:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._is_closing:
            return
        raw = bytes(data)
        self.connection.network.written(self.connection, self._out.direction, raw)
        self._out.write(raw)
        self._fill()

    def writelines(self, list_of_data: Iterable[Any]) -> None:
        self.write(b"".join(list_of_data))

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not self._has_ended and not self._is_closing:
            self._has_ended = True
            self._out.end("fin")

    def close(self) -> None:
        """End in order: what was written still arrives."""
        if not self._is_closing:
            if not self._has_ended:
                self._out.end("fin")
            self._leave(None)

    def abort(self) -> None:
        """End at once; the other end finds the connection broken."""
        if not self._is_closing:
            self._out.end("rst")
            self._leave(None)

    # What the pipes tell.

    @property
    def takes(self) -> bool:
        """Tell whether bytes may be handed over now; a closed end takes them to answer with a break."""
        return self._protocol is not None and (self._reads or self._is_closing)

    def receive(self, data: bytes) -> None:
        """Take bytes that arrived."""
        if self._is_closing:
            self._out.end("rst")
        else:
            self._protocol.data_received(data)

    def ended(self, end: End) -> None:
        """Take the end of what is read, or the break behind it."""
        if end == "rst":
            self.fail(broken(errno.ECONNRESET))
        elif not self._is_closing and not self._protocol.eof_received():
            self.close()

    def fail(self, error: OSError) -> None:
        """Be told that the connection is broken."""
        if not self._is_closing:
            self._leave(error)

    def drained(self) -> None:
        """Let the protocol write again where enough was read."""
        if self._waits and self.get_write_buffer_size() <= self._low and not self._is_closing:
            self._waits = False
            self.connection.network.loop.call_soon(self._let_write, context=self.context)

    def die(self) -> None:
        """Be closed by the kernel, because the process is no more: nobody here is told."""
        if not self._is_closing:
            self._out.end("rst" if self._in.unread else "fin")
        self._is_closing = self.is_gone = True
        self.connection.over()

    def _fill(self) -> None:
        """Ask the protocol to wait where too much is unread."""
        if not self._waits and self.get_write_buffer_size() > self._high and not self._is_closing:
            self._waits = True
            self._protocol.pause_writing()

    def _let_write(self) -> None:
        if not self._is_closing and not self._waits:
            self._protocol.resume_writing()

    def _leave(self, error: OSError | None) -> None:
        self._is_closing = True
        self.connection.network.loop.call_soon(self._tell_lost, error, context=self.context)

    def _tell_lost(self, error: OSError | None) -> None:
        if self._protocol is not None:
            self._protocol.connection_lost(error)
        self.is_gone = True
        self.connection.over()
