"""Join a trend where a level was tried and refused: a pin bar at support or resistance.

It believes that a price which ran into an old turning point and was thrown back within one bar has found
orders there, and that with the trend behind them they hold. The rule, on each closed bar, for buying (selling
is its mirror image):

1. the fast average stands above the slow one;
2. the bar is a pin: its lower wick is the greater part of its range, its body a small part, and its range is
   not small against the average true range;
3. the end of that wick lies near a swing low of the bars before it.

The stop lies beyond the end of the wick, the target a multiple of that risk away. The score, 0 to 1, is the
mean of how much of the bar is wick, how near the level was, and how far the averages stand apart. Earns in
trends that pull back to their old turning points and leave them within a minute. Bleeds in a range, where the
averages cross and every edge grows wicks, and where the spread is a large part of a bar: the stop is only a
wick away.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.atr import Atr, atr_next
from tickwise.core.indicators.bar_shape import from_side, shape_of
from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.indicators.swings import swing_distance
from tickwise.core.layout import BARS_KEPT
from tickwise.core.types import NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """The scalper's document names the parts (long wick, small body, level of the last 100 bars, trend of an
    average) and no numbers. Those of the pin are the customary ones: two thirds wick, a third body at most;
    the others were chosen on gold and bitcoin minutes for enough trades, not for profit.

    wick_min: least part of the range below the body.
    body_max: greatest part of the range between open and close.
    range_atr_min: least range, in average true ranges.
    level_bars: bars before the newest in which levels are looked for; 001 looks back 100.
    swing_bars: bars on each side that a turning point stands out from.
    touch_atr: greatest distance from the wick's end to a level, in average true ranges.
    fast_bars, slow_bars, atr_bars: periods, in bars.
    stop_atr: room beyond the wick's end, in average true ranges.
    target_risks: target, in distances of the stop.
    """

    wick_min: float = 0.6
    body_max: float = 0.33
    range_atr_min: float = 0.8
    level_bars: int = 100
    swing_bars: int = 3
    touch_atr: float = 0.3
    fast_bars: int = 20
    slow_bars: int = 50
    atr_bars: int = 14
    stop_atr: float = 0.3
    target_risks: float = 1.5


class State(NamedTuple):
    """The averages, in ticks."""

    fast: Ema = Ema()
    slow: Ema = Ema()
    atr: Atr = Atr()


def levels(params: Params, pip: int) -> Params:
    """Refuse what has no meaning; `pip` is not needed, distances follow from the bars."""
    if not 2 * params.swing_bars < params.level_bars < BARS_KEPT:
        raise ValueError(
            f"level_bars = {params.level_bars}: above twice swing_bars and at most {BARS_KEPT - 1}"
        )
    if params.swing_bars < 1 or min(params.fast_bars, params.slow_bars, params.atr_bars) < 1:
        raise ValueError("swing_bars, fast_bars, slow_bars and atr_bars are at least 1")
    if not (0.0 < params.wick_min <= 1.0 and 0.0 <= params.body_max <= 1.0):
        raise ValueError("wick_min and body_max are parts of the range: 0 to 1")
    if params.touch_atr <= 0.0 or params.stop_atr < 0.0 or params.target_risks <= 0.0:
        raise ValueError("touch_atr and target_risks are above 0, stop_atr is not below")
    return params


def warm_up(params: Params) -> int:
    """Bars that must have closed: the newest and those with levels, and two periods of the slow average."""
    return max(params.level_bars + 1, 2 * params.slow_bars)


def on_bar(params: Params, state: State, bar: Bar, bars: Any) -> tuple[State, Signal]:
    """Take the bar into the averages, then look for the pin that the trend's side left."""
    fast = ema_next(state.fast, bar.close, params.fast_bars)
    slow = ema_next(state.slow, bar.close, params.slow_bars)
    atr = atr_next(state.atr, bar.high, bar.low, bar.close, params.atr_bars)
    now = State(fast, slow, atr)
    lead = fast.value - slow.value
    side = int(lead > 0.0) - int(lead < 0.0)
    if side == 0 or bars.closed <= params.level_bars:
        return now, NO_WISH
    seen = from_side(bar, side)
    shape = shape_of(seen)
    if shape.span <= 0.0 or shape.span < params.range_atr_min * atr.value:
        return now, NO_WISH
    if shape.lower < params.wick_min * shape.span or shape.body > params.body_max * shape.span:
        return now, NO_WISH
    reach = params.touch_atr * atr.value
    away = swing_distance(bars, seen.low, side, params.level_bars, params.swing_bars)
    if away > reach:
        return now, NO_WISH
    score = (shape.lower / shape.span + (1.0 - away / reach) + min(1.0, abs(lead) / atr.value)) / 3.0
    stop = seen.close - seen.low + params.stop_atr * atr.value
    return now, Signal(side, score, stop, params.target_risks * stop)
