"""Rest the instrument after repeated failures."""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.types import NEVER, Reading


@hot
def read(market: Any, ts: int) -> Reading:
    """Nanoseconds until the circuit breaker closes again."""
    rest = market.breaker_until - ts
    if rest <= 0:
        return Reading(0.0, 0.0, True, NEVER)
    return Reading(float(rest), 0.0, False, market.breaker_until)
