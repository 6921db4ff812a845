"""When a kind of market is shut: the week, the daily break, holidays and early closes.

Everything is said on New York's clock, as the markets themselves do:

* fx: Friday 17:00 to Sunday 17:00; Christmas Day and New Year's Day; the eves from 13:00 (the last
  hour that traded on the OANDA EUR/USD history of 2012 to 2015 began at 13:00; blocked from its
  start, because nobody can say beforehand how much of it will be quoted).
* metals: as fx, opening at 18:00, with a break from 17:00 to 18:00 each day (OANDA's began at 17:15 in
  May 2014; the longer is kept); Good Friday; holidays of the United States from 13:00 to 18:00 (on
  them the last hour of OANDA's gold history of 2009 to 2013 begins at 13:00, the next at 16:00 to 18:00).
* crypto: never.
* us_equity: outside 09:30 to 16:00, on New York Stock Exchange holidays, after 13:00 on its early
  closes; rules checked for 2006 to 2035, other years are a ConfigError.

Closures have names, so that a config can leave one out or add its own. Unscheduled ones are known
only to the venue, and its own status stands above this calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data.calendars import us_holidays
from tickwise.market_data.calendars.clock_changes import (
    DAY_NS,
    MINUTE_NS,
    clock_changes_between,
    year_of,
    zone_named,
)
from tickwise.market_data.calendars.intervals import Intervals, union_of
from tickwise.market_data.calendars.local_time import NEW_YORK, recurring
from tickwise.market_data.calendars.names import unknown_name

_HOUR = 60
_DAY = 24 * _HOUR
_FRIDAY = 4
_SUNDAY = 6
_EARLY_CLOSE = 13 * _HOUR
_FX_ROLL = 17 * _HOUR
_METALS_OPEN = 18 * _HOUR
_EPOCH_DAY = date(1970, 1, 1)


class Closure(NamedTuple):
    """One named span in which a market is shut, [start, end) in nanoseconds UTC."""

    name: str
    start: int
    end: int

    @classmethod
    def parse(cls, name: str, start: str, end: str, zone: str = NEW_YORK) -> Closure:
        """Read a closure from local times like '2026-12-24 13:00'.

        Raises ConfigError for text that is no time, an unknown zone, or an end not after its start.
        """
        zone_named(zone)
        local = (_local_ns(name, start), _local_ns(name, end))
        found = _in_utc([_LocalClosure(name, *local)], zone)[0]
        if found.start >= found.end:
            raise ConfigError(f"closure '{name}': it ends at {end}, which is not after its start {start}")
        return found


class _LocalClosure(NamedTuple):
    name: str
    start: int
    end: int


class _Weekly(NamedTuple):
    """A closure of every week: starting weekdays, minute of New York's clock, length in its minutes."""

    weekdays: tuple[int, ...]
    start_minute: int
    length_minutes: int


class _Market(NamedTuple):
    weekly: tuple[_Weekly, ...]
    of_year: Callable[[int], list[_LocalClosure]]


def market_closed(
    kind: str,
    since: int,
    until: int,
    *,
    added: Iterable[Closure] = (),
    left_out: Collection[str] = (),
) -> Intervals:
    """Give the time within [since, until) in which a kind of market is shut.

    `added` are closures beyond the rules, `left_out` names of yearly closures the venue does not
    keep. Raises ConfigError for an unknown kind or name, and for us_equity outside 2006 to 2035.
    """
    market = _market(kind, since, until)
    weeks = [recurring(*weekly, NEW_YORK, since, until) for weekly in market.weekly]
    named = [*market_closures(kind, since, until, left_out=left_out), *added]
    holidays = Intervals.of([one.start for one in named], [one.end for one in named])
    return union_of([*weeks, holidays]).clip(since, until)


def market_closures(
    kind: str, since: int, until: int, *, left_out: Collection[str] = ()
) -> tuple[Closure, ...]:
    """Give the named yearly closures of a kind of market that touch [since, until), in time order.

    Raises ConfigError as `market_closed` does.
    """
    market = _market(kind, since, until)
    years = range(year_of(since) - 1, year_of(until) + 2)
    local = [closure for year in years for closure in market.of_year(year)]
    known = {closure.name for closure in local}
    for name in left_out:
        if name not in known:
            raise unknown_name(f"{kind} closure", name, known)
    kept = _in_utc([closure for closure in local if closure.name not in left_out], NEW_YORK)
    return tuple(
        sorted((one for one in kept if one.start < until and one.end > since), key=lambda one: one[1:])
    )


def _market(kind: str, since: int, until: int) -> _Market:
    if kind not in MARKETS:
        raise unknown_name("kind of market", kind, MARKETS)
    first, last = year_of(since), year_of(until - 1)
    if kind == "us_equity" and not us_holidays.YEAR_FIRST <= first <= last <= us_holidays.YEAR_LAST:
        raise ConfigError(
            f"holidays of us_equity are known for {us_holidays.YEAR_FIRST} to {us_holidays.YEAR_LAST}, "
            f"not for all of {first} to {last}: choose dates within"
        )
    return MARKETS[kind]


