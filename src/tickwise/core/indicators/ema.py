"""Exponential moving average, one value at a time."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot


class Ema(NamedTuple):
    """The average so far, in the units of the values it was given."""

    seen: int = 0
    value: float = nan


EMPTY = Ema()


@hot
def ema_next(ema: Ema, price: float, period: int) -> Ema:
    """Take one value; weight 2 / (period + 1), and the first value is the first average.

    TA-Lib begins with the mean of the first `period` values instead; the difference shrinks by
    (period - 1) / (period + 1) with each value.
    """
    if ema.seen == 0:
        return Ema(ema.seen + 1, price)
    return Ema(ema.seen + 1, ema.value + 2.0 / (period + 1.0) * (price - ema.value))


@hot
def ema_value(ema: Ema) -> float:
    """Read the average; NaN before the first value."""
    return ema.value if ema.seen > 0 else nan
