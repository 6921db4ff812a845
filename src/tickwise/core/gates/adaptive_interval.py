"""Leave more time between entries when trading goes badly."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, lane: Any, ts: int) -> Reading:
    """Nanoseconds since the last entry against the interval that the win rate has set (004, 5.2)."""
    since = ts - lane.pace.last_entry
    if params.interval_max == 0 or lane.pace.entries == 0 or since >= lane.pace.interval:
        return Reading(float(since), float(lane.pace.interval), True, NEVER)
    return Reading(float(since), float(lane.pace.interval), False, lane.pace.last_entry + lane.pace.interval)
