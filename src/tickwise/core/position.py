"""Position arithmetic: signed units at a whole cost.

`cost` is the sum of units times price. No average price is ever rounded: a reduction takes its share of the
cost rounded towards minus infinity and the last one takes what is left, so that the parts add up to the
whole.
"""

from typing import NamedTuple

from tickwise.core.compiled import hot


class Holding(NamedTuple):
    """Signed units and their cost in ticks times units, signed alike."""

    units: int
    cost: int


class Reduced(NamedTuple):
    """What is left after closing a part, and what the part earned in ticks times units."""

    holding: Holding
    earned: int


@hot
def opened(units: int, price: int) -> Holding:
    """Open signed units at a price in ticks."""
    return Holding(units, units * price)


@hot
def reduced(holding: Holding, units: int, price: int) -> Reduced:
    """Close `units` (signed like the holding, not more than it holds) at a price in ticks."""
    share = holding.cost if units == holding.units else holding.cost * units // holding.units
    left = Holding(holding.units - units, holding.cost - share)
    return Reduced(left, units * price - share)


@hot
def earned_at(holding: Holding, price: int) -> int:
    """Give the open profit at a price, in ticks times units."""
    return holding.units * price - holding.cost
