"""Stop opening in a contract that few trade."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Traded volume of the day against the minimum; -1 is not known, and unknown refuses."""
    known = market.volume
    return Reading(float(known), float(params.volume_min), known >= params.volume_min, NEVER)
