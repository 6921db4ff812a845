"""Fade a stretch of price away from its average, where the last minute shows that it ends.

It believes that over some minutes price swings about the average at which was traded, whatever structure a
chart may show, and that a minute of wicks or of haste at the edge of the last range is where a swing ends.
The rule, on each closed bar, for buying (selling is its mirror image):

1. the close lies below the volume-weighted average price of the last bars by so many average true ranges;
2. it lies in the lowest part of the range of the last bars, the newest included;
3. the spread of the bar is neither wide against its own usual nor against the average true range;
4. there is evidence of an end: a lower wick that is a large part of the bar, a burst of volume, or both.

Stop and target are multiples of the average true range, the target never beyond the average price. The score,
0 to 1, is the mean of the four strengths: stretch, place in the range, wick, burst. Volume is the count of a
bar's quotes, the only one a feed of quotes has; a tape of bars says none, so there the burst is never seen
and the wick alone is evidence. The order flow of the coin's trades, which the monitor's document allows as a
further input, is no event of the core and is not used. Earns in quiet hours that swing. Bleeds in a trend:
every step of it is a stretch, and the average follows too slowly to be reached.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.atr import Atr, atr_next
from tickwise.core.indicators.bar_shape import from_side, shape_of
from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.indicators.extremes import extremes_of
from tickwise.core.indicators.rolling_vwap import RollingVwap, rolling_vwap_next, rolling_vwap_value
from tickwise.core.layout import BARS_KEPT
from tickwise.core.market import bar_ago
from tickwise.core.types import NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """The monitor's document names what is looked at (wicks, volume, place in the range, distance from the
    VWAP, spread) and leaves the numbers to a file it does not print. These were chosen on gold and bitcoin
    minutes for enough trades, not for profit.

    vwap_bars, range_bars, atr_bars, usual_bars: periods in bars; the last is of usual volume and spread.
    vwap_atr_min: least distance of the close from the average price, in average true ranges.
    edge: outermost part of the range in which the close lies, 0 to a half.
    wick_min: part of the bar's range that is a wick at least, to be evidence.
    burst_min: volume of the bar against the usual at least, to be evidence.
    evidence_min: how many of the two there must be: 0, 1 or 2.
    spread_ratio_max: greatest spread of the bar against the usual.
    spread_atr_max: greatest spread of the bar, in average true ranges.
    stop_atr, target_atr: distances, in average true ranges.
    """

    vwap_bars: int = 60
    range_bars: int = 20
    atr_bars: int = 14
    usual_bars: int = 30
    vwap_atr_min: float = 1.0
    edge: float = 0.25
    wick_min: float = 0.35
    burst_min: float = 1.5
    evidence_min: int = 1
    spread_ratio_max: float = 1.5
    spread_atr_max: float = 0.5
    stop_atr: float = 1.5
    target_atr: float = 1.5


class State(NamedTuple):
    """The averages: prices and spreads in ticks, volume in quotes a bar."""

    vwap: RollingVwap = RollingVwap()
    atr: Atr = Atr()
    volume: Ema = Ema()
    spread: Ema = Ema()


def levels(params: Params, pip: int) -> Params:
    """Refuse what has no meaning; `pip` is not needed, distances follow from the bars."""
    for name in ("vwap_bars", "range_bars"):
        if not 2 <= getattr(params, name) < BARS_KEPT:
            raise ValueError(f"{name} = {getattr(params, name)}: 2 to {BARS_KEPT - 1} bars are kept")
    if min(params.atr_bars, params.usual_bars) < 1:
        raise ValueError("atr_bars and usual_bars are at least 1")
    if not 0 <= params.evidence_min <= 2:
        raise ValueError(f"evidence_min = {params.evidence_min}: there are two kinds, the wick and the burst")
    if not (0.0 < params.edge <= 0.5 and 0.0 < params.wick_min <= 1.0):
        raise ValueError("edge is a part of the range up to a half, wick_min one of the bar up to 1")
    above = (params.vwap_atr_min, params.burst_min, params.stop_atr, params.target_atr)
    if min(above) <= 0.0:
        raise ValueError("vwap_atr_min, burst_min, stop_atr and target_atr are above 0")
    if min(params.spread_ratio_max, params.spread_atr_max) <= 0.0:
        raise ValueError("spread_ratio_max and spread_atr_max are above 0")
    return params


def warm_up(params: Params) -> int:
    """Bars that must have closed: the longest of the windows, and the newest."""
    return max(params.vwap_bars, params.range_bars, 2 * params.usual_bars) + 1


def is_cheap(params: Params, bar: Bar, usual: float, atr: float) -> bool:
    """Tell whether the bar's spread is neither wide against its usual nor against the bars themselves."""
    return bar.spread <= params.spread_ratio_max * usual and bar.spread <= params.spread_atr_max * atr


def on_bar(params: Params, state: State, bar: Bar, bars: Any) -> tuple[State, Signal]:
    """Take the bar into the averages; what is usual is what was before it."""
    vwap = rolling_vwap_next(state.vwap, bar, bar_ago(bars, params.vwap_bars), params.vwap_bars)
    atr = atr_next(state.atr, bar.high, bar.low, bar.close, params.atr_bars)
    now = State(
        vwap,
        atr,
        ema_next(state.volume, float(bar.quotes), params.usual_bars),
        ema_next(state.spread, bar.spread, params.usual_bars),
    )
    stretch = rolling_vwap_value(vwap) - bar.close
    side = int(stretch > 0.0) - int(stretch < 0.0)
    if side == 0 or bars.closed <= params.range_bars or atr.value <= 0.0:
        return now, NO_WISH
    if not is_cheap(params, bar, state.spread.value, atr.value):
        return now, NO_WISH
    seen = from_side(bar, side)
    around = extremes_of(bars, 0, params.range_bars, side)
    height = around.high - around.low
    depth = seen.close - around.low
    least = params.vwap_atr_min * atr.value
    if abs(stretch) < least or height <= 0.0 or depth > params.edge * height:
        return now, NO_WISH
    shape = shape_of(seen)
    wick = shape.lower / shape.span if shape.span > 0.0 else 0.0
    burst = bar.quotes / state.volume.value
    if int(wick >= params.wick_min) + int(burst >= params.burst_min) < params.evidence_min:
        return now, NO_WISH
    strengths = min(1.0, 0.5 * abs(stretch) / least) + 1.0 - depth / (params.edge * height)
    score = 0.25 * (strengths + wick + min(1.0, 0.5 * burst / params.burst_min))
    target = min(params.target_atr * atr.value, abs(stretch))
    return now, Signal(side, score, params.stop_atr * atr.value, target)
