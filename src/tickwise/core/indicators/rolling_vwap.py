"""Volume-weighted average price of the last bars, exact at every step.

The sums are whole numbers, so adding the bar that enters and taking off the one that leaves gives to the last
bit what summing the window anew would give. A bar stands at the mean of its high, low and close; where
nothing is known to trade, as in spot currencies, its quotes stand in for volume.
"""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot
from tickwise.core.types import Bar


class RollingVwap(NamedTuple):
    """Bars in the window; the sum of high, low and close in half-ticks times volume; the volume.

    Exact while price times volume of the window stays below 7e17 ticks.
    """

    seen: int = 0
    paid: int = 0
    volume: int = 0


EMPTY = RollingVwap()


@hot
def rolling_vwap_next(vwap: RollingVwap, entering: Bar, leaving: Bar, period: int) -> RollingVwap:
    """Take one closed bar and let the one `period` bars older go.

    The caller keeps the bars; while fewer than `period` were seen nothing leaves and `leaving` is not read.
    """
    paid = vwap.paid + paid_of(entering)
    volume = vwap.volume + entering.quotes
    if vwap.seen < period:
        return RollingVwap(vwap.seen + 1, paid, volume)
    return RollingVwap(vwap.seen, paid - paid_of(leaving), volume - leaving.quotes)


@hot
def paid_of(bar: Bar) -> int:
    """Give high, low and close in half-ticks, which are whole numbers, times the bar's volume."""
    return (int(2.0 * bar.high) + int(2.0 * bar.low) + int(2.0 * bar.close)) * bar.quotes


@hot
def rolling_vwap_value(vwap: RollingVwap) -> float:
    """Read the average price in ticks; NaN while there was no volume."""
    return vwap.paid / (6.0 * vwap.volume) if vwap.volume > 0 else nan
