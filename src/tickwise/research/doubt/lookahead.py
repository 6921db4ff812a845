"""Whether a signal needs what came after it, or nothing that the tape shows at all.

The core sees one quote at a time, so a strategy cannot read ahead on the tape. Two doubts are left: that the
loop itself reads beyond a row, which cutting the future off would change; and that the strategy's file brings
a table of its own, which may hold the future. A table shows when the price never moves: honest signals are
gone then, and those of a table are still there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.market_data.chunks import MISSING, BarChunk, Chunk, QuoteChunk, cut
from tickwise.market_data.findings import utc
from tickwise.market_data.tape import Tape
from tickwise.research.doubt.finding import Finding
from tickwise.research.doubt.signals import bare, signals
from tickwise.research.sweep.draws import shares

CUTS = 200
"""Moments at which the future is cut off."""

BLIND_SHARE = 0.05
"""Share of signals that may stand without any move of the price before it is an alarm."""

Ran = Callable[[Iterable[Chunk]], NDArray[Any]]
"""Runs chunks one after the other and gives the signals."""


def look_ahead(bot: BotConfig, tape: Tape, chunk: Chunk, cuts: int = CUTS, seed: int = 1) -> Finding:
    """Cut the future off at random moments, half of them right after a signal, and still the price once."""
    quiet = bare(bot)

    def ran(chunks: Iterable[Chunk]) -> NDArray[Any]:
        return signals(quiet, tape, chunks)

    whole = ran([chunk])
    return judged(whole, chunk, cut_points(chunk, whole, cuts, seed), ran)


def judged(whole: NDArray[Any], chunk: Chunk, points: NDArray[np.int64], ran: Ran) -> Finding:
    """Hold the signals of the whole against those of its pieces, and of a price that never moves."""
    edges = [0, *points.tolist(), len(chunk.ts)]
    pieces = ran(cut(chunk, first, last) for first, last in pairwise(edges))
    differs = first_difference(whole, pieces)
    stilled = ran([stilled_of(chunk)])
    blind = int(np.isin(whole, stilled).sum())
    share = blind / len(whole) if len(whole) else 0.0
    sees = share > BLIND_SHARE
    says = f"the {len(whole):,} signals are the same with the future cut off at {len(points):,} moments"
    if differs is not None:
        says = f"with the future cut off the signals differ, first at {utc(differs)}: something reads ahead"
    if blind:
        says += f"; {blind:,} of them stand even where the price never moves, so they come from "
        says += "the clock, from counting or from a table in the strategy's file"
    return Finding(
        "look-ahead",
        differs is not None or sees,
        says,
        "it does not prove that the tape itself was not made with hindsight, nor that the settings were not "
        "chosen knowing how it went on",
        {"signals": len(whole), "cuts": len(points), "first_difference_ts": differs, "blind_signals": blind},
    )


def cut_points(chunk: Chunk, whole: NDArray[Any], cuts: int, seed: int) -> NDArray[np.int64]:
    """Draw the rows before which the future is cut off: random ones, and rows right after signals."""
    count = len(chunk.ts)
    rows = np.floor(shares(seed, "cuts", cuts) * count).astype(np.int64)
    if len(whole):
        drawn = whole["ts"][np.floor(shares(seed, "cuts after", cuts // 2) * len(whole)).astype(np.int64)]
        rows[: cuts // 2] = np.searchsorted(chunk.ts, drawn, side="right")
    found: NDArray[np.int64] = np.unique(rows[(rows > 0) & (rows < count)])
    return found


def first_difference(one: NDArray[Any], other: NDArray[Any]) -> int | None:
    """Give the time of the first signal in which two runs differ; None where they do not."""
    shared = min(len(one), len(other))
    differ = np.flatnonzero(one[:shared] != other[:shared])
    if len(differ):
        return int(min(one["ts"][differ[0]], other["ts"][differ[0]]))
    longer = one if len(one) > len(other) else other
    return int(longer["ts"][shared]) if len(longer) > shared else None


def stilled_of(chunk: Chunk) -> Chunk:
    """Give the same moments with the first sound price of each instrument at all of them."""
    if isinstance(chunk, BarChunk):
        sides: dict[str, Any] = {}
        for side in ("bid", "ask"):
            closes = getattr(chunk, f"{side}_close")
            price = closes[int(np.argmax(closes != MISSING))]
            for name in ("open", "high", "low", "close"):
                sides[f"{side}_{name}"] = np.full(len(closes), price, np.int32)
        return chunk._replace(**sides)
    bid, ask = chunk.bid.copy(), chunk.ask.copy()
    event = chunk.ts_event if len(chunk.ts_event) else chunk.ts
    for place in np.unique(chunk.instrument) if len(chunk.instrument) else [0]:
        mine = chunk.instrument == place if len(chunk.instrument) else np.ones(len(bid), np.bool_)
        sound = np.flatnonzero(mine & (chunk.bid > 0) & (chunk.ask >= chunk.bid))
        if len(sound):
            width = _widths(chunk, sound, event)
            bid[sound] = chunk.bid[sound[0]]
            ask[sound] = chunk.ask[sound[0]] + width
    return chunk._replace(bid=bid, ask=ask)


def _widths(chunk: QuoteChunk, sound: NDArray[np.int64], event: NDArray[np.int64]) -> NDArray[np.int32]:
    """Give a tick more of spread, by turns, where two quotes of one moment differed: else they would be one.

    What is refused at the door stays refused and what is let in stays let in, so that whoever counts quotes
    counts as many.
    """
    bid, ask, at = chunk.bid[sound], chunk.ask[sound], event[sound]
    other = (np.diff(at) == 0) & ((np.diff(bid) != 0) | (np.diff(ask) != 0))
    found: NDArray[np.int32] = np.concatenate([[0], np.cumsum(other) % 2]).astype(np.int32)
    return found
