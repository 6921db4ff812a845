"""Stop a strategy that keeps executing without a person looking."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, lane: Any) -> Reading:
    """Executions since the last word of a person (RTS 6, article 15(3)); ends only by command."""
    limit = params.repeats_max
    return Reading(float(lane.pace.repeats), float(limit), limit == 0 or lane.pace.repeats < limit, NEVER)
