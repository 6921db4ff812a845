"""Fade a jump: when the mid has run far within a few quotes, trade back.

The smallest strategy there is: params and one function that is asked on each quote. Earns where a burst is an
overreaction, as in thin hours. Bleeds when the burst was news: the price goes on, and the stop is a full jump
away. Run it with `tickwise backtest examples/my_strategy.toml --data TAPE`.
"""

from typing import Any, NamedTuple

from tickwise.core.market import mid_ago
from tickwise.core.types import NO_WISH, Signal

FRAMES = ()


class Params(NamedTuple):
    """How far the mid has to run, in pips, and within how many quotes."""

    jump_pips: float = 2.0
    quotes: int = 32


def warm_up(params: Params) -> int:
    """Quotes that must have been seen."""
    return params.quotes + 1


def on_quote(params: Params, market: Any) -> Signal:
    """Trade against the jump; stop and target are distances in ticks, and mids are kept in half-ticks."""
    jump = 0.5 * (market.mid2 - mid_ago(market, params.quotes))
    far = params.jump_pips * market.pip
    if abs(jump) < far:
        return NO_WISH
    side = -1 if jump > 0.0 else 1
    return Signal(side, abs(jump) / far, abs(jump), abs(jump))
