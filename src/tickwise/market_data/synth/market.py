"""The synthetic market: instruments hour by hour, merged into chunks of quotes or folded into bars.

Everything is drawn from generators seeded by what they are for, so the same seed gives the same tape however
it is cut into chunks, whichever instruments are beside it, and however far it goes on. A tape begun at
another hour is another tape, and another NumPy may draw another one. Memory holds one hour and one chunk.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.clock_changes import DAY_NS
from tickwise.market_data.calendars.intervals import FAR_FUTURE
from tickwise.market_data.calendars.markets import market_closed
from tickwise.market_data.calendars.news import NewsItem
from tickwise.market_data.chunks import NO_INDEX, BarChunk, QuoteChunk, TapeInstrument, cut, joined
from tickwise.market_data.synth.characters import Character, characters_of
from tickwise.market_data.synth.clock import HOUR_NS, Floats, Minutes, minutes_of
from tickwise.market_data.synth.course import BEATS, beginning, hour_of
from tickwise.market_data.synth.draws import draws
from tickwise.market_data.synth.quoting import Quotes, quotes_of
from tickwise.market_data.synth.schedule import felt_in, shocks_of, synthetic_news

CHUNK_ROWS = 250_000
"""Rows of a chunk unless asked otherwise: 4 MB of quotes."""

_SHUT_MAX_NS = 7 * DAY_NS
"""Closures are looked up this long before the start, so that one under way is known in its full length."""


def synthesise(
    instruments: Sequence[str | Character],
    since_ns: int,
    until_ns: int,
    seed: int,
    *,
    profile: str = "ecn",
    news: Sequence[NewsItem] | None = None,
    chunk_rows: int = CHUNK_ROWS,
) -> Iterator[QuoteChunk]:
    """Give the quotes of a synthetic market within [since, until), nanoseconds UTC, in bounded memory.

    Instruments are symbols of the profile's table or Characters of the caller's own; a chunk's `instrument`
    column is a place in that list, and empty where there is one. `news` moves prices and spreads; None means
    `synthetic_news` of the same seed. Raises ConfigError at once for what cannot be meant.
    """
    characters = characters_of(instruments, profile)
    _check(since_ns, until_ns, seed, chunk_rows)
    items = _news_around(since_ns, until_ns, seed) if news is None else news
    return _rechunked(_hours(characters, since_ns, until_ns, seed, items), chunk_rows)


def synthetic_bars(
    instrument: str | Character,
    since_ns: int,
    until_ns: int,
    seed: int,
    *,
    frame_s: int = 60,
    profile: str = "ecn",
    news: Sequence[NewsItem] | None = None,
) -> Iterator[BarChunk]:
    """Give the bars of what `synthesise` quotes, one chunk for each hour that has any.

    A bar is stamped with its opening, stands only where there was a quote, and counts its quotes as volume.
    Raises ConfigError as `synthesise` does, and for a frame that does not divide the hour.
    """
    if frame_s < 1 or 3600 % frame_s:
        raise ConfigError(
            f"synthetic bars of {frame_s} s: choose a length that divides the hour, like 60 or 900"
        )
    characters = characters_of([instrument], profile)
    _check(since_ns, until_ns, seed, 1)
    items = _news_around(since_ns, until_ns, seed) if news is None else news
    hours = _hours(characters, since_ns, until_ns, seed, items)
    return (bars_of(chunk, frame_s * 1_000_000_000) for chunk in hours)


def tape_instruments(
    instruments: Sequence[str | Character], profile: str = "ecn"
) -> tuple[TapeInstrument, ...]:
    """Name the instruments of a synthetic tape with their ticks, as the tape's label wants them."""
    return tuple(TapeInstrument(each.symbol, each.tick) for each in characters_of(instruments, profile))


def _check(since_ns: int, until_ns: int, seed: int, chunk_rows: int) -> None:
    """Refuse spans, seeds and chunks that cannot be meant."""
    if not _SHUT_MAX_NS <= since_ns < until_ns <= FAR_FUTURE - _SHUT_MAX_NS:
        raise ConfigError(
            f"a synthetic market from {since_ns} to {until_ns} ns UTC: it must end after it begins"
        )
    if seed < 0:
        raise ConfigError(f"the seed {seed} of a synthetic market is negative: use 0 or more")
    if chunk_rows < 1:
        raise ConfigError(f"chunks of {chunk_rows} rows: use 1 or more")


