"""Minutes out of quotes, in plain Python: what the bar strategies look at, made without the core."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

MINUTE = 60_000_000_000


class Quote(NamedTuple):
    """Nanoseconds UTC and whole ticks."""

    ts: int
    bid: int
    ask: int


class Minute(NamedTuple):
    """A closed minute of the mid, in ticks, its mean spread, and how many quotes it had.

    `closed_by` is the place of the first quote after it, which is when it is known to have closed.
    """

    ts: int
    open: float
    high: float
    low: float
    close: float
    spread: float
    quotes: int
    closed_by: int = 0


class Side(NamedTuple):
    """Bid or ask of a minute, in ticks."""

    open: int
    high: int
    low: int
    close: int


class Sided(NamedTuple):
    """A minute of a tape of bars: its open time and both sides."""

    ts: int
    bid: Side
    ask: Side


def accepted(rows: Iterable[tuple[int, int, int]]) -> list[Quote]:
    """Leave out what is crossed, not positive, older than the last quote, or the last one again."""
    kept: list[Quote] = []
    for row in rows:
        quote = Quote(*row)
        again = bool(kept) and quote == kept[-1]
        late = bool(kept) and quote.ts < kept[-1].ts
        if 0 < quote.bid <= quote.ask and not again and not late:
            kept.append(quote)
    return kept


def minutes(quotes: list[Quote]) -> list[Minute]:
    """Cut quotes into minutes; the one that no later quote closed is left out."""
    found: list[Minute] = []
    first = 0
    for place, quote in enumerate(quotes):
        if quote.ts // MINUTE == quotes[first].ts // MINUTE:
            continue
        inside = quotes[first:place]
        mids = [(each.bid + each.ask) / 2 for each in inside]
        spread = sum(each.ask - each.bid for each in inside) / len(inside)
        start = inside[0].ts // MINUTE * MINUTE
        found.append(
            Minute(start, mids[0], max(mids), min(mids), mids[-1], spread, len(inside), closed_by=place)
        )
        first = place
    return found


def admitted(rows: Iterable[Sided]) -> list[Sided]:
    """Leave out minutes that are not positive, crossed at an end, or begin before the last one ended."""
    kept: list[Sided] = []
    for row in rows:
        positive = min(row.bid.low, row.ask.low) > 0
        orderly = row.bid.open <= row.ask.open and row.bid.close <= row.ask.close
        if positive and orderly and (not kept or row.ts >= kept[-1].ts + MINUTE):
            kept.append(row)
    return kept


def middles(rows: list[Sided]) -> list[Minute]:
    """Give the mid of each column; the spread is that of the close, and a bar counts as one quote."""
    found = []
    for row in rows:
        mids = ((bid + ask) / 2 for bid, ask in zip(row.bid, row.ask, strict=True))
        found.append(Minute(row.ts, *mids, float(row.ask.close - row.bid.close), 1))
    return found
