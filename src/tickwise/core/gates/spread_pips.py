"""Stop opening when the spread is wider than the cap."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Spread against the cap, in ticks; a cap below zero switches the gate off."""
    spread = market.ask - market.bid
    limit = params.spread_ticks_max
    return Reading(float(spread), float(limit), limit < 0 or spread <= limit, NEVER)
