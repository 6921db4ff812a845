"""Times of day and daily windows on a venue's own clock, turned into UTC.

Where a clock change makes a local time doubtful, a window is either `wide` or `narrow`:

* a wide window (one that blocks) starts at the earlier and ends at the later of two equal local
  times; a start the clock skips is the instant of the jump, an end is moved forward by its length;
* a narrow window (one that allows) starts at the later and ends at the earlier; a start the clock
  skips is moved forward by the length of the jump, an end is the instant of the jump.

Both are the pessimistic choice: in doubt there is no trading.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.clock_changes import (
    DAY_NS,
    MINUTE_NS,
    ClockChanges,
    clock_changes_between,
    zone_named,
)
from tickwise.market_data.calendars.intervals import Int64s, Intervals

Doubt: TypeAlias = Literal["wide", "narrow"]

NEW_YORK = "America/New_York"
LONDON = "Europe/London"
TOKYO = "Asia/Tokyo"
SYDNEY = "Australia/Sydney"

WORKDAYS = (0, 1, 2, 3, 4)
"""Monday to Friday; weekdays count from Monday = 0 to Sunday = 6."""

EVERY_DAY = (0, 1, 2, 3, 4, 5, 6)

_WEEKDAY_NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY_MIN = 24 * 60
_CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)|24:00")


def minute_of_day(text: str) -> int:
    """Read 'HH:MM' as minutes since local midnight, 0 to 1440; '24:00' is the end of the day.

    Raises ConfigError when the text is not such a time.
    """
    if not isinstance(text, str) or not _CLOCK.fullmatch(text):
        raise ConfigError(f"'{text}' is not a time of day: write hours and minutes as '03:00' or '17:30'")
    return int(text[:2]) * 60 + int(text[3:])


@dataclass(frozen=True, slots=True)
class TimeOfDay:
    """A time on the clock of one zone: minutes since local midnight and the zone's name."""

    minute: int
    zone: str

    @classmethod
    def parse(cls, text: str, zone: str) -> TimeOfDay:
        """Read 'HH:MM' in a zone of the IANA database; a ConfigError says which of the two is wrong."""
        minute = minute_of_day(text)
        if minute == _DAY_MIN:
            raise ConfigError("'24:00' is the end of a window, not a time of day: write '00:00'")
        zone_named(zone)
        return cls(minute, zone)

    def instants(self, since: int, until: int) -> Int64s:
        """Give the instants of [since, until) at which the clock shows this time, once each local day.

        Of two equal local times the earlier; a time the clock skips is the instant of the jump.
        """
        clock = clock_changes_between(self.zone, since, until)
        utc = clock.earliest_utc(local_midnights(clock, since, until) + self.minute * MINUTE_NS)
        once = np.append(True, utc[1:] > utc[:-1])  # a zone that skipped a whole day shows two at its jump
        return utc[once & (utc >= since) & (utc < until)]


