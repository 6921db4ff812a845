"""Stop opening when little stands at the quote."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """The smaller of the units at bid and ask against the minimum; not known is zero and refuses."""
    there = min(market.bid_units, market.ask_units)
    limit = params.quote_units_min
    return Reading(float(there), float(limit), limit == 0 or there >= limit, NEVER)
