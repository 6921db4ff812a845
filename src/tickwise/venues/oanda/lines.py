"""Bytes of a stream as lines, however they were cut on the way."""

from __future__ import annotations

from tickwise.venues.oanda.exact import Malformed

LINE_BYTES_MAX = 1 << 20
"""Far longer than any object of OANDA's; without a bound a stream without line ends would fill the memory."""


class Lines:
    """Puts pieces together and gives each whole line once; the rest waits for its end."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, piece: bytes) -> list[bytes]:
        """Take some bytes and give the lines that they end, without empty ones. Raises Malformed."""
        if b"\n" not in piece:
            self._rest = _bounded(self._rest + piece)
            return []
        *whole, rest = (self._rest + piece).split(b"\n")
        self._rest = _bounded(rest)
        return [stripped for line in whole if (stripped := _bounded(line).strip())]

    def end(self) -> None:
        """Take the end of the stream; Malformed where it cut a line."""
        if self._rest.strip():
            raise Malformed(f"the stream ended {len(self._rest)} bytes into a line", "stream")


def _bounded(line: bytes) -> bytes:
    """Give a line back that is not too long."""
    if len(line) > LINE_BYTES_MAX:
        raise Malformed(f"a line of more than {LINE_BYTES_MAX} bytes", "stream")
    return line
