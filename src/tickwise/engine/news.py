"""Calendars of news in a session: read, written down as they came, and only then known to the core.

The files that bots name are read when the session opens and when its configs change, and stand as long as
their items say. The economic calendar of the engine's settings is read again and again: while its source is
down the last good reading stands, and once that is older than `news.stale_s` no position is opened, whether
anybody reads it or not. What was read goes through the journal like anything else that changes a decision.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from tickwise.config.bot import BotConfig
from tickwise.config.engine import News as NewsTerms
from tickwise.core.types import DAY
from tickwise.engine.answers import ENTRY
from tickwise.engine.economic_calendar import Fetch, calendar_readings, shown
from tickwise.engine.engine import Engine
from tickwise.engine.remaking import Remaking
from tickwise.journal import entries as j
from tickwise.market_data.calendars import FAR_FUTURE, NewsItem
from tickwise.market_data.calendars.news_files import written_news
from tickwise.market_data.calendars.refresh import Refreshed
from tickwise.session.calendars import news_source, read_whole

HORIZON_DAYS = 40
"""How far calendars reach from the moment in which a core is made."""

ROOM_DAYS = 14
"""How far beyond its calendars a session keeps items: years of them would be written down for nothing."""


def span_at(now: int) -> tuple[int, int]:
    """Give from when to when the calendars of a core reach that is made now, ns UTC."""
    return now - int(DAY), now + HORIZON_DAYS * int(DAY)


def source_of(terms: NewsTerms) -> str:
    """Name the economic calendar of the engine's settings, without what is secret in it; "" for none."""
    return shown(terms.source) if terms.source else ""


def bots_files(bots: Sequence[BotConfig], span: tuple[int, int]) -> dict[str, str]:
    """Read the calendars that bots name; give what matters in each as CSV, by its path. Raises ConfigError.

    `span` is from when to when a session's calendars reach.
    """
    named = dict.fromkeys(news_source(bot) for bot in bots)
    return {source: written_news(_around(read_whole(source).items, span)) for source in named if source}


def _around(items: Sequence[NewsItem], span: tuple[int, int]) -> Sequence[NewsItem]:
    """Give the items within a span, with room, and one more on either side: what is known reaches so far."""
    times = [each.ts for each in items]
    first = bisect_left(times, span[0] - ROOM_DAYS * int(DAY)) - 1
    last = bisect_right(times, span[1] + ROOM_DAYS * int(DAY)) + 1
    return items[max(0, first) : last]


def take_files(engine: Engine, files: dict[str, str], span: tuple[int, int], now: int) -> None:
    """Take the calendars that bots name into a session; `span` is from when to when its calendars reach.

    They were read at `now`.
    """
    for source, raw in files.items():
        entry = j.CalendarRefreshed(
            **ENTRY,
            source=source,
            fetched_ts=now,
            digest=hashlib.sha256(raw.encode()).hexdigest(),
            raw=raw,
            until=FAR_FUTURE,
            calendar_since=span[0],
            calendar_until=span[1],
        )
        engine.take(entry)


class NewsReader:
    """Reads the economic calendar of one engine's settings, as long as the session lasts."""

    def __init__(self, engine: Engine, remaking: Remaking, terms: NewsTerms, fetch: Fetch) -> None:
        """Serve an engine; `fetch` reads the source once."""
        self._engine, self._remaking, self._terms, self._fetch = engine, remaking, terms, fetch
        self._is_down = False

    async def run(self) -> None:
        """Read it now, and from then on."""
        terms, was = self._terms, self._remaking.read(source_of(self._terms))
        async for found in calendar_readings(
            terms.source, self._fetch, self._engine.time, terms.refresh_s, was
        ):
            self._take(found)

    def _take(self, found: Refreshed) -> None:
        """Write a reading down; the first of several that failed is told."""
        since, until = span_at(found.fetched_ts)
        self._engine.take(
            j.CalendarRefreshed(
                **ENTRY,
                source=found.source,
                fetched_ts=found.fetched_ts,
                digest=found.digest,
                raw=found.raw,
                error=found.error,
                until=found.good_ts + round(self._terms.stale_s * 1e9) if found.good_ts else 0,
                calendar_since=since,
                calendar_until=until,
            )
        )
        if found.error and not self._is_down:
            stale_s = self._terms.stale_s
            long = f"{stale_s / 3600:g} h" if stale_s >= 3600 else f"{stale_s / 60:g} min"
            says = f"{found.error}; the last good one stands for {long}"
            self._engine.note(j.Alarm(**ENTRY, level="warning", what="economic_calendar", says=says))
        self._is_down = bool(found.error)
