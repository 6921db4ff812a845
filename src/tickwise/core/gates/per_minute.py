"""Not more than so many entries in any sixty seconds."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.layout import ENTRY_TIMES_KEPT
from tickwise.core.types import MINUTE, NEVER, Reading


@hot
def read(params: Any, lane: Any, ts: int) -> Reading:
    """Entries in the sliding minute, counted up to the maximum; the first of them must be a minute old."""
    limit = params.per_minute_max
    kept = min(lane.pace.entries, limit)
    counted = 0
    while counted < kept:
        if ts - lane.pace.times[(lane.pace.entries - 1 - counted) % ENTRY_TIMES_KEPT] >= MINUTE:
            break
        counted += 1
    if limit == 0 or counted < limit:
        return Reading(float(counted), float(limit), True, NEVER)
    first = lane.pace.times[(lane.pace.entries - limit) % ENTRY_TIMES_KEPT]
    return Reading(float(limit), float(limit), False, first + MINUTE)
