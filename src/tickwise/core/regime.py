"""The state of the market: range, trend, volatile or dead.

The classifier reads closed bars. Volatile and dead compare a fast average true range with a slow one; trend
and
range are told apart by the average directional index, with a band between the two limits in which the last
word stands, so that the state does not flicker. Until the slow average has seen enough bars the state is
unknown.
"""

from typing import Any

from tickwise.core.compiled import hot
from tickwise.core.indicators.adx import Adx, adx_next, adx_value
from tickwise.core.indicators.atr import Atr, atr_next, atr_value
from tickwise.core.record import parts
from tickwise.core.types import DEAD, RANGE, TREND, UNKNOWN, VOLATILE

ADX_PERIOD = 14
FAST_PERIOD = 14
SLOW_PERIOD = 100
SLOW_BARS_MIN = 60
"""Bars after which the slow average is trusted: it has forgotten half of its first value by then."""

load_adx, store_adx = parts(Adx)
load_atr, store_atr = parts(Atr)


@hot
def regime_next(regime: Any, high: float, low: float, close: float) -> bool:
    """Take one closed bar, in float ticks; tell whether the state changed."""
    adx = adx_next(load_adx(regime.adx), high, low, ADX_PERIOD)
    fast = atr_next(load_atr(regime.fast), high, low, close, FAST_PERIOD)
    slow = atr_next(load_atr(regime.slow), high, low, close, SLOW_PERIOD)
    store_adx(regime.adx, adx)
    store_atr(regime.fast, fast)
    store_atr(regime.slow, slow)
    was = regime.state
    regime.state = classify(
        regime, was, slow.seen, atr_value(fast), atr_value(slow), adx_value(adx, ADX_PERIOD)
    )
    return bool(regime.state != was)


@hot
def classify(regime: Any, was: int, bars: int, fast: float, slow: float, index: float) -> int:
    """Name the state from the two averages and the index; `was` stands between the limits of trend and
    range.
    """
    if bars < SLOW_BARS_MIN:
        return UNKNOWN
    if fast > regime.volatile_ratio * slow:
        return VOLATILE
    if fast < regime.dead_ratio * slow:
        return DEAD
    if index >= regime.trend_adx:
        return TREND
    if index < regime.range_adx or was != TREND:
        return RANGE
    return TREND