def _fx_closures(year: int) -> list[_LocalClosure]:
    return [
        _closure("Christmas Eve", date(year, 12, 24), _EARLY_CLOSE, date(year, 12, 24), _FX_ROLL),
        _closure("Christmas Day", date(year, 12, 24), _FX_ROLL, date(year, 12, 25), _FX_ROLL),
        _closure("New Year's Eve", date(year, 12, 31), _EARLY_CLOSE, date(year, 12, 31), _FX_ROLL),
        _closure("New Year's Day", date(year, 12, 31), _FX_ROLL, date(year + 1, 1, 1), _FX_ROLL),
    ]


def _metals_closures(year: int) -> list[_LocalClosure]:
    christmas, new_year = _not_sunday(date(year, 12, 25)), _not_sunday(date(year + 1, 1, 1))
    friday = us_holidays.good_friday(year)
    after_thanksgiving = us_holidays.thanksgiving(year) + timedelta(days=1)
    halts = dict(us_holidays.federal_mondays_and_feasts(year))
    halts[after_thanksgiving] = "Day after Thanksgiving"
    return [
        _closure("Good Friday", friday - timedelta(days=1), _FX_ROLL, friday, _FX_ROLL),
        *(_closure(name, day, _EARLY_CLOSE, day, _METALS_OPEN) for day, name in halts.items()),
        _closure("Christmas Eve", date(year, 12, 24), _EARLY_CLOSE, date(year, 12, 24), _FX_ROLL),
        _closure("Christmas Day", date(year, 12, 24), _FX_ROLL, christmas, _METALS_OPEN),
        _closure("New Year's Eve", date(year, 12, 31), _EARLY_CLOSE, date(year, 12, 31), _FX_ROLL),
        _closure("New Year's Day", date(year, 12, 31), _FX_ROLL, new_year, _METALS_OPEN),
    ]


def _us_equity_closures(year: int) -> list[_LocalClosure]:
    if not us_holidays.YEAR_FIRST <= year <= us_holidays.YEAR_LAST:
        return []  # a neighbour of the span asked for, whose own years were checked
    full = [_closure(name, day, 0, day, _DAY) for day, name in us_holidays.nyse_holidays(year).items()]
    early = us_holidays.nyse_early_closes(year).items()
    return full + [_closure(f"{name} (early)", day, _EARLY_CLOSE, day, _DAY) for day, name in early]


def _no_closures(_year: int) -> list[_LocalClosure]:
    return []


MARKETS: Mapping[str, _Market] = MappingProxyType(
    {
        "fx": _Market((_Weekly((_FRIDAY,), _FX_ROLL, 2 * _DAY),), _fx_closures),
        "metals": _Market(
            (
                _Weekly((_FRIDAY,), _FX_ROLL, 2 * _DAY + _HOUR),
                _Weekly((0, 1, 2, 3), _FX_ROLL, _HOUR),
            ),
            _metals_closures,
        ),
        "crypto": _Market((), _no_closures),
        "us_equity": _Market(
            (
                _Weekly((0, 1, 2, 3), 16 * _HOUR, 17 * _HOUR + 30),
                _Weekly((_FRIDAY,), 16 * _HOUR, 2 * _DAY + 17 * _HOUR + 30),
            ),
            _us_equity_closures,
        ),
    }
)
"""The kinds of market: what is shut every week, and the closures of a year."""


def _not_sunday(day: date) -> date:
    return day + timedelta(days=1) if day.weekday() == _SUNDAY else day


def _closure(name: str, start: date, start_minute: int, end: date, end_minute: int) -> _LocalClosure:
    first, last = (start - _EPOCH_DAY).days * DAY_NS, (end - _EPOCH_DAY).days * DAY_NS
    return _LocalClosure(name, first + start_minute * MINUTE_NS, last + end_minute * MINUTE_NS)


def _in_utc(closures: list[_LocalClosure], zone: str) -> list[Closure]:
    """Turn closures of local nanoseconds into UTC, the longer way where a clock change leaves a doubt."""
    if not closures:
        return []
    starts = np.array([closure.start for closure in closures], dtype=np.int64)
    ends = np.array([closure.end for closure in closures], dtype=np.int64)
    clock = clock_changes_between(zone, int(starts.min()), int(ends.max()))
    utc = zip(clock.earliest_utc(starts).tolist(), clock.latest_utc(ends).tolist(), strict=True)
    return [Closure(closure.name, start, end) for closure, (start, end) in zip(closures, utc, strict=True)]


def _local_ns(name: str, text: str) -> int:
    """Read a local date and time without an offset as nanoseconds of the wall clock."""
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        wall = None
    if wall is None or wall.tzinfo is not None:
        raise ConfigError(f"closure '{name}': '{text}' is not a local time: write it as '2026-12-24 13:00'")
    return (wall - datetime(1970, 1, 1)) // timedelta(minutes=1) * MINUTE_NS
