"""Rest for a set time after a losing trade."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(lane: Any, ts: int) -> Reading:
    """Nanoseconds of rest that remain."""
    rest = lane.pace.cool_until - ts
    if rest <= 0:
        return Reading(0.0, 0.0, True, NEVER)
    return Reading(float(rest), 0.0, False, lane.pace.cool_until)
