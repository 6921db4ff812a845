"""How many requests and new connections leave, and who has to wait for that.

OANDA takes 120 requests and 2 new connections a second from one address (its development guide) and refuses
the rest. Half of that is used. What is kept for leaving and cancelling is used by nothing else: of the 60
requests in any stretch of one second, reads and entries together are 42 at most. A read waits for its turn.
An entry does not: by then it would be an entry into another market, so it is refused here.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

Use: TypeAlias = Literal["read", "enter", "leave"]
"""What a request is for; `leave` is all that takes risk away."""

SHRUNK_S = 30.0
"""How long half of the budget is used after the venue said that it was too much."""

SLEEP_S_MIN = 0.001
"""No sleep is shorter, so that a rounded time of the loop never makes many of one."""


class Share(NamedTuple):
    """How much of what the venue takes is used, and which part of that is kept for leaving."""

    requests_per_s: int = 60
    exits: float = 0.3


class NotSent(Exception):
    """A request that would have increased risk was held back by our own budget: nothing left the house."""


class Window:
    """At most so many events in any stretch of `span_s` seconds: the last ones are remembered."""

    def __init__(self, span_s: float, count_max: int) -> None:
        self._span_s = span_s
        self._times: deque[float] = deque(maxlen=count_max)

    def wait_s(self, now: float, limit: int) -> float:
        """Give how long until one more event keeps to a limit; 0 is at once."""
        if len(self._times) < limit:
            return 0.0
        return max(0.0, self._times[-limit] + self._span_s - now)

    def add(self, now: float) -> None:
        """Count an event."""
        self._times.append(now)


class Budget:
    """The requests and new connections of one address; `now` gives the time of the event loop."""

    def __init__(self, now: Callable[[], float], share: Share = Share()) -> None:  # noqa: B008  immutable
        self._now = now
        self._share = share
        self._requests = Window(1.0, share.requests_per_s)
        self._connections = Window(1.0, 1)
        self._shrunk_until = float("-inf")

    async def request(self, use: Use) -> None:
        """Wait until a request may leave, and count it. Raises NotSent for an entry that would wait."""
        await self._turn(self._requests, lambda: self._limit(use), use, "requests")

    async def connection(self, use: Use) -> None:
        """Wait until a connection may be opened, and count it. Raises NotSent like `request`."""
        await self._turn(self._connections, lambda: 1, use, "new connections")

    def connection_wait_s(self) -> float:
        """Give how long until a connection may be opened; 0 is now."""
        return self._connections.wait_s(self._now(), 1)

    def count_connection(self) -> None:
        """Count a connection that is about to be opened."""
        self._connections.add(self._now())

    def shrink(self) -> None:
        """Use half of the budget for a while: the venue said that it was too much."""
        self._shrunk_until = self._now() + SHRUNK_S

    def _limit(self, use: Use) -> int:
        """Give how many requests a second this use may bring the sum of all to."""
        parts = 2 if self._now() < self._shrunk_until else 1
        whole = max(1, self._share.requests_per_s // parts)
        return whole if use == "leave" else max(1, whole - math.ceil(whole * self._share.exits))

    async def _turn(self, window: Window, limit: Callable[[], int], use: Use, what: str) -> None:
        """Wait for a turn and take it."""
        while wait_s := window.wait_s(self._now(), limit()):
            if use == "enter":
                raise NotSent(f"no {what} left of the budget for {wait_s:.3f} s")
            await asyncio.sleep(max(wait_s, SLEEP_S_MIN))
        window.add(self._now())
