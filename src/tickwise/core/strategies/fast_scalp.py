"""Follow a burst of quotes for one pip.

Buys when the mid stands above the mean of the last quotes by the threshold, sells when it stands below, and
only while the range of the last quotes shows that the market moves at all. Earns while a move runs on for
seconds and the spread is a fraction of a pip. Bleeds when the spread is wider than the target, in a market
that jumps back at once, and slowly through the wide stop: break-even needs nine winners for each full loss.
"""

from typing import Any, NamedTuple

from tickwise.core.layout import QUOTES_KEPT
from tickwise.core.market import mid_ago
from tickwise.core.types import NO_WISH, AtLeast, Signal

FRAMES = ()


class Params(NamedTuple):
    """Pips and quotes, as the config says them."""

    threshold_pips: AtLeast[float] = 0.6
    range_floor_pips: AtLeast[float] = 0.8
    mean_quotes: int = 16
    range_quotes: int = 32


class Levels(NamedTuple):
    """The same in the kernel's whole numbers: the threshold times twice the quotes of the mean, in ticks."""

    threshold: int
    floor: int
    mean_quotes: int
    range_quotes: int


class State(NamedTuple):
    """Sum of the mids of the last quotes, in half-ticks."""

    total: int = 0


class Features(NamedTuple):
    """Momentum times twice the quotes of the mean, in ticks, and the range in half-ticks."""

    momentum: int
    span: int


def levels(params: Params, pip: int) -> Levels:
    """Turn pips into whole numbers that compare exactly; `pip` is ticks in a pip."""
    for name in ("mean_quotes", "range_quotes"):
        if not 1 <= getattr(params, name) < QUOTES_KEPT:
            raise ValueError(f"{name} = {getattr(params, name)}: 1 to {QUOTES_KEPT - 1} quotes are kept")
    threshold = round(params.threshold_pips * pip * 2 * params.mean_quotes)
    if threshold < 1:
        raise ValueError(f"threshold_pips = {params.threshold_pips}: every quote would be a burst")
    return Levels(
        threshold, round(params.range_floor_pips * pip * 2), params.mean_quotes, params.range_quotes
    )


def warm_up(params: Params) -> int:
    """Quotes that must have been seen."""
    return max(params.mean_quotes, params.range_quotes)


def update(levels: Levels, state: State, market: Any) -> State:
    """Add the newest mid and let the one that leaves the window go."""
    return State(state.total + market.mid2 - mid_ago(market, levels.mean_quotes))


def maybe(levels: Levels, state: State, market: Any) -> bool:
    """Momentum reaches the threshold."""
    return bool(abs(market.mid2 * levels.mean_quotes - state.total) >= levels.threshold)


def features(levels: Levels, state: State, market: Any) -> Features:
    """Momentum and range of the windows."""
    high = market.mid2
    low = market.mid2
    for back in range(1, levels.range_quotes):
        mid2 = mid_ago(market, back)
        high = max(high, mid2)
        low = min(low, mid2)
    return Features(market.mid2 * levels.mean_quotes - state.total, high - low)


def signal(levels: Levels, features: Features) -> Signal:
    """With the burst, where the market moves; the exits are the config's."""
    if abs(features.momentum) < levels.threshold or features.span < levels.floor:
        return NO_WISH
    side = 1 if features.momentum > 0 else -1
    return Signal(side, abs(features.momentum) / levels.threshold, 0.0, 0.0)
