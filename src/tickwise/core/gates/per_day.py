"""Not more than so many entries in a trading day."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, house: Any, lane: Any) -> Reading:
    """Entries decided in this trading day against the maximum; the day turns with the house."""
    entries = lane.pace.day_entries if lane.pace.day == house.day else 0
    limit = params.per_day_max
    allows = limit == 0 or entries < limit
    return Reading(float(entries), float(limit), allows, NEVER if allows else house.next_roll)
