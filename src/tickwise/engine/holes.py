"""What was missed while the stream of prices did not live: filled where it can be, marked where it cannot.

When the stream brings something again, the minute that runs is filled from the venue's bars of five seconds
before anything else is taken: a strategy that is asked on minutes sees the open, high, low and close it would
have seen. The minutes before were closed by the timers when their time had come, and what was decided on them
stands in the journal: they stay as they are. So a bot whose running bar is wider than a minute, and reaches
over such a minute, is paused until that bar has closed. Where the fill fails, a bot on minutes is paused too.
The past is never given to an instrument with a position or an order at a venue: exits are decided on prices
that can be had.

A strategy that is asked on quotes has a window of the last ones. Until as many quotes in a row have come as
the strategy asks for, after a hole or after the past was read in, its instrument opens nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from tickwise.core.layout import FRAME_SECONDS
from tickwise.core.step import ON_QUOTE
from tickwise.engine.answers import ENTRY
from tickwise.engine.engine import Engine
from tickwise.engine.history import FIVE_SECONDS, ONE_MINUTE, SECOND, IsOpen, Past, read_past
from tickwise.engine.price_stream import connection
from tickwise.journal import entries as j
from tickwise.venues.venue import PriceSource, VenueError

WINDOWS = "whole windows"
"""The stream that does not live for an instrument whose strategies' windows reach over a hole."""

MARK = "its bar has a hole"
"""How the reason of a pause begins that the engine ends by itself."""


class _Running(NamedTuple):
    """A bar that runs: the place of its market, its frame, and how many had closed before it."""

    place: int
    frame: int
    closed: int


