"""Trade the break of the day's first range: a strategy on bars that remembers something.

The bars of the first minutes after the opening make a range; the first close outside it is followed, once a
day. Earns on days that make up their mind early. Bleeds on days that swing through the range and back. Shows
how a strategy on bars remembers: a State with first values, and EMPTY to begin again with.
"""

from math import inf
from typing import NamedTuple

from tickwise.core.types import DAY, MINUTE, NO_WISH, Bar, Signal

FRAMES = ()


class Params(NamedTuple):
    """Minutes from midnight UTC to the range, its length in minutes, and the target in ranges."""

    opens_min: int = 420
    range_min: int = 30
    target_ranges: float = 1.0


class State(NamedTuple):
    """The day, counted since 1970, its range so far in ticks, and whether it has been traded."""

    day: int = -1
    high: float = -inf
    low: float = inf
    traded: bool = False


EMPTY = State()


def on_bar(params: Params, state: State, bar: Bar) -> tuple[State, Signal]:
    """Widen the range while it is made, then follow the first close outside it."""
    day = bar.ts // DAY
    if day != state.day:
        state = EMPTY
    minute = bar.ts % DAY // MINUTE - params.opens_min
    if 0 <= minute < params.range_min:
        return State(day, max(state.high, bar.high), min(state.low, bar.low), False), NO_WISH
    height = state.high - state.low
    side = int(bar.close > state.high) - int(bar.close < state.low)
    if minute < 0 or state.traded or height <= 0.0 or side == 0:
        return State(day, state.high, state.low, state.traded), NO_WISH
    return State(day, state.high, state.low, True), Signal(side, 1.0, height, params.target_ranges * height)
