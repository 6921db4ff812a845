"""Average true range after Wilder, one bar at a time."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot


class Atr(NamedTuple):
    """The average so far and the last close, in ticks."""

    seen: int = 0
    value: float = nan
    close: float = nan


EMPTY = Atr()


@hot
def atr_next(atr: Atr, high: float, low: float, close: float, period: int) -> Atr:
    """Take one bar: `atr += (true range - atr) / period`, beginning with the first bar's high - low.

    TA-Lib leaves the first bar out and begins with the mean of the next `period` true ranges; the difference
    shrinks by 1 - 1 / period with each bar.
    """
    if atr.seen == 0:
        return Atr(atr.seen + 1, high - low, close)
    true_range = max(high, atr.close) - min(low, atr.close)
    return Atr(atr.seen + 1, atr.value + (true_range - atr.value) / period, close)


@hot
def atr_value(atr: Atr) -> float:
    """Read the average true range in ticks; NaN before the first bar."""
    return atr.value if atr.seen > 0 else nan
