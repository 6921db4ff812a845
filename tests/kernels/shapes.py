"""Strategies of every shape the contract allows, down to the smallest, as texts."""

from __future__ import annotations

HEAD = '''"""One shape of a strategy. Earns and bleeds whatever comes."""

from typing import NamedTuple

from tickwise.core.market import bar_ago
from tickwise.core.types import NO_WISH, Signal


class Params(NamedTuple):
    """Ticks."""

    far: int = 6


'''

ONLY_A_SIGNAL = (
    HEAD
    + """
def signal(market):
    return Signal(market.bid % 97 == 0, 1, 40, 20)
"""
)
"""Parts of which there is only the last, made of whole numbers and a truth."""

SIGNAL_OF_STATE = (
    HEAD
    + '''
class State(NamedTuple):
    """The mid at the last turn, and whether it rose since."""

    mid2: int = 0
    rising: bool = True


def update(params, state, quote):
    if abs(quote.bid + quote.ask - state.mid2) < 2 * params.far:
        return state
    return State(quote.bid + quote.ask, quote.bid + quote.ask > state.mid2)


def maybe(state, market):
    return state.mid2 == market.mid2


def signal(state):
    return Signal(1 if state.rising else -1, 1.0, 50.0, 25.0)
'''
)
"""Parts without features: the signal is of the state."""

ON_BARS = (
    HEAD
    + '''
SIDES = True
FRAMES = ("M5",)


class State(NamedTuple):
    """Bars in a row that closed higher."""

    row: int = 0


def on_bar(state, market, bars, bar):
    row = state.row + 1 if bar.close > bar.open else 0
    wide = market.last_sides.ask_high - market.last_sides.bid_low
    before = bar_ago(bars, 1)
    if row < 2 or bar.close <= before.close or market.frames[1].closed == 0:
        return State(row), NO_WISH
    return State(row), Signal(1, float(row), float(wide), 0.5 * wide)
'''
)
"""On bars, with the sides, the bars before and a wider frame; with arguments in another order."""

NO_PARAMS = '''"""The smallest. Earns and bleeds whatever comes."""

from typing import NamedTuple

from tickwise.core.types import NO_WISH, Signal


class Params(NamedTuple):
    """None."""


def on_quote(quote):
    return NO_WISH if (quote.bid + quote.ask) % 89 else Signal(-1, 1.0, 40.0, 20.0)
'''
"""A single function of the quote, and no params."""

SHAPES = {
    "only_a_signal": ONLY_A_SIGNAL,
    "signal_of_state": SIGNAL_OF_STATE,
    "on_bars": ON_BARS,
    "no_params": NO_PARAMS,
}
