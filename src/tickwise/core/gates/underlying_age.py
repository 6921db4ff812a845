"""Stop opening while the underlying's quote is old."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, underlying: Any, ts: int) -> Reading:
    """Nanoseconds since the underlying's last quote, against the maximum; no quote yet refuses.

    The underlying may quote at any moment, this one included, so a refusal is read again at the next quote.
    """
    limit = params.underlying_age_max
    age = ts - underlying.ts
    if limit == 0:
        return Reading(float(age), 0.0, True, NEVER)
    if age > limit:
        return Reading(float(age), float(limit), False, ts)
    return Reading(float(age), float(limit), True, underlying.ts + limit + 1)
