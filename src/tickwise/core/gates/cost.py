"""Open only where the target pays for the way there."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, target: Any, cost: Any) -> Reading:
    """What the target leaves after its cost, over the cost, against the minimum. Cost is the spread,
    slippage both
    ways and commission both ways, in ticks; no cost at all allows."""
    limit = params.cost_ratio_min
    if limit == 0.0 or cost <= 0.0:
        return Reading(0.0, limit, True, NEVER)
    ratio = (target - cost) / cost
    return Reading(ratio, limit, ratio >= limit, NEVER)
