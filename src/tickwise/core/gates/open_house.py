"""Stop opening once the house holds as many positions as it may."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, tally: Any) -> Reading:
    """Open positions and orders on their way of the house: all accounts together, against the maximum."""
    limit = params.open_house_max
    return Reading(float(tally.open), float(limit), limit == 0 or tally.open < limit, NEVER)
