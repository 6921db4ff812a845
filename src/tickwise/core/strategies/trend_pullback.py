"""Join a trend when it comes back to its fast average.

On each closed bar: with the fast average above the slow one, buys when the bar dipped to the fast average and
closed above it again; mirrored for selling. Stop and target are multiples of the average true range. Earns in
steady trends with shallow pullbacks. Bleeds in ranges, where the averages cross back and forth, and whenever
the spread is a large part of a bar's range.
"""

from typing import NamedTuple

from tickwise.core.indicators.atr import Atr, atr_next
from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.types import Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """Periods in bars; stop and target in average true ranges."""

    fast_bars: int = 9
    slow_bars: int = 21
    atr_bars: int = 14
    stop_atr: float = 1.5
    target_atr: float = 1.0
    warm_up_bars: int = 100


class State(NamedTuple):
    """The averages, in ticks."""

    fast: Ema = Ema()
    slow: Ema = Ema()
    atr: Atr = Atr()


def warm_up(params: Params) -> int:
    """Bars that must have closed, the newest included."""
    return params.warm_up_bars + 1


def on_bar(params: Params, state: State, bar: Bar) -> tuple[State, Signal]:
    """Take the bar into the averages, then look for the dip that was bought back."""
    fast = ema_next(state.fast, bar.close, params.fast_bars)
    slow = ema_next(state.slow, bar.close, params.slow_bars)
    atr = atr_next(state.atr, bar.high, bar.low, bar.close, params.atr_bars)
    side = 0
    if fast.value > slow.value and bar.low <= fast.value < bar.close:
        side = 1
    elif fast.value < slow.value and bar.high >= fast.value > bar.close:
        side = -1
    signal = Signal(side, 1.0, params.stop_atr * atr.value, params.target_atr * atr.value)
    return State(fast, slow, atr), signal
