"""Candles of the prices that came: five-second ones are kept, longer ones put together when asked for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from brokers.oanda.newyork import NEW_YORK, local, nanoseconds
from brokers.oanda.text import SECOND
from brokers.oanda.truth.prices import Quote

SECONDS = {
    **{f"S{n}": n for n in (5, 10, 15, 30)},
    **{f"M{n}": 60 * n for n in (1, 2, 4, 5, 10, 15, 30)},
    "H1": 3600,
}
"""Candles that begin at whole multiples of their length."""

HOURS = {"H2": 2, "H3": 3, "H4": 4, "H6": 6, "H8": 8, "H12": 12}
"""Candles that begin at whole multiples of their length after the day's beginning."""

GRANULARITIES = (*SECONDS, *HOURS, "D", "W", "M")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
BASE = 5 * SECOND


@dataclass(frozen=True, slots=True)
class Alignment:
    """Where days and weeks begin."""

    hour: int = 17
    zone: ZoneInfo = NEW_YORK
    day: str = "Friday"


DEFAULT = Alignment()

Ohlc = list[int]
"""Open, high, low and close: points for bid and ask, half points for the middle."""


@dataclass(slots=True)
class Candle:
    """One interval that had a price. The middle is kept in half points."""

    start: int
    volume: int
    bid: Ohlc
    ask: Ohlc
    mid: Ohlc

    @classmethod
    def of(cls, start: int, bid: int, ask: int) -> Candle:
        return cls(start, 1, [bid] * 4, [ask] * 4, [bid + ask] * 4)

    def take(self, bid: int, ask: int) -> None:
        self.volume += 1
        for ohlc, price in ((self.bid, bid), (self.ask, ask), (self.mid, bid + ask)):
            if price > ohlc[1]:
                ohlc[1] = price
            elif price < ohlc[2]:
                ohlc[2] = price
            ohlc[3] = price

    def join(self, later: Candle) -> None:
        self.volume += later.volume
        for mine, other in ((self.bid, later.bid), (self.ask, later.ask), (self.mid, later.mid)):
            mine[1], mine[2], mine[3] = max(mine[1], other[1]), min(mine[2], other[2]), other[3]

    def copy(self, start: int) -> Candle:
        return Candle(start, self.volume, [*self.bid], [*self.ask], [*self.mid])


class Candles:
    """The five-second candles of each instrument."""

    def __init__(self) -> None:
        self.kept: dict[str, list[Candle]] = {}
        self.starts: dict[str, list[int]] = {}

    def take(self, quote: Quote) -> None:
        """Let a price into its candle."""
        name = quote.instrument.name
        kept = self.kept.setdefault(name, [])
        start = quote.ts - quote.ts % BASE
        if kept and kept[-1].start >= start:
            kept[-1].take(quote.bid, quote.ask)
        else:
            kept.append(Candle.of(start, quote.bid, quote.ask))
            self.starts.setdefault(name, []).append(start)

    def between(
        self, name: str, granularity: str, first: int, until: int, alignment: Alignment = DEFAULT
    ) -> Iterator[Candle]:
        """Give the candles that begin at or after `first` and before `until`, oldest first.

        `first` is the beginning of a candle; an interval without a price has none.
        """
        kept, starts = self.kept.get(name, []), self.starts.get(name, [])
        growing: Candle | None = None
        ends = 0
        for place in range(bisect_left(starts, first), bisect_left(starts, until)):
            base = kept[place]
            if growing is not None and base.start < ends:
                growing.join(base)
                continue
            if growing is not None:
                yield growing
            begins = start_of(base.start, granularity, alignment)
            ends = end_of(begins, granularity, alignment)
            growing = base.copy(begins)
        if growing is not None:
            yield growing


def start_of(ns: int, granularity: str, alignment: Alignment = DEFAULT) -> int:
    """Give the beginning of the candle that a time falls into."""
    if seconds := SECONDS.get(granularity):
        return ns - ns % (seconds * SECOND)
    at = local(ns, alignment.zone)
    day = at.replace(hour=alignment.hour, minute=0, second=0)
    if day > at:
        day = _days_before(day, 1)
    if granularity in HOURS:
        length = HOURS[granularity] * 3600 * SECOND
        begins = nanoseconds(day)
        return begins + (ns - begins) // length * length
    if granularity == "W":
        day = _days_before(day, (day.weekday() - DAYS.index(alignment.day)) % 7)
    elif granularity == "M":
        day = _month(at, alignment)
    return nanoseconds(day)


def end_of(start: int, granularity: str, alignment: Alignment = DEFAULT) -> int:
    """Give the time at which a candle that begins then is complete."""
    if seconds := SECONDS.get(granularity):
        return start + seconds * SECOND
    at = local(start, alignment.zone)
    if granularity in HOURS:
        next_day = end_of(start_of(start, "D", alignment), "D", alignment)
        return min(start + HOURS[granularity] * 3600 * SECOND, next_day)
    if granularity == "M":
        later = at.replace(day=1) + timedelta(days=62 if at.day > 15 else 32)
        return nanoseconds(_first(later, alignment))
    return nanoseconds(_days_before(at, -7 if granularity == "W" else -1))


def _days_before(at: datetime, days: int) -> datetime:
    """Go back by calendar days, at the same hour of the clock."""
    day = at.date() - timedelta(days=days)
    return datetime(day.year, day.month, day.day, at.hour, tzinfo=at.tzinfo)


def _first(of: datetime, alignment: Alignment) -> datetime:
    """Give the beginning of a month's first trading day: the evening before, where days begin late."""
    first = datetime(of.year, of.month, 1, alignment.hour, tzinfo=alignment.zone)
    return _days_before(first, 1) if alignment.hour >= 12 else first


def _month(at: datetime, alignment: Alignment) -> datetime:
    following = at.replace(day=1) + timedelta(days=32)
    first = _first(following, alignment)
    return first if at >= first else _first(at, alignment)
