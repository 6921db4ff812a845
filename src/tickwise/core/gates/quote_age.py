"""Stop opening on a quote that was old when it came."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any, ts: int) -> Reading:
    """Nanoseconds since the quote was made at its source, against the maximum."""
    age = ts - market.ts_event
    limit = params.quote_age_max
    return Reading(float(age), float(limit), limit == 0 or age <= limit, NEVER)
