"""Wait longer after each order that failed."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(lane: Any, ts: int) -> Reading:
    """Nanoseconds of back-off that remain; it grows with each failure in a row."""
    rest = lane.pace.back_off_until - ts
    if rest <= 0:
        return Reading(0.0, 0.0, True, NEVER)
    return Reading(float(rest), 0.0, False, lane.pace.back_off_until)
