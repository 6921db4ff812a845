"""Stop opening in a contract that few hold."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Open contracts against the minimum; -1 is not known, and unknown refuses."""
    known = market.open_interest
    return Reading(float(known), float(params.open_interest_min), known >= params.open_interest_min, NEVER)
