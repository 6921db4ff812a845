"""Minutes built by the core from real quotes against the minutes that the same venues publish.

The venue's minutes hold every quote. Those of FXCM include crossed ones, which admission refuses, so
there the core is held against minutes that NumPy builds from the quotes that are not crossed, and against
the venue's own in every minute without a crossed quote. One quote of OANDA is the repetition of the one
before it: refusing it changes no price of a bar.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from oracles.worlds import LanePlan, World, session_of
from tickwise.core.types import MINUTE
from tickwise.market_data.chunks import BarChunk, QuoteChunk, cut
from tickwise.market_data.importers import open_any

SPAN = int(MINUTE)
PRICES = ("open", "high", "low", "close")
COLUMNS = tuple(f"{side}_{price}" for side in ("bid", "ask") for price in PRICES)
Bars = dict[int, tuple[int, ...]]
"""Eight prices in ticks, by the time a minute opens."""


def read(folder: Path, name: str) -> Any:
    return open_any(folder / f"{name}.parquet").read()


def minutes_of(chunk: QuoteChunk) -> list[QuoteChunk]:
    """Cut a tape where a minute begins."""
    cuts = np.flatnonzero(np.diff(chunk.ts // SPAN)) + 1
    places = [0, *cuts.tolist(), len(chunk.ts)]
    return [cut(chunk, first, last) for first, last in pairwise(places)]


def by_the_core(chunk: QuoteChunk) -> Bars:
    """Feed a tape and take each minute down once it has closed."""
    session = session_of(World([LanePlan(params={"one_in": 10**9})]))
    session.keeps_decisions = False
    session.records.markets["keeps_sides"] = 1
    market, bars = session.records.markets[0], {}
    last = (0, 0)
    for part in [*minutes_of(chunk), QuoteChunk(chunk.ts[-1:] + SPAN, chunk.bid[:1] * 0, chunk.ask[:1] * 0)]:
        closed = int(market["frames"][0]["closed"])
        session.feed(cut(part, 0, 1))
        if int(market["frames"][0]["closed"]) > closed:
            sides = {name: int(market["last_sides"][name]) for name in market["last_sides"].dtype.names}
            at = int(market["frames"][0]["times"][closed % 128])
            bars[at] = (
                *(sides[f"bid_{name}"] for name in PRICES[:3]), last[0],
                *(sides[f"ask_{name}"] for name in PRICES[:3]), last[1],
            )  # fmt: skip
        session.feed(cut(part, 1, len(part.ts)))
        last = int(market["bid"]), int(market["ask"])
    return bars


def by_numpy(chunk: QuoteChunk, kept: NDArray[np.bool_]) -> Bars:
    """Build minutes of some of the quotes."""
    minute = chunk.ts[kept] // SPAN
    firsts = np.flatnonzero(np.diff(minute, prepend=-1))
    lasts = np.append(firsts[1:], len(minute)) - 1
    columns = []
    for side in (chunk.bid[kept], chunk.ask[kept]):
        columns += [
            side[firsts],
            np.maximum.reduceat(side, firsts),
            np.minimum.reduceat(side, firsts),
            side[lasts],
        ]
    return dict(
        zip((minute[firsts] * SPAN).tolist(), zip(*(c.tolist() for c in columns), strict=True), strict=True)
    )


def published(bars: BarChunk, first: int, last: int) -> Bars:
    """Give the venue's minutes between two times."""
    rows = zip(*(getattr(bars, name).tolist() for name in COLUMNS), strict=True)
    return {
        ts: row for ts, row in zip(bars.ts.tolist(), rows, strict=True) if first // SPAN * SPAN <= ts <= last
    }


@pytest.mark.parametrize(
    ("ticks", "bars", "minutes"),
    [
        ("eurusd_oanda_20140501_0509", "eurusd_oanda_m1_20140501_0509", 9_552),
        ("xauusd_oanda_20140501_0509", "xauusd_oanda_m1_20140501_0509", 9_558),
    ],
)
def test_minutes_of_oanda_are_the_venues_in_all_eight_columns(
    real_data: Path, ticks: str, bars: str, minutes: int
) -> None:
    chunk = read(real_data / "quotes", ticks)
    built = by_the_core(chunk)
    assert built == published(read(real_data / "bars", bars), int(chunk.ts[0]), int(chunk.ts[-1]))
    assert len(built) == minutes


def test_minutes_of_dukascopy_are_the_venues_on_the_side_it_publishes(real_data: Path) -> None:
    chunk = read(real_data / "quotes", "eurusd_dukascopy_20190204")
    bars = published(
        read(real_data / "bars", "eurusd_dukascopy_m1_bid_20190204"), int(chunk.ts[0]), int(chunk.ts[-1])
    )
    built = by_the_core(chunk)
    assert {ts: row[:4] for ts, row in built.items()} == {ts: row[:4] for ts, row in bars.items()}
    assert len(built) == 1_440


def test_minutes_of_fxcm_are_those_of_the_quotes_that_are_not_crossed(real_data: Path) -> None:
    chunk = read(real_data / "quotes", "eurusd_fxcm_20140501_0509")
    bars = published(
        read(real_data / "bars", "eurusd_fxcm_m1_2011_20140501_0509"), int(chunk.ts[0]), int(chunk.ts[-1])
    )
    assert by_numpy(chunk, np.ones(len(chunk.ts), bool)) == bars
    crossed = chunk.ask < chunk.bid
    built = by_the_core(chunk)
    assert built == by_numpy(chunk, ~crossed)
    touched = set((chunk.ts[crossed] // SPAN * SPAN).tolist())
    clean = {ts: row for ts, row in bars.items() if ts not in touched}
    assert {ts: row for ts, row in built.items() if ts not in touched} == clean
    assert (len(bars), len(clean)) == (9_590, 4_128)
