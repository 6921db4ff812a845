"""When the clocks of a zone change, and what a local time there is in UTC.

The zone database is asked once a day of each year and the change is found by halving the day it
fell in; from then on whole arrays of local times are turned into UTC at once. Two changes of one
zone within one UTC day that undo each other would be missed; the database holds none since 1970.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, available_timezones

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.intervals import FAR_FUTURE, Int64s
from tickwise.market_data.calendars.names import unknown_name

SECOND_NS = 1_000_000_000
MINUTE_NS = 60 * SECOND_NS
DAY_NS = 86_400 * SECOND_NS

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S = 86_400
_YEAR_FIRST, _YEAR_LAST = 1970, 2116


class ClockChanges(NamedTuple):
    """The changes of one zone's clocks over some years, in time order.

    `at` is the instant of each change in nanoseconds UTC, shape (n,). `offsets` has shape (n + 1,):
    local time minus UTC in nanoseconds before the first change, then after each one.
    """

    at: Int64s
    offsets: Int64s

    def earliest_utc(self, local: Int64s) -> Int64s:
        """Turn local nanoseconds into UTC; of an hour that happens twice, the first.

        A local time the clock skips becomes the instant of the jump.
        """
        row = np.searchsorted(self.at + np.maximum(self.offsets[:-1], self.offsets[1:]), local, side="right")
        utc: Int64s = np.minimum(local - self.offsets[row], np.append(self.at, FAR_FUTURE)[row])
        return utc

    def latest_utc(self, local: Int64s) -> Int64s:
        """Turn local nanoseconds into UTC; of an hour that happens twice, the second.

        A local time the clock skips is moved forward by the length of the jump.
        """
        row = np.searchsorted(self.at + self.offsets[1:], local, side="right")
        return local - self.offsets[row]

    def local(self, ts: Int64s) -> Int64s:
        """Turn UTC nanoseconds into what the clock on the wall shows, as nanoseconds."""
        return ts + self.offsets[np.searchsorted(self.at, ts, side="right")]


def zone_named(name: str) -> ZoneInfo:
    """Open a zone of the IANA database; a ConfigError names the nearest one when there is none such."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = available_timezones()
        if not known:
            raise ConfigError(f"no time zone database for '{name}': install the package tzdata") from None
        raise unknown_name("time zone", name, known) from None


@lru_cache(maxsize=256)
def clock_changes(zone: str, year_first: int, year_last: int) -> ClockChanges:
    """Find every change of a zone's clocks from 1 January of one year to 31 December of another, UTC."""
    assert _YEAR_FIRST <= year_first <= year_last <= _YEAR_LAST, "years a calendar can name"
    opened = zone_named(zone)
    at = [change for year in range(year_first, year_last + 1) for change in _changes_of_year(zone, year)]
    samples = [_year_start_s(year_first), *at]
    offsets = [_offset_s(opened, sample) for sample in samples]
    return ClockChanges(
        np.array(at, dtype=np.int64) * SECOND_NS, np.array(offsets, dtype=np.int64) * SECOND_NS
    )


def clock_changes_between(zone: str, since: int, until: int) -> ClockChanges:
    """Find the changes that matter to local times around [since, until), nanoseconds UTC."""
    first, last = year_of(since - 10 * DAY_NS), year_of(until + 10 * DAY_NS)
    return clock_changes(zone, first, last)


def year_of(ts: int) -> int:
    """Give the UTC year of an instant, held within the years a calendar can name."""
    inside = min(max(ts // SECOND_NS, 0), FAR_FUTURE // SECOND_NS)
    return (_EPOCH + timedelta(seconds=inside)).year


def _year_start_s(year: int) -> int:
    return round((datetime(year, 1, 1, tzinfo=UTC) - _EPOCH).total_seconds())


def _offset_s(zone: tzinfo, ts_s: int) -> int:
    offset = (_EPOCH + timedelta(seconds=ts_s)).astimezone(zone).utcoffset()
    assert offset is not None, "a zone has an offset at every instant"
    return round(offset.total_seconds())


@lru_cache(maxsize=4096)
def _changes_of_year(zone: str, year: int) -> tuple[int, ...]:
    """Find the seconds since 1970 within one UTC year at which a zone's offset changes."""
    opened = zone_named(zone)
    days = range(_year_start_s(year), _year_start_s(year + 1) + 1, _DAY_S)
    offsets = [_offset_s(opened, day) for day in days]
    return tuple(
        _change_within(opened, day)
        for day, before, after in zip(days, offsets, offsets[1:], strict=False)
        if before != after
    )


def _change_within(zone: tzinfo, day_s: int) -> int:
    """Halve a day until the second of its change is found: the first with another offset."""
    before, after, old = day_s, day_s + _DAY_S, _offset_s(zone, day_s)
    while after - before > 1:
        middle = (before + after) // 2
        if _offset_s(zone, middle) == old:
            before = middle
        else:
            after = middle
    return after
