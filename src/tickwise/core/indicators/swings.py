"""Support and resistance: the swing points among the last closed bars.

A swing low is a bar whose low lies below the lows of some bars on either side of it. Seen from the selling
side it is a swing high. Its right side must have closed, so it is known only that many bars later.
"""

from math import inf
from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.indicators.bar_shape import from_side
from tickwise.core.market import bar_ago


@hot
def swing_distance(bars: Any, price: float, side: int, count: int, width: int) -> float:
    """Give the distance in ticks from a price to the nearest swing low; infinite where there is none.

    Looked at are the `count` closed bars before the newest, as `side` sees them, `width` neighbours on each
    side. The newest bar is no neighbour: it is the one that tries the level. `count` is at most the bars the
    frame keeps less one, and less than `bars.closed`.
    """
    nearest = inf
    for back in range(1 + width, count - width + 1):
        low = from_side(bar_ago(bars, back), side).low
        if abs(price - low) < nearest and is_swing(bars, back, low, side, width):
            nearest = abs(price - low)
    return nearest


@hot
def is_swing(bars: Any, back: int, low: float, side: int, width: int) -> bool:
    """Tell whether a bar's low lies below the lows of its neighbours; of two that are equal the older is
    one.
    """
    for step in range(1, width + 1):
        if from_side(bar_ago(bars, back + step), side).low <= low:
            return False
        if from_side(bar_ago(bars, back - step), side).low < low:
            return False
    return True
