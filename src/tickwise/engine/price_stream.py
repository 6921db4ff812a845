"""Prices as they come in, and time as it passes: the same for a session at a venue and for one on paper.

Entries are off while the stream of prices does not live, while an instrument is silent though its market is
open, while the venue says that it cannot be traded, and while its lines cannot be read: each is a fact of the
core, and its gate refuses. What was said before a restart stands in the book and goes on from there.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Protocol

from tickwise.config.engine import Streams
from tickwise.engine.answers import ENTRY
from tickwise.engine.engine import Engine
from tickwise.engine.liveness import Limits, Liveness, Turn
from tickwise.engine.supervise import Nursery, Rest
from tickwise.journal import entries as j
from tickwise.venues.venue import Heartbeat, LineSkipped, PriceSource, QuoteSeen, VenueError

PRICES, TRADEABLE, READABLE = "prices", "tradeable", "readable prices"
"""The stream of prices; whether the venue trades an instrument; whether its lines can be read."""

SECOND = 1_000_000_000

SKIPPED_MAX = 3
"""Lines in a row that could not be read before an instrument's prices are not to be had."""


@dataclass(frozen=True)
class PriceManner:
    """How often prices and time are looked at, and how long silence may last."""

    timer_s: float = 0.25
    silence_s: float = 1.0
    limits: Limits = field(default_factory=Limits)
    rest: Rest = field(default_factory=Rest)


def limits_of(streams: Streams) -> Limits:
    """Give how long silence of prices may last, from the settings."""
    return Limits(
        round(streams.prices_silence_s * SECOND),
        round(streams.quotes_silence_s_min * SECOND),
        streams.quotes_silence_factor,
        round(streams.quotes_silence_s_max * SECOND),
    )


class Missed(Protocol):
    """Who sees to what was missed while the stream did not live."""

    async def fill(self) -> None:
        """See to it, before anything is taken that the stream brings again."""
        ...

    def quoted(self, instrument: str) -> None:
        """Hear that a quote came."""
        ...

    def look(self) -> None:
        """Hear that time has passed."""
        ...


class Nobody:
    """Sees to nothing."""

    async def fill(self) -> None:
        """Do nothing."""

    def quoted(self, instrument: str) -> None:
        """Do nothing."""

    def look(self) -> None:
        """Do nothing."""


