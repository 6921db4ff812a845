"""The past of a market, read from the venue before a session's first quote: nobody waits for bars to come.

A new session's time begins with the first bar that was read, and the past is fed in that time, price by
price, each an event of its own on the session's tape, marked there as history. Meanwhile the stream of prices
does not live, so no gate lets an entry through. The bars are the venue's bid and ask bars of a minute, the
last minutes those of five seconds: a minute that runs is whole too. Of a bar come four prices in its own
time: open, the extreme it turned away from, the other extreme, close. So a bar that is built of them has the
venue's open, high, low and close; how many quotes it had, and its volume, are not the venue's.

A strategy that is asked on quotes has no use for four prices of a bar: `holes` lets it wait until its windows
are full of quotes that came by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from tickwise.core.layout import FRAME_SECONDS
from tickwise.core.regime import SLOW_BARS_MIN
from tickwise.core.step import ON_QUOTE
from tickwise.core.types import DAY, MINUTE
from tickwise.engine.clock import TapeTime
from tickwise.engine.engine import Engine
from tickwise.engine.price_stream import PRICES, connection
from tickwise.session.session import Records
from tickwise.venues.venue import BarSeen, PriceSource

SECOND = 1_000_000_000
FIVE_SECONDS = 5 * SECOND
ONE_MINUTE = int(MINUTE)
NAMES = {FIVE_SECONDS: "S5", ONE_MINUTE: "M1"}
"""What the venue calls bars, by their length."""

NEAR_NS = 10 * ONE_MINUTE
"""How far back bars of five seconds are read; before that, bars of a minute."""

SPREAD_MINUTES = 60
"""Minutes over which the market-wide spread is averaged, for bots that stay out while it is unusual."""

DAYS_MAX = 30
"""How far back it is read at most."""

IsOpen = Callable[[str, int], bool]


class Past(NamedTuple):
    """One price of the past: of the instrument at `place`, in ticks, at its own time and the venue's."""

    ts: int
    place: int
    ts_event: int
    bid: int
    ask: int


def minutes_asked(records: Records, place: int) -> int:
    """Give how many minutes of an open market the lanes of a market need before they may trade; 0 is none."""
    market = records.markets[place]
    asked = [
        _minutes_of_lane(records, lane)
        for lane in records.lanes[int(market["lane_first"]) : int(market["lane_end"])]
    ]
    if market["regime"]["frame"] >= 0:
        asked.append(SLOW_BARS_MIN * _minutes_of(market["regime"]["frame"]))
    most = max(asked, default=0)
    return most + _minutes_of(market["widest"]) if most else 0


def _minutes_of_lane(records: Records, lane: Any) -> int:
    bars = 0 if lane["trigger"] == ON_QUOTE else int(lane["warm_up"]) * _minutes_of(lane["trigger"])
    return max(bars, SPREAD_MINUTES if records.params[lane["row"]]["spread_monitor"] else 0)


def _minutes_of(frame: Any) -> int:
    return FRAME_SECONDS[int(frame)] // 60


def beginning(symbol: str, now: int, minutes: int, widest_s: int, is_open: IsOpen) -> int:
    """Give the time from which so many minutes of an open market have passed until `now`, ns UTC.

    It is the beginning of a bar of the widest frame, so that the first bar is whole.
    """
    at, floor = now // ONE_MINUTE * ONE_MINUTE, now - DAYS_MAX * int(DAY)
    while minutes > 0 and at > floor:
        at -= ONE_MINUTE
        minutes -= is_open(symbol, at)
    span = widest_s * SECOND
    return at // span * span


async def read_past(source: PriceSource, symbol: str, place: int, since: int, until: int) -> list[Past]:
    """Read an instrument's past from `since` on, in order of time, none after `until`. Raises VenueError.

    Minutes in the middle come as bars of a minute; the first one, unless it is whole, and the last ones in
    bars of five seconds.
    """
    whole = -(-since // ONE_MINUTE) * ONE_MINUTE
    near = max(since, (until - NEAR_NS) // ONE_MINUTE * ONE_MINUTE)
    if whole >= near:
        return await _read(source, symbol, place, FIVE_SECONDS, since, until)
    return [
        *await _read(source, symbol, place, FIVE_SECONDS, since, whole),
        *await _read(source, symbol, place, ONE_MINUTE, whole, near),
        *await _read(source, symbol, place, FIVE_SECONDS, near, until),
    ]


async def _read(
    source: PriceSource, symbol: str, place: int, span: int, since: int, until: int
) -> list[Past]:
    """Read the prices of bars of one length; the running one reaches to `until`."""
    bars = source.bars(symbol, NAMES[span], since // span * span, until)
    return [each async for bar in bars for each in prices_of(bar, place, span, until)]


def prices_of(bar: BarSeen, place: int, span: int, until: int) -> Iterator[Past]:
    """Give the four prices of a bar, spread over its time.

    The venue's time of them all is the bar's beginning: the quote that comes next is never older.
    """
    low, high = (bar.bid_low, bar.ask_low), (bar.bid_high, bar.ask_high)
    rose = bar.bid_close + bar.ask_close >= bar.bid_open + bar.ask_open
    middle = (low, high) if rose else (high, low)
    sides = ((bar.bid_open, bar.ask_open), *middle, (bar.bid_close, bar.ask_close))
    for step, (bid, ask) in enumerate(sides):
        ts = bar.ts + (span - 1) * step // 3
        yield Past(min(ts, until), place, bar.ts + step, bid, ask)


async def read_all(
    source: PriceSource, records: Records, symbols: Sequence[str], now: int, is_open: IsOpen
) -> list[Past]:
    """Read what every instrument of a new session needs, in order of time. Raises VenueError."""
    found: list[Past] = []
    for place, symbol in enumerate(symbols):
        minutes = minutes_asked(records, place)
        if minutes:
            widest_s = FRAME_SECONDS[int(records.markets[place]["widest"])]
            since = beginning(symbol, now, minutes, widest_s, is_open)
            found += await read_past(source, symbol, place, since, now)
    return sorted(found)


async def read_missed(
    source: PriceSource, records: Records, symbols: Sequence[str], last: int, now: int
) -> list[Past]:
    """Read what instruments did since a session that was cut off last saw anything, in order of time.

    Raises VenueError.
    """
    found: list[Past] = []
    for place, symbol in enumerate(symbols):
        if minutes_asked(records, place):
            found += await read_past(source, symbol, place, max(last, now - DAYS_MAX * int(DAY)), now)
    return sorted(found)


def feed(engine: Engine, past: Sequence[Past], why: str) -> None:
    """Give an engine its past, as far as its own time has not passed it, in the past's time.

    The stream of prices is dead from then on.
    """
    left = [each for each in past if each.ts > engine.ts]
    if not left:
        return
    time = TapeTime(left[0].ts)
    real, engine.time = engine.time, time
    connection(engine, PRICES, "", False, why)
    for each in left:
        time.ns = each.ts
        engine.history(each.place, each.ts_event, each.bid, each.ask)
    engine.time = real
