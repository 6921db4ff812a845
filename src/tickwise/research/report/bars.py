"""The tape as bars of the mid, few enough to draw: what the price chart stands on."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.core.types import SECOND
from tickwise.market_data.chunks import BarChunk, QuoteChunk
from tickwise.market_data.tape import BarTape
from tickwise.research.backtest import Result

SPANS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 900, 1_800, 3_600, 14_400, 86_400, 604_800)
"""Lengths of a bar that a person reads easily."""

BARS_MOST = 20_000
"""Bars of a report, over all instruments: half a megabyte, and drawn in a few milliseconds."""

Ints = NDArray[np.int64]


class Bars(NamedTuple):
    """Bars of one instrument: opened so many spans after 1970 UTC, prices as bid + ask, in half-ticks."""

    at: Ints
    open: Ints
    high: Ints
    low: Ints
    close: Ints


def span_of(result: Result, most: int = BARS_MOST) -> int:
    """Choose the length of a bar, seconds: the shortest with which at most so many are drawn."""
    tape = result.tape
    first = tape.first_ts if result.since is None else max(tape.first_ts, result.since)
    last = tape.last_ts if result.until is None else min(tape.last_ts, result.until)
    seconds = (last - first) / int(SECOND) + 1
    least = tape.frame_s if isinstance(tape, BarTape) else 1
    room = max(1, most // len(tape.instruments))
    whole = [span for span in SPANS_S if span % least == 0] or [least]
    return next((span for span in whole if seconds / span <= room), whole[-1])


def bars_of(result: Result, span_s: int) -> tuple[Bars, ...]:
    """Read the tape that was run into bars, for each instrument in the order of the tape.

    Quotes without two sides, and crossed ones, are left out.
    """
    parts: list[list[Bars]] = [[] for _ in result.tape.instruments]
    for chunk in result.tape.chunks(since=result.since, until=result.until):
        for place, kept in enumerate(parts):
            kept.append(_of_chunk(chunk, place, span_s))
    return tuple(_folded(*(np.concatenate(column) for column in zip(*each, strict=True))) for each in parts)


def _of_chunk(chunk: QuoteChunk | BarChunk, place: int, span_s: int) -> Bars:
    """Fold the rows of one instrument in a chunk."""
    if isinstance(chunk, BarChunk):
        sides = [
            (getattr(chunk, f"bid_{name}").astype(np.int64), getattr(chunk, f"ask_{name}").astype(np.int64))
            for name in ("open", "high", "low", "close")
        ]
        sound = np.logical_and.reduce([(bid > 0) & (ask >= bid) for bid, ask in sides])
        prices = [(bid + ask)[sound] for bid, ask in sides]
    else:
        sound = (chunk.bid > 0) & (chunk.ask >= chunk.bid)
        sound &= chunk.instrument == place if len(chunk.instrument) else True
        prices = [chunk.bid[sound].astype(np.int64) + chunk.ask[sound]] * 4
    return _folded(chunk.ts[sound] // (span_s * int(SECOND)), *prices)


def _folded(at: Ints, opened: Ints, high: Ints, low: Ints, close: Ints) -> Bars:
    """Make one bar of the rows that share a time."""
    if not len(at):
        return Bars(at, opened, high, low, close)
    begins = np.flatnonzero(np.diff(at, prepend=at[0] - 1))
    ends = np.append(begins[1:], len(at)) - 1
    return Bars(
        at[begins],
        opened[begins],
        np.maximum.reduceat(high, begins),
        np.minimum.reduceat(low, begins),
        close[ends],
    )
