"""Follow the first close out of a cluster of undecided bars, with the trend.

It believes that bars which end where they began show two sides in balance, and that the side which ends the
balance has more behind it when the average is already on that side. The rule, on each closed bar, for buying
(selling is its mirror image):

1. the bars before it make a box: enough of them are dojis (a small body in a range that is not nothing), and
   the box is low against the average true range;
2. the bar closes above the box by a part of the average true range, and above the average.

The stop lies beyond the other side of the box, the target a multiple of that risk away. The score, 0 to 1, is
the mean of the share of dojis in the box, how low the box is against what is allowed, and how far beyond it
the bar closed. Earns where a pause ends in a run. Bleeds in a market that only pauses: the break comes back
into the box at once, and a low box makes a stop that the spread alone is a large part of.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.atr import Atr, atr_next
from tickwise.core.indicators.bar_shape import from_side, shape_of
from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.indicators.extremes import extremes_of
from tickwise.core.layout import BARS_KEPT
from tickwise.core.market import bar_ago
from tickwise.core.types import NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """The scalper's document says "doji consolidations and direction" and gives no numbers. A tenth to a
    fifth of the range is the customary body of a doji; the others were chosen on gold and bitcoin minutes for
    enough trades, not for profit.

    body_max: greatest body of a doji, a part of its range.
    range_atr_min: least range of a doji, in average true ranges.
    box_bars: bars before the newest that make the box.
    dojis_min: dojis among them, at least.
    box_atr_max: greatest height of the box, in average true ranges.
    break_atr: how far beyond the box the bar closes at least, in average true ranges.
    trend_bars, atr_bars: periods, in bars.
    stop_atr: room beyond the other side of the box, in average true ranges.
    target_risks: target, in distances of the stop.
    warm_up_bars: bars before the newest that it must have seen; 001 looks back 100.
    """

    body_max: float = 0.2
    range_atr_min: float = 0.25
    box_bars: int = 4
    dojis_min: int = 2
    box_atr_max: float = 2.5
    break_atr: float = 0.1
    trend_bars: int = 21
    atr_bars: int = 14
    stop_atr: float = 0.2
    target_risks: float = 1.0
    warm_up_bars: int = 100


class State(NamedTuple):
    """The averages, in ticks."""

    trend: Ema = Ema()
    atr: Atr = Atr()


def levels(params: Params, pip: int) -> Params:
    """Refuse what has no meaning; `pip` is not needed, distances follow from the bars."""
    if not 1 <= params.box_bars < BARS_KEPT:
        raise ValueError(f"box_bars = {params.box_bars}: the box needs 1 to {BARS_KEPT - 1}")
    if not 1 <= params.dojis_min <= params.box_bars:
        raise ValueError(f"dojis_min = {params.dojis_min}: 1 to box_bars = {params.box_bars}")
    if min(params.trend_bars, params.atr_bars) < 1 or params.warm_up_bars < 0:
        raise ValueError("trend_bars and atr_bars are at least 1, warm_up_bars is not below 0")
    if params.box_atr_max <= 0.0 or params.break_atr < 0.0:
        raise ValueError("box_atr_max is above 0, break_atr is not below")
    if params.stop_atr < 0.0 or params.target_risks <= 0.0:
        raise ValueError("stop_atr is not below 0, target_risks is above")
    return params


def warm_up(params: Params) -> int:
    """Bars that must have closed, the newest included."""
    return max(params.warm_up_bars, params.box_bars) + 1


def dojis_of(params: Params, bars: Any, atr: float) -> int:
    """Count the dojis of the box."""
    found = 0
    for back in range(1, params.box_bars + 1):
        shape = shape_of(bar_ago(bars, back))
        if shape.span > 0.0 and shape.span >= params.range_atr_min * atr:
            found += int(shape.body <= params.body_max * shape.span)
    return found


def on_bar(params: Params, state: State, bar: Bar, bars: Any) -> tuple[State, Signal]:
    """Take the bar into the averages, then look whether it leaves a box on the side of the trend."""
    trend = ema_next(state.trend, bar.close, params.trend_bars)
    atr = atr_next(state.atr, bar.high, bar.low, bar.close, params.atr_bars)
    now = State(trend, atr)
    side = int(bar.close > trend.value) - int(bar.close < trend.value)
    if side == 0 or bars.closed <= params.box_bars or atr.value <= 0.0:
        return now, NO_WISH
    box = extremes_of(bars, 1, params.box_bars, side)
    height = box.high - box.low
    beyond = from_side(bar, side).close - box.high
    limit = params.box_atr_max * atr.value
    if height > limit or beyond <= 0.0 or beyond < params.break_atr * atr.value:
        return now, NO_WISH
    dojis = dojis_of(params, bars, atr.value)
    if dojis < params.dojis_min:
        return now, NO_WISH
    score = (dojis / params.box_bars + (1.0 - height / limit) + min(1.0, beyond / atr.value)) / 3.0
    stop = beyond + height + params.stop_atr * atr.value
    return now, Signal(side, score, stop, params.target_risks * stop)
