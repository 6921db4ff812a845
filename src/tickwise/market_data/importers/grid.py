"""From decimal prices to whole ticks: exact, or refused with the row and the value."""

from __future__ import annotations

import math
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from tickwise.market_data.chunks import MISSING, TICKS_MAX

OFF_GRID_MAX = 1e-5
"""How far from a whole tick a price may lie, in ticks: ten times what doubles lose at the largest int32."""

CUSTOM_STRAYS_MAX = 0.5
"""The share of prices off its grid at which a customary tick is given up."""

DIGITS_MORE = 3
"""How many decimals a guessed grid may gain so that every price falls on it."""

DIGITS_MAX = 9
"""The finest grid ever guessed: nine decimals."""

STRAYS_MAX = 1e-3
"""The share of prices that may lie off a guessed grid, so that one bad price does not set it."""


def ticks_of(prices: NDArray[np.float64], tick: str) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """Count prices in ticks; the second array is true where a price is no positive whole number of them.

    Such a price becomes `MISSING`: NaN, infinite, zero, negative, off the grid, or beyond an int32.
    """
    with np.errstate(invalid="ignore"):
        off = prices * scale_of(tick)
        whole = np.rint(off)
        np.abs(np.subtract(off, whole, out=off), out=off)
        good = (off <= OFF_GRID_MAX) & (whole > 0) & (whole <= TICKS_MAX)
    bad = ~good
    whole[bad] = MISSING
    return whole.astype(np.int32), bad


def why_not(price: float, tick: str) -> str:
    """Say what is wrong with a price that `ticks_of` marked, and what to do about it."""
    if math.isnan(price):
        return "is NaN, empty or no number"
    if math.isinf(price):
        return "is infinite"
    if price <= 0:
        return f"is {price:.10g}, and a price is positive"
    if price * scale_of(tick) > TICKS_MAX:
        return f"{price:.10g} is more ticks of {tick} than an int32 can hold: give a coarser tick"
    return f"{price:.10g} is not a whole number of ticks of {tick}: give the right tick, or mend it"


def scale_of(tick: str) -> float:
    """Give how many ticks one unit of the quote currency is, as near as a double can."""
    return float(1 / Decimal(tick))


def tick_with(digits: int) -> str:
    """Write the tick of so many decimals: 5 gives 0.00001."""
    return f"{Decimal(1).scaleb(-digits):f}"
