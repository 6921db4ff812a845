"""Stop opening when the spread is a large part of the price."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import MILLION, NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Spread in millionths of the mid against the cap; compared in whole numbers."""
    limit = params.spread_millionths_max
    spread = market.ask - market.bid
    allows = limit == 0 or 2 * MILLION * spread <= limit * market.mid2
    return Reading(2.0 * MILLION * spread / max(1, market.mid2), float(limit), allows, NEVER)
