"""The hours in which a region's dealers are at their desks, on that region's clock.

Hours are those commonly given for foreign exchange: nine local working hours, Monday to Friday.
Nobody decrees them, so they are data: a config may bring a table of its own. They say when a
region deals, not when a venue is open: weekends and holidays are `markets.market_closed`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from tickwise.market_data.calendars.intervals import Intervals, union_of
from tickwise.market_data.calendars.local_time import LONDON, NEW_YORK, SYDNEY, TOKYO, WORKDAYS, DailyWindow
from tickwise.market_data.calendars.names import unknown_name


def _desk(start_hour: int, end_hour: int, zone: str) -> DailyWindow:
    return DailyWindow(start_hour * 60, end_hour * 60, zone, WORKDAYS)


SESSIONS: Mapping[str, tuple[DailyWindow, ...]] = MappingProxyType(
    {
        "sydney": (_desk(7, 16, SYDNEY),),
        "asia": (_desk(9, 18, TOKYO),),
        "london": (_desk(8, 17, LONDON),),
        "new_york": (_desk(8, 17, NEW_YORK),),
        "new_york_late": (_desk(12, 17, NEW_YORK),),
        "london_new_york": (
            _desk(8, 17, LONDON),
            _desk(8, 17, NEW_YORK),
        ),
    }
)
"""Windows of each trading session; where there are several, the session is when all are open."""


def session_intervals(
    names: Iterable[str],
    since: int,
    until: int,
    sessions: Mapping[str, tuple[DailyWindow, ...]] = SESSIONS,
) -> Intervals:
    """Give the time within [since, until) in which any of the named sessions is open.

    Raises ConfigError for a name that is not in the table.
    """
    return union_of([_session(name, since, until, sessions) for name in names])


def _session(name: str, since: int, until: int, sessions: Mapping[str, tuple[DailyWindow, ...]]) -> Intervals:
    if name not in sessions:
        raise unknown_name("trading session", name, sessions)
    first, *rest = (window.intervals(since, until, "narrow") for window in sessions[name])
    for other in rest:
        first = first.intersection(other)
    return first