def _news_around(since_ns: int, until_ns: int, seed: int) -> tuple[NewsItem, ...]:
    """Give the synthetic news that can be felt within [since, until): also what is just before and after."""
    return synthetic_news(since_ns - DAY_NS, until_ns + DAY_NS, seed)


def _hours(
    characters: Sequence[Character], since_ns: int, until_ns: int, seed: int, items: Sequence[NewsItem]
) -> Iterator[QuoteChunk]:
    """Give each hour's quotes of all instruments in order of time, cut to [since, until); none is empty."""
    lanes = [_Lane(character, since_ns, until_ns, seed, items) for character in characters]
    for hour_ns in range(since_ns // HOUR_NS * HOUR_NS, until_ns, HOUR_NS):
        minutes = minutes_of(hour_ns)
        dollar = draws(seed, "USD", hour_ns // HOUR_NS).standard_normal(BEATS)
        merged = _merged([lane.hour(hour_ns, minutes, dollar) for lane in lanes])
        if hour_ns < since_ns or hour_ns + HOUR_NS > until_ns:
            first, last = np.searchsorted(merged.ts, (since_ns, until_ns)).tolist()
            merged = cut(merged, first, last)
        if len(merged.ts):
            yield merged


class _Lane:
    """One instrument on its way through the hours."""

    def __init__(
        self, character: Character, since_ns: int, until_ns: int, seed: int, items: Sequence[NewsItem]
    ) -> None:
        self._character = character
        self._seed = seed
        self._course = beginning(character)
        self._shut = market_closed(character.market, since_ns - _SHUT_MAX_NS, until_ns + _SHUT_MAX_NS)
        self._shocks = shocks_of(items, character.symbol)

    def hour(self, hour_ns: int, minutes: Minutes, dollar: Floats) -> Quotes:
        """Move the instrument one hour on and quote it."""
        felt = felt_in(self._shocks, hour_ns)
        self._course, hour = hour_of(
            self._character, self._course, minutes, dollar, self._shut, felt, hour_ns, self._seed
        )
        rng = draws(self._seed, f"{self._character.symbol} quotes", hour_ns // HOUR_NS)
        return quotes_of(self._character, hour, minutes, felt, hour_ns, rng)


def _merged(lanes: Sequence[Quotes]) -> QuoteChunk:
    """Put the quotes of several instruments into one order of time; of equal times, the first listed."""
    if len(lanes) == 1:
        return QuoteChunk(*lanes[0], NO_INDEX)
    ts, bid, ask = (np.concatenate(columns) for columns in zip(*lanes, strict=True))
    place = np.repeat(np.arange(len(lanes), dtype=np.int16), [len(lane.ts) for lane in lanes])
    order = np.argsort(ts, kind="stable")
    return QuoteChunk(ts[order], bid[order], ask[order], place[order])


def _rechunked(hours: Iterator[QuoteChunk], rows: int) -> Iterator[QuoteChunk]:
    """Cut a stream into chunks of exactly `rows`, the last one shorter."""
    waiting: list[QuoteChunk] = []
    held = 0
    for hour in hours:
        waiting.append(hour)
        held += len(hour.ts)
        if held >= rows:
            whole = joined(waiting)
            stop = held - held % rows
            yield from (cut(whole, first, first + rows) for first in range(0, stop, rows))
            waiting, held = [cut(whole, stop, held)], held - stop
    if held:
        yield joined(waiting)


def bars_of(quotes: QuoteChunk, frame_ns: int) -> BarChunk:
    """Fold quotes of one instrument into bars of `frame_ns`; there must be at least one quote."""
    opens = quotes.ts // frame_ns * frame_ns
    first = np.flatnonzero(np.diff(opens, prepend=opens[0] - 1))
    last = np.append(first[1:], len(opens)) - 1
    prices: list[NDArray[np.int32]] = []
    for side in (quotes.bid, quotes.ask):
        highest, lowest = np.maximum.reduceat(side, first), np.minimum.reduceat(side, first)
        prices += [side[first], highest, lowest, side[last]]
    columns = dict(zip(BarChunk._fields[1:9], prices, strict=True))
    return BarChunk(opens[first], **columns, volume=(last - first + 1).astype(np.float64))
