"""Lines of streams that cannot be read: passed over, counted and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TypeVar

from tickwise.venues.oanda.exact import Malformed
from tickwise.venues.oanda.wire import price_line
from tickwise.venues.venue import LineSkipped

T = TypeVar("T")


class Skipping:
    """Reads lines, and counts those that mean nothing."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        """Lines that could not be read, by stream."""
        self.last = ""
        """What was wrong with the last of them."""

    def read(self, stream: str, line: bytes, meaning: Callable[[bytes], T]) -> T | LineSkipped:
        """Give what a line means, or that it means nothing."""
        try:
            return meaning(line)
        except Malformed as error:
            self.counts[stream] += 1
            self.last = str(error)
            return LineSkipped(stream, instrument_in(line), self.last)


def instrument_in(line: bytes) -> str:
    """Name the instrument a line speaks of; "" where that is not to be read."""
    try:
        return price_line(line).instrument
    except Malformed:
        return ""
