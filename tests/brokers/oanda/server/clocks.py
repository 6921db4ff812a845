"""Where the broker's time comes from: a loop's time at some speed, or the tape itself."""

from __future__ import annotations

import asyncio
from typing import Protocol

from brokers.oanda.text import SECOND


class Clock(Protocol):
    """The broker's time, in nanoseconds UTC."""

    def now(self) -> int:
        """Give the time."""
        ...

    def seconds_until(self, ns: int) -> float | None:
        """Give the loop's seconds until a time, or None where only a price moves the time on."""
        ...


class LoopClock:
    """Time that passes with the loop's, real or virtual, `speed` times as fast."""

    def __init__(self, loop: asyncio.AbstractEventLoop, start_ns: int, speed: float = 1.0) -> None:
        self._loop = loop
        self._begun = loop.time()
        self._start = start_ns
        self.speed = speed

    def now(self) -> int:
        return self._start + round((self._loop.time() - self._begun) * self.speed * SECOND)

    def seconds_until(self, ns: int) -> float | None:
        return max(0.0, (ns - self.now()) / SECOND / self.speed)


class TapeClock:
    """Time that stands still between prices: for going through a tape step by step."""

    def __init__(self, start_ns: int) -> None:
        self._now = start_ns

    def now(self) -> int:
        return self._now

    def move_to(self, ns: int) -> None:
        """Take the time of a price. Time does not go back."""
        self._now = max(self._now, ns)

    def seconds_until(self, ns: int) -> float | None:
        return None
