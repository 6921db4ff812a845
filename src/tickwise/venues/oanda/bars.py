"""Pages of bars, bid and ask, out of OANDA's history: for warming up and for import.

A page has 5,000 bars at most; one that is asked for by its ends and holds more is refused whole, so pages are
asked for by their beginning and a count. A stretch without a price has no bar: a gap stays a gap. The newest
bar may still be running; it says so.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from tickwise.market_data.chunks import TICKS_MAX
from tickwise.venues.oanda import wire
from tickwise.venues.oanda.exact import Malformed, steps_of
from tickwise.venues.oanda.scale import Scales, scale_named
from tickwise.venues.oanda.times import NS, ts_of, written_ts
from tickwise.venues.venue import BarSeen

PAGE_BARS_MAX = 5_000

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
SECONDS: dict[str, int] = {
    **{f"S{count}": count for count in (5, 10, 15, 30)},
    **{f"M{count}": count * _MINUTE for count in (1, 2, 4, 5, 10, 15, 30)},
    **{f"H{count}": count * _HOUR for count in (1, 2, 3, 4, 6, 8, 12)},
    "D": _DAY,
    "W": 7 * _DAY,
    "M": 28 * _DAY,
}
"""OANDA's granularities and the seconds of their shortest bar."""


class Page(NamedTuple):
    """Bars in order of time, and whether the history goes no further."""

    bars: tuple[BarSeen, ...]
    is_last: bool


def page_query(granularity: str, after: int, until: int, *, is_first: bool) -> dict[str, str]:
    """Ask for bars from a time, or after the bar that opened then, and for no more than may be needed."""
    needed = (until - after) // (SECONDS[granularity] * NS) + 2
    return {
        "price": "BA",
        "granularity": granularity,
        "from": written_ts(after),
        "count": str(min(PAGE_BARS_MAX, needed)),
        "includeFirst": "true" if is_first else "false",
    }


def page_of(body: bytes, instrument: str, asked: dict[str, str], after: int, scales: Scales) -> Page:
    """Read a page: bars that open after the last one. Raises Malformed."""
    said = wire.bars_reply(body)
    if (said.instrument, said.granularity) != (instrument, asked["granularity"]):
        raise Malformed(f"{said.instrument} {said.granularity} instead of {instrument}", "bars")
    decimals = scale_named(scales, instrument, "bars").price
    bars = [_bar(instrument, bar, decimals) for bar in said.bars]
    if any(later.ts <= earlier.ts for earlier, later in pairwise(bars)):
        raise Malformed("bars out of order", f"bars of {instrument}")
    new = tuple(bar for bar in bars if bar.ts > after)
    is_last = not new or len(bars) < int(asked["count"]) or not bars[-1].is_complete
    return Page(new, is_last)


def _bar(instrument: str, said: wire.BarOfInstrument, decimals: int) -> BarSeen:
    """Read a bar; one whose high is below its low does not exist."""
    where = f"bar of {instrument} at {said.time}"
    ts = ts_of(said.time, where)
    if said.bid is None or said.ask is None or not ts:
        raise Malformed("without a time, a bid or an ask", where)
    bid, ask = _side(said.bid, decimals, where), _side(said.ask, decimals, where)
    return BarSeen(instrument, ts, *bid, *ask, said.volume, said.complete)


def _side(said: wire.Prices, decimals: int, where: str) -> tuple[int, int, int, int]:
    """Read open, high, low and close of one side in ticks."""
    first, high, low, last = (steps_of(text, decimals, where) for text in (said.o, said.h, said.l, said.c))
    if not (low <= min(first, last) and max(first, last) <= high):
        raise Malformed("open or close outside high and low", where)
    if not (abs(low) <= TICKS_MAX and abs(high) <= TICKS_MAX):
        raise Malformed("prices out of all bounds", where)
    return first, high, low, last