@dataclass(frozen=True, slots=True)
class DailyWindow:
    """A window of local time that returns each day: minutes of the clock, a zone, starting weekdays.

    An end at or before the start is on the next day, whose weekday does not matter.
    """

    start_minute: int
    end_minute: int
    zone: str
    weekdays: tuple[int, ...] = EVERY_DAY

    @classmethod
    def parse(
        cls, start_hhmm: str, end_hhmm: str, zone: str, weekdays: Collection[int] = EVERY_DAY
    ) -> DailyWindow:
        """Read a window 'HH:MM' to 'HH:MM' in a zone; raise ConfigError for what cannot be meant."""
        start, end = minute_of_day(start_hhmm), minute_of_day(end_hhmm)
        if start == end:
            raise ConfigError(
                f"a window from {start_hhmm} to {end_hhmm} is empty: write '00:00' to '24:00' for a whole day"
            )
        if start == _DAY_MIN:
            raise ConfigError("a window cannot start at '24:00': write '00:00'")
        wrong = [day for day in weekdays if day not in EVERY_DAY]
        if wrong or not weekdays:
            raise ConfigError(f"weekdays {list(weekdays)}: give at least one of 0 (Monday) to 6 (Sunday)")
        zone_named(zone)
        return cls(start, end, zone, tuple(sorted(set(weekdays))))

    @classmethod
    def parse_line(cls, line: str) -> DailyWindow:
        """Read a window from one line like '03:00-05:30 Asia/Tokyo' or '22:00-02:00 UTC mon tue'.

        Without weekdays it returns every day. Raises ConfigError for what cannot be meant.
        """
        hours, _, rest = line.strip().partition(" ")
        zone, *names = rest.split() or [""]
        days = [name.lower() for name in names]
        start, _, end = hours.partition("-")
        if not zone or not end or any(day not in _WEEKDAY_NAMES for day in days):
            raise ConfigError(
                f"'{line}' is not a daily window: write it as '03:00-05:30 Asia/Tokyo', "
                f"with weekdays after it if not every day ({' '.join(_WEEKDAY_NAMES)})"
            )
        return cls.parse(start, end, zone, [_WEEKDAY_NAMES.index(day) for day in days] or EVERY_DAY)

    def intervals(self, since: int, until: int, doubt: Doubt = "wide") -> Intervals:
        """Give the window's spans within [since, until), nanoseconds UTC."""
        length = self.end_minute - self.start_minute
        span = length if length > 0 else length + _DAY_MIN
        return recurring(self.weekdays, self.start_minute, span, self.zone, since, until, doubt)


def daily(
    start_hhmm: str,
    end_hhmm: str,
    zone: str,
    weekdays: Collection[int],
    since_ns: int,
    until_ns: int,
    doubt: Doubt = "wide",
) -> Intervals:
    """Give a window of local time that returns on some weekdays, within [since, until) UTC.

    Raises ConfigError for a time, zone or weekday that does not exist.
    """
    return DailyWindow.parse(start_hhmm, end_hhmm, zone, weekdays).intervals(since_ns, until_ns, doubt)


def recurring(
    weekdays: Collection[int],
    start_minute: int,
    length_minutes: int,
    zone: str,
    since: int,
    until: int,
    doubt: Doubt = "wide",
) -> Intervals:
    """Give spans that start on some weekdays at a local minute and end so many clock minutes later.

    The length is read off the clock (up to a week), so a span over a clock change is longer or
    shorter in UTC. The result lies within [since, until), nanoseconds UTC.
    """
    clock = clock_changes_between(zone, since, until)
    midnights = local_midnights(clock, since, until)
    midnights = midnights[np.isin(weekdays_of(midnights), list(weekdays))]
    return local_spans(
        clock,
        midnights + start_minute * MINUTE_NS,
        midnights + (start_minute + length_minutes) * MINUTE_NS,
        doubt,
    ).clip(since, until)


def local_spans(clock: ClockChanges, starts: Int64s, ends: Int64s, doubt: Doubt) -> Intervals:
    """Turn spans of local nanoseconds into UTC, wide or narrow where a clock change leaves a doubt."""
    if doubt == "wide":
        return Intervals.of(clock.earliest_utc(starts), clock.latest_utc(ends))
    return Intervals.of(clock.latest_utc(starts), clock.earliest_utc(ends))


def local_midnights(clock: ClockChanges, since: int, until: int) -> Int64s:
    """Give, as local nanoseconds, each midnight from 8 days before since to 2 days after until.

    The margin holds every window of up to a week that reaches into [since, until).
    """
    edges = clock.local(np.array([since, until], dtype=np.int64)) // DAY_NS
    return np.arange(edges[0] - 8, edges[1] + 2, dtype=np.int64) * DAY_NS


def weekdays_of(local: Int64s) -> Int64s:
    """Give the weekday of local nanoseconds, Monday = 0; 1970-01-01 was a Thursday."""
    return (local // DAY_NS + 3) % 7
