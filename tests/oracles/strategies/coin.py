"""Enter by the toss of a seeded coin on each quote.

It earns nothing and bleeds the cost of trading: a yardstick for everything around a strategy, not a strategy.
"""

from typing import NamedTuple

from tickwise.core.mix import mixed
from tickwise.core.types import Signal


class Params(NamedTuple):
    """One quote in `one_in` is an entry; distances in ticks; `wild` lets one signal in eight lack a stop."""

    seed: int = 1
    one_in: int = 100
    stop: float = 60.0
    target: float = 30.0
    wild: bool = False
    only_side: int = 0


class State(NamedTuple):
    """Quotes seen."""

    quotes: int = 0


def on_quote(params: Params, state: State, market) -> tuple[State, Signal]:
    """Toss the coin."""
    count = state.quotes + 1
    tossed = mixed(params.seed * 1_000_003 + count)
    if tossed % params.one_in != 0:
        return State(count), Signal(0, 0.0, 0.0, 0.0)
    side = 1 if (tossed >> 40) % 2 == 1 else -1
    if params.only_side != 0:
        side = params.only_side
    score = ((tossed >> 20) % 100) / 100.0
    stop = params.stop
    if params.wild and (tossed >> 30) % 8 == 0:
        stop = 0.0
    return State(count), Signal(side, score, stop, params.target)
