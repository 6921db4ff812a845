"""Enter when the spread says so: seven ticks are a wish to buy, nine a wish to sell.

It earns nothing: a test quotes such a spread where it wants an entry.
"""

from typing import NamedTuple

from tickwise.core.types import Signal


class Params(NamedTuple):
    """The spreads that are a wish, and distances of stop and target in ticks."""

    buy: int = 7
    sell: int = 9
    stop: float = 200.0
    target: float = 100.0


class State(NamedTuple):
    """Quotes seen."""

    quotes: int = 0


def on_quote(params: Params, state: State, market) -> tuple[State, Signal]:
    """Look at the spread."""
    spread = market.ask - market.bid
    side = 0
    if spread == params.buy:
        side = 1
    if spread == params.sell:
        side = -1
    return State(state.quotes + 1), Signal(side, 1.0, params.stop, params.target)
