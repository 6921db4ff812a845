"""Average directional index after Wilder, one bar at a time."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot


class Adx(NamedTuple):
    """Bars seen, the last high and low, the smoothed movement up and down in ticks, and the average."""

    seen: int = 0
    high: float = nan
    low: float = nan
    plus: float = 0.0
    minus: float = 0.0
    value: float = 0.0


EMPTY = Adx()


@hot
def adx_next(adx: Adx, high: float, low: float, period: int) -> Adx:
    """Take one bar; seeded as TA-Lib is: sums of `period` - 1 movements, then the mean of `period` indices.

    The directional index is |plus - minus| / (plus + minus): the true range, by which Wilder divides both,
    cancels, so it is not kept. Bars without any movement either way count as an index of 0.
    """
    if adx.seen == 0:
        return Adx(adx.seen + 1, high, low, 0.0, 0.0, 0.0)
    rise = max(high - adx.high, 0.0)
    fall = max(adx.low - low, 0.0)
    kept = 1.0 - 1.0 / period if adx.seen >= period else 1.0
    plus = adx.plus * kept + (rise if rise > fall else 0.0)
    minus = adx.minus * kept + (fall if fall > rise else 0.0)
    span = min(adx.seen - period + 1, period)
    if span < 1:
        return Adx(adx.seen + 1, high, low, plus, minus, 0.0)
    both = plus + minus
    index = 100.0 * (abs(plus - minus) / both) if both > 0.0 else 0.0
    return Adx(adx.seen + 1, high, low, plus, minus, adx.value + (index - adx.value) / span)


@hot
def adx_value(adx: Adx, period: int) -> float:
    """Read the average index, 0 to 100; NaN until 2 * `period` bars were seen."""
    return adx.value if adx.seen >= 2 * period else nan
