"""Prices that come together are taken one at a time, and what waits goes on between them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from random import Random

from oracles.bots import quiet
from oracles.tapes import chunk_of, tape
from tickwise.engine.again import Gathered, NoDesk
from tickwise.engine.clock import LoopTime
from tickwise.engine.engine import Engine
from tickwise.engine.opening import core_of, names_of, session_opened
from tickwise.engine.price_stream import PriceManner, PriceStream
from tickwise.engine.snapshots import Snapshots
from tickwise.engine.supervise import Nursery
from tickwise.market_data.recording import Recorder
from tickwise.venues.venue import QuoteSeen, VenueError

TOGETHER = 50


class Burst:
    """A source whose quotes are there at once, all of them."""

    def quotes(self, instruments: Sequence[str]) -> AsyncIterator[QuoteSeen]:
        return self._burst(instruments[0])

    async def _burst(self, instrument: str) -> AsyncIterator[QuoteSeen]:
        for at in range(1, TOGETHER + 1):
            yield QuoteSeen(instrument, at, 110_000 + at, 110_002 + at)
        await asyncio.sleep(3_600)


def engine_in(folder: Path) -> Engine:
    quotes, bots = tape(chunk_of(31, 10)), [quiet("fast_scalp")]
    span = quotes.first_ts, quotes.last_ts
    live = core_of(bots, quotes.instruments, *span, "venue")
    opened = session_opened(
        live, bots, quotes.instruments, session="p1", venue="oanda", environment="practice", since=span[0],
        until=span[1], tape=folder / "p1.tape",
    )  # fmt: skip
    recorder = Recorder(folder / "p1.tape", quotes.instruments)
    time = LoopTime(asyncio.get_running_loop())
    names, snapshots = names_of(opened, "tw-"), Snapshots(folder, "p1")
    engine = Engine(live, names, Gathered(), recorder, time, snapshots)
    engine.desk = NoDesk()
    return engine


async def seen_between(folder: Path) -> list[int]:
    """Give how many quotes were taken each time another task had its turn."""
    engine, told = engine_in(folder), []
    nursery = Nursery(Random(1), expected=(VenueError,))
    stream = PriceStream(engine, Burst(), PriceManner())  # type: ignore[arg-type]
    stream.begin()
    stream.keep_in(nursery)
    markets = engine.live.session.records.markets
    while int(markets["n"][0]) < TOGETHER:
        await asyncio.sleep(0)
        told.append(int(markets["n"][0]))
    nursery.end()
    await nursery.stop()
    return told


def test_a_task_goes_on_after_each_quote_of_those_that_came_together(tmp_path: Path) -> None:
    told = asyncio.run(seen_between(tmp_path))
    assert set(range(1, TOGETHER + 1)) <= set(told)
