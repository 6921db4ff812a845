"""Enter by the toss of a seeded coin at each closed bar.

It earns nothing and bleeds the cost of trading: a yardstick for everything around a strategy, not a strategy.
"""

from typing import NamedTuple

from tickwise.core.mix import mixed
from tickwise.core.types import Bar, Signal


class Params(NamedTuple):
    """One bar in `one_in` is an entry; the stop is so many ranges of the bar, the target half of that."""

    seed: int = 1
    one_in: int = 2
    ranges: float = 1.0


def on_bar(params: Params, market, bar: Bar) -> Signal:
    """Toss the coin; the bar's prices go into it."""
    tossed = mixed(params.seed * 1_000_003 + int(2.0 * bar.close) + 7 * int(2.0 * bar.high) + bar.quotes)
    if tossed % params.one_in != 0:
        return Signal(0, 0.0, 0.0, 0.0)
    side = 1 if bar.close >= bar.open else -1
    reach = params.ranges * (bar.high - bar.low + bar.spread)
    return Signal(side, 1.0, reach, 0.5 * reach)
