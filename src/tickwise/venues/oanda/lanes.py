"""Which request takes which kept connection, so that nothing waits for a new one while an old one is free.

A connection carries one request at a time, and new ones come one a second. Ten positions that are to be left
at once would else wait ten seconds for ten connections; here they share those there are, and one more each
second, and exits go before reads.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

from tickwise.venues.oanda.budget import SLEEP_S_MIN, Budget, NotSent, Use

LANES_MAX = 6


class Lane:
    """A connection while a request has it. `is_paid`: a new connection was counted for it already."""

    def __init__(self, use: Use, *, is_paid: bool) -> None:
        self.use = use
        self.is_paid = is_paid
        self.is_whole = False
        """Whether the request and its reply passed whole, so that the connection is kept."""


class Lanes:
    """The connections to one host, as far as requests share them."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._made = 0
        self._free = 0
        self._waiting: dict[Use, deque[asyncio.Future[None]]] = {"leave": deque(), "read": deque()}

    async def take(self, use: Use) -> Lane:
        """Take a free connection, or the right to open one. Raises NotSent for an entry that would wait."""
        while True:
            if self._free:
                self._free -= 1
                return Lane(use, is_paid=False)
            wait_s = self._budget.connection_wait_s()
            if not wait_s and self._made < LANES_MAX:
                self._budget.count_connection()
                self._made += 1
                return Lane(use, is_paid=True)
            if use == "enter":
                raise NotSent(f"no connection is free, and no new connections left for {wait_s:.3f} s")
            await self._turn(use, wait_s or None)

    @contextmanager
    def held(self, lane: Lane) -> Iterator[Lane]:
        """Give the connection back at the end: free again where it is whole, else gone."""
        try:
            yield lane
        finally:
            if lane.is_whole:
                self._free += 1
            else:
                self._made -= 1
            self._wake()

    async def _turn(self, use: Use, wait_s: float | None) -> None:
        """Wait until a connection is given back, or so long."""
        turn = asyncio.get_running_loop().create_future()
        queue = self._waiting[use]
        queue.append(turn)
        timer = None
        if wait_s is not None:
            loop = asyncio.get_running_loop()
            timer = loop.call_later(max(wait_s, SLEEP_S_MIN), _end, turn)
        try:
            await turn
        finally:
            queue.remove(turn)
            if timer:
                timer.cancel()

    def _wake(self) -> None:
        """Let one go on who waits: exits first."""
        waiting = (turn for use in ("leave", "read") for turn in self._waiting[use] if not turn.done())
        _end(next(waiting, None))


def _end(turn: asyncio.Future[None] | None) -> None:
    """End somebody's wait."""
    if turn is not None and not turn.done():
        turn.set_result(None)
