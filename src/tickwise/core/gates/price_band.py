"""Stop opening when the price has left its band around the last minutes."""

from math import nan
from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.layout import BARS_KEPT
from tickwise.core.types import NEVER, Reading


@hot
def read(params: Any, market: Any) -> Reading:
    """Distance of the mid from the mean close of the last five closed minutes, as a fraction, against the
    maximum.
    """
    limit = params.band_fraction
    frame = market.frames[0]
    if limit == 0.0:
        return Reading(0.0, 0.0, True, NEVER)
    if frame.closed < 5:
        return Reading(nan, limit, False, NEVER)
    total = 0
    for back in range(1, 6):
        total += frame.closes[(frame.closed - back) % BARS_KEPT]
    away = abs(5.0 * market.mid2 / total - 1.0)
    return Reading(away, limit, away <= limit, NEVER)
