"""Volume-weighted average price since the caller last began anew, usually at the start of the day."""

from math import nan
from typing import NamedTuple

from tickwise.core.compiled import hot


class Vwap(NamedTuple):
    """What was paid and for how much: the sum of price times volume, and of volume."""

    paid: float = 0.0
    volume: float = 0.0


EMPTY = Vwap()
"""The state to begin with again when the day rolls."""


@hot
def vwap_next(vwap: Vwap, price: float, volume: float) -> Vwap:
    """Take a price with its volume; for a bar, the typical price and what was traded in it.

    Where nothing is known to trade, as in spot currencies, the count of quotes stands in for volume.
    """
    return Vwap(vwap.paid + price * volume, vwap.volume + volume)


@hot
def vwap_value(vwap: Vwap) -> float:
    """Read the average price in ticks; NaN until there was any volume."""
    return vwap.paid / vwap.volume if vwap.volume > 0.0 else nan


@hot
def typical_price(high: float, low: float, close: float) -> float:
    """Give the price that stands for a bar: the mean of high, low and close, in ticks."""
    return (high + low + close) / 3.0
