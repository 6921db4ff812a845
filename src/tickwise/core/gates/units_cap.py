"""Never send more units than the cap, whatever sizing says."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, units: Any) -> Reading:
    """Units of the order against the cap."""
    limit = params.units_cap
    return Reading(float(abs(units)), float(limit), limit == 0 or abs(units) <= limit, NEVER)
