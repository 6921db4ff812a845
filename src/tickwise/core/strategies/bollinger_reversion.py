"""Fade the edge of a range back to its middle.

On each closed bar: when the bar before it closed outside a Bollinger band and this one closes inside again,
trades towards the middle line. The target is the middle, the stop a multiple of the distance between middle
and band. Earns where prices swing about a steady mean and the bands are wide against the spread. Bleeds when
a range breaks: bands widen, price walks along one of them, and each step back inside is an entry against the
move.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.bollinger import Bollinger, bollinger_next, bollinger_value
from tickwise.core.layout import BARS_KEPT
from tickwise.core.market import bar_ago
from tickwise.core.types import NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """Bars in the mean, standard deviations from it to a band, and the stop in widths of a band."""

    bars: int = 20
    width: float = 2.0
    stop_widths: float = 1.0


class State(NamedTuple):
    """The sums behind the bands, and the side of them on which the last bar closed; 0 is between."""

    bands: Bollinger = Bollinger()
    outside: int = 0


def levels(params: Params, pip: int) -> Params:
    """Refuse what has no meaning; `pip` is not needed, distances follow from the bands."""
    if not 2 <= params.bars < BARS_KEPT:
        raise ValueError(f"bars = {params.bars}: the bands need 2 to {BARS_KEPT - 1}")
    if params.width <= 0.0 or params.stop_widths <= 0.0:
        raise ValueError("width and stop_widths are above 0")
    return params


def warm_up(params: Params) -> int:
    """Bars that must have closed: those of the mean, and one that may close outside."""
    return params.bars + 1


def half_ticks(price: float) -> int:
    """Give a price of a bar, which is the mean of bid and ask, as the whole number of half-ticks it is."""
    return int(2.0 * price)


def on_bar(params: Params, state: State, bar: Bar, bars: Any) -> tuple[State, Signal]:
    """Take the close into the bands, then trade the way back in."""
    leaving = bar_ago(bars, params.bars)
    bands = bollinger_next(state.bands, half_ticks(bar.close), half_ticks(leaving.close), params.bars)
    lines = bollinger_value(bands, params.width, params.bars)
    outside = int(bar.close > lines.upper) - int(bar.close < lines.lower)
    side = -state.outside
    reach = side * (lines.middle - bar.close)
    if side == 0 or outside != 0 or reach <= 0.0:
        return State(bands, outside), NO_WISH
    width = lines.middle - lines.lower
    return State(bands, outside), Signal(side, reach / width, params.stop_widths * width, reach)
