"""A tape as a feed: its quotes come as they came then, as fast as is asked.

The engine's time is the tape's: a session on a tape decides as a backtest does, at any speed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator

from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.market_data.chunks import QuoteChunk
from tickwise.market_data.tape import QuoteTape

BREATH_ROWS = 2_000
"""Quotes after which other tasks get their turn where nothing is waited for."""

Row = tuple[int, int, int, int, int]
"""What the engine takes of a quote: `ts`, instrument, `ts_event`, bid and ask."""


async def others_turn() -> None:
    """Give other tasks their turn."""
    await asyncio.sleep(0)


async def play(
    tape: QuoteTape,
    engine: Engine,
    time: TapeTime,
    speed: float | None,
    told: Callable[[int], None] = lambda rows: None,
    breath: Callable[[], Awaitable[None]] = others_turn,
) -> None:
    """Give every quote of a tape to the engine; `speed` times as fast as it was, or at once where it is None.

    `told` hears how many quotes were played since it heard last; `breath` is awaited every so many quotes.
    """
    loop = asyncio.get_running_loop()
    begun, first, untold = loop.time(), tape.first_ts, 0
    for row in _rows(tape):
        if speed is not None:
            wait = begun + (row[0] - first) / 1e9 / speed - loop.time()
            if wait > 0.0:
                told(untold)
                untold = 0
                await asyncio.sleep(wait)
        _give(row, engine, time)
        untold += 1
        if untold == BREATH_ROWS:
            told(untold)
            untold = 0
            await breath()
    told(untold)


def _rows(tape: QuoteTape) -> Iterator[Row]:
    """Give a tape's quotes as plain numbers, some thousands in memory at a time."""
    for chunk in tape.chunks():
        for start in range(0, len(chunk.ts), BREATH_ROWS):
            yield from _plain(chunk, slice(start, start + BREATH_ROWS))


def _plain(chunk: QuoteChunk, part: slice) -> Iterator[Row]:
    ts = chunk.ts[part].tolist()
    places = chunk.instrument[part].tolist() if len(chunk.instrument) else [0] * len(ts)
    ts_event = chunk.ts_event[part].tolist() if len(chunk.ts_event) else ts
    return zip(ts, places, ts_event, chunk.bid[part].tolist(), chunk.ask[part].tolist(), strict=True)


def _give(row: Row, engine: Engine, time: TapeTime) -> None:
    """Give one row to the engine at its own time."""
    time.ns = row[0]
    engine.quote(*row[1:])
