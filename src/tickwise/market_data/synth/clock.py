"""What the clocks of Tokyo, London and New York say of each minute of an hour."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tickwise.market_data.calendars.clock_changes import DAY_NS, MINUTE_NS, clock_changes_between
from tickwise.market_data.calendars.local_time import LONDON, NEW_YORK, TOKYO, weekdays_of

Floats = NDArray[np.float64]

HOUR_NS = 60 * MINUTE_NS
_SATURDAY = 5

_DESKS = (
    (TOKYO, (8, 9, 10, 12, 15, 18), (0.0, 0.30, 0.25, 0.18, 0.22, 0.0)),
    (LONDON, (7, 8, 9, 12, 14, 16, 18), (0.0, 0.55, 0.50, 0.35, 0.45, 0.40, 0.0)),
    (NEW_YORK, (7, 8, 9, 11, 13, 16, 17), (0.0, 0.35, 0.45, 0.40, 0.25, 0.15, 0.0)),
)
"""Local hours and what each region's desks add to activity at them, on working days. The shape is that of the
quotes on Dukascopy's tape of 2019-02-04: 0.8 a second in Asia, 2.9 at London's open, 3.1 at the overlap."""

_NIGHT = 0.12
"""Activity while no desk is at work."""

MEAN_ACTIVITY = 0.40
"""The mean over a working day (0.39 in winter, 0.40 in summer); it turns a day's variance into a minute's."""

_ROLL_MINUTE = 17 * 60
_ROLL_SPREAD = ((-10, -5, 0, 10, 20, 60), (1.0, 2.5, 8.0, 6.0, 3.0, 1.0))
"""Minutes from 17:00 in New York and how many times wider spreads are."""

_ROLL_PACE = ((-5, 0, 20, 60), (1.0, 0.5, 0.5, 1.0))
"""Minutes from 17:00 in New York and what is left of the pace of quotes."""


class Minutes(NamedTuple):
    """The sixty minutes of a UTC hour: each column has shape (60,)."""

    activity: Floats
    """How busy the market is: about 1 when London and New York deal."""
    spread: Floats
    """How many times wider than in London's hours the spread is."""
    pace: Floats
    """Quotes a second, as a fraction of the busiest pace."""


def minutes_of(hour_ns: int) -> Minutes:
    """Read the clocks for the hour that begins at `hour_ns`, nanoseconds UTC."""
    ts = hour_ns + np.arange(60, dtype=np.int64) * MINUTE_NS
    activity = np.full(60, _NIGHT)
    for zone, hours, added in _DESKS:
        local = clock_changes_between(zone, hour_ns, hour_ns + HOUR_NS).local(ts)
        at_work = weekdays_of(local) < _SATURDAY
        activity += at_work * np.interp(local % DAY_NS / HOUR_NS, hours, added)
    new_york = clock_changes_between(NEW_YORK, hour_ns, hour_ns + HOUR_NS).local(ts)
    from_roll = new_york % DAY_NS / MINUTE_NS - _ROLL_MINUTE
    spread = np.interp(from_roll, *_ROLL_SPREAD) / (0.55 + 0.55 * np.minimum(activity, 1.0))
    pace = np.interp(from_roll, *_ROLL_PACE) * (0.1 + 0.9 * np.minimum(activity, 1.0))
    return Minutes(activity, spread, pace)
