"""Not sooner than a set time after the last entry."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, lane: Any, ts: int) -> Reading:
    """Nanoseconds since the last entry was decided, against the minimum."""
    since = ts - lane.pace.last_entry
    if params.spacing == 0 or since >= params.spacing:
        return Reading(float(since), float(params.spacing), True, NEVER)
    return Reading(float(since), float(params.spacing), False, lane.pace.last_entry + params.spacing)
