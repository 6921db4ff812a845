"""What arrived at a client: when bytes of each stream came, and when each of the broker's changes was told.

A change was told when the line of the stream or the reply to a read that has it had come whole; what was cut,
or what no client could read because bytes of it are lost, tells nothing.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from sim.connection import Connection
from sim.link import Direction
from sim.requests_seen import first_message, header

STREAMS = ("prices", "transactions")


class Heard:
    """A tap of what arrives: `marks` has the time of each change, `times` those of each stream's bytes."""

    def __init__(self, now: Callable[[], int]) -> None:
        self.now = now
        self.marks: dict[int, int] = {}
        self.times: dict[str, list[int]] = {name: [] for name in STREAMS}
        self._open: dict[int, bytes] = {}
        self._lines: dict[int, bytes] = {}

    def __call__(self, connection: Connection, direction: Direction, data: bytes) -> None:
        """Take what a client is handed."""
        if direction != "down":
            return
        link, number = connection.link.name, connection.number
        if link in STREAMS:
            self.times[link].append(self.now())
        if link == "transactions":
            for line in self._whole_lines(number, data):
                self._told([_read(line)])
        elif link == "rest":
            for body in self._whole_replies(number, data):
                if b'"transactions":' in body:
                    self._told(_read(body).get("transactions", []))

    def _told(self, changes: list[dict[str, Any]]) -> None:
        for change in changes:
            if "id" in change:
                self.marks.setdefault(int(change["id"]), self.now())

    def _whole_lines(self, number: int, data: bytes) -> Iterator[bytes]:
        """Give the lines of a chunked reply that are whole by now."""
        rest, text = self._open.get(number, b"") + data, self._lines.get(number)
        if text is None:
            _, found, after = rest.partition(b"\r\n\r\n")
            if not found:
                self._open[number] = rest
                return
            rest, text = after, b""
        while (chunk := _chunk(rest)) is not None:
            text, rest = text + chunk[0], chunk[1]
        *whole, self._lines[number] = text.split(b"\n")
        self._open[number] = rest
        yield from whole

    def _whole_replies(self, number: int, data: bytes) -> Iterator[bytes]:
        """Give the bodies of the replies on a connection that are whole by now."""
        rest = self._open.pop(number, b"") + data
        while (found := first_message(rest)) is not None:
            head, body, rest = found
            yield _unpacked(body) if header(head, b"content-encoding") == b"gzip" else body
        if rest:
            self._open[number] = rest


def _chunk(data: bytes) -> tuple[bytes, bytes] | None:
    """Give the first chunk and what follows it; None where none is whole yet, or none can be read."""
    size, found, after = data.partition(b"\r\n")
    try:
        length = int(size, 16) if found else 0
    except ValueError:
        return None
    return (after[:length], after[length + 2 :]) if found and len(after) >= length + 2 else None


def _unpacked(body: bytes) -> bytes:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return b""


def _read(said: bytes) -> dict[str, Any]:
    try:
        return json.loads(said)  # type: ignore[no-any-return]
    except ValueError:
        return {}
