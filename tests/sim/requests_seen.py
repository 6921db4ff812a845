"""Requests as their bytes left: put together from what a client wrote, connection by connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sim.connection import Connection
from sim.link import Direction


@dataclass(frozen=True, slots=True)
class Seen:
    """A request: when its last byte left, on which connection, by which process, and what it says."""

    at_s: float
    connection: int
    owner: object
    method: str
    target: str
    host: str
    body: bytes


@dataclass
class RequestsSeen:
    """A tap of a network that reads HTTP/1.1 requests with a length, as aiohttp's client writes them."""

    now: Callable[[], float]
    requests: list[Seen] = field(default_factory=list)
    _open: dict[int, bytes] = field(default_factory=dict)

    def __call__(self, connection: Connection, direction: Direction, data: bytes) -> None:
        """Take what a client wrote."""
        if direction != "up":
            return
        rest = self._open.pop(connection.number, b"") + data
        while (found := first_message(rest)) is not None:
            head, body, rest = found
            method, target, _ = head.split(b"\r\n", 1)[0].decode().split(" ")
            owner = connection.ends["down"].owner
            host = header(head, b"host").decode()
            self.requests.append(Seen(self.now(), connection.number, owner, method, target, host, body))
        if rest:
            self._open[connection.number] = rest


def first_message(data: bytes) -> tuple[bytes, bytes, bytes] | None:
    """Give head, body and what follows of the first whole message, or None where none is whole yet."""
    head, found, rest = data.partition(b"\r\n\r\n")
    if not found:
        return None
    assert not header(head, b"transfer-encoding"), "a message with a length"
    length = int(header(head, b"content-length") or b"0")
    return None if len(rest) < length else (head, rest[:length], rest[length:])


def header(head: bytes, name: bytes) -> bytes:
    """Give a header of a message, by its name in small letters; empty where there is none."""
    for line in head.split(b"\r\n")[1:]:
        key, _, value = line.partition(b":")
        if key.strip().lower() == name:
            return value.strip()
    return b""
