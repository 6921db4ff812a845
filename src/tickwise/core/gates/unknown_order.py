"""Open nothing on an instrument while nobody knows what became of one of its orders."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(market: Any) -> Reading:
    """Orders of the instrument with an unknown end; only evidence from the venue ends them."""
    return Reading(float(market.unknown_orders), 0.0, market.unknown_orders == 0, NEVER)
