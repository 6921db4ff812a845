"""A strategy for simulations: a spread of seven ticks is a wish to buy, one of nine a wish to sell.

It earns nothing. A drawn market quotes such spreads again and again, so that there is always something to do.
"""

from typing import NamedTuple

from tickwise.core.types import Signal


class Params(NamedTuple):
    """The spreads that are a wish, and the distances of stop and target in ticks."""

    buy: int = 7
    sell: int = 9
    stop: float = 60.0
    target: float = 30.0


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
