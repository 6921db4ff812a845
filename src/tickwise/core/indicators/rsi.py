"""Relative strength index after Wilder, one price at a time."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot


class Rsi(NamedTuple):
    """Prices seen, the last one, and the average rise and fall between prices, in ticks."""

    seen: int = 0
    price: float = nan
    gain: float = 0.0
    loss: float = 0.0


EMPTY = Rsi()


@hot
def rsi_next(rsi: Rsi, price: float, period: int) -> Rsi:
    """Take one price; the first `period` changes are averaged plainly, later ones after Wilder.

    The plain average is kept as a growing mean, so the reading equals TA-Lib's from its first value on.
    """
    if rsi.seen == 0:
        return Rsi(rsi.seen + 1, price, 0.0, 0.0)
    change = price - rsi.price
    span = min(rsi.seen, period)
    gain = rsi.gain + (max(change, 0.0) - rsi.gain) / span
    loss = rsi.loss + (max(-change, 0.0) - rsi.loss) / span
    return Rsi(rsi.seen + 1, price, gain, loss)


@hot
def rsi_value(rsi: Rsi, period: int) -> float:
    """Read the index, 0 to 100; NaN until `period` changes were seen, 50 where no price ever moved."""
    if rsi.seen <= period:
        return nan
    moved = rsi.gain + rsi.loss
    return 100.0 * (rsi.gain / moved) if moved > 0.0 else 50.0
