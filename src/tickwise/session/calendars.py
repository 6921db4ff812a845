"""The calendars of a lane: a bot's settings and an instrument's market, as UTC intervals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from tickwise.config.bot import BotConfig
from tickwise.core.instrument import Instrument
from tickwise.core.types import SECOND
from tickwise.market_data.calendars import (
    FAR_FUTURE,
    Blocked,
    CalendarRules,
    DailyWindow,
    Intervals,
    NewsItem,
    NewsRule,
    TimeOfDay,
    blocked_intervals,
    categories_touching,
    read_news,
    trading_days,
    union_of,
)


class News(NamedTuple):
    """An economic calendar: what is scheduled, and until when (nanoseconds UTC) that may be relied on."""

    items: tuple[NewsItem, ...]
    until: int


UNKNOWN = News((), 0)
"""A calendar that was not read yet: every moment is blocked."""

KnownNews: TypeAlias = Mapping[str, News]
"""Economic calendars by where they come from; "" is that of bots that name no file of their own."""


def rules_of(bot: BotConfig, instrument: Instrument) -> CalendarRules:
    """Give the calendar rules of a bot on an instrument. Raises ConfigError for what cannot be meant."""
    said = bot.calendar
    currencies = said.news_currencies or (instrument.base, instrument.quote)
    return CalendarRules(
        sessions=said.sessions,
        sessions_disabled=said.sessions_disabled,
        quiet_windows=tuple(DailyWindow.parse_line(line) for line in said.quiet_windows),
        rollover_before_min=said.rollover_before_min,
        rollover_after_min=said.rollover_after_min,
        roll=TimeOfDay.parse(*said.day_roll.split(maxsplit=1)),
        market=instrument.market if said.market_closed else "crypto",
        closures_left_out=said.closures_left_out,
        bank_holidays=tuple(currencies) if said.bank_holidays else (),
        news=NewsRule(
            currencies=tuple(currencies),
            impacts=said.news_impacts,
            before_min=said.news_before_min,
            after_min=said.news_after_min,
            categories=said.news_categories or categories_touching(currencies),
        ),
    )


def blocked_for(
    bot: BotConfig, instrument: Instrument, since: int, until: int, known: KnownNews | None = None
) -> Blocked:
    """Give the blocked intervals of every calendar gate within [since, until), nanoseconds UTC.

    Economic calendars are those that are `known`; without them a bot's own file is read. Once one may be
    relied on no longer every moment is blocked, whether anybody reads it again or not.
    """
    rules, news = rules_of(bot, instrument), _news_of(bot, known)
    if news is None:
        return blocked_intervals(rules, since, until)
    blocked = blocked_intervals(rules, since, until, news.items)
    if news.until >= FAR_FUTURE:
        return blocked
    stale = Intervals.of([news.until], [FAR_FUTURE])
    return blocked._replace(news_stale=blocked.news_stale.union(stale))


def _news_of(bot: BotConfig, known: KnownNews | None) -> News | None:
    """Give the economic calendar of a bot; None where it has none, so that its gates are off."""
    source = news_source(bot)
    if known is None:
        return read_whole(source) if source else None
    return known.get(source, UNKNOWN if source else None)


def news_source(bot: BotConfig) -> str:
    """Name the file or folder of a bot's own economic calendar, whole; "" where it has none."""
    file = bot.calendar.news_file
    return str((bot.folder / file).resolve()) if file and bot.folder else file


def read_whole(source: str) -> News:
    """Read an economic calendar that stands as long as its items say. Raises ConfigError."""
    return News(read_news(source), FAR_FUTURE)


def flat_moments(bot: BotConfig, blocked: Blocked) -> NDArray[np.int64]:
    """Give the moments by which a position is to be closed: so long before a session or market closes."""
    ahead = int(bot.exits.session_end_s * int(SECOND))
    if ahead <= 0:
        return np.zeros((0, 2), np.int64)
    starts = union_of([blocked.session, blocked.market_closed]).starts - ahead
    return np.stack([starts, starts], 1)


def rolls_for(bot: BotConfig, since: int, until: int) -> NDArray[np.int64]:
    """Give the moments at which the trading day turns, nanoseconds UTC."""
    roll = TimeOfDay.parse(*bot.calendar.day_roll.split(maxsplit=1))
    return np.ascontiguousarray(trading_days(since, until, roll), np.int64)