class PriceStream:
    """Follows the prices of a session's instruments into its engine."""

    def __init__(
        self,
        engine: Engine,
        source: PriceSource,
        manner: PriceManner,
        is_open: Callable[[str, int], bool] = lambda instrument, ts: True,
        missed: Missed | None = None,
    ) -> None:
        """Serve an engine; `is_open` tells whether an instrument's market is open at a time (ns UTC)."""
        self.engine, self.source, self.manner = engine, source, manner
        self.skipped = 0
        """Lines that could not be read."""
        self._is_open, self._missed = is_open, missed or Nobody()
        self._instruments = tuple(row.symbol for row in engine.names.instruments)
        self._liveness = Liveness(PRICES, self._instruments, manner.limits)
        dead = engine.book.dead
        self._untradeable = dict.fromkeys(sorted(dead.get(TRADEABLE, ())))
        self._skipped = dict.fromkeys(sorted(dead.get(READABLE, ())), SKIPPED_MAX)
        self._newest: dict[str, int] = {}
        self._end: asyncio.Timeout | None = None

    def keep_in(self, nursery: Nursery) -> None:
        """Start the tasks that follow prices and let time pass."""
        for name, work in ((PRICES, self._follow), ("timer", self._timer), ("silence", self._silence)):
            nursery.keep(name, work, self.manner.rest)

    def begin(self) -> None:
        """Nothing lives yet."""
        connection(self.engine, PRICES, "", False, "starting")

    # The stream.

    async def _follow(self) -> None:
        """Follow the stream of prices until it breaks, or an instrument on it is silent for too long."""
        why = "the venue ended the stream"
        try:
            async with asyncio.timeout(None) as self._end:
                await self._take(self.source.quotes(self._instruments))
        except TimeoutError:
            why = "connected anew: an instrument was silent"
        except VenueError as error:
            turned(self.engine, self._liveness.broken(str(error)))
            raise
        turned(self.engine, self._liveness.broken(why))

    async def _take(self, stream: AsyncIterator[QuoteSeen | LineSkipped | Heartbeat]) -> None:
        """Take what comes, and let others go on after each quote.

        Lines that came together are there at once: without a pause, orders would wait for the last of them.
        """
        async for seen in stream:
            if isinstance(seen, LineSkipped):
                self._line_skipped(seen)
                continue
            if not self._liveness.is_live:
                await self._missed.fill()
            if isinstance(seen, QuoteSeen):
                self._quote(seen)
                await asyncio.sleep(0)
            else:
                turned(self.engine, self._liveness.something(self.engine.time.now_ns()))

    def _line_skipped(self, seen: LineSkipped) -> None:
        """Count a line that could not be read; several in a row mean that a price is not known."""
        self.skipped += 1
        self._skipped[seen.instrument] = times = self._skipped.get(seen.instrument, 0) + 1
        if times == SKIPPED_MAX:
            connection(self.engine, READABLE, seen.instrument, False, seen.says)
            self.engine.note(j.Alarm(**ENTRY, level="warning", what="unreadable_prices", says=seen.says))

    def _line_read(self, instrument: str) -> None:
        """Note that an instrument's prices can be read, and so can the stream."""
        for name in ("", instrument):
            if self._skipped.pop(name, 0) >= SKIPPED_MAX:
                connection(self.engine, READABLE, name, True, "its prices can be read again")

    def _quote(self, seen: QuoteSeen) -> None:
        """Take a quote. A new connection begins with an old one, which is no sign of life."""
        now, instrument = self.engine.time.now_ns(), seen.instrument
        self._line_read(instrument)
        is_new = seen.ts_event > self._newest.get(instrument, 0)
        self._newest[instrument] = max(seen.ts_event, self._newest.get(instrument, 0))
        lives = self._liveness
        turned(self.engine, lives.quote(instrument, now) if is_new else lives.something(now))
        if seen.tradeable == (instrument in self._untradeable):
            self._tradeable(instrument, seen.tradeable)
        place = self.engine.names.market(instrument)
        self.engine.quote(place, seen.ts_event, seen.bid, seen.ask, seen.bid_size, seen.ask_size)
        self._missed.quoted(instrument)

    def _tradeable(self, instrument: str, tradeable: bool) -> None:
        """Note that the venue trades an instrument again, or no more."""
        if tradeable:
            del self._untradeable[instrument]
        else:
            self._untradeable[instrument] = None
        why = "the venue trades it again" if tradeable else "the venue says it cannot be traded"
        connection(self.engine, TRADEABLE, instrument, tradeable, why)

    # Time.

    async def _timer(self) -> None:
        while True:
            await asyncio.sleep(self.manner.timer_s)
            self.engine.pass_time()
            self._missed.look()

    async def _silence(self) -> None:
        """Look whether an instrument is silent though its market is open; connect anew where one is."""
        while True:
            await asyncio.sleep(self.manner.silence_s)
            now = self.engine.time.now_ns()
            open_now = tuple(each for each in self._instruments if self._is_open(each, now))
            turns = self._liveness.silence(now, open_now)
            turned(self.engine, turns)
            if any(turn.instrument for turn in turns) and self._end is not None:
                self._end.reschedule(asyncio.get_running_loop().time())


def connection(engine: Engine, stream: str, instrument: str, live: bool, why: str) -> None:
    """Write down that a stream, or one instrument of it, became live or ceased to be."""
    engine.take(j.Connection(**ENTRY, stream=stream, instrument=instrument, live=live, why=why))


def turned(engine: Engine, turns: list[Turn]) -> None:
    """Write down every turn of a stream."""
    for turn in turns:
        connection(engine, turn.stream, turn.instrument, turn.live, turn.why)
