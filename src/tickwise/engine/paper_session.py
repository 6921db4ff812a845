"""A session on paper while it runs on a live feed: prices come in, time passes, the core's exchange answers.

What it holds of the venue gives prices, terms and history; nothing in it could send an order.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from tickwise.engine.engine import Engine
from tickwise.engine.paper import PaperDesk
from tickwise.engine.price_stream import Missed, PriceManner, PriceStream
from tickwise.engine.protection import Protection
from tickwise.engine.supervise import Chance, Nursery
from tickwise.venues.venue import PriceSource, VenueError


@dataclass(frozen=True)
class PaperManner(PriceManner):
    """How often a session on paper looks."""

    guard_s: float = 0.25


class PaperStops:
    """Stops on paper rest in the core itself, as soon as they are decided."""

    def protect(self, position: str) -> None:
        """Do nothing: there is nowhere else to set it."""

    def is_moving(self, position: str) -> bool:
        """Say no."""
        return False


class PaperSession:
    """The tasks of one engine on paper."""

    def __init__(
        self,
        engine: Engine,
        source: PriceSource,
        manner: PaperManner,
        chance: Chance,
        is_open: Callable[[str, int], bool] = lambda instrument, ts: True,
        told: Callable[[str, BaseException], None] = lambda name, error: None,
        missed: Missed | None = None,
    ) -> None:
        """Serve an engine; `is_open` tells whether an instrument's market is open at a time (ns UTC)."""
        self.engine, self.manner = engine, manner
        self.nursery = Nursery(chance, told, (VenueError,))
        self.prices = PriceStream(engine, source, manner, is_open, missed)
        engine.desk = PaperDesk(engine)
        self._guard = Protection(engine, PaperStops(), nobody)

    async def run(self) -> None:
        """Run until `nursery.end` is called or a law of ours breaks, which raises."""
        self.prices.begin()
        self.prices.keep_in(self.nursery)
        guarded = partial(leaving, self._guard, self.manner.guard_s)
        self.nursery.keep("protection", guarded, self.manner.rest)
        try:
            await self.nursery.until_ended()
        finally:
            await self.nursery.stop()


async def leaving(guard: Protection, every_s: float) -> None:
    """Let every position be left that a kill or a flatten asks for."""
    while True:
        await asyncio.sleep(every_s)
        guard.look()


def nobody(account: str) -> None:
    """Nobody has to be asked what rests: it rests here."""
