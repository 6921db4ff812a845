"""The turn of the trading day: 17:00 in New York unless configured, and the thin minutes around it.

At that time foreign exchange books financing and most banks' books change hands; spreads widen
from some minutes before to a quarter of an hour after.
"""

from __future__ import annotations

import numpy as np

from tickwise.errors import ConfigError
from tickwise.market_data.calendars.clock_changes import DAY_NS, MINUTE_NS
from tickwise.market_data.calendars.intervals import Int64s, Intervals
from tickwise.market_data.calendars.local_time import NEW_YORK, TimeOfDay

ROLL = TimeOfDay(17 * 60, NEW_YORK)
"""When the trading day rolls: 17:00 on New York's clock."""


def trading_days(since: int, until: int, roll: TimeOfDay = ROLL) -> Int64s:
    """Give the instants of [since, until) at which the trading day rolls, ascending, shape (n,).

    There is one each local calendar day, weekends included, so days are 23, 24 or 25 hours long.
    """
    return roll.instants(since, until)


def rollover_window(
    since: int, until: int, before_min: int = 5, after_min: int = 15, roll: TimeOfDay = ROLL
) -> Intervals:
    """Give the blocked minutes around each roll within [since, until): 16:55 to 17:15 by default.

    Raises ConfigError when a length is negative, or the two together reach from roll to roll.
    """
    if before_min < 0 or after_min < 0 or before_min + after_min >= 23 * 60:
        raise ConfigError(
            f"a rollover window of {before_min} minutes before and {after_min} after: "
            "both must be zero or more and together less than a day"
        )
    rolls: Int64s = roll.instants(since - DAY_NS, until + DAY_NS)
    starts, ends = rolls - before_min * MINUTE_NS, rolls + after_min * MINUTE_NS
    return Intervals.of(starts, np.maximum(starts, ends)).clip(since, until)
