"""The trading day a moment belongs to: it turns at 17:00 in New York, and bears the date on which it ends."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_HOUR_NS = 3_600_000_000_000
_NEW_YORK = ZoneInfo("America/New_York")
_TO_MIDNIGHT = timedelta(hours=7)
"""From the turn of the day at 17:00 to the midnight that begins the date it bears."""


def trading_day(ts: int) -> str:
    """Give the trading day of nanoseconds UTC as '2026-01-05'. Sunday evening belongs to Monday."""
    return _day_of_hour(ts // _HOUR_NS)


@lru_cache(maxsize=64)
def _day_of_hour(hour: int) -> str:
    """Give the trading day of a whole hour UTC: New York's clock turns and changes at whole ones."""
    shown = datetime.fromtimestamp(hour * 3600, _NEW_YORK).replace(tzinfo=None)
    return (shown + _TO_MIDNIGHT).date().isoformat()
