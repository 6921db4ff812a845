"""Bollinger bands: the mean of the last prices and a line on either side, exact at every step.

The sums are whole numbers, so adding what enters and taking off what leaves gives to the last bit what
summing the window anew would give. They are relative to the newest price, which keeps them small: exact while
the period times the window's range in half-ticks stays below 3e9, the root of the int64 limit.
"""

from math import nan, sqrt
from typing import NamedTuple

from tickwise.core.compiled import hot


class Bollinger(NamedTuple):
    """Prices in the window, the newest in half-ticks, the sum of distances from it, and of their squares."""

    seen: int = 0
    price: int = 0
    total: int = 0
    squares: int = 0


class Bands(NamedTuple):
    """The three lines, in ticks."""

    lower: float
    middle: float
    upper: float


EMPTY = Bollinger()


@hot
def bollinger_next(bollinger: Bollinger, entering: int, leaving: int, period: int) -> Bollinger:
    """Take one price in half-ticks (bid + ask) and let the one `period` prices older go.

    The caller keeps the prices; while fewer than `period` were seen nothing leaves and `leaving` is not read.
    """
    shift = entering - bollinger.price
    total = bollinger.total - bollinger.seen * shift
    squares = bollinger.squares - (bollinger.total + total) * shift
    if bollinger.seen < period:
        return Bollinger(bollinger.seen + 1, entering, total, squares)
    gone = leaving - entering
    return Bollinger(bollinger.seen, entering, total - gone, squares - gone * gone)


@hot
def bollinger_value(bollinger: Bollinger, width: float, period: int) -> Bands:
    """Read the bands at `width` population standard deviations, in ticks; NaN until the window is full."""
    if bollinger.seen < period:
        return Bands(nan, nan, nan)
    middle = 0.5 * (bollinger.price + bollinger.total / period)
    scaled_variance = float(period * bollinger.squares - bollinger.total * bollinger.total)
    deviation = 0.5 * sqrt(scaled_variance) / period
    return Bands(middle - width * deviation, middle, middle + width * deviation)
