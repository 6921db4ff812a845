"""Go with two averages that part: a strategy in four parts, which a sweep need not ask on each quote.

Buys when the fast average of the mid stands above the slow one by a gap, sells below it, and only while the
spread is small. Earns in runs that last longer than the fast average looks back. Bleeds in quick swings,
where it buys the top of each. Stop and target are left to the exits of the bot: the signal says 0 for both.

`update` moves the state on each quote, `maybe` is the cheap test that every signal passes, `features` gathers
what `signal` judges by. The marks say which way a param tightens: more gap and less spread only take signals
away. A sweep looks for candidates once, at the loosest values, and judges each of them for all others.
"""

from typing import Any, NamedTuple

from tickwise.core.indicators.ema import Ema, ema_next
from tickwise.core.types import NO_WISH, AtLeast, AtMost, Quote, Signal

FRAMES = ()


class Params(NamedTuple):
    """Pips, and the lengths of the averages in quotes."""

    gap_pips: AtLeast[float] = 0.5
    spread_pips: AtMost[float] = 0.6
    fast_quotes: int = 8
    slow_quotes: int = 64


class Levels(NamedTuple):
    """The same in ticks."""

    gap: float
    spread: float
    fast_quotes: int
    slow_quotes: int


class State(NamedTuple):
    """The averages of the mid, in ticks."""

    fast: Ema = Ema()
    slow: Ema = Ema()


class Features(NamedTuple):
    """Fast average less slow average, and the spread, in ticks."""

    gap: float
    spread: int


def levels(params: Params, pip: int) -> Levels:
    """Turn pips into ticks; `pip` is ticks in a pip. What cannot be meant is refused in your own words."""
    if params.gap_pips <= 0.0:
        raise ValueError(f"gap_pips = {params.gap_pips}: above 0, or every quote would be a signal")
    return Levels(params.gap_pips * pip, params.spread_pips * pip, params.fast_quotes, params.slow_quotes)


def warm_up(params: Params) -> int:
    """Quotes that must have been seen."""
    return params.slow_quotes


def update(levels: Levels, state: State, market: Any) -> State:
    """Take the newest mid into both averages."""
    mid = 0.5 * market.mid2
    return State(ema_next(state.fast, mid, levels.fast_quotes), ema_next(state.slow, mid, levels.slow_quotes))


def maybe(levels: Levels, state: State) -> bool:
    """Tell whether the averages have parted far enough."""
    return abs(state.fast.value - state.slow.value) >= levels.gap


def features(state: State, quote: Quote) -> Features:
    """Gather the gap and the spread."""
    return Features(state.fast.value - state.slow.value, quote.ask - quote.bid)


def signal(levels: Levels, features: Features) -> Signal:
    """Go with the fast average, where the spread allows."""
    if abs(features.gap) < levels.gap or features.spread > levels.spread:
        return NO_WISH
    side = 1 if features.gap > 0.0 else -1
    return Signal(side, abs(features.gap) / levels.gap, 0.0, 0.0)
