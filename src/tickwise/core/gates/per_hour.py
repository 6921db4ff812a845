"""Not more than so many entries in a clock hour."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import HOUR, NEVER, Reading


@hot
def read(params: Any, lane: Any, ts: int) -> Reading:
    """Entries decided in the hour of `ts` (UTC) against the maximum."""
    hour = ts // HOUR
    entries = lane.pace.hour_entries if lane.pace.hour == hour else 0
    limit = params.per_hour_max
    if limit == 0 or entries < limit:
        return Reading(float(entries), float(limit), True, NEVER)
    return Reading(float(entries), float(limit), False, (hour + 1) * HOUR)