class Holes:
    """Fills and marks the holes of one engine's instruments."""

    def __init__(
        self,
        engine: Engine,
        source: PriceSource,
        is_open: IsOpen = lambda instrument, ts: True,
        may_feed: Callable[[str], bool] = lambda instrument: True,
    ) -> None:
        """Serve an engine; `is_open` tells whether a market is open at a time (ns UTC).

        `may_feed` tells whether an instrument may be given its history now.
        """
        self._engine, self._source = engine, source
        self._is_open, self._may_feed = is_open, may_feed
        self._waiting: dict[str, int] = {}
        """Quotes that have still to come, by instrument."""
        self._marked: dict[str, list[_Running]] = {}
        """The bars with holes, by the bot that waits for their end."""

    async def fill(self) -> None:
        """Fill what was missed until now, and mark what cannot be filled."""
        filled: dict[int, list[Past]] = {}
        for place, symbol in self._seen_before():
            if self._lanes_on_bars(place) and self._may_feed(symbol):
                try:
                    filled[place] = await self._missed(place, symbol)
                except VenueError as error:
                    self._tell(symbol, str(error))
        self._mark_all(filled)
        for place, past in filled.items():
            for each in past:
                self._engine.history(place, each.ts_event, each.bid, each.ask)

    def quoted(self, instrument: str) -> None:
        """Count a quote that came by itself."""
        left = self._waiting.get(instrument, 0)
        if left > 1:
            self._waiting[instrument] = left - 1
        elif left:
            del self._waiting[instrument]
            connection(self._engine, WINDOWS, instrument, True, "as many quotes came as a window holds")

    def look(self) -> None:
        """Let bots go on whose bars with holes have closed."""
        for bot, running in list(self._marked.items()):
            if all(self._closed(each.place, each.frame) > each.closed for each in running):
                del self._marked[bot]
                if self._engine.book.switches.get(("pause", "bot", bot), "").startswith(MARK):
                    self._pause(bot, False, "the bar with a hole has closed")

    def _seen_before(self) -> list[tuple[int, str]]:
        """Give the instruments that were quoted before: where nothing was seen, nothing has a hole."""
        names, markets = self._engine.names.instruments, self._markets
        return [(at, row.symbol) for at, row in enumerate(names) if int(markets[at]["n"])]

    async def _missed(self, place: int, symbol: str) -> list[Past]:
        """Read what the running minute lacks. Raises VenueError."""
        now, market = self._engine.time.now_ns(), self._markets[place]
        since = max(int(market["ts"]) // FIVE_SECONDS * FIVE_SECONDS, now // ONE_MINUTE * ONE_MINUTE)
        last_event = int(market["ts_event"])
        read = await read_past(self._source, symbol, place, since, now)
        return [each for each in read if each.ts_event > last_event]

    def _mark_all(self, filled: dict[int, list[Past]]) -> None:
        """Mark every instrument, as of this moment."""
        now = self._engine.time.now_ns()
        for place, symbol in self._seen_before():
            self._wait_for_quotes(place, symbol)
            whole_since = now // ONE_MINUTE * ONE_MINUTE if place in filled else now
            for lane, frame in self._lanes_on_bars(place):
                if self._is_broken(place, symbol, frame, whole_since, now):
                    self._mark(self._engine.names.lanes[lane].bot, place, frame)
        self._take_up_old_marks()

    def _wait_for_quotes(self, place: int, symbol: str) -> None:
        """Let an instrument wait until the windows of its strategies are full again."""
        engine, market = self._engine, self._markets[place]
        lanes = engine.live.session.records.lanes[int(market["lane_first"]) : int(market["lane_end"])]
        most = max((int(lane["warm_up"]) for lane in lanes if lane["trigger"] == ON_QUOTE), default=0)
        was_dead = symbol in engine.book.dead.get(WINDOWS, ())
        if most:
            self._waiting[symbol] = most
            if not was_dead:
                connection(engine, WINDOWS, symbol, False, f"{most} quotes in a row have to come first")
        elif was_dead:
            connection(engine, WINDOWS, symbol, True, "no strategy is asked on its quotes")

    def _is_broken(self, place: int, symbol: str, frame: int, whole_since: int, now: int) -> bool:
        """Tell whether the running bar of a frame lacks a minute in which its market was open."""
        span = FRAME_SECONDS[frame] * SECOND
        missed = max(int(self._markets[place]["ts"]), now // span * span)
        return any(self._is_open(symbol, at) for at in range(missed, whole_since, ONE_MINUTE))

    def _mark(self, bot: str, place: int, frame: int) -> None:
        """Pause a bot until its running bar has closed; one that a person paused stays as it is."""
        running = _Running(place, frame, self._closed(place, frame))
        self._marked[bot] = [*self._marked.get(bot, ()), running]
        if ("pause", "bot", bot) not in self._engine.book.switches:
            minutes = FRAME_SECONDS[frame] // 60
            self._pause(bot, True, f"{MARK}: prices were missed within its {minutes} min")

    def _take_up_old_marks(self) -> None:
        """Wait for the end of bars that were marked before a restart."""
        names = self._engine.names
        for (switch, scope, bot), reason in list(self._engine.book.switches.items()):
            if (switch, scope) == ("pause", "bot") and reason.startswith(MARK) and bot not in self._marked:
                self._marked[bot] = [
                    _Running(place, frame, self._closed(place, frame))
                    for place in range(len(names.instruments))
                    for lane, frame in self._lanes_on_bars(place)
                    if names.lanes[lane].bot == bot
                ]

    def _lanes_on_bars(self, place: int) -> list[tuple[int, int]]:
        """Give the lanes of a market that are asked on bars, each with its frame."""
        market, lanes = self._markets[place], self._engine.live.session.records.lanes
        mine = range(int(market["lane_first"]), int(market["lane_end"]))
        return [(at, int(lanes[at]["trigger"])) for at in mine if lanes[at]["trigger"] != ON_QUOTE]

    def _closed(self, place: int, frame: int) -> int:
        return int(self._markets[place]["frames"][frame]["closed"])

    def _pause(self, bot: str, on: bool, reason: str) -> None:
        self._engine.take(
            j.Switched(**ENTRY, switch="pause", scope="bot", name=bot, on=on, reason=reason, actor="engine")
        )

    def _tell(self, symbol: str, why: str) -> None:
        says = f"{symbol}: what was missed could not be read: {why}"
        self._engine.note(j.Alarm(**ENTRY, level="warning", what="hole", says=says))

    @property
    def _markets(self) -> Any:
        return self._engine.live.session.records.markets
