"""The lowest low and the highest high of a stretch of closed bars."""

from typing import Any, NamedTuple

from tickwise.core.compiled import hot
from tickwise.core.indicators.bar_shape import from_side
from tickwise.core.market import bar_ago


class Extremes(NamedTuple):
    """The two ends of a range, in ticks."""

    low: float
    high: float


@hot
def extremes_of(bars: Any, first: int, count: int, side: int) -> Extremes:
    """Look over `count` closed bars that begin `first` bars back (0 is the newest), as a side sees them.

    The frame keeps its last bars: `first + count` is at most their number and at most `bars.closed`.
    """
    newest = from_side(bar_ago(bars, first), side)
    low = newest.low
    high = newest.high
    for back in range(first + 1, first + count):
        bar = from_side(bar_ago(bars, back), side)
        low = min(low, bar.low)
        high = max(high, bar.high)
    return Extremes(low, high)
