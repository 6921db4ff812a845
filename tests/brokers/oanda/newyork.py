"""The trading day and week: both turn at 17:00 in New York, whatever the season."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from brokers.oanda.text import SECOND

NEW_YORK = ZoneInfo("America/New_York")
HOUR = 17
FRIDAY, SATURDAY, SUNDAY = 4, 5, 6


def local(ns: int, zone: ZoneInfo = NEW_YORK) -> datetime:
    """Give a time as the clock of a place shows it, to the second."""
    return datetime.fromtimestamp(ns // SECOND, zone)


def nanoseconds(at: datetime) -> int:
    return int(at.astimezone(UTC).timestamp()) * SECOND


@lru_cache(maxsize=64)
def _roll_after(hours: int) -> int:
    at = local(hours * 3600 * SECOND)
    roll = at.replace(hour=HOUR, minute=0, second=0)
    if roll <= at:
        day = (at + timedelta(days=1)).date()
        roll = datetime(day.year, day.month, day.day, HOUR, tzinfo=NEW_YORK)
    return nanoseconds(roll)


def roll_after(ns: int) -> int:
    """Give the first 17:00 New York strictly after a time."""
    return _roll_after(ns // (3600 * SECOND))


def weekday(ns: int) -> int:
    """Give the day of the week in New York: 0 is Monday."""
    return local(ns).weekday()


def is_weekend(ns: int) -> bool:
    """Tell whether currencies rest: from Friday 17:00 to Sunday 17:00 in New York."""
    at = local(ns)
    day = at.weekday()
    return day == SATURDAY or (day == FRIDAY and at.hour >= HOUR) or (day == SUNDAY and at.hour < HOUR)
