"""Fade the extremes of a tight range back towards its middle.

It believes that a market which has stayed within a narrow range for half an hour will stay there for some
minutes more, and that an edge which was tried and left is the cheapest place to say so. The rule, on each
closed bar, for buying (selling is its mirror image):

1. the bars before it made a range that is low against the average true range;
2. the bar's low lies in the outermost part of that range, or below it, and its close lies inside;
3. it closed in the upper part of its own range: the edge was left.

The target is the middle of the range, the stop lies beyond its edge or beyond the bar's low, whichever is
further. The score, 0 to 1, is the mean of how tight the range is, how near its edge the bar went, and how far
it came back. Earns while nothing happens and the range is wide against the spread. Bleeds when something
does: the break of a tight range runs through the stop, and one such loss takes the gain of several middles.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.atr import Atr, atr_next
from tickwise.core.indicators.bar_shape import from_side
from tickwise.core.indicators.extremes import Extremes, extremes_of
from tickwise.core.layout import BARS_KEPT
from tickwise.core.types import NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """The scalper's document says "fades extremes of tight ranges" and gives no numbers. A random walk of
    thirty bars spans about five and a half average true ranges: what spans less than five is tight. The
    others were chosen on gold and bitcoin minutes for enough trades, not for profit.

    range_bars: bars before the newest that make the range.
    range_atr_max: greatest height of a tight range, in average true ranges.
    edge: outermost part of the range that the bar must reach, 0 to a half.
    back_min: part of its own range that the bar closes above its low at least.
    middle: where in the range the target lies; a half is the middle.
    atr_bars: period, in bars.
    stop_atr: room beyond the edge, in average true ranges.
    warm_up_bars: bars before the newest that it must have seen; 001 looks back 100.
    """

    range_bars: int = 30
    range_atr_max: float = 5.0
    edge: float = 0.15
    back_min: float = 0.5
    middle: float = 0.5
    atr_bars: int = 14
    stop_atr: float = 1.0
    warm_up_bars: int = 100


class State(NamedTuple):
    """The average true range, in ticks."""

    atr: Atr = Atr()


def levels(params: Params, pip: int) -> Params:
    """Refuse what has no meaning; `pip` is not needed, distances follow from the bars."""
    if not 2 <= params.range_bars < BARS_KEPT:
        raise ValueError(f"range_bars = {params.range_bars}: the range needs 2 to {BARS_KEPT - 1}")
    if not 0.0 < params.edge < params.middle <= 1.0:
        raise ValueError("edge and middle are parts of the range: 0 < edge < middle <= 1")
    if not 0.0 <= params.back_min <= 1.0:
        raise ValueError("back_min is a part of the bar: 0 to 1")
    if params.atr_bars < 1 or params.warm_up_bars < 0:
        raise ValueError("atr_bars is at least 1, warm_up_bars is not below 0")
    if params.range_atr_max <= 0.0 or params.stop_atr <= 0.0:
        raise ValueError("range_atr_max and stop_atr are above 0")
    return params


def warm_up(params: Params) -> int:
    """Bars that must have closed, the newest included."""
    return max(params.warm_up_bars, params.range_bars) + 1


def fade(params: Params, found: Extremes, bar: Bar, side: int, atr: float) -> Signal:
    """Judge one edge of a range, both as the side sees them."""
    height = found.high - found.low
    limit = params.range_atr_max * atr
    depth = bar.low - found.low
    if height <= 0.0 or height > limit or depth > params.edge * height or bar.close < found.low:
        return NO_WISH
    span = bar.high - bar.low
    back = bar.close - bar.low
    reach = params.middle * height - (bar.close - found.low)
    if span <= 0.0 or back < params.back_min * span or reach <= 0.0:
        return NO_WISH
    near = 1.0 - max(0.0, depth) / (params.edge * height)
    score = ((1.0 - height / limit) + near + back / span) / 3.0
    return Signal(side, score, bar.close - min(found.low, bar.low) + params.stop_atr * atr, reach)


def on_bar(params: Params, state: State, bar: Bar, bars: Any) -> tuple[State, Signal]:
    """Take the bar into the average true range, then look at both edges of the range before it."""
    atr = atr_next(state.atr, bar.high, bar.low, bar.close, params.atr_bars)
    now = State(atr)
    if bars.closed <= params.range_bars:
        return now, NO_WISH
    found = extremes_of(bars, 1, params.range_bars, 1)
    bought = fade(params, found, bar, 1, atr.value)
    sold = fade(params, Extremes(-found.high, -found.low), from_side(bar, -1), -1, atr.value)
    if bought.side != 0 and sold.side != 0:  # the bar went through the whole range: neither edge held
        return now, NO_WISH
    return now, bought if bought.side != 0 else sold
