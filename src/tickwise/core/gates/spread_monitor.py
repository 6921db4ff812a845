"""Stop opening while the spread is unusual for this instrument."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Spread against the market-wide cap, in ticks, set at each closed minute from the mean of the minutes
    before;
    not yet known refuses."""
    spread = market.ask - market.bid
    return Reading(
        float(spread),
        float(market.spread_cap),
        params.spread_monitor == 0 or spread <= market.spread_cap,
        NEVER,
    )
