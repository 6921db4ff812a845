"""Small tapes made by a seed, with everything in them that admission must meet."""

from __future__ import annotations

import numpy as np

from tickwise.market_data.chunks import BarChunk, QuoteChunk
from tickwise.market_data.tape import QuoteTape, tape_of

MINUTE = 60_000_000_000

BEGIN = 1_546_300_800 * 1_000_000_000 + 79_200 * 1_000_000_000
"""2019-01-01 22:00 UTC: the hour in which the trading day turns."""


def chunk_of(
    seed: int,
    count: int,
    *,
    step_ms: float = 300.0,
    move: int = 3,
    spread: int = 3,
    odd: bool = True,
    instruments: int = 1,
    begin: int = BEGIN,
    price: int = 110_000,
) -> QuoteChunk:
    """Make a walk of quotes; `odd` strews in crossed, repeated, late and one-sided ones, and wide spreads."""
    draws = np.random.default_rng(seed)
    ts = begin + np.cumsum(draws.exponential(step_ms, count) * 1e6).astype(np.int64)
    ts -= ts % 1_000_000
    places = draws.integers(0, instruments, count).astype(np.int16)
    bid, ask = np.zeros(count, np.int32), np.zeros(count, np.int32)
    for which in range(instruments):
        mine = np.flatnonzero(places == which)
        drift = np.repeat(draws.normal(0, 0.25 * move, len(mine) // 40 + 1), 40)[: len(mine)]
        walk = price * (1 + which) + np.cumsum(draws.normal(0, move, len(mine)) + drift)
        widths = 1 + draws.poisson(spread, len(mine)) + (draws.random(len(mine)) < 0.02) * 25
        bid[mine] = np.rint(walk).astype(np.int32)
        ask[mine] = bid[mine] + widths.astype(np.int32)
    event = ts - draws.integers(0, 40, count) * 1_000_000
    np.maximum.accumulate(event, out=event)
    if odd:
        _strew(draws, ts, event, bid, ask, places)
    return QuoteChunk(ts, bid, ask, places if instruments > 1 else places[:0], event)


def _strew(draws, ts, event, bid, ask, places) -> None:
    """Put odd quotes among the others: a few in a hundred."""
    count = len(ts)
    for at in draws.choice(np.arange(1, count), count // 100, replace=False):
        bid[at], ask[at] = ask[at] + 1, bid[at]
    for at in draws.choice(np.arange(1, count), count // 200, replace=False):
        bid[at], ask[at], event[at], places[at] = bid[at - 1], ask[at - 1], event[at - 1], places[at - 1]
    for at in draws.choice(np.arange(1, count), count // 200, replace=False):
        event[at] -= 3_000_000_000
    for at in draws.choice(np.arange(1, count), count // 400 + 1, replace=False):
        bid[at] = -(2**31)
    for at in draws.choice(np.arange(1, count), count // 400 + 1, replace=False):
        bid[at], ask[at] = 2 * max(int(bid[at]), 0), 2 * int(ask[at])


def bars_of(seed: int, count: int = 400) -> BarChunk:
    """Make a walk of minutes with gaps; some are crossed at their close, some have a price of nothing."""
    draws = np.random.default_rng(seed)
    gaps = np.where(draws.random(count) < 0.03, draws.integers(2, 200, count), 1)
    ts = BEGIN // MINUTE * MINUTE + np.cumsum(gaps).astype(np.int64) * MINUTE
    opened = 110_000 + np.cumsum(np.rint(draws.normal(0, 6, count))).astype(np.int64)
    closed = opened + np.rint(draws.normal(0, 5, count)).astype(np.int64)
    high = np.maximum(opened, closed) + draws.integers(0, 12, count)
    low = np.minimum(opened, closed) - draws.integers(0, 12, count)
    bid = np.stack([opened, high, low, closed]).astype(np.int32)
    ask = (bid + 1 + draws.poisson(3, count)).astype(np.int32)
    odd = draws.choice(count, count // 50, replace=False)
    ask[3, odd[::2]] = bid[3, odd[::2]] - 1
    bid[2, odd[1::2]] = 0
    return BarChunk(ts, *bid, *ask)


def tape(chunk: QuoteChunk, *symbols: str) -> QuoteTape:
    """Make a tape of a chunk; the instruments are EUR/USD unless named."""
    return tape_of(chunk, [(symbol, "0.00001") for symbol in symbols or ("EUR_USD",)])
