"""Calendars in venue-local time turned into sorted, disjoint spans of UTC, before a run.

Sessions, rollover, holidays, news and expiry all end as `Intervals`: [start, end) in nanoseconds
UTC. The core only ever sees these; it knows no zones, no dates and no files.
"""

from __future__ import annotations

from tickwise.market_data.calendars.blocked import (
    Blocked,
    CalendarRules,
    NewsRule,
    blocked_intervals,
    expiry_blocked,
    market_blocked,
    news_blocked,
    session_blocked,
    time_of_day_blocked,
)
from tickwise.market_data.calendars.intervals import FAR_FUTURE, FAR_PAST, Intervals, digest, union_of
from tickwise.market_data.calendars.local_time import DailyWindow, TimeOfDay, daily
from tickwise.market_data.calendars.markets import MARKETS, Closure, market_closed, market_closures
from tickwise.market_data.calendars.news import (
    NewsItem,
    categories_touching,
    category_of,
    currency_holidays,
    news_unknown,
    news_windows,
    valid_until,
)
from tickwise.market_data.calendars.news_files import parse_news, read_news
from tickwise.market_data.calendars.sessions import SESSIONS, session_intervals
from tickwise.market_data.calendars.trading_day import ROLL, rollover_window, trading_days

__all__ = [
    "FAR_FUTURE",
    "FAR_PAST",
    "MARKETS",
    "ROLL",
    "SESSIONS",
    "Blocked",
    "CalendarRules",
    "Closure",
    "DailyWindow",
    "Intervals",
    "NewsItem",
    "NewsRule",
    "TimeOfDay",
    "blocked_intervals",
    "categories_touching",
    "category_of",
    "currency_holidays",
    "daily",
    "digest",
    "expiry_blocked",
    "market_blocked",
    "market_closed",
    "market_closures",
    "news_blocked",
    "news_unknown",
    "news_windows",
    "parse_news",
    "read_news",
    "rollover_window",
    "session_blocked",
    "session_intervals",
    "time_of_day_blocked",
    "trading_days",
    "union_of",
    "valid_until",
]
