"""Stop opening inside the blocked hours: sessions, quiet windows, rollover, holidays, expiry and news.

Calendars become sorted UTC intervals before a run. A lane holds, for each of its calendars, the place of the
interval it is in or waits for; the place only moves forward, as time does.
"""

from typing import Any

from tickwise.core.compiled import constant, hot
from tickwise.core.outcome import CALENDAR_STALE, EXPIRY, HOLIDAY, NEWS, ROLLOVER, SESSION, TIME_OF_DAY
from tickwise.core.types import NEVER, Reading

IN_SESSION = constant(0)
IN_TIME_OF_DAY = constant(1)
IN_ROLLOVER = constant(2)
IN_HOLIDAY = constant(3)
IN_EXPIRY = constant(4)
IN_NEWS = constant(5)
IN_STALE = constant(6)
"""Places of a lane's calendars."""

CALENDARS = (SESSION, TIME_OF_DAY, ROLLOVER, HOLIDAY, EXPIRY, NEWS, CALENDAR_STALE)
"""The gates that read a calendar, in the order of a lane's calendars."""


@hot
def read(lane: Any, calendar: Any, which: int, ts: int) -> Reading:
    """Nanoseconds into the blocked interval, against its length; outside, the next one's start is the time
    to look.
    """
    at = lane.calendar_at[which]
    end = lane.calendar_end[which]
    while at < end and calendar[at].end <= ts:
        at += 1
    lane.calendar_at[which] = at
    if at == end:
        return Reading(0.0, 0.0, True, NEVER)
    start = calendar[at].start
    if ts < start:
        return Reading(0.0, 0.0, True, start)
    return Reading(float(ts - start), float(calendar[at].end - start), False, calendar[at].end)
