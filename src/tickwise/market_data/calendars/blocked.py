"""What each calendar gate refuses: blocked spans of UTC time, gate by gate, before a run.

One function for each gate, and `blocked_intervals` for all of them from one bot's settings for one
instrument. Spans are cut to [since, until), so until must lie after the last event of the run,
except those that never end: a stale calendar and an expiry stay blocked for good.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import numpy as np

from tickwise.market_data.calendars.clock_changes import DAY_NS, MINUTE_NS, clock_changes_between
from tickwise.market_data.calendars.intervals import FAR_FUTURE, Intervals, digest, union_of
from tickwise.market_data.calendars.local_time import NEW_YORK, TOKYO, DailyWindow, TimeOfDay
from tickwise.market_data.calendars.markets import Closure, market_closed
from tickwise.market_data.calendars.news import (
    CATEGORIES,
    NewsItem,
    currency_holidays,
    news_unknown,
    news_windows,
)
from tickwise.market_data.calendars.sessions import SESSIONS, session_intervals
from tickwise.market_data.calendars.trading_day import ROLL, rollover_window

QUIET_WINDOWS = (DailyWindow(3 * 60, 5 * 60 + 30, TOKYO),)
"""The thin hours before Tokyo opens, 03:00 to 05:30 there, when no entry is made."""

EXPIRY_CUT_OFF = TimeOfDay(15 * 60, NEW_YORK)
"""The time on the day of expiry from which no position in the contract is opened."""


@dataclass(frozen=True, slots=True)
class NewsRule:
    """Which news keeps a bot out, and for how many minutes; None as currencies means every one."""

    currencies: tuple[str, ...] | None = None
    impacts: tuple[str, ...] = ("high",)
    before_min: int = 30
    after_min: int = 30
    categories: tuple[str, ...] = CATEGORIES


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """The calendar settings of one bot and one instrument.

    No preferred session means every hour that is not disabled. Currencies of the news rule are also
    those whose bank holidays block, when `bank_holidays` is on.
    """

    sessions: tuple[str, ...] = ()
    sessions_disabled: tuple[str, ...] = ()
    quiet_windows: tuple[DailyWindow, ...] = QUIET_WINDOWS
    rollover_before_min: int = 5
    rollover_after_min: int = 15
    roll: TimeOfDay = ROLL
    market: str = "fx"
    closures_added: tuple[Closure, ...] = ()
    closures_left_out: tuple[str, ...] = ()
    bank_holidays: tuple[str, ...] = ()
    news: NewsRule = NewsRule()
    expiry: date | None = None


class Blocked(NamedTuple):
    """The blocked spans of each calendar gate, in the order in which the gates are asked.

    `news_is_on` is false when no calendar was given: the news gates are then off, and whoever
    sums up a run says so.
    """

    session: Intervals
    time_of_day: Intervals
    rollover: Intervals
    market_closed: Intervals
    expiry: Intervals
    news: Intervals
    news_stale: Intervals
    news_is_on: bool

    @property
    def digest(self) -> str:
        """SHA-256 of all seven calendars in their order, as hex, for the journal."""
        return digest(*self[:7])


def blocked_intervals(
    rules: CalendarRules, since: int, until: int, items: Sequence[NewsItem] | None = None
) -> Blocked:
    """Build the blocked spans of every calendar gate for a run within [since, until), nanoseconds UTC.

    None as items means that no news calendar is configured. Raises ConfigError for rules that
    cannot be meant.
    """
    news = rules.news
    known = items if items is not None else ()
    return Blocked(
        session=session_blocked(rules.sessions, rules.sessions_disabled, since, until),
        time_of_day=time_of_day_blocked(since, until, rules.quiet_windows),
        rollover=rollover_window(
            since, until, rules.rollover_before_min, rules.rollover_after_min, rules.roll
        ),
        market_closed=market_blocked(
            rules.market,
            since,
            until,
            added=rules.closures_added,
            left_out=rules.closures_left_out,
            holidays=currency_holidays(known, rules.bank_holidays),
        ),
        expiry=expiry_blocked(rules.expiry),
        news=news_blocked(known, news, since, until),
        news_stale=Intervals.none() if items is None else news_unknown(items),
        news_is_on=items is not None,
    )


def session_blocked(
    preferred: Iterable[str],
    disabled: Iterable[str],
    since: int,
    until: int,
    sessions: Mapping[str, tuple[DailyWindow, ...]] = SESSIONS,
) -> Intervals:
    """Give the time outside the preferred trading sessions, and inside the disabled ones.

    With no preferred session every hour counts as preferred. Where a preferred and a disabled
    session overlap, the overlap is blocked.
    """
    names = tuple(preferred)
    shut = session_intervals(disabled, since, until, sessions)
    if not names:
        return shut
    return session_intervals(names, since, until, sessions).complement(since, until).union(shut)


def time_of_day_blocked(since: int, until: int, windows: Iterable[DailyWindow] = QUIET_WINDOWS) -> Intervals:
    """Give the quiet windows of each day; by default 03:00 to 05:30 in Tokyo."""
    return union_of(window.intervals(since, until, "wide") for window in windows)


def market_blocked(
    kind: str,
    since: int,
    until: int,
    *,
    added: Iterable[Closure] = (),
    left_out: Collection[str] = (),
    holidays: Intervals | None = None,
) -> Intervals:
    """Give the time in which the market is shut by week, holiday or a closure of the config's own."""
    shut = market_closed(kind, since, until, added=added, left_out=left_out)
    return shut if holidays is None else shut.union(holidays.clip(since, until))


def news_blocked(items: Iterable[NewsItem], rule: NewsRule, since: int, until: int) -> Intervals:
    """Give the minutes around the news that a rule names, within [since, until)."""
    return news_windows(
        items, rule.currencies, rule.impacts, rule.before_min, rule.after_min, rule.categories
    ).clip(since, until)


def expiry_blocked(expiry: date | None, cut_off: TimeOfDay = EXPIRY_CUT_OFF) -> Intervals:
    """Give the time from the cut-off on the day of expiry on; nothing for what does not expire."""
    if expiry is None:
        return Intervals.none()
    midnight = (expiry - date(1970, 1, 1)).days * DAY_NS
    clock = clock_changes_between(cut_off.zone, midnight, midnight)
    local = np.array([midnight + cut_off.minute * MINUTE_NS], dtype=np.int64)
    return Intervals.of(clock.earliest_utc(local), [FAR_FUTURE])
